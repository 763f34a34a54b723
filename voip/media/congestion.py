"""A link that cannot carry what we send, told from one that is merely bad. Only the first is helped by sending less.

    what waits in our leg, packets dropped ──→ BACKLOG   it does not get away
    round trip, its floor, the peer's jitter ─→ DELAY    it piles up somewhere on the way
    loss before and after we sent more ──────→ LOSS      what we added is thrown away
    … and what sending less then did ──┬─────→ OURS      it helped
                                       └─────→ VAIN      it did not: that was no reason

Over TLS nothing is lost on the way (TCP sends it again), so a narrow link shows itself as delay, and loss as what the
relay threw away because somebody's leg was full.

A report tells of packets that were sent a second before it is read, or two; so whoever judges a step waits for longer.
"""

import math
from collections import deque
from dataclasses import dataclass
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
AT_ONCE, FLAT = 0.7, 0.25
"""Growth of which that share came within two reports, and which has since moved by no more than that share of itself:
another route, for a queue ramps; unless it is so short that it is full at once, and then it loses."""
LOST_MIN = 0.03
"""Share of loss below which nothing is thrown away."""
DELAY_TRIAL = 3.0
"""Seconds after we then sent less, at the end of which the round trip must have come down if it was ours …"""
DELAY_LEFT, LOSS_FALLS = 0.67, 0.6
"""… to that share of its growth; with no more loss than that share, less was better and is not enough;"""
DELAY_GOES_ON = 1.25
"""with more than that share it still grows;"""
DELAY_STEP = 0.85
"""and if we send more than that share of what we sent, it says little."""
IN_VAIN = 2
"""Times that this did not help, after which growth is not ours though it did not come at once, or we sent no less."""
ROUTE_MAX = 0.5
"""Seconds by which another route may be longer."""
ROUTE_ROOM, ROUTE_SECONDS = GROWTH_MIN / 2, 120.0
"""Seconds of round trip around that of a route which was found to be longer; and for how long that is remembered."""
LOSS_GREW, LOSS_GREW_NARROW = 0.08, 0.03
"""Share of loss above the worst of the reports before we sent more; and on a link that is known to be narrow. Where
there was loss before: half of what it would have grown by if no more came through than before."""
LOSS_AFTER = (2.0, 10.0)
"""Seconds after we sent more in which more loss is put down to that …"""
LOSS_OLD = 1.0
"""Seconds after we then sent less in which reports are of before …"""
LOSS_TRIAL = 4.0
"""… and seconds after we then sent less, at the end of which there must be little loss if it was ours:"""
LOSS_LEFT, LOSS_LEFT_MIN = 0.35, 0.02
"""that share of it, or so much."""
LOSS_ALONE = 0.4
"""So much is worth a trial even if nothing of ours came before it."""
LOSS_PAUSE, LOSS_PAUSE_MAX = 60.0, 480.0
"""Seconds for which loss is not put down to us again when it was not; twice as long each time."""


class Sign(StrEnum):
    """What tells it. The value is a stable word."""

    BACKLOG = "backlog"
    DELAY = "delay"
    LOSS = "loss"
    OURS = "ours"
    """Sending less after `DELAY` or `LOSS` helped; nothing more is asked for."""
    VAIN = "vain"
    """It did not help: that was no reason to send less."""


