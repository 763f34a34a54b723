"""How late may a packet be? Learns it from the packets themselves, in the manner of WebRTC's NetEQ.

A packet's *transit* is its arrival minus its timestamp, in seconds: meaningless alone (two unrelated clocks), but
differences between transits are differences in delay. A frame's *offset* is the same for the moment it is played:

    timestamp ──── transit ────→ arrived ── waits in the buffer ──→ played
              └──────────────────── offset ───────────────────────┘

A frame is in time when its packet's transit is at most the offset. `required` is the offset at which nearly all are:

    transit ──→ less the reference ──→ largest of each half second ──→ histogram, forgetting ──→ quantile ──→ required
                    └ least transit of 2 s, as far as clocks drift           + safety, or wait for redundancy ─┘

Constants as in WebRTC's `delay_manager` (half seconds, 2 s, 0.95, 0.983, start weight 2), but for three things. Buckets
are 1 ms, not 20: on a quiet network 20 ms would be the whole delay. The reference moves only as clocks may drift, or
when the path itself changed: the least transit of 2 s is a noisy thing on a jittery network, and the delay would follow
the noise. And 0.95 is for networks that stall; where what comes late is late by little, a lower quantile will do, down
to 0.75, as long as no more than 0.4 % of the time is lost by it.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from voip.config import SAMPLE_RATE

HALF_SECOND = 0.5
WINDOW = 2.0
"""Seconds over which the least transit is looked for."""
QUANTILE, QUANTILE_LEAST = 0.95, 0.75
BUDGET = 0.002
"""Seconds of each half second that may go missing, as expected, for the sake of a lower quantile."""
FORGET = 0.983
START_WEIGHT = 2.0
"""The first samples are forgotten faster: with weight 1 − 2/(n + 1) until that reaches `FORGET`."""
BUCKET = 0.001
BUCKETS = 1000
START, START_MAX = 0.010, 0.100
"""Seconds of delay before anything is known, and the most that the first half second can make of it."""
SAFETY = 0.001
SAFETY_STEP, SAFETY_MAX = 0.002, 0.003
"""Seconds that a frame too late adds to the safety, at most once each half second; and the most there is of it."""
SAFETY_DECAY = 0.001
"""Seconds per second: how fast it is forgotten."""
DRIFT = 0.000_3
"""Seconds per second that two sound cards' clocks may drift apart."""
SHIFT = 0.005
"""Seconds: the least change of the path that is not taken for jitter."""
PAYS, PAYS_STILL = 0.002, 0.000_5
"""Share of frames that copies from a distance must save, so that all frames wait for them; and go on waiting."""
SHARE_MAX = 0.02
"""More is not remembered, so that the wait ends soon after the loss does."""
COPIES_MAX, UNSEEN = 8, 100
"""Distances that are remembered; packets without a copy after which one is forgotten."""
_HAIR = 1e-6
_PACE, _PACE_USUAL = 1 / 1000, 1 / 50
"""Weight of one packet in what is known of redundancy, and of the usual transit."""


@dataclass(slots=True)
class _Copies:
    """What copies from one distance are good for."""

    share: float = 0.0
    """Of frames that they have lately saved."""
    pay: bool = False
    unseen: int = 0
    """Packets since the last of them."""


class _Histogram:
    """Delays in, a quantile of them out; what is old counts less."""

    def __init__(self) -> None:
        self._weights = np.zeros(BUCKETS)
        self._added = 0

    def __bool__(self) -> bool:
        return self._added > 0

    def add(self, seconds: float) -> None:
        self._added += 1
        forget = max(0.0, min(FORGET, 1 - START_WEIGHT / (self._added + 1)))
        self._weights *= forget
        self._weights[min(BUCKETS - 1, max(0, math.ceil(seconds / BUCKET - _HAIR)))] += 1 - forget

    def delay(self) -> float:
        """What covers nearly all that was added: see above."""
        covered = np.cumsum(self._weights)
        missed = np.cumsum((1 - covered)[::-1])[::-1] * BUCKET
        enough = (covered >= QUANTILE - _HAIR) | ((covered >= QUANTILE_LEAST - _HAIR) & (missed <= BUDGET))
        return float(np.argmax(enough)) * BUCKET

    def move(self, seconds: float) -> None:
        """Every delay is to be so much longer, as it is told from an earlier reference."""
        buckets = max(-BUCKETS, min(BUCKETS, round(seconds / BUCKET)))
        moved = np.zeros(BUCKETS)
        if buckets > 0:
            moved[buckets:] = self._weights[: BUCKETS - buckets]
            moved[-1] += self._weights[BUCKETS - buckets :].sum()
        elif buckets < 0:
            moved[:buckets] = self._weights[-buckets:]
            moved[0] += self._weights[:-buckets].sum()
        else:
            return
        self._weights = moved


