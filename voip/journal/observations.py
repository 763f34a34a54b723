"""What there is to observe, one frozen dataclass each. Every light in the window is lit by one of these.

TLS observations are the engine's own events (`voip.session.tls.events`), filed under the channel they were seen on.
"""

from dataclasses import dataclass, field
from typing import Literal

from voip.session.tls.events import Alert, Closed, Established, Failed, HandshakeMessage, Record

Channel = Literal["link", "leg", "session", "call", "phone"]
CallPhase = Literal["calling", "ringing", "incoming", "accepting", "talking", "ended"]
TrustLevel = Literal["certified", "pinned", "verified", "changed"]
STAGES = ("capture", "encode", "send", "network", "jitter", "decode", "playout")


@dataclass(frozen=True, slots=True)
class Connecting:
    """A TCP connection for this channel was begun; the handshake's times count from here."""

    to: str


@dataclass(frozen=True, slots=True)
class LinkState:
    """Where we stand with the relay. `code` and `sentence` say why when it is not `online`."""

    state: Literal["offline", "connecting", "online", "refused"]
    relay: str = ""
    me: str = ""
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Somebody with an account at our relay."""

    name: str
    online: bool
    busy: bool = False


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call entered a phase. `reason` (see `wire.signals.Reason`, or an error's code) is set when it ended."""

    peer: str
    phase: CallPhase
    outgoing: bool
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TrustAssessed:
    """How well the peer's key is known. `fingerprint`: SHA-256 of its SubjectPublicKeyInfo, hex; `since`: ISO date."""

    peer: str
    """`bob@relay-name`, as its certificate says."""
    level: TrustLevel
    fingerprint: str
    since: str = ""
    old_fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class WordsReady:
    """Four words that the two people can compare."""

    words: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class MediaKeyed:
    """SRTP has its keys, from the session's exporter."""

    profile: str


@dataclass(frozen=True, slots=True)
class PathChanged:
    """How the media travels now."""

    path: Literal["udp", "tls"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MediaStats:
    """Counters since the call began; observed, never estimated."""

    sent: int
    """SRTP packets protected and handed to the leg."""
    received: int
    """SRTP packets that were authentic."""
    rejected: int
    """Packets that failed authentication or were replayed."""
    played: int
    """Frames decoded and played."""
    lost: int
    """Sequence numbers that never came in time."""
    concealed: int
    """Frames that were made up in their place."""
    bytes_sent: int
    bytes_received: int


@dataclass(frozen=True, slots=True)
class Latency:
    """What we hear, in milliseconds: from the peer's mouth to our ear, by stages."""

    round_trip: float
    mouth_to_ear: float
    stages: dict[str, float]
    """Keys are `STAGES`; capture, encode and send are the peer's own word, network is half the round trip."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness now, dBFS (−90 is silence)."""

    microphone: float
    loudspeaker: float


@dataclass(frozen=True, slots=True)
class Mute:
    """A microphone was switched."""

    mine: bool
    theirs: bool


@dataclass(frozen=True, slots=True)
class AudioState:
    """Which devices carry the call. `sentence` says what is wrong, if anything is."""

    input: str
    output: str
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FirstAudio:
    """The first authentic frame of the peer went to the loudspeaker."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know, next to the thing that `about` names."""

    about: Literal["link", "call", "audio", "store"]
    code: str
    sentence: str


Observation = (
    Connecting | HandshakeMessage | Record | Established | Alert | Failed | Closed
    | LinkState | PersonSeen | CallChanged | TrustAssessed | WordsReady | MediaKeyed | PathChanged
    | MediaStats | Latency | Levels | Mute | AudioState | FirstAudio | Problem
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: when (monotonic seconds), on which channel, of which call (hex id, or empty), what."""

    at: float
    channel: Channel
    call: str
    what: Observation = field()
