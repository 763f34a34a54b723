"""The guided tour: twelve steps through TLS, told with what was seen of one's own connections. Pure: no Qt.

ViewState ──→ steps() ──→ Step(title, sentences, values, place, page) …   the panel translates, fills in, points

A sentence with a value is only chosen when that value was observed; otherwise the one for that case is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from gui.flights import TLS12, TLS13, extra, version_of
from gui.inspection import Inspection, Opened, Path
from gui.ladder import ALERT, EARLY, Agreed, Ladder
from gui.study import Page
from gui.view_state import ViewState
from gui.wording import cipher_name, version_name
from gui.words import tour as words
from voip.wire.anatomy import dissect

Place = Literal[
    "locks", "ladder-link", "ladder-session", "inspector-clienthello", "keys", "certificates", "compare", "wire",
    "wire-relay", "lab", "latency", "words", "leg",
]  # fmt: skip
"""A live thing in the window that a step points at."""
Open = Literal["home"] | Page
"""What must be open for it: the window's home, with call and evidence, or a page on which one looks closer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One callout."""

    title: str
    """As `words.tour` has it, like the sentences."""
    sentences: tuple[str, ...]
    """Templates, each a short paragraph."""
    place: Place
    page: Open
    values: Mapping[str, object] = field(default_factory=dict)
    """What goes into the templates' braces."""
    channel: Opened = "link"
    """The connection it speaks of; it gives the spotlight its colour."""
    inspection: Inspection | None = None
    """What of a handshake is to be opened, for the page `handshake`."""


def steps(state: ViewState) -> tuple[Step, ...]:
    """The whole tour, as far as `state` has values for it."""
    return (
        _why(state), _promises(state), _certificates(state), _handshake(state), _tls12(state), _tls13(state),
        _resumption(state), _keys(state), _names(state), _inside(state), _voice(state),
        Step(words.LAB, (words.LAB_WHAT, words.LAB_RESULT), "lab", "lab"),
    )  # fmt: skip


def own(state: ViewState) -> Ladder:
    """The handshake to speak of: the call's own session once it stands, else the link."""
    return state.session if state.call is not None and state.session.agreed is not None else state.link


def messages(ladder: Ladder) -> int:
    """Messages from ClientHello to the last Finished; TLS 1.3's tickets come after it, and early data are none."""
    last = max((i for i, row in enumerate(ladder.rows) if row.name == "Finished"), default=-1)
    return sum(row.name not in {ALERT, EARLY} for row in ladder.rows[: last + 1])


def missing(full: Ladder, resumed: Ladder) -> str:
    """What a full handshake had and a resumed one had not, in its order."""
    there = {row.name for row in resumed.rows} | {"NewSessionTicket"}
    return ", ".join(dict.fromkeys(row.name for row in full.rows if row.name not in there))


def _about(ladder: Ladder, agreed: Agreed) -> dict[str, object]:
    return {
        "group": agreed.group,
        "cipher": cipher_name(agreed.cipher),
        "messages": messages(ladder),
        "ms": f"{agreed.handshake_ms:.1f}",
    }


def _peer(state: ViewState) -> str:
    return state.call.peer if state.call is not None else ""


def _why(state: ViewState) -> Step:
    seen = words.WHY_EVE_IDLE
    if state.link.rows:
        seen = words.WHY_EVE_12 if version_of(state.link) == TLS12 else words.WHY_EVE
    return Step(words.WHY, (words.WHY_WIRE, seen), "wire", "wire")


def _promises(state: ViewState) -> Step:
    ladder = own(state)
    if ladder.agreed is None:
        idle = (words.PROMISE_SECRET_IDLE, words.PROMISE_WHOLE, words.PROMISE_WHO[""])
        return Step(words.PROMISES, idle, "locks", "home")
    trust = state.call.trust if state.call is not None else None
    who = trust.level if trust is not None else "relay" if ladder.channel == "link" and ladder.agreed.subject else ""
    told = (words.PROMISE_SECRET, words.PROMISE_WHOLE, words.PROMISE_WHO[who])
    values = {
        "cipher": cipher_name(ladder.agreed.cipher), "peer": _peer(state), "subject": ladder.agreed.subject,
    }  # fmt: skip
    return Step(words.PROMISES, told, "locks", "home", values, ladder.channel)


def _certificates(state: ViewState) -> Step:
    ladder = own(state)
    told: tuple[str, ...] = (words.CERTIFICATES_WHAT, words.CERTIFICATES_ROOT)
    if ladder.agreed is None or not ladder.agreed.subject:
        return Step(words.CERTIFICATES, (*told, words.CERTIFICATES_IDLE), "certificates", "certificates")
    who = _peer(state) if ladder.channel == "session" else state.link_state.relay or ladder.to
    values = {"who": who, "subject": ladder.agreed.subject}
    told = (*told, words.CERTIFICATES_SHOWN)
    return Step(words.CERTIFICATES, told, "certificates", "certificates", values, ladder.channel)


def _handshake(state: ViewState) -> Step:
    ladder = own(state)
    place: Place = "ladder-session" if ladder.channel == "session" else "ladder-link"
    told = (words.HANDSHAKE_AGREE, words.HANDSHAKE_TALK)
    if ladder.agreed is None:
        return Step(words.HANDSHAKE, (*told, words.HANDSHAKE_IDLE), place, "home")
    values = _about(ladder, ladder.agreed)
    return Step(words.HANDSHAKE, (*told, words.HANDSHAKE_MINE), place, "home", values, ladder.channel)


