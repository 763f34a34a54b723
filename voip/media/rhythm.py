"""How the sound card's rhythm meets the frames': by how much the delay may change and all frames still be in time.

    pull   │ block │ block │ block │      A frame is taken at the pull that needs its first sample; its packet must
    taken          ├─ rest ─→ heard       be here by then. It is heard the rest later: after what was still decoded.

So the delay is not free: the moment of taking jumps by whole blocks, while the rest runs from nothing to a block. To
shorten the delay by no more than every frame's rest makes nothing later than it was. Seconds throughout.
"""

import math
from collections import deque

import numpy as np

REMEMBERED = 50
"""Frames: half a second of the usual ones. The earliest of them is the one in danger."""
_HAIR = 1e-6


class Rhythm:
    """When the last frames were taken, and with how much sound still ahead of them."""

    def __init__(self) -> None:
        self._heard: deque[float] = deque(maxlen=REMEMBERED)
        self._rest: deque[float] = deque(maxlen=REMEMBERED)
        self._moved = 0.0
        """To be added to all of the above that was noted before the last move."""

    def taken(self, offset: float, rest: float) -> None:
        """A frame was taken at `offset` (now less its timestamp) while `rest` was still to be played."""
        self._heard.append(offset + rest)
        self._rest.append(rest)

    def moved(self, seconds: float) -> None:
        """From now on everything is heard so much later."""
        self._heard = deque((heard + seconds for heard in self._heard), maxlen=REMEMBERED)
        self._rest = deque((rest + seconds for rest in self._rest), maxlen=REMEMBERED)

    def forget(self) -> None:
        """Another clock begins."""
        self._heard.clear()
        self._rest.clear()

    @property
    def least(self) -> float:
        """The offset at which the frame most in danger was taken; minus infinity before the first."""
        return min((heard - rest for heard, rest in zip(self._heard, self._rest, strict=True)), default=-math.inf)

    def spare(self, required: float, block: float) -> float:
        """Seconds by which the delay may be shortened; negative: by which it must be lengthened."""
        if not self._heard:
            return 0.0
        heard, rests = np.array(self._heard), np.array(self._rest)
        rest = np.mod(rests + _HAIR, block) - _HAIR
        # Shortened by x, a frame is taken at heard − x − ((rest − x) mod block), which must not be before `required`.
        blocks = np.floor((heard - rest - required) / block + _HAIR)
        return float(np.min(rest + blocks * block))
