"""The jitter buffer: packets come as the network likes, frames go as the sound card asks.

    push(packet) ──→ [ t+30 | t+20 | ··· | t ] ──→ take(now) → Played: frame | conceal | silence
    push(redundant copy) ──┘  by timestamp, counted    └ spare(): so much too long, or too short, is the delay

`take` always answers. Frames are kept by their timestamps, so that they may be of any length, and change it. The delay
changes in three ways only:

- *At once, longer*: a frame that is not there is made up, in pieces, and that is a debt. When the frame does come, it
  is played, later than it should have been. Once as much was made up as is missing before the next frame, the missing
  one is given up and the delay stays what it was; sooner, if the delay is much too long anyhow.
- *Slowly, either way*: `spare` tells what would be good. Who plays the sound stretches it, and tells by `stretched`.
- *Afresh*: when the numbers jump further than the buffer is long (the sender began anew).

A copy from redundancy fills a hole. What a frame has to wait for is whichever comes first, its own packet or a copy of
it, and that is what `delay` learns from.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from voip.config import SAMPLE_RATE
from voip.media.delay import DelayTarget
from voip.media.rhythm import Rhythm

CAPACITY = SAMPLE_RATE
"""Ticks: one second. Nobody wants to hear what is older."""
FRAMES_MAX = 256
"""However short a peer says that they are."""
OVERDUE = 0.4
"""Seconds beyond what is needed from which frames are skipped; a shorter excess is stretched away unheard."""
HASTE = 0.02
"""Seconds of the same from which a gap is left before it is filled; otherwise Opus joins its two sides best."""
NEAR_ABOVE, NEAR_SHARE_ABOVE = 0.000_5, 0.03
NEAR_BELOW, NEAR_SHARE_BELOW = 0.000_3, 0.03
"""Seconds, and share of what an ordinary frame waits, by which the delay may be off before it is changed: the target is
never still."""
_STRAYS = 3
"""So many packets in a row from before the buffer's time mean that the sender began anew."""
_GAPS = 64
"""Gaps that are remembered, to know a late packet from a duplicate."""


class Kind(Enum):
    """What to play."""

    FRAME = "frame"
    """`payload`, decoded."""
    CONCEAL = "conceal"
    """A frame is missing: make some sound up, and tell by `made_up`."""
    SILENCE = "silence"
    """Nothing has come yet, or too little to begin."""


@dataclass(frozen=True, slots=True)
class Played:
    """The answer to one `take`."""

    kind: Kind
    payload: bytes = field(default=b"", repr=False)
    """The encoded frame, when `kind` is FRAME."""
    samples: int = 0
    """Its length; or when `kind` is CONCEAL, how much is missing before the next frame, 0 when none is here."""
    delay: float = 0.0
    """Seconds from its packet's arrival until it is heard, but for what lies after us."""
    after_gap: bool = False
    """Whether something was made up just before it."""
    exact: bool = True
    """Whether that was as long as what was missing."""


