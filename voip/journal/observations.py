"""What there is to observe, one frozen dataclass each. Every light in the window is lit by one of these.

TLS observations are the engine's own events (`voip.session.tls.events`), filed under the channel they were seen on.
"""

from dataclasses import dataclass, field
from typing import Literal

from voip.session.tls.events import Alert, Closed, Established, Failed, HandshakeMessage, Record

Channel = Literal["link", "leg", "lane", "session", "call", "phone"]
CallPhase = Literal["calling", "ringing", "incoming", "accepting", "talking", "ended"]
TrustLevel = Literal["certified", "pinned", "verified", "changed"]
STAGES = ("capture", "frame", "encode", "send", "network", "jitter", "decode", "playout")
"""From the peer's mouth to our ear, in this order."""


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
    first_seen: str = ""
    """ISO date of the first accepted call with the remembered key; empty for a peer met first."""
    verified_at: str = ""
    """ISO date on which words were compared over the remembered key; empty when they never were."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we show to the relay and to peers, and whom we believe. DER; nothing secret."""

    certificate: bytes = field(repr=False)
    authority: bytes = field(repr=False)
    """The relay's CA, as the invite pinned it."""


@dataclass(frozen=True, slots=True)
class KeyLogging:
    """TLS secrets of this phone are kept or written: whoever has them can read its calls. Off unless asked for."""

    to: str
    """Where they go, for a person to find and delete."""


@dataclass(frozen=True, slots=True)
class Worsened:
    """Something of a running call became worse. It is announced; for `trust` the media are stopped as well."""

    about: Literal["path", "trust", "media", "keys"]
    code: str
    """A stable word: `packets-rejected`, `key-changed`, `key-log`, `path-tls`, …"""
    sentence: str
    """English, for the log; the window has its own words for each code."""


@dataclass(frozen=True, slots=True)
class RecordsCounted:
    """Protected records that came on this channel since its handshake was done; told once a second at most."""

    authentic: int
    """Records whose authentication tag was right."""
    rejected: int = 0
    """Records whose tag was wrong: at most one, because TLS ends the connection with it."""


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
    """A stable word: see `voip.client.choosing.Why`; empty for how a call begins."""
    direction: Literal["both", "out", "in"] = "both"
    """What we send, what is sent to us, or all of it."""


@dataclass(frozen=True, slots=True)
class LanesChanged:
    """How many TLS connections carry each packet of this call now, the leg among them."""

    connections: int
    reason: str = ""
    """`late`: what came was late; `lost`: one broke; `idle`: one was of no use for long; `refused`: none more came."""


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """Nothing comes from the peer any more; the call goes on, and its connections are made anew."""


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The peer is heard again."""

    seconds: float
    """How long nothing came."""


@dataclass(frozen=True, slots=True)
class SessionRenewed:
    """After an interruption the two have a new end-to-end session, and each proved to be the one from before.

    So the words stay good; the media change to keys of the new session.
    """

    times: int
    """How often in this call."""


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
    """Frames that were never played, not even from a copy."""
    concealed: int
    """Frames that were made up in their place."""
    bytes_sent: int
    bytes_received: int
    recovered: int = 0
    """Frames played from a redundant copy of theirs."""
    late: int = 0
    """Packets that came when their time was over."""
    xruns: int = 0
    """How often a device ran dry, or lost what it had recorded."""
    stretched_ms: tuple[float, float] = (0.0, 0.0)
    """Sound left out to shorten the delay, and played twice to lengthen it."""


@dataclass(frozen=True, slots=True)
class CallCost:
    """What encrypting costs this call, counted since its leg stood. Bytes are those of the leg, both ways together."""

    seconds: float
    """How long was counted."""
    packets: int
    """Media packets sent and received."""
    opus_bytes: int
    """Encoded sound: what a call without any protection would still have to carry."""
    rtp_bytes: int
    """RTP headers and RTCP."""
    srtp_bytes: int
    """What SRTP adds: tags and indices."""
    framing_bytes: int
    """RFC 4571 length prefixes."""
    tls_bytes: int
    """What TLS adds: the leg's record headers, content types and tags, and the end-to-end session's records in it."""
    srtp_cpu: float
    """Seconds of this process's CPU spent protecting and unprotecting."""
    tls_cpu: float
    """Seconds of CPU spent in the leg's TLS engine, since it stood."""
    process_cpu: float
    """Seconds of CPU that the whole process spent meanwhile."""
    send_delay_us: float
    """Mean microseconds that SRTP and TLS together hold a packet up on its way out."""
    receive_delay_us: float


