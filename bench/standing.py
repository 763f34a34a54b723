"""What the turns of one contestant gave, and whether that is enough.

turns (ms for each chirp) ──→ Standing ──→ figures
                                 │
          Limits, the best peer ─┴──→ judge ──→ Verdict: what was asked, met or not, and why not
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rows import Figure, Row

TURNS = 3
"""One turn proves nothing: the machine may have been asleep."""
FULL = 90.0
"""Per cent of all processors: above it peers miss their turns at the sound card, and beating them proves nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One contestant after all its turns. The percentiles are of all its chirps, not a number if none was heard."""

    what: str
    turns: tuple[tuple[float, ...], ...] = ()
    """Milliseconds for each chirp, not a number where it was missed; turns that failed are not among them."""
    failures: tuple[str, ...] = ()
    """Why turns failed."""
    busy: tuple[float, ...] = ()
    """Per cent of all processors in use during each turn, by everybody on the machine."""

    @property
    def heard(self) -> list[float]:
        return [value for turn in self.turns for value in turn if not math.isnan(value)]

    @property
    def missed(self) -> int:
        return self.played - len(self.heard)

    @property
    def played(self) -> int:
        return sum(map(len, self.turns))

    @property
    def medians(self) -> list[float]:
        """Of each turn; not a number for a turn in which nothing was heard."""
        return [_percentile([value for value in turn if not math.isnan(value)], 50) for turn in self.turns]

    @property
    def p50(self) -> float:
        return self.percentile(50)

    def percentile(self, percent: float) -> float:
        return _percentile(self.heard, percent)

    def figures(self) -> dict[str, Figure]:
        """Absolute values for a row."""
        found: dict[str, Figure] = {}
        if self.heard:
            found = {f"p{percent} ms": round(self.percentile(percent), 1) for percent in (50, 95, 99)}
            found["min ms"] = round(min(self.heard), 1)
        found |= {"missed": self.missed, "of": self.played}
        if len(self.turns) > 1:
            found["medians of the turns"] = ", ".join(f"{median:.1f}" for median in self.medians)
        if self.busy:
            found["machine busy %"] = ", ".join(f"{share:.0f}" for share in self.busy)
        if self.failures:
            found["turns that failed"] = f"{len(self.failures)} ({shorten(self.failures[0])})"
        return found

    def ratio(self, other: "Standing") -> float | None:
        """Median to median; None where one of them heard nothing."""
        value = self.p50 / other.p50 if self.heard and other.heard else math.nan
        return None if math.isnan(value) else round(value, 3)


def shorten(text: str, most: int = 300) -> str:
    """On one line; of a long one the beginning, which names it, and the end, where a log says why."""
    line = " / ".join(text.split("\n"))
    return line if len(line) <= most else f"{line[: most // 3]} … {line[-most * 2 // 3 :]}"


def _percentile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else math.nan


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a contestant: at most this many milliseconds, no chirp missed, no turn failed."""

    p50: float
    """In every turn."""
    p99: float | None = None
    share: float | None = None
    """Of the best peer's median."""
    turns: int = TURNS


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a contestant kept within its limits."""

    asked: str
    met: bool
    why: tuple[str, ...] = ()
    """What it fell short of."""


def best(peers: Sequence[Standing]) -> Standing | None:
    """The peer with the lowest median; None where none was heard."""
    return min((peer for peer in peers if peer.heard), key=lambda peer: peer.p50, default=None)


def judge(standing: Standing, limits: Limits, peers: Sequence[Standing] = ()) -> Verdict:
    """`peers`: all that were to be measured. None is beaten while one lacks a turn, or had no processor left."""
    asked = [f"p50 ≤ {limits.p50:g} ms in each of {limits.turns} turns"]
    why = []
    worst = max(standing.medians, default=math.nan, key=lambda median: math.inf if math.isnan(median) else median)
    if not worst <= limits.p50:
        why.append(f"p50 {worst:.1f} ms")
    if limits.p99 is not None:
        asked.append(f"p99 ≤ {limits.p99:g} ms")
        if not standing.percentile(99) <= limits.p99:
            why.append(f"p99 {standing.percentile(99):.1f} ms")
    if limits.share is not None:
        asked.append(f"p50 ≤ {limits.share:g} × the best peer")
        rival = best(peers)
        absent = [peer.what for peer in peers if len(peer.turns) < limits.turns or not peer.heard]
        share = math.nan if rival is None else standing.p50 / rival.p50
        if absent or rival is None:
            why.append(f"not all peers were measured: {', '.join(absent)}")
        if rival is not None and not share <= limits.share:
            why.append(f"{share:.2f} × {rival.what}")
        busiest = max((share for one in (standing, *peers) for share in one.busy), default=0.0)
        if busiest > FULL:
            why.append(f"the machine was full ({busiest:.0f} %), which proves nothing")
    asked.append("none missed")
    if standing.missed:
        why.append(f"{standing.missed} missed")
    if len(standing.turns) < limits.turns or standing.failures:
        why.append(f"{len(standing.turns)} turns, {len(standing.failures)} failed")
    return Verdict(", ".join(asked), not why, tuple(why))


def row(
    standing: Standing, against: Standing | None, limits: Limits | None = None, peers: Sequence[Standing] = ()
) -> Row:
    """Its line of a table: the ratio to `against`, and with `limits` the verdict."""
    ratio = None if against is None else standing.ratio(against)
    named = "" if against is None else against.what
    if limits is None:
        return Row(standing.what, ratio, named, standing.figures())
    verdict = judge(standing, limits, peers)
    why: dict[str, Figure] = {"fell short by": ", ".join(verdict.why)} if verdict.why else {}
    return Row(standing.what, ratio, named, standing.figures() | why, target=verdict.asked, met=verdict.met)