class Congestion:
    """Reports in, once a second or so; a sign out, when there is one."""

    def __init__(self) -> None:
        self._delay = _Delay()
        self._loss = _Loss()
        self._backlog = 0

    @property
    def loss(self) -> float:
        """Mean share of the last two reports: one is a rough measure where losses come in runs."""
        return self._loss.latest

    @property
    def growth(self) -> float:
        """Seconds of round trip above its floor, smoothed."""
        return self._delay.growth

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
        repair: bool = False,
        narrow: bool = False,
    ) -> Sign | None:
        """What was seen since the last report, and what that is a sign of.

        `gross`: bit/s that we send; `loss`: share of our packets; `jitter`, `round_trip`: seconds; `backlog`: bytes
        that wait in our leg now; `dropped`: packets given up there; `repair`: if we send more, it is for loss;
        `narrow`: the link was found to be so before.
        """
        by_loss = self._loss.report(now, gross, loss, repair=repair, narrow=narrow)
        latest = self._loss.latest
        by_delay = None if round_trip is None else self._delay.report(now, gross, round_trip, jitter, latest)
        # One step was both's trial.
        if by_loss is Sign.VAIN:
            self._delay.in_vain(now)
        elif by_delay is Sign.VAIN:
            self._loss.in_vain(now)
        draining, self._backlog = backlog < self._backlog, backlog
        if dropped > 0 or (backlog * 8 > BACKLOG_SECONDS * gross and not draining):
            return Sign.BACKLOG
        return by_delay or by_loss


@dataclass(slots=True)
class _Trial:
    """A sign was told. Did sending less help?"""

    since: float
    gross: int
    """What we sent then."""
    growth: float
    """Seconds, then."""
    loss: float
    at_once: bool


class _Delay:
    def __init__(self) -> None:
        self.growth = 0.0
        self._trips: deque[tuple[float, float]] = deque(maxlen=600)
        self._grown = 0
        self._vain = 0
        self._trial: _Trial | None = None
        self._route: float | None = None
        """Round trip of a way that is longer, and not by us."""
        self._route_seen = -math.inf

    def report(self, now: float, gross: int, round_trip: float, jitter: float, loss: float) -> Sign | None:
        trips = self._trips
        trips.append((now, round_trip))
        while trips[0][0] < now - FLOOR_SECONDS:
            trips.popleft()
        floor = min(trip for _, trip in trips)
        before, self.growth = self.growth, median([trip for _, trip in trips][-3:]) - floor
        over = self.growth > max(GROWTH_MIN, GROWTH_JITTERS * jitter)
        if not over or self._is_known(now, floor + self.growth):
            helped = self._trial is not None
            self._grown, self._vain, self._trial = 0, 0, None
            return Sign.OURS if helped else None
        if self._trial is not None and now - self._trial.since >= DELAY_TRIAL:
            return self._judge(now, gross, floor, loss)
        if self.growth < DRAINING * before:
            self._grown = 0
            return None
        self._grown += 1
        goes_on = self._trial is None or self.growth > DELAY_GOES_ON * self._trial.growth
        if self._grown < GROWTH_REPORTS or not goes_on:
            return None
        return self._tell(now, gross, loss, self._came_at_once())

    def in_vain(self, now: float) -> None:
        """Sending less did not help."""
        if GROWTH_MIN < self.growth < ROUTE_MAX:
            self._take_as_it_is(now)

    def _tell(self, now: float, gross: int, loss: float, at_once: bool) -> Sign | None:
        if at_once and loss < LOST_MIN:
            self._take_as_it_is(now)
            return None
        self._grown, self._trial = 0, _Trial(now, gross, self.growth, loss, at_once)
        return Sign.DELAY

    def _judge(self, now: float, gross: int, floor: float, loss: float) -> Sign | None:
        """We have sent less for a while."""
        trial, self._trial = self._trial, None
        assert trial is not None  # noqa: S101 - asked for only then
        newest = [trip for _, trip in self._trips][-2:]
        growth = sum(newest) / len(newest) - floor
        if growth < DELAY_LEFT * trial.growth:
            self._grown = self._vain = 0
            return Sign.OURS
        if loss < LOST_MIN <= trial.loss and growth <= DELAY_GOES_ON * trial.growth:
            self._take_as_it_is(now)
            return Sign.OURS
        goes_on = growth > DELAY_GOES_ON * trial.growth
        at_once = trial.at_once and not goes_on
        if goes_on or loss < LOSS_FALLS * trial.loss or (loss >= LOST_MIN and not at_once):
            self._vain = 0
            return self._tell(now, gross, loss, at_once)
        self._vain += 1
        conclusive = at_once and gross <= DELAY_STEP * trial.gross
        if not conclusive and self._vain < IN_VAIN:
            return self._tell(now, gross, loss, at_once)
        self._take_as_it_is(now)
        return Sign.VAIN

    def _came_at_once(self) -> bool:
        """By the few last reports. A round trip has two ways, which are seen to change in two of them."""
        last = [trip for _, trip in self._trips][-6:]
        return self.growth < ROUTE_MAX and any(
            len(last) - i >= GROWTH_REPORTS
            and last[i] - min(last[max(0, i - 2) : i]) >= AT_ONCE * self.growth
            and max(last[i:]) - min(last[i:]) <= 2 * FLAT * self.growth
            for i in range(1, len(last))
        )

    def _take_as_it_is(self, now: float) -> None:
        """The way has become longer, by a handover perhaps."""
        self._route, self._route_seen = median([trip for _, trip in self._trips][-3:]), now
        self._grown, self._vain, self._trial = 0, 0, None

    def _is_known(self, now: float, level: float) -> bool:
        if self._route is None or now - self._route_seen > ROUTE_SECONDS:
            self._route = None
            return False
        if level > self._route + ROUTE_ROOM:
            return False
        if level > self._route - ROUTE_ROOM:
            self._route_seen = now
        return True


