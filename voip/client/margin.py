"""How much waits in the playout ring beyond one device block: as little as the loop's own punctuality allows.

the ring ran dry ──→ a step more, 2.5 ms ──┐
it has not for a while ──→ a step less ────┴──→ level(): the samples to top the ring up to
before the first frame is heard, and just after another device was opened: nothing is learnt
"""

from voip.config import SAMPLE_RATE
from voip.io.audio.easing import Easing

STEP = SAMPLE_RATE // 400
STEPS = 20
"""So the margin goes from 2.5 to 50 ms."""


class Margin:
    """One call's. Time and the ring's count of missing samples are arguments."""

    def __init__(self) -> None:
        self.dry = 0
        """How often the ring ran dry since the first frame was heard: each is a click."""
        self._easing = Easing(STEPS)
        self._forgiven = self._underrun = 0

    @property
    def samples(self) -> int:
        """The margin itself."""
        return STEP * (1 + self._easing.step)

    def begin(self, now: float) -> None:
        """A stream begins: both ends are just starting, so nothing that happens within a second counts."""
        self._easing.begin(now)
        self._forgiven = self._underrun

    def level(self, block: int, underrun: int, now: float, *, heard: bool) -> int:
        """Samples that should wait for a device that takes `block` at a time.

        `underrun`: samples that the ring could not give since it was made; `heard`: whether a frame of the peer's has
        been played. Before that the ring runs dry of silence, and nobody hears it.
        """
        fresh, self._underrun = underrun - self._underrun, underrun
        if not heard:
            self._forgiven = underrun
        elif fresh > 0:
            self.dry += 1
        self._easing.watch(underrun - self._forgiven, now)
        return block + self.samples