def _tls12(state: ViewState) -> Step:
    told = (words.TLS12_TEN, words.TLS12_TRIPS)
    link = state.link
    if link.agreed is not None and link.agreed.version == TLS12 and not link.agreed.resumed:
        values: Mapping[str, object] = {"messages": messages(link)}
        return Step(words.TLS12, (*told, words.TLS12_MINE), "compare", "compare", values)
    return Step(words.TLS12, (*told, words.TLS12_RUN), "compare", "compare")


def _tls13(state: ViewState) -> Step:
    ladder = own(state)
    told, values = (words.TLS13_GUESS, words.TLS13_HIDDEN, words.TLS13_IDLE), {}
    if ladder.agreed is not None:
        mine = words.TLS13_NOT_MINE
        if version_of(ladder) != TLS12:
            asked_again = any(extra(ladder, row) == "retry" for row in ladder.rows)
            mine = words.TLS13_RETRY if asked_again else words.TLS13_MINE
        told, values = (*told[:-1], mine), _about(ladder, ladder.agreed)
    opened = Inspection(ladder.channel, field=_key_share(ladder.rows[0].raw) if ladder.rows else ())
    return Step(words.TLS13, told, "inspector-clienthello", "handshake", values, ladder.channel, opened)


@lru_cache(maxsize=8)
def _key_share(raw: bytes) -> Path:
    """Where a ClientHello's tree has its key_share; the whole message when it has none."""
    for i, part in enumerate(dissect(raw, TLS13).children if raw else ()):
        for j, extension in enumerate(part.children if part.name == "extensions" else ()):
            if extension.name == "key_share":
                return i, j
    return ()


def _resumption(state: ViewState) -> Step:
    leg = state.leg
    told: tuple[str, ...] = (words.RESUMPTION_IDLE,)
    values: Mapping[str, object] = {}
    if state.call is not None and leg.agreed is not None:
        values = {
            "messages": messages(leg), "full": messages(state.link), "missing": missing(state.link, leg),
        }  # fmt: skip
        if not leg.agreed.resumed:
            told = (words.RESUMPTION_FULL,)
        elif state.link.agreed is None or state.link.agreed.resumed:
            told = (words.RESUMPTION_SHORT,)
        elif leg.agreed.version == TLS12:
            told = (words.RESUMPTION_MINE_12, words.RESUMPTION_STALE_12)
        else:
            early = any(row.name == EARLY for row in leg.rows)
            told = (words.RESUMPTION_MINE, words.RESUMPTION_EARLY if early else words.RESUMPTION_FRESH)
    return Step(words.RESUMPTION, (*told, words.RESUMPTION_NEVER), "leg", "home", values, "leg")


def _keys(state: ViewState) -> Step:
    ladder = own(state)
    told: tuple[str, ...] = (words.KEYS_FORWARD, words.KEYS_IDLE, words.KEYS_SIGNATURES)
    values: Mapping[str, object] = {}
    if ladder.agreed is not None:
        values = {"group": ladder.agreed.group}
        quantum = (words.KEYS_QUANTUM, words.KEYS_SIGNATURES)
        told = (words.KEYS_FORWARD, *(quantum if ladder.agreed.post_quantum else (words.KEYS_CLASSIC,)))
    opened = Inspection(ladder.channel, face="keys")
    return Step(words.KEYS, told, "keys", "handshake", values, ladder.channel, opened)


def _names(state: ViewState) -> Step:
    told: tuple[str, ...] = (words.NAMES_HISTORY, words.NAMES_HTTPS)
    if state.link.agreed is None:
        return Step(words.NAMES, told, "ladder-link", "home")
    values: Mapping[str, object] = {"version": version_name(state.link.agreed.version)}
    told = (*told, words.NAMES_MINE)
    if state.link.to:
        told, values = (*told, words.NAMES_TRY), {**values, "address": state.link.to}
    return Step(words.NAMES, told, "ladder-link", "home", values)


def _inside(state: ViewState) -> Step:
    call = state.call
    if call is None or state.session.agreed is None:
        return Step(words.INSIDE, (words.INSIDE_WHY, words.INSIDE_IDLE), "wire-relay", "wire", channel="session")
    told: tuple[str, ...] = (words.INSIDE_WHY, words.INSIDE_MINE)
    values: Mapping[str, object] = {"peer": call.peer}
    if call.confirmed:
        told = (*told, words.INSIDE_VERIFIED)
    elif call.words and call.live:
        return Step(words.INSIDE, (*told, words.INSIDE_WORDS), "words", "home", values, "session")
    return Step(words.INSIDE, told, "wire-relay", "wire", values, "session")


def _voice(state: ViewState) -> Step:
    told = (words.VOICE_SRTP, words.VOICE_CONSTANT)
    latency = state.call.latency if state.call is not None else None
    if latency is None:
        return Step(words.VOICE, (*told, words.VOICE_IDLE), "latency", "home", channel="session")
    network = latency.stages.get("network", latency.round_trip / 2)
    values: Mapping[str, object] = {"delay": f"{latency.mouth_to_ear:.0f}", "network": f"{network:.0f}"}
    return Step(words.VOICE, (*told, words.VOICE_MINE), "latency", "home", values, "session")


__all__ = ["Open", "Place", "Step", "messages", "missing", "own", "steps"]
