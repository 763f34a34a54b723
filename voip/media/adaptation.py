"""Which plan fits the network now, and why. Reports in, once a second; a plan out, with its reason for the window.

    loss, runs ──────────────→ redundancy ──→ copies of earlier frames
    backlog, delay, loss that ┐
    grows with what we send ──┴→ congestion ─→ a rung further down, as `headroom` has it ┐
    … if that was in vain ───────────────────→ back to where it was, at once             ├─→ the richest rung
    nothing of the kind for a while ─────────→ one rung up, as far as there is headroom  │   that fits ──→ Plan, Reason
    a LAN: 5 ms there and back, even ────────→ low delay                                 ┘

A rung is a frame length with a bit rate. What stands around a packet on its way (104 bytes) is more than the voice in
it, so long frames save more than few bits, and sound better (`plan`); no rung costs more than a better one:

    frame, kb/s   10, 64  10, 48  10, 40  10, 32  20, 32  20, 24  40, 24  40, 20  40, 16  40, 12
    gross kb/s      147     131     123     115      74      66      45      41      37      33

A mode by name fixes where a call begins and how rich it may become. What a link cannot carry, it cannot carry by any
name, so all modes share the lower rungs. `auto` uses low delay in frames of 10 ms: those of 5 ms are twice as many
packets, for who asks for them. Against loss it keeps frames of 10 ms with two copies where there is room, which
`redundancy` measured to be the better robust call.
"""

import math
from collections import deque
from copy import copy
from dataclasses import dataclass

from voip.media import redundancy
from voip.media.congestion import Congestion, Sign
from voip.media.headroom import Headroom
from voip.media.plan import BALANCED, CLOSEST, LADDER, PLANS, ROBUST, Mode, Plan
from voip.media.redundancy import LossEstimate

STEP_DOWN_EVERY = 3.0
"""Seconds between two steps at least: what the last one did must be seen first. Redundancy alone follows at once."""
STEP_UP_AFTER = 10.0
"""Seconds without a sign of congestion before a step up."""
PROBED = 5.0
"""Seconds after a step up on a link that was found narrow, in which loss is that step's doing: no reason for copies."""
REPORT_IS_OF = 3
"""Reports back to which we sent what one tells of: the least of it was too much already."""
UNDONE = {Sign.DELAY: 60.0, Sign.LOSS: 20.0, Sign.BACKLOG: 0.0}
"""Seconds back to which steps down for the same sign are undone, when one of them is found to have been in vain."""
CLEAN_LOSS = 0.02
"""Above this the rate does not rise past where it began: more bits are no help."""
NEAR_TRIP, NEAR_JITTER, NEAR_LOSS, NEAR_AFTER = 0.005, 0.003, 0.001, 10.0
"""A LAN: seconds of round trip and jitter at most, share of loss, and for how long."""
NEAR_AGAIN = 60.0
"""Seconds without congestion that it takes."""
FAR = 2.0
"""So many times as much, and it is none."""
IN_RUNS = 1.3
"""Losses in a row, against those of random loss, from which losses are said to come in bursts …"""
LONG, LOSSY = 40, 0.05
"""… and frames of so many milliseconds are the worst there are, from that share of loss on."""

NEAR = Plan(10, 64_000, low_delay=True)
_LOWER = tuple(Plan(*rung) for rung in ((20, 24_000), (40, 24_000), (40, 20_000), (40, 16_000), (40, 12_000)))
_BALANCED = (*(Plan(10, rate) for rate in (64_000, 48_000, 40_000)), BALANCED, Plan(20), *_LOWER)
RUNGS = {
    Mode.AUTO: _BALANCED,
    Mode.CLOSEST: (CLOSEST, Plan(5, 48_000, low_delay=True), NEAR, Plan(10, 48_000, low_delay=True), *_LOWER),
    Mode.BALANCED: _BALANCED,
    Mode.ROBUST: (*(Plan(20, rate) for rate in (64_000, 48_000, 40_000, 32_000)), *_LOWER),
}
"""The richest first."""
START = Plan(10, 48_000)
"""How `auto` begins. Half as many bits again are an eighth of what a packet weighs on the link, headers and all, and
give back what 10 ms frames lose against 20 (WB-PESQ 4.3 to 4.5). A link that cannot carry it is known in seconds."""
WAIT_MAX_MS = {Mode.AUTO: 30, Mode.CLOSEST: 10, Mode.BALANCED: 30, Mode.ROBUST: 60}
"""How long redundancy may make a receiver wait. With 40 in `auto`, Gilbert 10 % is heard at 4.0 in WB-PESQ instead of
3.9, and 10 ms later."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a plan is what it is."""

    code: str
    """start; clean, near (a LAN), chosen (by name); loss, loss-bursts; narrow: backlog, delay, congestion-loss."""
    loss: float = 0.0
    """Share of packets lost, before recovery, as estimated."""
    burst: float = 1.0
    """Mean number of losses in a row."""
    growth: float = 0.0
    """Seconds that the round trip is above its floor."""
    backlog: int = 0
    """Bytes that waited in our leg."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to send, and why."""

    plan: Plan
    reason: Reason

    @property
    def mode(self) -> Mode:
        """The plan's name."""
        return self.plan.mode


