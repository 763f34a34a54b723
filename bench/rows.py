"""What a measurement gives: ratios first, the absolute figures beside them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

Figure = float | int | str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    what: str
    ratio: float | None = None
    """How many times `against`; None where a ratio says nothing."""
    against: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    """Absolute values; each name ends in its unit (ms, bytes, %) where it has one."""
    target: str = ""
    """What it must be, if anything."""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One measurement."""

    name: str
    title: str
    how: str
    """What was measured and how often, in one or two sentences."""
    rows: tuple[Row, ...] = ()
    skipped: str = ""
    """Why there are no rows."""
    failed: bool = False
    """There are none because something went wrong."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios round by round: what slows the whole machine down for a while slows both."""
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 3)


def spread(values: Sequence[float], unit: str = "ms", digits: int = 1) -> dict[str, Figure]:
    """p50 and p95."""
    return {
        f"p50 {unit}": round(statistics.median(values), digits),
        f"p95 {unit}": round(percentile(values, 0.95), digits),
    }
