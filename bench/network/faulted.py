"""Faults by the hundred, in calls that go on: UDP swallowed, the relay killed or frozen, a client's address changed.

    PAIRS places side by side, each with a relay and two phones: fault, return, calm, fault, return, calm …
    a call that a fault has ended is told as missed, and another is made
    at the end of each pair's work: hang up, both ends free, and one more call goes through

Who is struck alternates between alice and bob, and the way in which UDP is swallowed among both, out and in.
"""

import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rows import Figure, Row, percentile

from .faults import Way
from .pair import PEOPLE, Pair
from .place import Place
from .trial import Fault, Outcome, take

TRIALS, TRIALS_QUICK = 100, 6
PAIRS = 2
"""Side by side: two phones and a relay take half of a core."""
WITHOUT = 1.0
"""Seconds for which the relay is dead, or a client has no address."""
FAILURES_MOST = 3
"""Calls in a row that could not even be made."""
WAYS: tuple[Way, ...] = ("both", "from", "to")
_turns = itertools.count()


@contextmanager
def _blackhole(pair: Pair, who: str) -> Iterator[None]:
    with pair.place.faults.blackhole(who, WAYS[next(_turns) % len(WAYS)]):
        yield


@contextmanager
def _killed(pair: Pair, _who: str) -> Iterator[None]:
    pair.relay.kill()
    yield
    pair.relay.start()


@contextmanager
def _frozen(pair: Pair, _who: str) -> Iterator[None]:
    pair.relay.freeze()
    try:
        yield
    finally:
        pair.relay.thaw()


@contextmanager
def _moved(pair: Pair, who: str) -> Iterator[None]:
    pair.place.unplug(who)
    try:
        yield
    finally:
        pair.place.renumber(who)


FAULTS = {
    "blackhole": Fault("blackhole", _blackhole, 3.0, gap_most=0.5, udp_most=5.0),
    "killed": Fault("killed", _killed, WITHOUT, back_most=2.0),
    "moved": Fault("moved", _moved, WITHOUT, back_most=2.0),
    "frozen": Fault("frozen", _frozen, 5.0, back_most=2.0),
}
WHAT = {
    "blackhole": "UDP swallowed for 3 s (both ways, out, in; at alice's, at bob's)",
    "killed": f"relay killed, started again after {WITHOUT:g} s",
    "moved": f"another address for a client, {WITHOUT:g} s after it lost its own",
    "frozen": "relay stopped for 5 s",
}


@dataclass
class Series:
    """All trials of one fault."""

    fault: Fault
    trials: int
    outcomes: list[Outcome] = field(default_factory=list)
    wrong_at_the_end: list[str] = field(default_factory=list)
    """Of the calls that were hung up at the end, and those that were made after them."""


def take_all(fault: Fault, trials: int, *, options: Sequence[str] = (), pairs: int = PAIRS) -> Series:
    """`trials` of `fault`, shared by `pairs` places. Raises `RuntimeError` when calls cannot be made at all."""
    series = Series(fault, trials)
    numbers: Iterator[int] = iter(range(trials))
    lock, stop = threading.Lock(), threading.Event()

    def next_number() -> int | None:
        with lock:
            return None if stop.is_set() else next(numbers, None)

    def work() -> None:
        try:
            with (
                tempfile.TemporaryDirectory(prefix="glasscall-network-") as folder,
                Place() as place,
                Pair(Path(folder), place, options, packets=True) as pair,
            ):
                _work(pair, series, next_number)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(min(pairs, trials)) as pool:
        working = [pool.submit(work) for _ in range(min(pairs, trials))]
        try:
            for one in working:
                one.result()
        finally:
            stop.set()
    series.outcomes.sort(key=lambda outcome: outcome.number)
    return series


