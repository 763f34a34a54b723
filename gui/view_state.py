"""What the window shows, as one frozen value, and the pure fold that makes it from journal entries. No Qt here.

    journal entry ──→ reduce(state, entry) ──→ ViewState ──→ panels paint it

Everything is bounded: a ladder by its rows, the history by a minute, people by the relay's own limit, problems by kind.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from gui.certificates import Certificates
from gui.certificates import fold as fold_certificates
from gui.ladder import Ladder, climb
from gui.locks import Locks
from gui.locks import fold as fold_locks
from gui.voice import Voice, put_away
from gui.voice import fold as fold_voice
from voip.journal.observations import (
    AudioState,
    CallChanged,
    CallCost,
    CallPhase,
    Entry,
    LanesChanged,
    Latency,
    Levels,
    LinkState,
    MediaKeyed,
    MediaStats,
    Mute,
    Observation,
    PathChanged,
    PersonSeen,
    Problem,
    Reconnected,
    Reconnecting,
    RelaySaw,
    TrustAssessed,
    WordsReady,
    Worsened,
)

HISTORY_SECONDS = 60.0
HISTORY_MAX = 300
PEOPLE_MAX = 500
NOBODY_MUTED = Mute(mine=False, theirs=False)
SILENCE = Levels(-90.0, -90.0)

LinkWord = Literal["offline", "connecting", "online", "refused"]
_ENDED: CallPhase = "ended"


@dataclass(frozen=True, slots=True)
class Link:
    """Where we stand with the relay."""

    state: LinkWord = "offline"
    relay: str = ""
    me: str = ""
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """The present call, or the one that just ended."""

    id: str
    peer: str
    phase: CallPhase
    outgoing: bool
    began: float
    """When it was first heard of."""
    talking_since: float | None = None
    ended_at: float | None = None
    reason: str = ""
    sentence: str = ""
    words: tuple[str, ...] = ()
    trust: TrustAssessed | None = None
    mute: Mute = NOBODY_MUTED
    profile: str = ""
    """The SRTP profile, once it has its keys."""
    path: str = ""
    """How what we send travels: `udp` or `tls`."""
    receiving: str = ""
    """How what is sent to us does."""
    path_why: str = ""
    """Why that changed last: see `PathChanged.reason`."""
    connections: int = 1
    """How many TLS connections carry each packet, where it travels in one."""
    interrupted: bool = False
    """Whether nothing comes from the peer just now; the connections are being made anew."""
    stats: MediaStats | None = None
    levels: Levels = SILENCE
    latency: Latency | None = None
    history: tuple["Sample", ...] = ()
    """The last minute of `latency`."""

    @property
    def live(self) -> bool:
        """Whether it is not over."""
        return self.phase != _ENDED

    @property
    def confirmed(self) -> bool:
        """Whether the two people have compared words over this key."""
        return self.trust is not None and self.trust.level == "verified"


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of the latency chart, in milliseconds."""

    at: float
    round_trip: float
    mouth_to_ear: float
    word: str = ""
    """How it sounded then: see `Quality.word`; empty while that is not known."""


@dataclass(frozen=True, slots=True)
class ViewState:
    """All that the window shows."""

    link_state: Link = Link()
    people: tuple[PersonSeen, ...] = ()
    """Online first, then by name."""
    call: Call | None = None
    link: Ladder = field(default_factory=lambda: Ladder("link"))
    leg: Ladder = field(default_factory=lambda: Ladder("leg"))
    session: Ladder = field(default_factory=lambda: Ladder("session"))
    audio: AudioState | None = None
    voice: Voice = field(default_factory=Voice)
    """How the voice of the present call fares, or of the last one."""
    locks: Locks = field(default_factory=Locks)
    certified: Certificates = field(default_factory=Certificates)
    cost: CallCost | None = None
    relay_saw: RelaySaw | None = None
    """The relay's account of the present call, once it was asked."""
    problems: tuple[Problem, ...] = field(default=())
    """The latest of each kind (`about`)."""

    @property
    def live_call(self) -> Call | None:
        """The call, unless it is over."""
        return self.call if self.call is not None and self.call.live else None


def reduce(state: ViewState, entry: Entry) -> ViewState:
    """`state` after `entry`. Never raises; an entry that says nothing to the window changes nothing."""
    state = _mended(_seen(_climb(state, entry), entry), entry.what)
    what = entry.what
    match what:
        case LinkState():
            return _link(state, what)
        case PersonSeen():
            return _person(state, what)
        case CallChanged():
            return _call_changed(state, entry, what)
        case AudioState():
            state = replace(state, audio=what)
            if what.sentence:
                return _with_problem(state, Problem("audio", what.code, what.sentence))
            return dismiss(state, "audio")
        case Problem():
            return _with_problem(state, what)
        case Worsened(about="keys"):
            return state  # the banner says it for as long as it lasts
        case Worsened(code=code, sentence=sentence):
            return _with_problem(state, Problem("call", code, sentence))
    if state.call is not None and _concerns(state, entry):
        word = state.voice.quality.word if state.voice.quality is not None else ""
        return replace(state, call=_within_call(state.call, entry, word))
    return state


def dismiss(state: ViewState, about: str) -> ViewState:
    """`state` without its problem of that kind, or its news of devices: they were read, or are over."""
    if about == "device":
        return replace(state, voice=put_away(state.voice))
    return replace(state, problems=tuple(problem for problem in state.problems if problem.about != about))


def without_call(state: ViewState) -> ViewState:
    """`state` with an ended call put away; a live call stays."""
    return state if state.live_call is not None else replace(dismiss(state, "call"), call=None)