@dataclass(slots=True)
class Counts:
    """What became of the packets. Outlives a buffer, so that a call can sum up over its streams."""

    missing: int = 0
    """Frames that had not come by themselves when they were due: loss before recovery."""
    missing_runs: int = 0
    """… in so many runs: the mean burst is the one over the other."""
    recovered: int = 0
    """Of the missing, those played from a redundant copy."""
    lost: int = 0
    """Of the missing, those never played: loss after recovery."""
    lost_runs: int = 0
    late: int = 0
    """Packets that came after their frame had been given up or played from a copy, or were skipped as overdue."""
    duplicate: int = 0
    """Packets that were here already."""
    discarded: int = 0
    """Packets thrown away because nobody pulled, or the sender began anew."""
    resyncs: int = 0
    """How often the buffer began afresh."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    payload: bytes
    samples: int
    number: int
    """Sequence number, unwrapped."""
    arrived: float
    redundant: bool


class JitterBuffer:
    """Packets of one stream in, frames out. Bounded; not one call here waits or fails."""

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts if counts is not None else Counts()
        self.rhythm = Rhythm()
        self._delay = DelayTarget()
        self._frames: dict[int, _Waiting] = {}
        """By timestamp, unwrapped."""
        self._order: list[int] = []
        """Their timestamps, rising."""
        self._next = 0
        """The timestamp that the next sample should have."""
        self._last_number = 0
        """Of the frame before it."""
        self._newest_number = 0
        self._newest = 0
        """Timestamp of the last packet that came in its time."""
        self._begun_at: float | None = None
        """When the first packet came, of all or since the last new beginning."""
        self._playing = False
        self._debt = 0
        """Samples made up since the last frame."""
        self._gaps: deque[tuple[int, int]] = deque(maxlen=_GAPS)
        """(first, end) of what was given up, or played from a copy."""
        self._saved: deque[int] = deque(maxlen=_GAPS)
        """Frames whose copies came before themselves."""
        self._strays = 0
        self._missing_before = self._lost_before = False

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def target_delay(self) -> float:
        """Seconds that the fastest packet should wait here, as the network now is."""
        return self._delay.target if self._begun_at is not None else 0.0

    @property
    def debt(self) -> int:
        """Samples made up since the last frame."""
        return self._debt

    # ── packets in ─────────────────────────────────────────────────────────────────────────────────────────────

    def push(
        self,
        sequence_number: int,
        timestamp: int,
        payload: bytes,
        now: float,
        *,
        samples: int = 960,
        distance: int = 0,
    ) -> bool:
        """A packet of `samples` ticks came. Numbers as in its header; whatever they are, nothing is raised.

        `distance`: of a redundant copy, the ticks by which its packet's timestamp is later than its own. False when it
        came too late to be of use.
        """
        redundant = distance > 0
        if self._begun_at is None:
            if redundant:
                return True
            self._newest = timestamp
            self._begin(sequence_number, timestamp, now)
        number = self._newest_number + _signed(sequence_number - self._newest_number, 16)
        ticks = self._newest + _signed(timestamp - self._newest, 32)
        if redundant:
            self._push_copy(ticks, _Waiting(payload, samples, number, now, redundant=True))
            return True
        self._place(number, ticks, now)
        transit = now - ticks / SAMPLE_RATE
        if ticks < self._next:
            return self._too_late(ticks, transit, samples, now)
        self._strays = 0
        held = self._frames.get(ticks)
        if held is not None and not held.redundant:
            self.counts.duplicate += 1
            return True
        self._insert(ticks, _Waiting(payload, samples, number, now, redundant=False))
        if ticks >= self._newest:
            self._newest, self._newest_number = ticks, number
        if held is None:
            self._delay.arrived(transit, now, samples / SAMPLE_RATE)
        if self._debt and ticks < self._next + samples:
            # It was due when we began to make it up.
            self._delay.late(transit, transit - self._debt / SAMPLE_RATE, now)
        return True

    def _push_copy(self, ticks: int, copy: _Waiting) -> None:
        past = ticks < self._next
        missing = ticks not in self._frames and ticks - self._next < CAPACITY
        if past:
            missing = any(first <= ticks < end for first, end in self._gaps)
        if missing and ticks not in self._saved:
            # It came before its frame did, whether it is of use or not.
            self._saved.append(ticks)
            self._delay.arrived(copy.arrived - ticks / SAMPLE_RATE, copy.arrived, copy.samples / SAMPLE_RATE)
        if missing and not past:
            self._insert(ticks, copy)

    def _insert(self, ticks: int, waiting: _Waiting) -> None:
        if ticks not in self._frames:
            insort(self._order, ticks)
        self._frames[ticks] = waiting
        while len(self._order) > FRAMES_MAX:
            self.counts.discarded += 1
            self._skip()

    def _place(self, number: int, ticks: int, now: float) -> None:
        """Make room for a packet of that time. May begin afresh, or move back."""
        ahead = ticks - self._next
        if ahead >= CAPACITY:
            if self._order and 0 <= ticks - self._order[-1] < CAPACITY // 4:
                # Nobody pulls: the oldest goes.
                while self._order and ticks - self._next >= CAPACITY:
                    self.counts.discarded += 1
                    self._skip()
            else:
                self._resync(number, ticks, now)
        elif ahead <= -CAPACITY:
            self._strays += 1
            if self._strays >= _STRAYS:
                self._resync(number, ticks, now)
        elif ahead < 0 and not self._playing and self._newest - ticks < CAPACITY:
            # Overtaken on the way before anything was played.
            self._next, self._last_number = ticks, number - 1

    def _begin(self, number: int, ticks: int, now: float) -> None:
        self._next = self._newest = ticks
        self._newest_number, self._last_number = number, number - 1
        self._begun_at = now
        self._playing = False

    def _resync(self, number: int, ticks: int, now: float) -> None:
        skipped = number - self._last_number - 1
        # A leap that a long outage explains is loss; a wilder one is a sender that began anew (RFC 3550 A.1).
        if 0 < skipped < 3000 and ticks > self._next:
            self._lose(max(0, skipped - len(self._frames)))
        self.counts.discarded += len(self._frames)
        self.counts.resyncs += 1
        self._frames.clear()
        self._order.clear()
        self._gaps.clear()
        self._saved.clear()
        self.rhythm.forget()
        self._delay = DelayTarget()
        self._debt = self._strays = 0
        self._begin(number, ticks, now)

    def _too_late(self, ticks: int, transit: float, samples: int, now: float) -> bool:
        """A packet for what is over: True if it was played."""
        for gap in self._gaps:
            if gap[0] <= ticks < gap[1]:
                break
        else:
            self.counts.duplicate += 1
            return True
        # Its twin will be a duplicate.
        self._gaps.remove(gap)
        self._gaps.extend(part for part in ((gap[0], ticks), (ticks + 1, gap[1])) if part[0] < part[1])
        self.counts.late += 1
        if ticks not in self._saved:
            self._delay.arrived(transit, now, samples / SAMPLE_RATE)
            self._delay.late(transit, self.rhythm.least, now)
        return False

    # ── frames out ─────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, now: float, ahead: int = 0) -> Played:
        """What to play after the `ahead` samples that are decoded and not yet played."""
        if not self._playing and not self._ready(now):
            return Played(Kind.SILENCE)
        while len(self._order) > 1 and self._excess(now, self._order[0]) > OVERDUE:
            self.counts.late += 1
            self._skip()
        after_gap, exact = self._debt > 0, True
        while self._copy_is_too_late(now):
            self._skip(filled=True)
        if not self._order:
            return Played(Kind.CONCEAL)
        if not self._due(now, self._debt):
            return Played(Kind.CONCEAL, samples=self._order[0] - self._next - self._debt)
        ticks = self._order.pop(0)
        waiting = self._frames.pop(ticks)
        if ticks > self._next:
            exact = self._debt == ticks - self._next
            self.rhythm.moved((self._debt - (ticks - self._next)) / SAMPLE_RATE)
            if waiting.number > self._last_number + 1:
                self._give_up(ticks, waiting)
        elif self._debt:
            exact = False
            self.rhythm.moved(self._debt / SAMPLE_RATE)
        self._debt = 0
        self._count(waiting, ticks)
        self._next, self._last_number = ticks + waiting.samples, waiting.number
        self._drop_past()
        offset = now - ticks / SAMPLE_RATE
        self.rhythm.taken(offset, ahead / SAMPLE_RATE)
        delay = now + ahead / SAMPLE_RATE - waiting.arrived
        return Played(Kind.FRAME, waiting.payload, waiting.samples, delay, after_gap, exact)

    def made_up(self, samples: int) -> None:
        """So many samples were made up after a CONCEAL; or (negative) of them were not played after all."""
        self._debt = max(0, self._debt + samples)

    def stretched(self, samples: int) -> None:
        """So many more (or, negative, fewer) samples were played than were taken."""
        self.rhythm.moved(samples / SAMPLE_RATE)

    def spare(self, block: int) -> int:
        """Samples by which the delay may be shortened with every frame still in time; negative: it is too short by.

        0 when it is near enough. `block`: samples that are pulled at once.
        """
        required, usual = self._delay.required, self._delay.beyond
        above, below = NEAR_ABOVE + NEAR_SHARE_ABOVE * usual, NEAR_BELOW + NEAR_SHARE_BELOW * usual
        shorter, longer = self.rhythm.spare(max(1, block) / SAMPLE_RATE, required + above, required - below)
        return round((max(0.0, shorter) + min(0.0, longer)) * SAMPLE_RATE)

    @property
    def follows(self) -> bool:
        """Whether the next frame is here and joins on the one before."""
        return bool(self._order) and self._order[0] == self._next

    def resumable(self, now: float, made_up: int) -> bool:
        """Whether there is a frame to be played instead of the last `made_up` samples that were made up."""
        return bool(self._order) and self._due(now, self._debt - made_up)

    def _due(self, now: float, debt: int) -> bool:
        """Whether the first frame here is to be played now, though it may not be the next one."""
        gap = self._order[0] - self._next
        return gap <= 0 or debt >= gap or self._excess(now, self._order[0]) >= HASTE

    def _copy_is_too_late(self, now: float) -> bool:
        """Whether the first frame here is a copy whose time was filled already, and waiting for it does not pay."""
        if not self._debt or len(self._order) < 2:
            return False
        ticks = self._order[0]
        waiting = self._frames[ticks]
        filled = ticks == self._next and self._debt >= waiting.samples
        return waiting.redundant and filled and self._excess(now, ticks) >= 0

    def _excess(self, now: float, ticks: int) -> float:
        return now - ticks / SAMPLE_RATE - self._delay.required

    def _ready(self, now: float) -> bool:
        """Whether to begin playing; if so, from near the end of what has come."""
        if self._begun_at is None or not self._order:
            return False
        if self._excess(now, self._order[0]) < 0 and now - self._begun_at < self._delay.target:
            return False
        self._playing = True
        while len(self._order) > 1 and self._excess(now, self._order[1]) > 0:
            self.counts.late += 1
            self._skip()
        return True

    def _give_up(self, until: int, following: _Waiting) -> None:
        """Nothing came for what is missing before `following`."""
        missing = following.number - self._last_number - 1
        # A peer's numbers and times need not agree; a gap holds no more frames than fit.
        self._lose(min(missing, -(-(until - self._next) // 120)))
        self._gaps.append((self._next, until))

    def _skip(self, *, filled: bool = False) -> None:
        """Leave out the first frame that is here: it comes too late, or nobody pulls. `filled`: made up already."""
        ticks = self._order.pop(0)
        waiting = self._frames.pop(ticks)
        self._lose(max(1, min(waiting.number - self._last_number, FRAMES_MAX)))
        end = ticks + waiting.samples
        if filled:
            self._gaps.append((self._next, end))
            self._debt = max(0, self._debt - waiting.samples)
        else:
            self.rhythm.moved((self._debt - (end - self._next)) / SAMPLE_RATE)
            self._debt = 0
        self._next, self._last_number = end, waiting.number
        self._drop_past()

    def _drop_past(self) -> None:
        """Frames that overlap what was played: a peer's nonsense, or a copy of what changed its length."""
        past = bisect_left(self._order, self._next)
        for ticks in self._order[:past]:
            del self._frames[ticks]
            self.counts.discarded += 1
        del self._order[:past]

    def _lose(self, frames: int) -> None:
        if frames <= 0:
            return
        self.counts.missing += frames
        self.counts.lost += frames
        self.counts.missing_runs += not self._missing_before
        self.counts.lost_runs += not self._lost_before
        self._missing_before = self._lost_before = True

    def _count(self, waiting: _Waiting, ticks: int) -> None:
        self._lost_before = False
        if waiting.redundant:
            self.counts.missing += 1
            self.counts.recovered += 1
            self.counts.missing_runs += not self._missing_before
            self._gaps.append((ticks, ticks + waiting.samples))
        self._missing_before = waiting.redundant


def _signed(difference: int, bits: int) -> int:
    """`difference` of two wrapping counters as the shorter way round (RFC 1982)."""
    half = 1 << bits - 1
    return (difference + half) % (1 << bits) - half
