"""How many earlier frames go with each, and which: chosen from what the peer lost, before it recovered anything.

    loss, mean run of losses (RR, XR) ──→ LossEstimate ──→ choose() ──→ distances: () (1,) (3,) (1, 2) (2, 4) …

Losses are taken to come as in Gilbert's model, a chain of two states; then what is left after redundancy can be told,
and the choice is the one that harms least: by what is still lost, by the waiting, by the bits. All three are weighed in
WB-PESQ. Losses in runs so push the copies apart, which no rule has to say.

Measured, 32 kb/s of Opus at complexity 10, our two recordings, three seeds each, median, with a receiver that waits as
long as it pays ("wait": how much longer than without redundancy). Gilbert's mean run is 2 packets:

    frame   distances   wait    random 5     10     20     30 %    Gilbert 10     20 %
    10 ms   none           0        3.33   2.68   1.95   1.60            2.25   1.55
            1             10        4.27   4.07   3.40   2.57            3.06   2.06
            1, 2          20        4.38   4.38   4.22   3.60            3.58   2.85
            1, 3          30        4.39   4.34   4.24   3.59            3.98   3.37
            1, 4          40        4.41   4.41   4.06   3.69            4.10   3.47
            2, 4          40        4.41   4.38   4.21   3.60            4.17   3.69
            1, 2, 4       40        4.41   4.41   4.37   4.05            4.17   3.76
    20 ms   1             20        4.31   4.12   3.10   2.15            2.73   1.81
            1, 2          40        4.48   4.48   4.22   3.33            3.45   2.47
            1, 3          60        4.49   4.32   4.02   3.40            3.90   3.05

So it is frames of 10 ms with two copies that carry a call through loss within 40 ms: in 20 ms no distances do it when
losses come in runs. (`adaptation` stops at 30 ms.) Frames of 20 ms need a quarter fewer bits, and are for where those
are short.

Opus's own redundancy (LBRR) is never used: at a constant bit rate it takes its bits from the voice. 20 ms at 32 kb/s
with 10 % of loss announced: 3.85 with nothing lost, 3.49 at random 10 % (at 64 kb/s, as many bits as one copy: 3.85 and
3.53) where one copy gives 4.49 and 4.12; in 10 ms it leaves 1.77. Announcing loss without LBRR changes nothing.
"""

import math
from itertools import combinations

from voip.media.plan import DISTANCE_MAX

WAIT_MAX_MS = 40
COPIES_MAX = 2
HARM_OF_LOSS = 30.0
"""WB-PESQ for all that is still lost: 0.3 for each hundredth, by the table above."""
HARM_OF_10_MS = 0.03
HARM_OF_A_COPY = 0.03
STICKINESS, STICKINESS_TO_LATER, STICKINESS_TO_LESS = 0.06, 0.10, 0.025
"""What a choice must be better by: with more copies; with as many that come later; with fewer, or sooner ones."""
_RISE, _SLOW_RISE, _SLOW_FALL = 1.5, 5.0, 15.0
"""Seconds: how fast an estimate follows loss, and how another does that is for loss which comes and goes: copies that
are still sent when it comes again save what is lost before the first report, and cost bits alone."""
_RUNS = 15.0
"""Seconds: how slowly the length of runs follows, for a second has few of them."""


class LossEstimate:
    """Loss as the last reports had it: believed at once, forgotten slowly. Shares are 0 to 1."""

    def __init__(self) -> None:
        self._fast = self._slow = 0.0
        self._burst = 1.0
        self._lossy = 0
        """Reports with loss."""
        self._at: float | None = None

    def report(self, now: float, loss: float, burst: float) -> None:
        """`loss` since the last report, `burst`: mean number of losses in a row (0 or 1: not known, or alone)."""
        since = max(0.0, now - self._at) if self._at is not None else 1.0
        self._at = now
        self._fast += (loss - self._fast) * -math.expm1(-since / _RISE)
        slow = _SLOW_RISE if loss > self._slow else _SLOW_FALL
        self._slow += (loss - self._slow) * -math.expm1(-since / slow)
        if loss > 0:
            self._lossy += 1
            self._burst += (max(1.0, burst) - self._burst) * max(1 / self._lossy, -math.expm1(-since / _RUNS))

    @property
    def loss(self) -> float:
        """Share of packets lost."""
        return max(self._fast, self._slow)

    @property
    def burst(self) -> float:
        """Mean number of losses in a row, at least 1."""
        return self._burst


def residual(loss: float, burst: float, distances: tuple[int, ...]) -> float:
    """Share of frames still missing when each comes again at `distances`, in Gilbert's model of `loss` and `burst`.

    A frame is missing when its packet and all those with its copies are. Where the chain is lost, it is lost `d` later
    with probability loss + (1 − loss)·λ^d, λ being what it remembers from one packet to the next.
    """
    if not 0 < loss < 1:
        return min(1.0, max(0.0, loss))
    leave = 1 / max(1.0, burst)
    memory = max(0.0, 1 - leave - min(1.0, loss * leave / (1 - loss)))
    missing, before = loss, 0
    for distance in distances:
        missing *= loss + (1 - loss) * memory ** (distance - before)
        before = distance
    return missing


def harm(loss: float, burst: float, distances: tuple[int, ...], frame_ms: int) -> float:
    """What this choice takes from the voice, in WB-PESQ."""
    wait = distances[-1] * frame_ms if distances else 0
    return (
        HARM_OF_LOSS * residual(loss, burst, distances)
        + HARM_OF_10_MS * wait / 10
        + HARM_OF_A_COPY * len(distances)
    )  # fmt: skip


def choose(
    loss: float,
    burst: float,
    frame_ms: int,
    *,
    wait_max_ms: int = WAIT_MAX_MS,
    copies_max: int = COPIES_MAX,
    current: tuple[int, ...] = (),
) -> tuple[int, ...]:
    """The distances that harm least, in frames of `frame_ms`; `current` where another is hardly better."""
    farthest = min(DISTANCE_MAX, wait_max_ms // frame_ms)
    candidates = [
        distances
        for copies in range(copies_max + 1)
        for distances in combinations(range(1, farthest + 1), copies)
    ]  # fmt: skip
    best = min(candidates, key=lambda distances: harm(loss, burst, distances, frame_ms))
    if current in candidates:
        better_by = harm(loss, burst, current, frame_ms) - harm(loss, burst, best, frame_ms)
        return best if better_by > _stickiness(current, best) else current
    return best


def _stickiness(current: tuple[int, ...], best: tuple[int, ...]) -> float:
    if len(best) > len(current):
        return STICKINESS
    later = len(best) == len(current) and best[-1:] > current[-1:]
    return STICKINESS_TO_LATER if later else STICKINESS_TO_LESS