class DelayTarget:
    """Transits in, the required offset out. Seconds."""

    def __init__(self) -> None:
        self._histogram = _Histogram()
        self._least: deque[tuple[float, float]] = deque()
        """(arrival, transit), transits rising: the first is the least of the window."""
        self._reference = 0.0
        self._moved_at = 0.0
        self._largest = 0.0
        self._half_began = 0.0
        self._quantile = START
        self._safety = SAFETY
        self._safer_at = -math.inf
        self._usual = 0.0
        """Transit less reference of an ordinary packet."""
        self._copies: dict[int, _Copies] = {}
        """By their distance in ticks."""

    def arrived(self, transit: float, now: float) -> None:
        """A packet came, not a redundant copy."""
        if not self._least:
            self._reference, self._moved_at, self._half_began = transit, now, now
        while self._least and self._least[-1][1] >= transit:
            self._least.pop()
        self._least.append((now, transit))
        while self._least[0][0] < now - WINDOW:
            self._least.popleft()
        self._refer(now)
        if now - self._half_began >= HALF_SECOND:
            self._learn(now)
        relative = transit - self._reference
        self._largest = max(self._largest, relative)
        self._usual += (relative - self._usual) * _PACE_USUAL
        if self._copies:
            self._forget_copies()
        if not self._histogram:
            self._quantile = min(START_MAX, max(START, self._largest))

    def late(self, transit: float, offset: float, now: float) -> None:
        """A packet came after the `offset` at which its frame was due: a little more safety from now on."""
        if now - self._safer_at >= HALF_SECOND:
            self._safer_at = now
            self._safety = min(SAFETY_MAX, self._safety + min(SAFETY_STEP, max(0.0, transit - offset)))

    def copied(self, distance: int, *, saves: bool) -> None:
        """A redundant copy came, sent `distance` ticks after its frame; `saves`: the frame itself had not come."""
        copies = self._copies.get(distance)
        if copies is None:
            if len(self._copies) >= COPIES_MAX:
                return
            copies = self._copies[distance] = _Copies()
        copies.unseen = 0
        if saves:
            copies.share = min(SHARE_MAX, copies.share + _PACE)
            copies.pay |= copies.share >= PAYS - _HAIR

    @property
    def required(self) -> float:
        """The offset at which nearly every packet is in time. Meaningless before the first packet."""
        return self._reference + self.target

    @property
    def target(self) -> float:
        """The same as a delay: seconds that the fastest packet should wait."""
        return max(self._quantile, self.redundancy) + self._safety

    @property
    def redundancy(self) -> float:
        """Seconds that a frame should be waited for because its copy will come; 0 where that does not pay."""
        paying = [distance for distance, copies in self._copies.items() if copies.pay]
        return max(paying) / SAMPLE_RATE + self._usual if paying else 0.0

    def _forget_copies(self) -> None:
        for distance, copies in list(self._copies.items()):
            copies.unseen += 1
            copies.share *= 1 - _PACE
            copies.pay &= copies.share >= PAYS_STILL
            if copies.unseen > UNSEEN:
                del self._copies[distance]

    def _refer(self, now: float) -> None:
        least = self._least[0][1]
        away = least - self._reference
        drift = DRIFT * max(0.0, now - self._moved_at)
        self._moved_at = now
        shift = max(SHIFT, self._quantile / 2)
        if away < -shift:
            # The path became faster: so will all packets be.
            self._reference = least
        elif away > shift:
            self._move(least)
        else:
            # Both ways alike, or the noise of the minimum would drive it one way.
            self._reference += max(-drift, min(drift, away))

    def _move(self, reference: float) -> None:
        """Tell everything from another reference; what is required does not change."""
        change = self._reference - reference
        buckets = round(change / BUCKET)
        if buckets:
            self._reference -= buckets * BUCKET
            self._histogram.move(buckets * BUCKET)
            self._quantile = max(0.0, self._quantile + buckets * BUCKET)
            self._largest = max(0.0, self._largest + buckets * BUCKET)
            self._usual = max(0.0, self._usual + buckets * BUCKET)

    def _learn(self, now: float) -> None:
        self._safety = max(SAFETY, self._safety - SAFETY_DECAY * (now - self._half_began))
        self._half_began = now
        self._histogram.add(self._largest)
        self._largest = 0.0
        self._quantile = self._histogram.delay()
