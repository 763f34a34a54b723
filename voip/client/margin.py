"""How much waits in the playout ring beyond one device block: as little as the loop's own punctuality allows.

the ring ran dry, for once ────→ a step more, 2.5 ms ─────────────┐
… again within 10 s ───────────→ as much more as was missing ─────┼──→ level(): the samples to top the ring up to
… not for 10 s ────────────────→ a quarter less, a step at least ─┘
before the first frame is heard, and just after another device was opened: nothing is learnt

A click now and then is better than delay for good, so what happens once is nearly forgiven. On a busy machine it does
not stay at once; there the margin must be large enough within a second.
"""

from voip.config import SAMPLE_RATE

STEP = SAMPLE_RATE // 400
STEPS = 20
"""So the margin goes from 2.5 to 50 ms."""
STEPS_AT_ONCE = 4
SETTLE = 1.0
"""Seconds after a stream's beginning in which nothing counts: both ends are just starting."""
PAUSE = 0.1
"""Seconds in which several hungers are one."""
OFTEN = 10.0
QUIET, QUIET_MAX = 10.0, 160.0
"""Seconds without hunger until the margin shrinks; twice as long each time that this was too early …"""
TOO_EARLY = 5.0
"""… which is when the ring runs dry so soon after."""


class Margin:
    """One call's. Time and the ring's count of missing samples are arguments."""

    def __init__(self) -> None:
        self.dry = 0
        """How often the ring ran dry since the first frame was heard: each is a click."""
        self._step = 0
        self._underrun = 0
        self._settled_at = 0.0
        self._dry_at = self._shrunk_at = float("-inf")
        self._changed_at = 0.0
        self._quiet = QUIET

    @property
    def samples(self) -> int:
        """The margin itself."""
        return STEP * (1 + self._step)

    def begin(self, now: float) -> None:
        """A stream begins, with what was learnt so far."""
        self._settled_at = self._changed_at = now + SETTLE

    def level(self, block: int, underrun: int, now: float, *, heard: bool) -> int:
        """Samples that should wait for a device that takes `block` at a time.

        `underrun`: samples that the ring could not give since it was made; `heard`: whether a frame of the peer's has
        been played. Before that the ring runs dry of silence, and nobody hears it.
        """
        missing, self._underrun = underrun - self._underrun, underrun
        if heard and missing > 0:
            self.dry += 1
            if now >= self._settled_at and now - self._dry_at >= PAUSE:
                self._grow(missing, now)
        elif self._step and now - self._changed_at > self._quiet:
            self._step -= max(1, self._step // 4)
            self._changed_at = self._shrunk_at = now
        return block + self.samples

    def _grow(self, missing: int, now: float) -> None:
        if now - self._shrunk_at < TOO_EARLY:
            self._quiet = min(2 * self._quiet, QUIET_MAX)
        often = now - self._dry_at < OFTEN
        self._step = min(self._step + (min(-(-missing // STEP), STEPS_AT_ONCE) if often else 1), STEPS - 1)
        self._dry_at = self._changed_at = now
