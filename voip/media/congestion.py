"""A link that cannot carry what we send, told from one that is merely bad. Only the first is helped by sending less.

    what waits in our leg, packets dropped ──→ BACKLOG   it does not get away
    round trip, its floor, the peer's jitter ─→ DELAY    it piles up somewhere on the way
    loss before and after we sent more ──────→ LOSS      what we added is thrown away

Over TLS nothing is lost on the way (TCP sends it again), so a narrow link shows itself as delay, and loss as what the
relay threw away because somebody's leg was full.
"""

import math
from collections import deque
from enum import StrEnum
from statistics import median

BACKLOG_SECONDS = 0.1
"""Of voice that wait in our own leg: the kernel's buffer is full already."""
GROWTH_MIN = 0.08
"""Seconds of round trip above its floor …"""
GROWTH_JITTERS = 4.0
"""… and as many times the peer's jitter, before growth is more than unevenness …"""
GROWTH_REPORTS = 2
"""… in so many reports in a row."""
DRAINING = 0.95
"""A round trip that falls to this share from one report to the next is getting better by itself."""
FLOOR_SECONDS = 60.0
IN_VAIN = 2
"""Times that sending less left the round trip as it was, with nothing lost, after which the way itself is longer."""
AS_IT_WAS, LOST_MIN = (0.75, 1.1), 0.03
LOSS_GREW = 0.08
"""Share of loss above the worst of the reports before we sent more; or a third of that, or of what was not lost."""
LOSS_AFTER = (2.0, 10.0)
"""Seconds after we sent more in which more loss is put down to that …"""
LOSS_TRIAL = 3.0
"""… and seconds after we then sent less, at the end of which there must be as good as no loss if it was ours:"""
LOSS_LEFT, LOSS_LEFT_MIN = 0.25, 0.02
"""that share of the loss before we sent more, or so much."""
LOSS_PAUSE = 60.0
"""Seconds for which loss is not put down to us again when it did not."""


class Sign(StrEnum):
    """What tells it. The value is a stable word."""

    BACKLOG = "backlog"
    DELAY = "delay"
    LOSS = "loss"
    VAIN = "vain"
    """Sending less after `LOSS` did not help: the way is bad, and that was no reason to send less."""


class Congestion:
    """Reports in, once a second or so; a sign out, when there is one."""

    def __init__(self) -> None:
        self.growth = 0.0
        """Seconds of round trip above its floor, smoothed."""
        self._trips: deque[tuple[float, float]] = deque(maxlen=600)
        self._backlog = 0
        self._grown = 0
        self._vain = 0
        self._told_growth: float | None = None
        self._gross = 0
        self._losses: deque[float] = deque(maxlen=3)
        self._raised: tuple[float, float] | None = None
        """When we sent more, and the loss before."""
        self._lowered: tuple[float, float] | None = None
        """When we were told that it was too much, and the loss before we sent more."""
        self._loss_pause = -math.inf

    def report(
        self,
        now: float,
        *,
        gross: int,
        loss: float,
        jitter: float,
        round_trip: float | None,
        backlog: int = 0,
        dropped: int = 0,
    ) -> Sign | None:
        """What was seen since the last report, and what that is a sign of.

        `gross`: bit/s that we send; `loss`: share of our packets; `jitter`, `round_trip`: seconds; `backlog`: bytes
        that wait in our leg now; `dropped`: packets given up there.
        """
        by_loss = self._judge_loss(now, gross, loss)
        draining, self._backlog = backlog < self._backlog, backlog
        if dropped > 0 or (backlog * 8 > BACKLOG_SECONDS * gross and not draining):
            return Sign.BACKLOG
        if round_trip is not None and self._delay_grew(now, round_trip, jitter, loss):
            return Sign.DELAY
        return by_loss

    def _delay_grew(self, now: float, round_trip: float, jitter: float, loss: float) -> bool:
        trips = self._trips
        trips.append((now, round_trip))
        while trips[0][0] < now - FLOOR_SECONDS:
            trips.popleft()
        floor = min(trip for _, trip in trips)
        before, self.growth = self.growth, median([trip for _, trip in trips][-3:]) - floor
        over = self.growth > max(GROWTH_MIN, GROWTH_JITTERS * jitter)
        if over and self.growth < DRAINING * before:
            self._grown = 0
            return False
        self._grown = self._grown + 1 if over else 0
        if not over:
            self._vain, self._told_growth = 0, None
            return False
        if self._grown < GROWTH_REPORTS:
            return False
        self._grown = 0
        told = self._told_growth
        same = told is not None and AS_IT_WAS[0] * told < self.growth < AS_IT_WAS[1] * told
        self._vain = self._vain + 1 if same and loss < LOST_MIN else 0
        self._told_growth = self.growth
        if self._vain < IN_VAIN:
            return True
        # The way has become longer, by a handover perhaps. What it is now is the new floor.
        trips.clear()
        trips.append((now, round_trip))
        self.growth, self._vain, self._told_growth = 0.0, 0, None
        return False

    def _judge_loss(self, now: float, gross: int, loss: float) -> Sign | None:
        if self._raised is not None and now - self._raised[0] > LOSS_AFTER[1]:
            self._raised = None
        if gross > 1.05 * self._gross > 0 and self._raised is None:
            self._raised = (now, max(self._losses, default=loss))
        self._gross = gross
        self._losses.append(loss)
        recent = sum(self._losses) / len(self._losses)
        if self._lowered is not None:
            told, before = self._lowered
            if now - told >= LOSS_TRIAL:
                self._lowered = None
                if sum(list(self._losses)[-2:]) / 2 > max(LOSS_LEFT_MIN, LOSS_LEFT * before):
                    self._loss_pause = now + LOSS_PAUSE
                    return Sign.VAIN
        elif self._raised is not None and now >= self._loss_pause:
            since, before = self._raised
            if now - since >= LOSS_AFTER[0] and recent > before + max(LOSS_GREW, min(before, 1 - before) / 3):
                self._raised, self._lowered = None, (now, before)
                return Sign.LOSS
        return None
