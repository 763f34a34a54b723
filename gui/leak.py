"""The lab's comparison of two bit rates, read from the file that `glasscall lab leak --json` writes. No Qt here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

POINTS_MAX = 2_000
DEPTH = 60.0
"""dB below full scale that count as silence in a drawing."""
SPEECH = 1 - 50 / DEPTH
"""The lab's border between speech and pause: −50 dBFS."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One way to send the speech."""

    points: tuple[tuple[float, int], ...]
    """(seconds, bytes on the wire)."""
    sizes: int
    """Different ones."""
    accuracy: float
    """How often speech and pause were told apart by size alone; 0.5 is chance."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same speech, sent twice."""

    constant: Trace
    variable: Trace
    envelope: tuple[float, ...]
    """Loudness of each 20 ms, 0 (silent) to 1."""
    seconds: float

    @property
    def bounds(self) -> tuple[int, int]:
        """Bytes of the smallest and of the largest packet of all: one scale for both."""
        sizes = [size for trace in (self.constant, self.variable) for _, size in trace.points]
        return min(sizes), max(sizes)


def load(path: Path) -> Comparison | None:
    """What `path` holds, or None when that is not a whole comparison: a child that was killed, a full disk."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        constant, variable = _trace(told["cbr"], told["ours"]), _trace(told["vbr"], told["theirs"])
        envelope = tuple(min(1.0, max(0.0, 1 + float(level) / DEPTH)) for level in told["energy"][:POINTS_MAX])
        seconds = len(envelope) * float(told["frame_ms"]) / 1000
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if not (constant.points and variable.points and seconds > 0):
        return None
    return Comparison(constant, variable, envelope, seconds)


def _trace(points: Iterable[Any], reading: dict[str, Any]) -> Trace:
    made = tuple((float(at), int(size)) for at, size in list(points)[:POINTS_MAX])
    return Trace(made, int(reading["sizes"]), float(reading["accuracy"]))


def spoken_runs(envelope: Sequence[float]) -> list[tuple[int, int]]:
    """Where there is speech: [first, end) of each run of loud pieces."""
    loud = [0, *(value > SPEECH for value in envelope), 0]
    turns = [i for i, (before, after) in enumerate(pairwise(loud)) if before != after]
    return list(zip(turns[::2], turns[1::2], strict=True))
