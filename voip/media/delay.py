"""How late may a frame be? Learns it from the packets themselves, in the manner of WebRTC's NetEQ.

A frame's *transit* is its first arrival, by its own packet or as a redundant copy, minus its timestamp, in seconds:
meaningless alone (two unrelated clocks), but differences between transits are differences in delay. A frame's *offset*
is the same for the moment it is played:

    timestamp ──── transit ────→ arrived ── waits in the buffer ──→ played
              └──────────────────── offset ───────────────────────┘

A frame is in time when its transit is at most the offset. `required` is the offset that harms least:

    transit ──→ less the reference ──→ histogram of each half second ──→ forgetting ──→ least of ──→ required
                    └ least transit of 2 s, as far as clocks drift              harm of delay + harm of loss

As NetEQ's `reorder_optimizer` does, with its 2 s, 0.983 and start weight 2, and near its price: there 20 ms of delay
for a hundredth of the frames, here 15. What differs:

- Buckets are 1 ms, not 20: on a quiet network 20 ms would be the whole delay.
- The first 35 ms beyond the usual transit cost less than a seventh: delay harms the more, the more there is. So within
  the time that `redundancy` may take, a lost frame is worth as much as to the sender who chose the redundancy.
- Where much is lost anyhow, a little more harms less (G.107's Ie,eff): a heavy tail is not waited for at any price.
- The reference moves only as clocks may drift, or when the path itself changed: the least transit of 2 s is a noisy
  thing on a jittery network, and the delay would follow the noise.
- What was not needed for 5 s is not kept: stalls are forgotten as soon as they are over, though the histogram is slow.
"""

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

HALF_SECOND = 0.5
WINDOW = 2.0
"""Seconds over which the least transit is looked for."""
NEEDED = 10
"""Half seconds: no frame of these came so late, so none is waited for longer."""
FORGET = 0.983
START_WEIGHT = 2.0
"""The first samples are forgotten faster: with weight 1 − 2/(n + 1) until that reaches `FORGET`."""
BUCKET = 0.001
BUCKETS = 1000
START, START_MAX = 0.010, 0.100
"""Seconds of delay before anything is known, and the most that the first half second can make of it."""
WORTH = 10.0
"""Seconds of delay that are as bad as the loss of all frames, as far as the first few of them go: 100 ms for each
hundredth, by the same WB-PESQ as in `redundancy`: 0.3 for a hundredth, 0.03 for 10 ms."""
ROBUSTNESS = 0.10
"""Bpl of G.107 (`emodel.OPUS_BPL`): at this loss, a little more of it harms a quarter as much."""
CHEAP, DEAR = 0.035, 7.5
"""Seconds beyond the usual transit that cost as much as they are; and how many times so much the others do."""
STICKINESS = 0.001
"""Seconds of harm that another wait must be better by."""
SAFETY = 0.001
SAFETY_STEP, SAFETY_MAX = 0.001, 0.002
"""Seconds that a frame too late adds to the safety, at most once each half second; and the most there is of it."""
SAFETY_DECAY = 0.001
"""Seconds per second: how fast it is forgotten."""
FEW = 0.4
"""Share of what an ordinary frame waits that is waited longer after the first half second, half of it after two, and so
on: few frames do not tell how late the latest are."""
RARE = 0.001
"""Share of frames that come too late by choice, from which one more is no surprise."""
DRIFT = 0.000_3
"""Seconds per second that two sound cards' clocks may drift apart."""
SHIFT = 0.005
"""Seconds: the least change of the path that is not taken for jitter."""
FASTER = 0.15
"""Seconds in which all frames must be faster than before by so much; fewer have only overtaken the others."""
_HAIR = 1e-6
_DELAYS = np.arange(BUCKETS) * BUCKET


class _Histogram:
    """Transits in, the wait that harms least out; what is old counts less. Weights are seconds of sound."""

    def __init__(self) -> None:
        self._weights = np.zeros(BUCKETS)
        self._sent = 0.0
        """Of sound that was sent: what lacks in the weights never came."""
        self.added = 0
        """Half seconds."""

    def __bool__(self) -> bool:
        return self.added > 0

    def add(self, came: NDArray[np.float64], sent: float) -> None:
        """Half a second: seconds of sound that `came`, by transit, (BUCKETS,); and seconds that were sent."""
        self.added += 1
        forget = max(0.0, min(FORGET, 1 - START_WEIGHT / (self.added + 1)))
        self._weights = self._weights * forget + came * (1 - forget)
        self._sent = self._sent * forget + sent * (1 - forget)

    def best(self, current: float) -> tuple[float, float, float]:
        """(wait, the usual transit, share of frames that come later). `current`: the wait until now."""
        covered = np.cumsum(self._weights)
        came = float(covered[-1])
        sent = max(came, self._sent)
        usual = int(np.searchsorted(covered, came / 2)) * BUCKET
        lost = np.maximum(0.0, 1 - covered / sent)
        beyond = _DELAYS - usual
        harm = np.maximum(beyond, CHEAP + DEAR * (beyond - CHEAP)) + WORTH * ROBUSTNESS * lost / (lost + ROBUSTNESS)
        # Less than the usual would save delay, and lose most of what is said.
        harm[: round(usual / BUCKET)] = np.inf
        best, now = int(np.argmin(harm)), min(BUCKETS - 1, round(current / BUCKET))
        if harm[now] - harm[best] < STICKINESS:
            best = now
        return best * BUCKET, usual, (came - float(covered[best])) / sent

    def move(self, buckets: int) -> None:
        """Every transit is to be so much longer, as it is told from an earlier reference."""
        self._weights = _moved(self._weights, buckets)