@dataclass(frozen=True, slots=True)
class _Before:
    """How it was before a step down, in case it was in vain."""

    at: float
    sign: Sign
    top: int
    headroom: Headroom


class Adaptation:
    """The choice among plans, for one call. Not told anything, it stays with what it began with."""

    def __init__(self, mode: Mode | str = Mode.AUTO, *, highest: int = LADDER[-1]) -> None:
        """`highest`: the most bits per second of Opus that may ever be used, at least 32,000 (for `closest` 64,000)."""
        self._highest = highest
        self._congestion = Congestion()
        self._estimate = LossEstimate()
        self._headroom = Headroom()
        self._sign: Sign | None = None
        self._sent: deque[int] = deque(maxlen=REPORT_IS_OF)
        """Gross bit/s of late."""
        self._stepped_down = self._stepped = self._congested = -math.inf
        self._probed = self._moved = -math.inf
        self._repairs = False
        """The last change, if any, was one of redundancy alone."""
        self._before: _Before | None = None
        self._near_since: float | None = None
        self._near = False
        self.choose(Mode(mode))

    def choose(self, mode: Mode) -> Choice:
        """The person wants this mode now; what is known of the network is kept, what was learnt to fit is not."""
        self.mode = mode
        self._rungs = tuple(rung for rung in RUNGS[mode] if rung.bitrate <= self._highest)
        start = (START if mode is Mode.AUTO else PLANS[mode]).with_redundancy(())
        self._start = self._rungs.index(start) if start in self._rungs else 0
        self._top = self._start
        """Index of the richest rung that may be used now."""
        self._headroom, self._before = Headroom(), None
        self._near, self._near_since = False, None
        plan = self._fit(())
        self.choice = Choice(plan, Reason("start" if mode is Mode.AUTO else "chosen"))
        return self.choice

    def report(
        self,
        now: float,
        *,
        loss: float,
        burst: float = 1.0,
        jitter: float = 0.0,
        round_trip: float | None = None,
        backlog: int = 0,
        dropped: int = 0,
    ) -> Choice:
        """What the peer reported, and what we saw ourselves, since the last time; about once a second.

        `loss`: share of our packets lost, before recovery (RR); `burst`: mean number in a row (`bursts.mean_run` of the
        peer's Loss RLE); `jitter`, `round_trip`: seconds; `backlog`: bytes that wait in our leg now; `dropped`: packets
        given up there.
        """
        sign = self._congestion.report(
            now,
            gross=self.choice.plan.gross,
            loss=loss,
            jitter=jitter,
            round_trip=round_trip,
            backlog=backlog,
            dropped=dropped,
            repair=self._repairs,
            narrow=self._limit < math.inf,
        )
        self._sent.append(self.choice.plan.gross)
        if sign is Sign.VAIN:
            self._undo()
        elif sign is Sign.OURS:
            # What was lost was lost by that.
            self._estimate = LossEstimate()
            self._estimate.report(now, loss, burst)
        elif sign is not None:
            self._congest(now, sign)
        else:
            # Loss that congestion makes is no reason to send more.
            ours = now - self._congested <= STEP_DOWN_EVERY or now - self._probed <= PROBED
            if not ours or loss < self._estimate.loss:
                self._estimate.report(now, loss, burst)
            self._recover(now)
        self._look_near(now, jitter, round_trip)
        before, plan = self.choice.plan, self._paced(now, self._fit(self.choice.plan.redundancy))
        self._repairs = plan.frame_ms == before.frame_ms and plan.bitrate == before.bitrate
        self.choice = Choice(plan, self._reason(plan, backlog))
        return self.choice

    # ── up and down ────────────────────────────────────────────────────────────────────────────────────────────

    def _congest(self, now: float, sign: Sign) -> None:
        self._congested = now
        if now - self._stepped_down < STEP_DOWN_EVERY:
            return
        if self._before is None or self._before.sign is not sign or now - self._before.at > UNDONE[sign]:
            self._before = _Before(now, sign, self._top, copy(self._headroom))
        self._sign, self._near, self._near_since = sign, False, None
        self._stepped_down = self._stepped = now
        self._headroom.congested(now, min(self._sent), self._congestion.loss)
        lean = next((i for i, rung in enumerate(self._rungs) if rung.gross <= self._limit), len(self._rungs) - 1)
        self._top = max(self._top, lean)

    def _undo(self) -> None:
        """What was a step down is taken back, and at once."""
        if self._before is not None:
            self._top, self._headroom = self._before.top, self._before.headroom
            self._congested = self._moved = -math.inf
        self._before = None

    def _recover(self, now: float) -> None:
        if self._stepped == -math.inf:
            self._stepped = now
        if now - max(self._stepped, self._congested) < STEP_UP_AFTER:
            return
        risen = self._headroom.rise(now, 2 * self._rungs[0].gross)
        clean = self._estimate.loss <= CLEAN_LOSS
        richer = self._rungs[max(0, self._top - 1)]
        if richer.gross <= self._limit and (self._top > self._start or clean) and self._top > 0:
            self._top -= 1
        elif not risen:
            return
        self._stepped = now

    @property
    def _limit(self) -> float:
        return self._headroom.limit

    def _look_near(self, now: float, jitter: float, round_trip: float | None) -> None:
        if round_trip is None or self.mode is not Mode.AUTO or NEAR.bitrate > self._highest:
            return
        loss = self._estimate.loss
        bound = FAR if self._near else 1.0
        near = round_trip <= bound * NEAR_TRIP and jitter <= bound * NEAR_JITTER and loss <= bound * NEAR_LOSS
        if not near or now - self._congested < NEAR_AGAIN:
            self._near, self._near_since = False, None
        elif self._near_since is None:
            self._near_since = now
        elif now - self._near_since >= NEAR_AFTER:
            self._near = True

    # ── which one ──────────────────────────────────────────────────────────────────────────────────────────────

    def _fit(self, current: tuple[int, ...]) -> Plan:
        """The richest rung that the link carries, with its redundancy; the leanest bare one when it carries none."""
        if self._near and self._limit == math.inf:
            return NEAR
        rungs = self._rungs[self._top :]
        plans = [rung.with_redundancy(self._copies(rung, current)) for rung in rungs]
        plans += rungs
        if self._in_runs and self._estimate.loss > LOSSY:
            # Rather no copies than frames of which each is worth four.
            plans.sort(key=lambda plan: plan.frame_ms >= LONG)
        return next((plan for plan in plans if plan.gross <= self._limit), self._rungs[-1])

    def _paced(self, now: float, plan: Plan) -> Plan:
        """`plan`, or the one that is sent now with `plan`'s redundancy, when a step has just been taken."""
        current = self.choice.plan
        if plan.with_redundancy(()) == current.with_redundancy(()):
            return plan
        if now - self._moved < STEP_DOWN_EVERY:
            waiting = current.with_redundancy(self._copies(current, current.redundancy))
            more = len(waiting.redundancy) > len(current.redundancy)
            return waiting if more and waiting.gross <= self._limit else current
        self._moved = now
        if plan.gross > current.gross and self._limit < math.inf:
            self._probed = now
        return plan

    def _copies(self, rung: Plan, current: tuple[int, ...]) -> tuple[int, ...]:
        copies = redundancy.choose(
            self._estimate.loss,
            self._estimate.burst,
            rung.frame_ms,
            wait_max_ms=WAIT_MAX_MS[self.mode],
            current=current,
        )
        if self.mode is Mode.ROBUST and rung.frame_ms == ROBUST.frame_ms and len(copies) < len(ROBUST.redundancy):
            return ROBUST.redundancy
        return copies

    @property
    def _in_runs(self) -> bool:
        return self._estimate.burst * (1 - self._estimate.loss) > IN_RUNS

    def _reason(self, plan: Plan, backlog: int) -> Reason:
        loss, burst = self._estimate.loss, self._estimate.burst
        if plan == NEAR and self.mode is Mode.AUTO:
            code = "near"
        elif self._sign is not None and self._rungs.index(plan.with_redundancy(())) > self._start:
            code = "congestion-loss" if self._sign is Sign.LOSS else str(self._sign)
        elif plan.redundancy and loss > 0:
            code = "loss-bursts" if self._in_runs else "loss"
        else:
            code = "clean" if self.mode is Mode.AUTO else "chosen"
        return Reason(code, round(loss, 4), round(burst, 2), round(self._congestion.growth, 3), backlog)
