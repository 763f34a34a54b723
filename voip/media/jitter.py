"""The jitter buffer: packets come as the network likes, frames go as the sound card asks.

    push(packet) ──→ [ n+3 | n+2 | ··· | n ] ──→ pull() → Played: frame | conceal | silence
                        reordered, counted          └ and a wish: keep | shorten | lengthen

`pull` always answers. The delay changes in three ways only:

- *At once, longer*: a slot whose frame is not there is concealed, and that is a debt. When the frame does come, it is
  still played, one slot later than it should have been; when its successors come without it, or many come together
  after a stall, frames are skipped against the debt, and the delay stays what it was.
- *Slowly, either way*: `Played.wish` says what would be good. Who decodes the frame knows whether it is quiet enough to
  be left out or doubled, does it if so, and tells by `stretched`. A steady call is never touched.
- *Afresh*: when the numbers jump further than the buffer is long (the sender began anew, or nobody pulled).
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from voip.config import SAMPLE_RATE
from voip.media.delay import DelayTarget
from voip.media.pcm import FRAME_SECONDS

CAPACITY = 50
"""Frames: one second. Nobody wants to hear what is older."""
START_DELAY = 0.020
"""Seconds that the first packet waits; the card's own rhythm adds up to one frame."""
_HYSTERESIS = 0.005
_OFFSETS = 25
"""Pulls: half a second. The earliest of them is the one in danger."""
_PAUSE = 25
"""Pulls between two wishes to shorten."""
_HURRY = 0.1
"""Seconds of excess beyond which there is no such pause."""
_STRAYS = 3
"""So many packets in a row from before the buffer's time mean that the sender began anew."""


class Kind(Enum):
    """What to play."""

    FRAME = "frame"
    """`payload`, decoded."""
    CONCEAL = "conceal"
    """A frame is missing: make one up."""
    SILENCE = "silence"
    """Nothing has come yet, or too little to begin."""


class Wish(Enum):
    """What would bring the delay nearer to what the network needs."""

    KEEP = "keep"
    SHORTEN = "shorten"
    """Play less than this frame; the next one is there already."""
    LENGTHEN = "lengthen"
    """Play more than this frame before you pull again."""


@dataclass(frozen=True, slots=True)
class Played:
    """The answer to one pull."""

    kind: Kind
    payload: bytes = field(default=b"", repr=False)
    """The encoded frame, when `kind` is FRAME."""
    delay: float = 0.0
    """Seconds that this frame has waited here, when `kind` is FRAME."""
    wish: Wish = Wish.KEEP