@dataclass(frozen=True, slots=True)
class RelaySaw:
    """The relay's own account of what it forwarded for our leg, held against what we know that we sent or got."""

    rows: tuple["Forwarded", ...]
    """The latest, oldest first."""
    matched: int
    """Packets that are, byte for byte, ciphertexts of ours (SHA-256), since the relay was asked."""
    unknown: int
    """Packets that the relay names and we do not know: it made them up, or changed them."""
    skipped: int = 0
    """Packets that it says it forwarded and does not name: its account is bounded."""
    lost: int = 0
    """Packets that it says it sent us while UDP carried them, and that never came: on their way, or never sent."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """One packet in the relay's account."""

    direction: Literal["out", "in"]
    """From our side: `out` came from our leg, `in` went to it."""
    size: int
    digest: str
    """SHA-256 of the packet, hex."""
    head: bytes
    """Its first bytes, as the relay saw them."""
    known: bool
    """Whether it is a ciphertext of ours."""
    meaning: str = ""
    """What it was to us, when it is known: see `journal.tape.Passed.meaning`."""
    plain: bytes = b""
    """The first bytes of our own plaintext of it."""


@dataclass(frozen=True, slots=True)
class Latency:
    """What we hear, in milliseconds: from the peer's mouth to our ear, by stages."""

    round_trip: float
    mouth_to_ear: float
    stages: dict[str, float]
    """Keys are `STAGES`; those up to send are the peer's own word, network is half the round trip: an estimate."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness now, dBFS (−90 is silence)."""

    microphone: float
    loudspeaker: float
    clipped: float = 0.0
    """Share of the microphone's samples at full scale, of the last second."""
    muted_but_speaking: bool = False
    """Somebody speaks into our microphone, which is switched off."""


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
    input_how: str = ""
    """How the microphone is reached: `PulseAudio, 5 ms blocks, 7.2 ms`."""
    output_how: str = ""
    offered: str = ""
    """A device that was lost and is there again; empty when there is none."""


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """Something happened to a microphone or a loudspeaker in the midst of a call."""

    kind: Literal["input", "output"]
    what: str
    """See `voip.io.audio.news.DeviceNews`: lost, replaced, returned, …"""
    device: str
    sentence: str
    gap: float = 0.0
    """Seconds without sound."""


@dataclass(frozen=True, slots=True)
class VoiceChosen:
    """How we send from now on, and why."""

    wanted: str
    """What the person chose: auto, closest, balanced, robust."""
    mode: str
    """What it is now: closest, balanced, robust."""
    frame_ms: int
    bitrate: int
    """Of Opus alone, bit/s, constant."""
    low_delay: bool
    redundancy: tuple[int, ...]
    """Which earlier frames go with each, as distances in frames."""
    code: str
    """Why: see `voip.media.adaptation.Reason`."""
    loss: float = 0.0
    """Share of our packets that the peer missed."""
    burst: float = 1.0


@dataclass(frozen=True, slots=True)
class Quality:
    """How what we hear sounds, judged from the last seconds. Shares are percent."""

    word: Literal["clear", "fair", "poor"]
    cause: str
    """What takes most away: see `voip.media.judgement.Cause`; empty when nothing does."""
    mos: float
    """E-model (G.107), conversational, 1 to 4.5."""
    listening: float
    """The same without the delay."""
    loss: float
    """Frames that did not come in time."""
    recovered: float
    """… of these, had from a redundant copy."""
    concealed: float
    """Sound made up: what is heard of all loss."""
    late: float
    jitter_ms: float
    """Interarrival jitter (RFC 3550)."""
    buffer_ms: float
    """What the jitter buffer aims at."""


@dataclass(frozen=True, slots=True)
class VoiceProcessing:
    """What is done to our microphone's sound before it is sent."""

    echo: bool
    noise: bool
    gain: bool
    delay_ms: float
    """That it adds."""
    code: str = ""
    sentence: str = ""
    """Why there is less of it than was asked for."""


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
    | LinkState | PersonSeen | CallChanged | TrustAssessed | Credentials | KeyLogging | Worsened
    | RecordsCounted | WordsReady | MediaKeyed | Reconnecting | Reconnected | SessionRenewed
    | PathChanged | LanesChanged | CallCost | RelaySaw
    | MediaStats | Latency | Levels | Mute | AudioState | DeviceChanged | VoiceChosen | Quality | VoiceProcessing
    | FirstAudio | Problem
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: when (monotonic seconds), on which channel, of which call (hex id, or empty), what."""

    at: float
    channel: Channel
    call: str
    what: Observation = field()