class _Loss:
    def __init__(self) -> None:
        self._gross = 0
        self._losses: deque[float] = deque(maxlen=3)
        self._raised: tuple[float, int, float] | None = None
        """When we sent more; what we sent before, and its loss."""
        self._lowered: tuple[float, float] | None = None
        """When we were told that it was too much, and the loss."""
        self._paused_until = -math.inf
        self._pause = LOSS_PAUSE

    @property
    def _recent(self) -> float:
        return sum(self._losses) / len(self._losses)

    @property
    def latest(self) -> float:
        """Mean share of the last two reports."""
        return sum(list(self._losses)[-2:]) / min(2, len(self._losses))

    def report(self, now: float, gross: int, loss: float, *, repair: bool, narrow: bool) -> Sign | None:
        before = max(self._losses, default=loss)
        self._losses.append(loss)
        if self._raised is not None and now - self._raised[0] > LOSS_AFTER[1]:
            self._raised = None
        if gross > 1.05 * self._gross > 0 and self._raised is None:
            # This report may tell of what was sent before: the loss that made us send more is still coming.
            self._raised = (now, self._gross, max(before, loss) if repair else before)
        self._gross = gross
        if self._lowered is not None:
            return self._judge(now)
        if now < self._paused_until or len(self._losses) < 3:
            return None
        if min(self._losses) > LOSS_ALONE or self._grew(now, gross, narrow):
            self._raised, self._lowered = None, (now, max(self._recent, loss))
            return Sign.LOSS
        return None

    def _grew(self, now: float, gross: int, narrow: bool) -> bool:
        if self._raised is None or now - self._raised[0] < LOSS_AFTER[0]:
            return False
        _, sent, before = self._raised
        by = LOSS_GREW_NARROW if narrow else LOSS_GREW
        if before > LOST_MIN:
            if_full = 1 - (1 - before) * min(1.0, sent / gross)
            by = max(by, (if_full - before) / 2)
        return self._recent > before + by

    def _judge(self, now: float) -> Sign | None:
        """We have sent less, for a while or not yet."""
        assert self._lowered is not None  # noqa: S101 - asked for only then
        told, loss = self._lowered
        if now - told <= LOSS_OLD:
            self._lowered = told, max(loss, self._losses[-1])
        if now - told < LOSS_TRIAL:
            return None
        self._lowered = None
        if self.latest <= max(LOSS_LEFT_MIN, LOSS_LEFT * loss):
            self._pause = LOSS_PAUSE
            return Sign.OURS
        if self.latest <= LOSS_FALLS * loss:
            self._lowered = now, self.latest
            return Sign.LOSS
        self.in_vain(now)
        return Sign.VAIN

    def in_vain(self, now: float) -> None:
        """Sending less did not help."""
        self._lowered = None
        self._paused_until = now + self._pause
        self._pause = min(LOSS_PAUSE_MAX, 2 * self._pause)
