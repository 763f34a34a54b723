"""How the sound card's rhythm meets the frames': by how much the delay may change and all frames still be in time.

    pull   │ block │ block │ block │      A frame is taken at the pull that needs its first sample; its packet must
    taken          ├─ rest ─→ heard       be here by then. It is heard the rest later: after what was still decoded.

So the delay is not free: the moment of taking jumps by whole blocks, while the rest runs from nothing to a block. To
shorten the delay by no more than every frame's rest makes nothing later than it was. Seconds throughout.
"""

import math

import numpy as np

REMEMBERED = 50
"""Frames: half a second of the usual ones. The earliest of them is the one in danger."""
_HAIR = 1e-6


class Rhythm:
    """When the last frames were taken, and with how much sound still ahead of them."""

    def __init__(self) -> None:
        self._heard, self._rest = np.zeros(REMEMBERED), np.zeros(REMEMBERED)
        """When each frame was heard, less its timestamp; and how long before it was taken. A ring."""
        self._count = 0

    def taken(self, offset: float, rest: float) -> None:
        """A frame was taken at `offset` (now less its timestamp) while `rest` was still to be played."""
        at = self._count % REMEMBERED
        self._heard[at], self._rest[at] = offset + rest, rest
        self._count += 1

    def moved(self, seconds: float) -> None:
        """From now on everything is heard so much later."""
        self._heard += seconds
        self._rest += seconds

    def forget(self) -> None:
        """Another clock begins."""
        self._count = 0

    @property
    def least(self) -> float:
        """The offset at which the frame most in danger was taken; minus infinity before the first."""
        known = min(self._count, REMEMBERED)
        return float((self._heard - self._rest)[:known].min()) if known else -math.inf

    def spare(self, block: float, *required: float) -> tuple[float, ...]:
        """For each `required`: the seconds by which the delay may be shortened; negative: must be lengthened."""
        known = min(self._count, REMEMBERED)
        if not known:
            return tuple(0.0 for _ in required)
        rest = (self._rest[:known] + _HAIR) % block - _HAIR
        taken = self._heard[:known] - rest
        # Shortened by x, a frame is taken at heard − x − ((rest − x) mod block), which must not be before `required`.
        return tuple(float((rest + np.floor((taken - one) / block + _HAIR) * block).min()) for one in required)