def call_seconds(call: Call, now: float) -> float:
    """How long the two have talked, at `now`."""
    if call.talking_since is None:
        return 0.0
    return max(0.0, (now if call.ended_at is None else call.ended_at) - call.talking_since)


def clock_text(seconds: float) -> str:
    """`02:05`, or `1:02:05` beyond an hour."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes:02}:{whole % 60:02}"


def _climb(state: ViewState, entry: Entry) -> ViewState:
    match entry.channel:
        case "link":
            return replace(state, link=climb(state.link, entry))
        case "leg" if _concerns(state, entry):
            return replace(state, leg=climb(state.leg, entry))
        case "session" if _concerns(state, entry):
            return replace(state, session=climb(state.session, entry))
    return state


def _seen(state: ViewState, entry: Entry) -> ViewState:
    """What is folded apart: locks, certificates, the voice, what the relay says, what it all costs."""
    call = state.live_call
    if entry.call and call is not None and entry.call != call.id:
        return state  # of another call, which says nothing about this one
    locks, certified = fold_locks(state.locks, entry), fold_certificates(state.certified, entry)
    if locks is not state.locks or certified is not state.certified:
        state = replace(state, locks=locks, certified=certified)
    what = entry.what
    if isinstance(what, CallChanged) and (state.call is None or state.call.id != entry.call):
        state = replace(state, voice=Voice())
    voice = fold_voice(state.voice, entry) if _concerns(state, entry) else state.voice
    if voice is not state.voice:
        state = replace(state, voice=voice)
    if isinstance(what, CallCost) and _concerns(state, entry):
        return replace(state, cost=what)
    if isinstance(what, RelaySaw) and _concerns(state, entry):
        return replace(state, relay_saw=what)
    if isinstance(what, CallChanged) and (state.call is None or state.call.id != entry.call):
        return replace(state, cost=None, relay_saw=None)
    return state


def _mended(state: ViewState, what: Observation) -> ViewState:
    """`state` without the news that the voice had to leave UDP, once it is back there."""
    if not isinstance(what, PathChanged) or what.path != "udp":
        return state
    return replace(state, problems=tuple(problem for problem in state.problems if problem.code != "path-tls"))


def _person(state: ViewState, what: PersonSeen) -> ViewState:
    others = tuple(person for person in state.people if person.name != what.name)[: PEOPLE_MAX - 1]
    people = sorted((*others, what), key=lambda person: (not person.online, person.name))
    return replace(state, people=tuple(people))


def _concerns(state: ViewState, entry: Entry) -> bool:
    """Whether `entry` is of the present call; one without an id is."""
    return not entry.call or state.call is None or state.call.id == entry.call


def _link(state: ViewState, what: LinkState) -> ViewState:
    before = state.link_state
    link = Link(what.state, what.relay or before.relay, what.me or before.me, what.code, what.sentence)
    state = replace(state, link_state=link)
    if what.state == "online":
        return dismiss(state, "link")
    if what.state != "connecting":
        # Without the relay nobody's presence is known.
        away = tuple(replace(person, online=False, busy=False) for person in state.people)
        state = replace(state, people=tuple(sorted(away, key=lambda person: person.name)))
    if what.sentence:
        return _with_problem(state, Problem("link", what.code, what.sentence))
    return state


def _with_problem(state: ViewState, problem: Problem) -> ViewState:
    rest = tuple(other for other in state.problems if other.about != problem.about)
    return replace(state, problems=(*rest, problem))


def _call_changed(state: ViewState, entry: Entry, what: CallChanged) -> ViewState:
    call = state.call
    if call is None or call.id != entry.call:
        if call is not None and call.live and what.phase == _ENDED:
            return state  # a second call, refused because of the present one
        call = Call(entry.call, what.peer, what.phase, what.outgoing, entry.at)
        state = replace(dismiss(state, "call"), leg=Ladder("leg"), session=Ladder("session"))
    call = replace(call, phase=what.phase, peer=what.peer or call.peer)
    if what.phase == "talking" and call.talking_since is None:
        call = replace(call, talking_since=entry.at)
    if what.phase == _ENDED:
        call = replace(call, ended_at=entry.at, reason=what.reason, sentence=what.sentence, levels=SILENCE)
        call = replace(call, interrupted=False)
    return replace(state, call=call)


def _travels(call: Call, what: PathChanged | LanesChanged) -> Call:
    if isinstance(what, LanesChanged):
        return replace(call, connections=what.connections)
    return replace(
        call,
        path=what.path if what.direction != "in" else call.path,
        receiving=what.path if what.direction != "out" else call.receiving,
        path_why=what.reason,
    )


def _within_call(call: Call, entry: Entry, word: str) -> Call:
    match entry.what:
        case TrustAssessed() as trust:
            return replace(call, trust=trust)
        case WordsReady(words=words):
            return replace(call, words=words)
        case MediaKeyed(profile=profile):
            return replace(call, profile=profile)
        case PathChanged() | LanesChanged():
            return _travels(call, entry.what)
        case Reconnecting() | Reconnected():
            return replace(call, interrupted=call.live and isinstance(entry.what, Reconnecting))
        case MediaStats() as stats:
            return replace(call, stats=stats)
        case Levels() as levels if call.live:
            return replace(call, levels=levels)
        case Mute() as mute:
            return replace(call, mute=mute)
        case Latency() as latency:
            sample = Sample(entry.at, latency.round_trip, latency.mouth_to_ear, word)
            recent = tuple(old for old in call.history if old.at > entry.at - HISTORY_SECONDS)
            return replace(call, latency=latency, history=(*recent, sample)[-HISTORY_MAX:])
    return call


__all__ = [
    "Call", "Link", "Sample", "ViewState",
    "call_seconds", "clock_text", "dismiss", "reduce", "without_call",
]  # fmt: skip
