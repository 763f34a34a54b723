"""A link in virtual time: a packet's size and moment in, the moments of its arrival out (none: lost; two: doubled).

    size, now ──→ lost? ──→ queue (rate, limit) ──→ delay + jitter | overtakes ──→ stall? ──→ arrivals
                   └ Gilbert–Elliott                                  └ doubled: a second one, delayed by itself

What becomes of packet k depends on the seed and k alone, and on its moment only as far as conditions change with time:
two streams that send at the same moments meet the same fate, whatever their packets hold. Names and meaning of the
numbers are those of Linux's netem, on which Signal's call simulator stands.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

OVERHEAD = 76
"""Bytes around a packet on its way: RFC 4571's length, a TLS 1.3 record, TCP over IPv4 (`voip.media.plan.LEG`)."""
PARETO_MOST = 4.0
"""netem's tables end there, in units of `jitter`."""
_NORMAL = NormalDist()
_BLOCK = 4096
_COLUMNS = 7
_STATE, _LOST, _DOUBLED, _OVERTAKES, _JITTER, _JITTER_OF_DOUBLE, _KEEPS = range(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Gilbert:
    """Loss as a chain of two states, stepped for each packet (Gilbert–Elliott). Shares are 0 to 1."""

    p: float
    """Probability of good → bad."""
    r: float
    """Probability of bad → good: the mean stay in bad is 1/r packets."""
    bad: float = 1.0
    """Share lost while bad (1 − h)."""
    good: float = 0.0
    """Share lost while good (1 − k)."""

    @property
    def loss(self) -> float:
        """Share of packets lost, in the long run."""
        bad = self.p / (self.p + self.r)
        return bad * self.bad + (1 - bad) * self.good


def at_random(share: float) -> Gilbert:
    """Independent loss."""
    return Gilbert(share, 1 - share)


def in_runs(share: float, run: float) -> Gilbert:
    """`share` lost, in runs of `run` packets on average."""
    return Gilbert(share / (run * (1 - share)), 1 / run)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a link is like for a while. Seconds, shares, bit/s."""

    delay: float = 0.030
    """Mean transit of a packet that need not queue."""
    jitter: float = 0.0
    """Spread of it; with `normal` its standard deviation."""
    shape: Literal["normal", "pareto", "uniform"] = "normal"
    """`pareto` as netem has it: a = 3, from −2/3 to 4 `jitter`; `uniform`: −1 to 1 `jitter`."""
    correlation: float = 0.0
    """How much of the last packet's jitter each packet keeps (`uniform` only)."""
    loss: Gilbert | None = None
    duplicate: float = 0.0
    """Share of packets that come twice."""
    reorder: float = 0.0
    """Share of packets that overtake all others: no delay at all."""
    reorder_correlation: float = 0.0
    """Share of packets whose overtaking is decided as the last packet's was."""
    rate: float = math.inf
    """Of the narrowest place, `OVERHEAD` counted."""
    limit: int = 50
    """Packets that wait there; the next is dropped."""
    stall_every: float = math.inf
    """Mean time between stalls, as Wi-Fi has them: nothing passes, then all that waited comes at once."""
    stall: float = 0.0
    """… of this length."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A link by name. Its phases follow one another, and begin again after the last."""

    name: str
    phases: tuple[tuple[float, Conditions], ...]
    """(seconds, what it is then like)."""
    drift_ppm: float = 0.0
    """How much faster the speaker's sound card runs than the listener's."""

    def at(self, now: float) -> Conditions:
        """What it is like at `now`."""
        if len(self.phases) > 1:
            left = now % sum(seconds for seconds, _ in self.phases)
            for seconds, conditions in self.phases:
                if left < seconds:
                    return conditions
                left -= seconds
        return self.phases[-1][1]


class Link:
    """One direction of a profile. `transits` remembers what each packet took."""

    def __init__(self, profile: Profile, seed: int, *, direction: int = 0) -> None:
        self._profile = profile
        self._chance = np.random.default_rng([seed, direction])
        self._stall_chance = np.random.default_rng([seed, direction, 1])
        self._draws: NDArray[np.float64] = np.empty((0, _COLUMNS))
        self._drawn = _BLOCK
        self._bad = False
        self._correlated = 0.0
        self._overtook = False
        self._free_at = 0.0
        self._waiting: list[float] = []
        self._stall_begins, self._stall_ends = 0.0, 0.0
        self.transits: list[float] = []
        self.lost = self.dropped = 0

    def carry(self, size: int, now: float) -> list[float]:
        """When the packet of `size` bytes that is sent at `now` arrives. `now` never decreases."""
        conditions = self._profile.at(now)
        draw = self._draw()
        if self._is_lost(conditions.loss, draw):
            self.lost += 1
            return []
        sent = self._queue(conditions, size, now)
        if sent is None:
            self.dropped += 1
            return []
        arrivals = [sent + self._transit(conditions, draw, _JITTER)]
        if draw[_DOUBLED] < conditions.duplicate:
            arrivals.append(sent + self._transit(conditions, draw, _JITTER_OF_DOUBLE))
        arrivals = [self._stalled(conditions, sent, arrival) for arrival in arrivals]
        self.transits += [arrival - now for arrival in arrivals]
        return arrivals

    def _draw(self) -> NDArray[np.float64]:
        if self._drawn >= len(self._draws):
            self._draws, self._drawn = self._chance.random((_BLOCK, _COLUMNS)), 0
        self._drawn += 1
        row: NDArray[np.float64] = self._draws[self._drawn - 1]
        return row

    def _is_lost(self, loss: Gilbert | None, draw: NDArray[np.float64]) -> bool:
        if loss is None:
            self._bad = False
            return False
        self._bad = bool(draw[_STATE] >= loss.r) if self._bad else bool(draw[_STATE] < loss.p)
        return bool(draw[_LOST] < (loss.bad if self._bad else loss.good))

    def _queue(self, conditions: Conditions, size: int, now: float) -> float | None:
        """When the last bit has left; None when there is no room."""
        if conditions.rate == math.inf:
            return now
        self._waiting = [left for left in self._waiting if left > now]
        if len(self._waiting) >= conditions.limit:
            return None
        self._free_at = max(self._free_at, now) + 8 * (size + OVERHEAD) / conditions.rate
        self._waiting.append(self._free_at)
        return self._free_at

    def _transit(self, conditions: Conditions, draw: NDArray[np.float64], column: int) -> float:
        if column == _JITTER and conditions.reorder:
            if draw[_KEEPS] >= conditions.reorder_correlation:
                self._overtook = bool(draw[_OVERTAKES] < conditions.reorder)
            if self._overtook:
                return 0.0
        return max(0.0, conditions.delay + conditions.jitter * self._spread(conditions, float(draw[column])))

    def _spread(self, conditions: Conditions, uniform: float) -> float:
        if not conditions.jitter:
            return 0.0
        if conditions.shape == "normal":
            return _NORMAL.inv_cdf(min(1 - 1e-12, max(1e-12, uniform)))
        if conditions.shape == "pareto":
            return min(PARETO_MOST, (float((1 - uniform) ** (-1 / 3)) - 1.5) * 4 / 3)
        self._correlated += (1 - conditions.correlation) * (uniform - self._correlated)
        return 2 * self._correlated - 1

    def _stalled(self, conditions: Conditions, sent: float, arrival: float) -> float:
        if conditions.stall_every == math.inf:
            return arrival
        while sent >= self._stall_ends:
            self._stall_begins = self._stall_ends + self._stall_chance.exponential(conditions.stall_every)
            self._stall_ends = self._stall_begins + conditions.stall
        return max(arrival, self._stall_ends + conditions.delay) if sent >= self._stall_begins else arrival