class DelayTarget:
    """Transits in, the required offset out. Seconds."""

    def __init__(self) -> None:
        self._histogram = _Histogram()
        self._least: deque[tuple[float, float]] = deque()
        """(arrival, transit), transits rising: the first is the least of the window."""
        self._reference = 0.0
        self._moved_at = 0.0
        self._path = 0.0
        """The reference before …"""
        self._faster_since: float | None = None
        """… all frames, since then, were faster than it by more than jitter is; None: not all are."""
        self._came = np.zeros(BUCKETS)
        """Seconds of sound of this half second, by transit."""
        self._sent_until = self._sent_from = 0.0
        """Timestamps in seconds: of the end of the newest frame, and of that when this half second began."""
        self._largest = 0.0
        """Transit less reference, of this half second; and of those before."""
        self._needed: deque[float] = deque(maxlen=NEEDED)
        self._half_began = 0.0
        self._wait = START
        self._usual = 0.0
        """Transit less reference of an ordinary frame."""
        self._missed = 0.0
        """Share of frames that come too late by choice."""
        self._few = 0.0
        """Seconds more, as long as little is known."""
        self._safety = SAFETY
        self._safer_at = -math.inf

    def arrived(self, transit: float, now: float, length: float) -> None:
        """A frame of `length` came for the first time, by its own packet or as a copy."""
        if not self._least:
            self._reference, self._moved_at, self._half_began = transit, now, now
            self._sent_from = self._sent_until = now - transit
        self._refer(transit, now)
        if now - self._half_began >= HALF_SECOND:
            self._learn(now)
        relative = transit - self._reference
        self._largest = max(self._largest, relative)
        self._came[min(BUCKETS - 1, max(0, math.ceil(relative / BUCKET - _HAIR)))] += length
        self._sent_until = max(self._sent_until, now - transit + length)
        if not self._histogram:
            self._wait = min(START_MAX, max(START, self._largest))

    def late(self, transit: float, offset: float, now: float) -> None:
        """A packet came after the `offset` at which its frame was due: a little more safety from now on."""
        if self._missed < RARE and now - self._safer_at >= HALF_SECOND:
            self._safer_at = now
            self._safety = min(SAFETY_MAX, self._safety + min(SAFETY_STEP, max(0.0, transit - offset)))

    @property
    def required(self) -> float:
        """The offset at which nearly every frame is in time. Meaningless before the first packet."""
        return self._reference + self.target

    @property
    def target(self) -> float:
        """The same as a delay: seconds that the fastest packet should wait."""
        return self._wait + self._few + self._safety

    @property
    def beyond(self) -> float:
        """Seconds that an ordinary frame should wait."""
        return max(0.0, self.target - self._usual)

    def _refer(self, transit: float, now: float) -> None:
        shift = max(SHIFT, self.beyond / 2)
        if self._faster_since is None:
            self._path = self._reference
        if transit >= self._path - shift:
            self._faster_since = None
        elif self._faster_since is None:
            self._faster_since = now
        while self._least and self._least[-1][1] >= transit:
            self._least.pop()
        self._least.append((now, transit))
        while self._least[0][0] < now - WINDOW:
            self._least.popleft()
        away = self._least[0][1] - self._reference
        drift = DRIFT * max(0.0, now - self._moved_at)
        self._moved_at = now
        if abs(away) > shift:
            # Told from another reference: what is required does not change.
            buckets = round(away / BUCKET)
            self._reference += buckets * BUCKET
            self._move(-buckets)
        else:
            # Both ways alike, or the noise of the minimum would drive it one way.
            self._reference += max(-drift, min(drift, away))
        if self._faster_since is not None and now - self._faster_since >= FASTER:
            # The path became faster: so will all frames be.
            self._faster_since = None
            self._move(round((self._reference - self._path) / BUCKET))

    def _move(self, buckets: int) -> None:
        """All that is known is to be so much later after the reference."""
        change = buckets * BUCKET
        self._histogram.move(buckets)
        self._came = _moved(self._came, buckets)
        self._wait = min(BUCKETS * BUCKET, max(0.0, self._wait + change))
        self._usual = max(0.0, self._usual + change)
        self._largest = max(0.0, self._largest + change)
        self._needed = deque((max(0.0, one + change) for one in self._needed), NEEDED)

    def _learn(self, now: float) -> None:
        self._safety = max(SAFETY, self._safety - SAFETY_DECAY * (now - self._half_began))
        self._half_began = now
        self._histogram.add(self._came, self._sent_until - self._sent_from)
        wait, self._usual, self._missed = self._histogram.best(self._wait)
        self._needed.append(self._largest)
        # All of this half second came at least so late: the path may have become slower.
        fastest = int(np.argmax(self._came > 0)) * BUCKET
        self._wait = max(fastest, min(wait, math.ceil(max(self._needed) / BUCKET - _HAIR) * BUCKET))
        self._few = FEW * max(0.0, self._wait - self._usual) / self._histogram.added
        self._came = np.zeros(BUCKETS)
        self._sent_from, self._largest = self._sent_until, 0.0


def _moved(weights: NDArray[np.float64], buckets: int) -> NDArray[np.float64]:
    """`weights` so many buckets later; what falls off either end stays in the last one."""
    buckets = max(-BUCKETS, min(BUCKETS, buckets))
    moved = np.zeros(BUCKETS)
    if buckets >= 0:
        moved[buckets:] = weights[: BUCKETS - buckets]
        moved[-1] += weights[BUCKETS - buckets :].sum()
    else:
        moved[:buckets] = weights[-buckets:]
        moved[0] += weights[:-buckets].sum()
    return moved
