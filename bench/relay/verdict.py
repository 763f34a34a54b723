"""What is asked of a run, and whether it was kept. A generator that was late proves nothing."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from load.tally import Tally
from rows import Figure, Row, paired


@dataclass(frozen=True, slots=True)
class Limits:
    """At most."""

    loss: float
    """% of the packets."""
    p99: float | None = None
    """ms of delay, over all the time."""

    def __str__(self) -> str:
        delay = "" if self.p99 is None else f", p99 < {self.p99:g} ms"
        return f"loss < {self.loss:g} %{delay}"


def shortfalls(tally: Tally, limits: Limits) -> list[str]:
    """What it fell short of; empty when it was kept."""
    why = []
    if not tally.loss < limits.loss:
        why.append(f"loss {tally.loss:.3f} %")
    if limits.p99 is not None and not tally.p99 < limits.p99:
        why.append(f"p99 {tally.p99:.1f} ms")
    if int(tally.figures["astray"]):
        why.append(f"{tally.figures['astray']} packets came to somebody else")
    if int(tally.figures["other_way"]):
        why.append(f"{tally.figures['other_way']} packets came by TLS")
    # Delays that a late load saw may be its own. What it sent late and got all the same was not lost.
    if tally.late and (limits.p99 is not None or int(tally.figures["blocked"])):
        why.append(f"the load was late by {tally.lateness:.1f} ms, which proves nothing")
    return why


def figures(tallies: Sequence[Tally]) -> dict[str, Figure]:
    """Absolute values, medians of the rounds."""

    def median(of: Callable[[Tally], float], digits: int) -> float:
        return round(statistics.median(map(of, tallies)), digits)

    found: dict[str, Figure] = {
        "CPU s per 10⁶ packets": median(lambda t: t.per_million, 1),
        "% of a core": median(lambda t: t.core, 0),
        "loss %": median(lambda t: t.loss, 3),
        "p50 ms": median(lambda t: t.p50, 2),
        "p99 ms": median(lambda t: t.p99, 1),
        "p99 of the middle second ms": median(lambda t: float(t.figures["p99_median_ms"]), 2),
        "max ms": round(max(float(t.figures["max_ms"]) for t in tallies), 1),
        "load late by p99 ms": median(lambda t: t.lateness, 2),
    }
    if len(tallies) > 1:
        found["of the rounds"] = ", ".join(f"{tally.per_million:.1f}" for tally in tallies)
    return found


def cost(tallies: Sequence[Tally]) -> list[float]:
    """CPU per packet in each round."""
    return [tally.per_million for tally in tallies]


def kept(what: str, tries: Sequence[Tally], limits: Limits) -> Row:
    """A row for what was tried, and once more if it fell short: machines stop now and then. The last try counts."""
    why = shortfalls(tries[-1], limits)
    seen = figures(tries[-1:])
    if len(tries) > 1:
        seen["the first try"] = ", ".join(shortfalls(tries[0], limits))
    if why:
        seen["fell short by"] = ", ".join(why)
    return Row(what, figures=seen, target=str(limits), met=not why)


def try_twice(once: Callable[[], Tally], limits: Limits) -> list[Tally]:
    """One run, and another if that one fell short."""
    tries = [once()]
    if shortfalls(tries[0], limits):
        tries.append(once())
    return tries


def beside(
    name: str, calls: int, found: dict[str, list[Tally]], others: dict[str, float], floor: str = ""
) -> list[Row]:
    """Rows of one contest: ours against each of `others`, whose CPU per packet it may use at most so many times."""
    mine = found[name]
    rows = []
    for other, most in others.items():
        theirs = found[other]
        ratio = paired(cost(mine), cost(theirs))
        late = [tally for tally in (*mine, *theirs) if tally.late]
        why = [] if ratio <= most else [f"{ratio:.2f} ×"]
        if len(late) > len(mine) // 2:
            why.append(f"the load was late in {len(late)} runs, which proves nothing")
        seen = figures(mine)
        if why:
            seen["fell short by"] = ", ".join(why)
        target = f"CPU per packet at most {most:g} × {other}" if most != 1 else f"CPU per packet below that of {other}"
        rows.append(Row(f"{name}, {calls} calls", ratio, other, seen, target=target, met=not why))
    for other, tallies in found.items():
        if other != name:
            against = floor if floor and other != floor else ""
            ratio = paired(cost(tallies), cost(found[floor])) if against else None
            rows.append(Row(f"{other}, {calls} calls", ratio, against, figures(tallies)))
    return rows
