"""One fault in a call that goes on, and what was heard and told of it.

    steady: both hear, and for `RESTED` by the way that is to be broken
    mark ──→ fault begins ── its seconds ──→ it returns ──→ both hear again, by that way ──→ a second's calm ──→ Outcome

Both ears count: a gap is the longer of the two, "back" is the later of the two.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from witness import processor_time

from voip.config import PATH

from . import sweep
from .pair import PEOPLE, Mark, Pair
from .trace import Trace

STEADY_WITHIN = 30.0
"""Seconds within which a call must be heard, and be on its way, before a fault is worth anything."""
RESTED = PATH.brief + 1.0
"""Seconds on UDP before it is swallowed: a way that is left sooner after it was taken is one that flaps, and is rightly
tried again ever more rarely."""
FOLLOWED = 25.0
"""Seconds after its return for which a fault is followed at most: longer than a phone bears silence."""
CALM = 1.0
GAP_TOLD = 0.1
STUCK_AFTER = 20.0
"""Seconds after which a phone that still talks, when the other does not, is stuck."""
_POLL = 0.1


@dataclass(frozen=True, slots=True)
class Fault:
    """What is broken. `broken(pair, who)`: a context within which it is; when it is left, all works again."""

    name: str
    broken: Callable[[Pair, str], AbstractContextManager[None]]
    seconds: float
    gap_most: float | None = None
    """Seconds that may be missing, from the fault's beginning on."""
    back_most: float | None = None
    """Seconds from the return on within which the sound must be back."""
    udp_most: float | None = None
    """Seconds from the return on within which both directions of both phones must be on UDP again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fault. Times in seconds; None: never, as long as it was followed."""

    fault: str
    number: int
    who: str
    call: int
    """The pair's how-manieth call it was."""
    gap: float = 0.0
    gaps: tuple[str, ...] = ()
    """Where something was missing, `bob 0.06–0.41`: from the fault's beginning on, `GAP_TOLD` or longer."""
    starved: tuple[str, ...] = ()
    """The longest stretch in which no new packet came to a phone, told as the gaps are."""
    back: float | None = None
    left: float | None = None
    """From the fault's beginning: when the last direction that UDP failed was off it."""
    udp: float | None = None
    ended: str = ""
    """Why the call ended, where it did."""
    stuck: str = ""
    busy: float = 0.0
    """Percent of all processors in use meanwhile, by whatever it was."""
    told: tuple[str, ...] = ()
    """What the phones observed meanwhile, in short."""
    missed: str = ""
    """What of the target was not met, or empty."""


def ways(trace: Trace) -> dict[str, str]:
    """Direction → the path that the voice takes there now, as the phone tells it."""
    found: dict[str, str] = {}
    for one in trace.seen:
        if one["is"] == "CallChanged" and one["phase"] == "talking" and not one.get("again"):
            found = {}
        if one["is"] == "PathChanged":
            direction = str(one.get("direction", "both"))
            found |= dict.fromkeys(("out", "in") if direction == "both" else (direction,), str(one["path"]))
    return found


def on_udp(pair: Pair) -> bool:
    """Whether every direction of both phones is on UDP."""
    now = [ways(pair.trace[who]) for who in PEOPLE]
    return all(found and set(found.values()) == {"udp"} for found in now)


def steady(pair: Pair, fault: Fault) -> str:
    """Wait until the call is worth a fault; what is wanting, or empty."""
    mark, deadline = pair.now(), time.monotonic() + STEADY_WITHIN
    wanting = "the call is not heard"
    while time.monotonic() < deadline and pair.talking:
        time.sleep(_POLL)
        if any(sweep.back(pair.heard(who, mark)) is None for who in PEOPLE):
            continue
        if fault.udp_most is None:
            return ""
        if on_udp(pair) and time.monotonic() - max(_last_change(pair.trace[one]) for one in PEOPLE) >= RESTED:
            return ""
        wanting = "the call is not on UDP: " + "; ".join(f"{who} {ways(pair.trace[who])}" for who in PEOPLE)
    return wanting if pair.talking else "the call is over"


def take(pair: Pair, fault: Fault, number: int, who: str) -> Outcome:
    """Do it to `who` (where it is done to a person at all), and follow what happens."""
    if wanting := steady(pair, fault):
        return Outcome(fault.name, number, who, pair.calls, missed=f"before the fault {wanting}; {_ends(pair)}")
    mark, before = pair.now(), processor_time()
    with fault.broken(pair, who):
        time.sleep(fault.seconds)
        returning = pair.now()
    returned = pair.now()
    if fault.back_most is not None and returned.at - returning.at > STUCK_AFTER:
        raise RuntimeError(f"{fault.name}: what was broken took {returned.at - returning.at:.1f} s to return.")
    outcome = _follow(pair, fault, number, who, mark, returned)
    busy, altogether = (b - a for a, b in zip(before, processor_time(), strict=True))
    return judge(fault, replace(outcome, busy=round(100 * busy / max(altogether, 1.0))))