@dataclass(slots=True)
class Counts:
    """What became of the packets. Outlives a buffer, so that a call can sum up over its streams."""

    lost: int = 0
    """Sequence numbers that never came in time."""
    late: int = 0
    """Packets that came after their slot had been given up (their numbers were counted lost), or were skipped."""
    duplicate: int = 0
    """Packets that were here already."""
    discarded: int = 0
    """Packets thrown away because nobody pulled, or the sender began anew."""
    resyncs: int = 0
    """How often the buffer began afresh."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    payload: bytes
    arrived: float
    time: float
    """The RTP timestamp, unwrapped, in seconds."""


class JitterBuffer:
    """Packets of one stream in, frames out. Bounded; not one call here waits or fails."""

    def __init__(self, counts: Counts | None = None) -> None:
        self.counts = counts if counts is not None else Counts()
        self._delay = DelayTarget()
        self._frames: dict[int, _Waiting] = {}
        self._given_up: set[int] = set()
        self._next = 0
        """The number (unwrapped) that the next pull is about."""
        self._newest = 0
        self._timestamp = 0
        self._begun_at: float | None = None
        """When the first packet came, of all or since the last new beginning."""
        self._playing = False
        self._debt = 0
        """Slots concealed without moving on."""
        self._offsets: deque[float] = deque(maxlen=_OFFSETS)
        self._since_wish = 0
        self._strays = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def target_delay(self) -> float:
        """Seconds that the fastest packet should wait here, as the network now is."""
        return self._delay.target

    # ── packets in ─────────────────────────────────────────────────────────────────────────────────────────────

    def push(self, sequence_number: int, timestamp: int, payload: bytes, now: float) -> None:
        """A packet came. Numbers as in its header; whatever they are, nothing is raised."""
        if self._begun_at is None:
            self._timestamp = timestamp
            self._begin(sequence_number, now)
        number = self._newest + _signed(sequence_number - self._newest, 16)
        ticks = self._timestamp + _signed(timestamp - self._timestamp, 32)
        waiting = _Waiting(payload, now, ticks / SAMPLE_RATE)
        first = self._first_after(number, now)
        if number < first:
            self._too_late(number, waiting)
            return
        self._strays = 0
        if number in self._frames:
            self.counts.duplicate += 1
            return
        self._frames[number] = waiting
        self._newest = max(self._newest, number)
        self._timestamp = ticks
        transit = now - waiting.time
        self._delay.arrived(transit)
        if self._offsets and transit > self._offsets[-1]:
            self._delay.late(transit)

    def _first_after(self, number: int, now: float) -> int:
        """The first number still wanted, once `number` is known to exist. May begin afresh or move back."""
        ahead = number - self._next
        if ahead >= CAPACITY:
            self._resync(number, now)
        elif ahead <= -CAPACITY:
            self._strays += 1
            if self._strays >= _STRAYS:
                self._resync(number, now)
        elif ahead < 0 and not self._playing and self._newest - number < CAPACITY:
            # Overtaken on the way before anything was played.
            self._next = number
        return self._next

    def _begin(self, number: int, now: float) -> None:
        self._next = self._newest = number
        self._begun_at = now
        self._playing = False

    def _resync(self, number: int, now: float) -> None:
        skipped = number - self._next
        # A leap that a long outage explains is loss; a wilder one is a sender that began anew (RFC 3550 A.1).
        if CAPACITY <= skipped < 3000:
            self.counts.lost += skipped - len(self._frames)
        self.counts.discarded += len(self._frames)
        self.counts.resyncs += 1
        self._frames.clear()
        self._given_up.clear()
        self._offsets.clear()
        self._delay = DelayTarget()
        self._debt = self._strays = 0
        self._begin(number, now)

    def _too_late(self, number: int, waiting: _Waiting) -> None:
        """A packet for a slot that is over."""
        if number not in self._given_up:
            self.counts.duplicate += 1
            return
        self._given_up.discard(number)
        self.counts.late += 1
        transit = waiting.arrived - waiting.time
        self._delay.arrived(transit)
        self._delay.late(transit)

    # ── frames out ─────────────────────────────────────────────────────────────────────────────────────────────

    def pull(self, now: float) -> Played:
        """What to play in the next 20 ms."""
        if not self._playing and not self._ready(now):
            return Played(Kind.SILENCE)
        if self._frames:
            while self._debt and (self._next not in self._frames or self._too_long(now)):
                self._skip()
                self._debt -= 1
        waiting = self._frames.pop(self._next, None)
        if waiting is None:
            self._debt += 1
            return Played(Kind.CONCEAL)
        if self._debt:
            self.stretched(self._debt * FRAME_SECONDS)
            self._debt = 0
        self._advance()
        self._offsets.append(now - waiting.time)
        return Played(Kind.FRAME, waiting.payload, now - waiting.arrived, self._wish())

    def stretched(self, seconds: float) -> None:
        """So much more (or, negative, less) than the pulled frames was played since the last pull."""
        self._offsets = deque((offset + seconds for offset in self._offsets), maxlen=_OFFSETS)
        self._since_wish = 0

    def _ready(self, now: float) -> bool:
        """Whether to begin playing; if so, from near the end of what has come."""
        if self._begun_at is None or now - self._begun_at < START_DELAY:
            return False
        self._playing = True
        while self._next not in self._frames or self._too_long(now, START_DELAY):
            self._skip()
        return True

    def _too_long(self, now: float, more: float = 0.0) -> bool:
        """Whether the next frame could be skipped and its successor still be played in good time."""
        waiting = self._frames.get(self._next)
        if waiting is None or len(self._frames) < 2:
            return False
        return now - waiting.time - self._delay.required > FRAME_SECONDS + more

    def _skip(self) -> None:
        """Give up the next slot, whether its frame is here (it came too late) or not (it is lost)."""
        if self._frames.pop(self._next, None) is None:
            self._given_up.add(self._next)
        else:
            self.counts.late += 1
        self.counts.lost += 1
        self._advance()

    def _advance(self) -> None:
        self._given_up.discard(self._next - CAPACITY)
        self._next += 1

    def _wish(self) -> Wish:
        self._since_wish += 1
        excess = min(self._offsets) - self._delay.required
        if excess < 0:
            return Wish.LENGTHEN
        patient = self._since_wish > _PAUSE or excess > _HURRY
        if excess > FRAME_SECONDS + _HYSTERESIS and patient and self._next in self._frames:
            return Wish.SHORTEN
        return Wish.KEEP


def _signed(difference: int, bits: int) -> int:
    """`difference` of two wrapping counters as the shorter way round (RFC 1982)."""
    half = 1 << bits - 1
    return (difference + half) % (1 << bits) - half
