"""What the wire page shows, made from the tape of our own records. No Qt here.

    Tape.since ──→ new rows ──→ advance(window, new, now) ──→ Window: the last 20 s, for strip and table
                            └─→ grown(shape, new) ──────────→ Shape: sizes over time of the present call

Both are frozen values and bounded. On the left of each row is what anybody on the wire has, on the right what we have.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log2

from voip.journal.observations import Forwarded
from voip.journal.tape import Passed

SPAN = 20.0
"""Seconds that are kept to look at."""
ROWS_MAX = 5_000
POINTS_MAX = 15_000
"""A minute of a call, both ways, at 100 packets a second; in the smallest frames it is half of one."""
DOTS = 900
"""Across a drawing: finer than the eye can tell."""
ENOUGH = 50
"""Records of a call before anything is said of its sizes."""
ONE_SIZE = 0.9
"""From this share on, the sizes are called constant: reports and signals, on the clock, are the rest."""
RUN = 50
"""Records one way that are compared with each other."""
STEPS, STEP_EVERY = 4, 10.0
"""How often the size may step, and once more in so many seconds: with the network. Speech and silence change sooner."""
CLEAR = {"voice": 12, "report": 8}
"""Bytes of the RTP and RTCP headers, which SRTP leaves readable (RFC 3711 §3.1 and §3.4)."""
HEAD = 24
"""First bytes that a row can show."""


@dataclass(frozen=True, slots=True)
class Window:
    """The latest records, oldest first."""

    rows: tuple[Passed, ...] = ()
    now: float = 0.0
    origin: float | None = None
    """When the first record of all passed; times are told from there."""


def advance(window: Window, new: Iterable[Passed], now: float) -> Window:
    """`window` at `now`, with `new` in it and without what is older than `SPAN`."""
    rows = (*window.rows, *new)[-ROWS_MAX:]
    origin = window.origin if window.origin is not None or not rows else rows[0].at
    first = next((i for i, row in enumerate(rows) if row.at >= now - SPAN), len(rows))
    return Window(rows[first:], now, origin)


def without_voice(rows: tuple[Passed, ...]) -> tuple[Passed, ...]:
    """`rows` without the stream of voice, which hides everything rarer."""
    return tuple(row for row in rows if row.meaning != "voice")


def line_of(row: Passed) -> str:
    """The line that a row belongs to; a lane is the voice line once more."""
    return "leg" if row.channel == "lane" else row.channel


def randomness(row: Passed) -> float:
    """How near the body's entropy comes to the highest that so many bytes can show, 0–1."""
    body = row.size - (0 if row.type == "datagram" else 5)
    return min(1.0, row.entropy / min(8.0, log2(body))) if body > 1 else 0.0


def readable(data: bytes) -> str:
    """`data` as text when it is text, as hexadecimal digits when it is not."""
    if data and all(0x20 <= byte < 0x7F for byte in data):
        return data.decode("ascii")
    return data[:HEAD].hex(" ")


def parted(row: Forwarded) -> tuple[str, str]:
    """The first bytes of a ciphertext and of its plaintext, from where they part: a header in clear is in both."""
    clear = CLEAR.get(row.meaning, 0)
    if not clear or row.head[:clear] != row.plain[:clear]:
        return row.head.hex(" "), readable(row.plain)
    return f"… {row.head[clear:].hex(' ')}", f"… {row.plain[clear:].hex(' ')}"


@dataclass(frozen=True, slots=True)
class Steady:
    """How steady sizes are."""

    sizes: tuple[int, ...]
    """The usual ones now: of what is sent, of what is received."""
    share: float
    """… of all records that have the usual size of the `RUN` that they stand in."""
    steps: int
    """How often the usual size changed, both ways together."""


@dataclass(frozen=True)
class Shape:
    """The present call as an observer of its voice line can draw it: when, how large, which way."""

    points: tuple[tuple[float, int, bool], ...] = ()
    """(seconds, bytes, whether sent), of the last minute."""
    began: float = 0.0
    last: float = 0.0
    records: int = 0
    bytes: int = 0

    @property
    def seconds(self) -> float:
        """From the first record seen to the last."""
        return self.last - self.began

    @cached_property
    def steady(self) -> "Steady | None":
        """How steady the sizes in `points` are; None while there is not `ENOUGH`."""
        if len(self.points) < ENOUGH:
            return None
        same, now, steps = 0, [], 0
        for way in (True, False):
            sizes = [size for _, size, sent in self.points if sent is way]
            runs = [Counter(sizes[i : i + RUN]).most_common(1)[0] for i in range(0, len(sizes), RUN)]
            same += sum(count for _, count in runs)
            steps += sum(before != after for (before, _), (after, _) in pairwise(runs))
            now += [size for size, _ in runs[-1:]]
        return Steady(tuple(now), same / len(self.points), steps)

    @property
    def constant(self) -> bool | None:
        """Whether sizes tell nothing of the voice: as good as one each way, but for a few steps; None as above."""
        if self.steady is None:
            return None
        allowed = STEPS + (self.points[-1][0] - self.points[0][0]) / STEP_EVERY
        return self.steady.share >= ONE_SIZE and self.steady.steps <= allowed

    def drawn(self, back: float) -> tuple[tuple[float, int], ...]:
        """(seconds, bytes) of the last `back` seconds, received ones negative; what falls on one dot is one dot."""
        if not self.points:
            return ()
        began = max(self.points[0][0], self.points[-1][0] - back)
        grid = max(1.0, self.points[-1][0] - began) / DOTS
        return tuple(
            dict.fromkeys(
                (began + int((at - began) / grid) * grid, size if sent else -size)
                for at, size, sent in self.points
                if at >= began
            )
        )


def grown(shape: Shape, new: Iterable[Passed]) -> Shape:
    """`shape` with the voice line's records among `new`; a ClientHello on that line begins another call."""
    points, began, last, records, size = list(shape.points), shape.began, shape.last, shape.records, shape.bytes
    for row in new:
        if row.channel != "leg":
            continue
        if row.type == "handshake" and row.direction == "out":
            points, records, size = [], 0, 0
        if not records:
            began = row.at
        records += 1
        size += row.size
        last = row.at
        # The handshake is over in a moment and is no part of the rhythm.
        if row.type == "datagram" or (row.type == "application_data" and row.meaning != "handshake"):
            points.append((row.at, row.size, row.direction == "out"))
    if records == shape.records and last == shape.last:
        return shape
    return Shape(tuple(points[-POINTS_MAX:]), began, last, records, size)