def _follow(pair: Pair, fault: Fault, number: int, who: str, mark: Mark, returned: Mark) -> Outcome:
    back: dict[str, float | None] = dict.fromkeys(PEOPLE)
    udp: float | None = None
    calm_from: float | None = None
    while time.monotonic() < returned.at + FOLLOWED and pair.talking:
        time.sleep(_POLL)
        back = {
            ear: sweep.back(pair.heard(ear, returned)) if seconds is None else seconds for ear, seconds in back.items()
        }
        if udp is None and on_udp(pair):
            udp = max(0.0, max(_last_change(pair.trace[one]) for one in PEOPLE) - returned.at)
        done = None not in back.values() and (fault.udp_most is None or udp is not None)
        calm_from = (calm_from or time.monotonic()) if done else None
        if calm_from is not None and time.monotonic() > calm_from + CALM:
            break
    ended = "" if pair.talking else _ends(pair)
    stuck = _stuck(pair) if ended else ""
    end = pair.now()
    heard = {ear: pair.heard(ear, mark, end) for ear in PEOPLE}
    later = [seconds for seconds in back.values() if seconds is not None]
    return Outcome(
        fault.name,
        number,
        who,
        pair.calls,
        gap=round(max(sweep.longest(one) for one in heard.values()), 3),
        gaps=tuple(f"{ear} {_span(*gap)}" for ear, one in heard.items() for gap in sweep.gaps(one) if _long(*gap)),
        starved=tuple(f"{ear} {_span(*pair.starved(ear, mark.at))}" for ear in PEOPLE),
        back=round(max(later), 3) if len(later) == len(PEOPLE) else None,
        left=_left(pair, mark.at),
        udp=None if udp is None else round(udp, 3),
        ended=ended,
        stuck=stuck,
        told=tuple(f"{one}: {said}" for one in PEOPLE for said in told(pair.trace[one], mark.at)),
    )


def judge(fault: Fault, outcome: Outcome) -> Outcome:
    """`outcome` with what it missed of `fault`'s target."""
    said = []
    if outcome.ended:
        said.append(f"the call ended: {outcome.ended}")
    if outcome.stuck:
        said.append(f"stuck: {outcome.stuck}")
    if fault.gap_most is not None and outcome.gap > fault.gap_most:
        said.append(f"nothing was heard for {outcome.gap:.2f} s")
    for most, value, what in ((fault.back_most, outcome.back, "sound"), (fault.udp_most, outcome.udp, "UDP")):
        if most is not None and value is None:
            said.append(f"{what} did not come back")
        elif most is not None and value is not None and value > most:
            said.append(f"{what} was back after {value:.2f} s")
    return replace(outcome, missed="; ".join(said))


def told(trace: Trace, since: float) -> list[str]:
    """A phone's observations since then that speak of ways and calls, each in one line."""
    shown = {"PathChanged", "CallChanged", "LinkState", "Problem", "Failed", "Closed", "TrustAssessed", "Connecting"}
    return [
        f"{one['at'] - since:.2f} s {one['is']} {_short(one)}"
        for one in trace.since(since)
        if one["is"] in shown or "Lane" in one["is"] or "Leg" in one["is"] or "Again" in one["is"]
    ]


def _short(one: dict[str, Any]) -> str:
    return " ".join(
        str(value) for name, value in one.items() if name not in {"at", "is", "call"} and value not in {"", None}
        and isinstance(value, str | int | float)
    )  # fmt: skip


def _span(begin: float, end: float) -> str:
    return f"{begin:.2f}–{end:.2f}"


def _long(begin: float, end: float) -> bool:
    return end - begin >= GAP_TOLD


def _ends(pair: Pair) -> str:
    """How the call ended, on each side."""
    said = []
    for who in PEOPLE:
        call = pair.trace[who].last("CallChanged")
        if call is not None and call["phase"] == "ended":
            said.append(f"{who}: {call['reason']} {call['sentence']}".strip())
        elif not pair.alive(who):
            said.append(f"{who}'s phone is gone: {pair.log(who)[-200:].strip()}")
        else:
            said.append(f"{who}: {call['phase'] if call else 'no call'}")
    return "; ".join(said)


def _stuck(pair: Pair) -> str:
    """A call that is over on one side must be over on the other."""
    deadline = time.monotonic() + STUCK_AFTER
    while any(pair.in_call(who) for who in PEOPLE):
        if time.monotonic() > deadline:
            return ", ".join(who for who in PEOPLE if pair.in_call(who))
        time.sleep(_POLL)
    return ""


def _last_change(trace: Trace) -> float:
    change = trace.last("PathChanged")
    return float(change["at"]) if change else 0.0


def _left(pair: Pair, since: float) -> float | None:
    """From then on: the last direction that went to TLS before any came back."""
    changes = sorted(
        ((one["at"], one["path"]) for who in PEOPLE for one in pair.trace[who].since(since, "PathChanged")),
    )
    left = None
    for at, path in changes:
        if path == "udp":
            break
        left = round(at - since, 3)
    return left