def _work(pair: Pair, series: Series, next_number: Callable[[], int | None]) -> None:
    """One pair's share of the trials, and the end of its last call."""
    failures = 0
    while (number := next_number()) is not None:
        who = PEOPLE[number % 2]
        try:
            if not pair.talking:
                pair.talk()
            outcome = take(pair, series.fault, number, who)
            failures = 0
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            failures += 1
            if failures >= FAILURES_MOST:
                raise
            outcome = Outcome(series.fault.name, number, who, pair.calls, missed=f"could not be tried: {error}")
            pair.drop()
        series.outcomes.append(outcome)
        _tell(series, outcome)
    if pair.talking:
        series.wrong_at_the_end += [f"{who} {wrong}" for who, wrong in pair.hang_up().items()]
        series.wrong_at_the_end += _calls_again(pair)


def _calls_again(pair: Pair) -> list[str]:
    """Who has hung up is free: one more call goes through."""
    try:
        pair.call()
    except RuntimeError as error:
        return [f"no call after the call: {error}"]
    time.sleep(1.0)
    return [f"{who} {wrong}" for who, wrong in pair.hang_up().items()]


def _tell(series: Series, outcome: Outcome) -> None:
    met = sum(not one.missed for one in series.outcomes)
    said = f"  {series.fault.name}: {len(series.outcomes)} of {series.trials}, met {met}"
    told = f"; {outcome.number}: {outcome.missed}" if outcome.missed else ""
    sys.stderr.write(f"{said}{told}\n")
    sys.stderr.flush()


def row(series: Series) -> Row:
    """A series in one line."""
    fault, outcomes = series.fault, series.outcomes
    met = sum(not outcome.missed for outcome in outcomes)
    figures: dict[str, Figure] = {
        "met": f"{met} of {series.trials}",
        **_spread("gap s", [outcome.gap for outcome in outcomes]),
        **_spread("back after s", [one.back for one in outcomes]),
    }
    if fault.udp_most is not None:
        figures |= _spread("off UDP after s", [one.left for one in outcomes])
        figures |= _spread("on UDP again after s", [one.udp for one in outcomes])
    figures["machine busy %"] = _spread("", [outcome.busy for outcome in outcomes], digits=0)[""]
    figures["calls that ended"] = sum(bool(outcome.ended) for outcome in outcomes)
    figures["stuck"] = sum(bool(outcome.stuck) for outcome in outcomes) + len(series.wrong_at_the_end)
    if series.wrong_at_the_end:
        figures["at the end"] = "; ".join(series.wrong_at_the_end)[:300]
    if kinds := Counter(_kind(outcome.missed) for outcome in outcomes if outcome.missed):
        figures["missed"] = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common(4))
    complete = len(outcomes) == series.trials
    return Row(
        WHAT[fault.name], figures=figures, target=_target(fault, series.trials),
        met=complete and met == series.trials and not series.wrong_at_the_end,
    )  # fmt: skip


def _target(fault: Fault, trials: int) -> str:
    parts = [
        text.format(most)
        for most, text in (
            (fault.gap_most, "gap ≤ {:g} s"),
            (fault.udp_most, "on UDP within {:g} s of its return"),
            (fault.back_most, "sound within {:g} s of the return"),
        )
        if most is not None
    ]
    return f"{', '.join(parts)}, in {trials} of {trials}, no call lost or stuck"


def _spread(name: str, values: Sequence[float | None], digits: int = 2) -> dict[str, Figure]:
    """Median, 95th percentile and most of what there is."""
    there = [value for value in values if value is not None]
    if not there:
        return {name: "never"}
    shown = (statistics.median(there), percentile(there, 0.95), max(there))
    never = f", never {len(values) - len(there)}" if len(there) < len(values) else ""
    p50, p95, most = (f"{value:.{digits}f}" for value in shown)
    return {name: f"p50 {p50}, p95 {p95}, most {most}{never}"}


def _kind(missed: str) -> str:
    """A miss without its figures, so that like ones are counted together."""
    words = missed.partition(";")[0].partition(". ")[0]
    return "".join("#" if letter.isdigit() else letter for letter in words)[:160]
