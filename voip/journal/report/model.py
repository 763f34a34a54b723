"""What the journal says of one call: values, nothing guessed. What was not observed is None, or empty."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeVar

from voip.journal.observations import (
    STAGES,
    CallChanged,
    Channel,
    Entry,
    KeyLogging,
    Latency,
    LinkState,
    MediaKeyed,
    MediaStats,
    Observation,
    PathChanged,
    RelaySaw,
    TrustAssessed,
    Worsened,
)
from voip.journal.summary import Json, last_call, percentile, side, tls
from voip.session.tls.events import Established, Failed

T = TypeVar("T")
Line = Literal["link", "leg", "session"]
LINES: tuple[Line, ...] = ("link", "leg", "session")
SHOWN_MAX = 50
"""Changes of one kind that a report lists; the journal has them all."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Half of the samples lie below `p50`, nineteen of twenty below `p95` and so on; None when there are none."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Connection:
    """One TLS connection. All None: it was not observed."""

    established: Established | None
    figures: Json | None
    """As `summary.tls`."""
    failed: str
    """Why its handshake or the session broke, as a code; or empty."""


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call."""

    call: str
    me: str
    relay: str
    peer: str
    outgoing: bool | None
    began: float | None
    """Monotonic seconds, as all times here."""
    talked: float | None
    """Seconds of talking; None when nobody talked."""
    reason: str
    """Why it ended; empty while it goes on."""
    sentence: str
    lines: dict[Line, Connection]
    trust: TrustAssessed | None
    first_level: str
    """What was known of the key when the call began."""
    words: tuple[str, ...]
    profile: str
    """SRTP's."""
    paths: tuple[tuple[float, PathChanged], ...]
    stats: MediaStats | None
    lost_share: float | None
    """Percent of all packets that should have come; None when none should have."""
    loss: Shares
    """The same between each two counts: whether it was spread, or came all at once."""
    stages: dict[str, Shares]
    round_trip: Shares
    mouth_to_ear: Shares
    setup: float | None
    """Milliseconds from the call's beginning to the peer's key being known."""
    answer_to_audio: float | None
    quality: Json | None
    """As `summary.side`: how it sounded."""
    voice: Json | None
    """… and how it was sent last."""
    worsened: tuple[tuple[float, Worsened], ...]
    relay_saw: RelaySaw | None
    key_log: str
    """Where TLS secrets went; empty when they went nowhere."""

    @property
    def compared_now(self) -> bool:
        """Whether the words were compared during this call."""
        return self.trust is not None and self.trust.level == "verified" != self.first_level


def read(entries: Iterable[Entry], call: str = "") -> CallReport:
    """The report on `call`, or on the latest."""
    entries = list(entries)
    call = call or last_call(entries)
    own = [entry for entry in entries if call and entry.call == call]
    changes = _all(own, CallChanged)
    over = next((at for at, change in changes if change.phase == "ended"), None)
    talking = next((at for at, change in changes if change.phase == "talking"), None)
    end = over if over is not None else (own[-1].at if own else None)
    # A link that came after the call's end has carried nothing of it.
    before = [entry for entry in entries if over is None or entry.at <= over or entry.call == call]
    last = changes[-1][1] if changes else None
    trusts, samples = _all(own, TrustAssessed), [what for _, what in _all(own, Latency)]
    state = next((what for _, what in reversed(_all(before, LinkState))), None)
    figures, counts = side(own, call), [what for _, what in _all(own, MediaStats)]
    latency = figures["latency_ms"]
    return CallReport(
        call=call,
        me=state.me if state is not None else "",
        relay=state.relay if state is not None else "",
        peer=last.peer if last is not None else "",
        outgoing=last.outgoing if last is not None else None,
        began=changes[0][0] if changes else None,
        talked=None if talking is None or end is None else end - talking,
        reason=last.reason if last is not None else "",
        sentence=last.sentence if last is not None else "",
        lines={line: _connection(before, line, call) for line in LINES},
        trust=trusts[-1][1] if trusts else None,
        first_level=trusts[0][1].level if trusts else "",
        words=tuple((figures["session"] or {}).get("words", ())),
        profile=next((what.profile for _, what in _all(own, MediaKeyed)), ""),
        paths=tuple(_all(own, PathChanged)[:SHOWN_MAX]),
        stats=counts[-1] if counts else None,
        lost_share=_lost(counts[-1].received, counts[-1].lost) if counts else None,
        loss=_shares(_losses(counts)),
        stages={stage: _shares([sample.stages[stage] for sample in samples]) for stage in STAGES},
        round_trip=_shares([sample.round_trip for sample in samples]),
        mouth_to_ear=_shares([sample.mouth_to_ear for sample in samples]),
        setup=latency["setup"],
        answer_to_audio=latency["answer_to_audio"],
        quality=figures["quality"],
        voice=figures["voice"],
        worsened=tuple(_all(own, Worsened)[:SHOWN_MAX]),
        relay_saw=next((what for _, what in reversed(_all(own, RelaySaw))), None),
        key_log=next((what.to for _, what in reversed(_all(entries, KeyLogging))), ""),
    )


def _connection(entries: list[Entry], channel: Channel, call: str) -> Connection:
    own = [entry for entry in entries if entry.channel == channel and (channel == "link" or entry.call == call)]
    standing = next((what for _, what in reversed(_all(own, Established))), None)
    failed: Any = next((what for _, what in reversed(_all(own, Failed))), None)
    if channel == "link" and standing is not None:
        failed = None  # it came back
    return Connection(standing, tls(own, channel, call), failed.code if failed is not None else "")


def _shares(values: list[float]) -> Shares:
    return Shares(*(percentile(values, share) for share in (0.5, 0.95, 0.99)))


def _losses(counts: list[MediaStats]) -> list[float]:
    """Percent lost between each two counts in which something should have come."""
    shares = (_lost(now.received - then.received, now.lost - then.lost) for then, now in pairwise(counts))
    return [share for share in shares if share is not None]


def _lost(received: int, lost: int) -> float | None:
    due = received + lost
    return round(100 * lost / due, 2) if due > 0 else None


def _all(entries: list[Entry], kind: type[T]) -> list[tuple[float, T]]:
    what: Observation
    return [(entry.at, what) for entry in entries if isinstance(what := entry.what, kind)]
