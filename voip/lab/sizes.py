"""What sizes alone tell of a voice: how much they vary, whether they follow its loudness, whether they find the pauses.

size of each frame on the wire (0: none came), loudness of each frame ──→ read() ──→ Reading
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voip.media.pcm import QUIET

CHANCE = 0.5
"""The accuracy of who knows nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an observer of sizes learns."""

    packets: int
    """That were seen at all."""
    sizes: int
    """Different sizes among them."""
    bits: float
    """Shannon entropy of what is seen for each frame, its absence included: the most that it can tell."""
    correlation: float | None
    """Pearson's, of size with loudness in dB; None when all sizes are one, for then there is nothing to correlate."""
    accuracy: float
    """How often “large means speech” is right, averaged over speech and pauses: 0.5 is guessing."""


def read(sizes: Sequence[int], loudness: Sequence[float]) -> Reading:
    """Judge `sizes`, bytes on the wire of each 20 ms (0: nothing), by the true `loudness` of the same, dBFS."""
    seen, level = np.asarray(sizes, np.float64), np.asarray(loudness, np.float64)
    shares = [count / len(sizes) for count in Counter(sizes).values()] if len(sizes) else []
    varied = len(shares) > 1 and float(level.std()) > 0
    speech = level > QUIET
    guess = seen > threshold([size for size in sizes if size])
    if 0 < int(speech.sum()) < len(speech):
        accuracy = (float(guess[speech].mean()) + float((~guess[~speech]).mean())) / 2
    else:
        accuracy = CHANCE
    return Reading(
        packets=int((seen > 0).sum()),
        sizes=len(set(sizes) - {0}),
        bits=round(-sum(share * math.log2(share) for share in shares), 3) + 0.0,
        correlation=round(float(np.corrcoef(seen, level)[0, 1]), 3) if varied else None,
        accuracy=round(accuracy, 3),
    )


def threshold(sizes: Sequence[int]) -> int:
    """Where `sizes` fall apart into two kinds, small and large (Otsu's method): found without knowing what was said."""
    values = np.asarray(sizes, np.float64)
    best, found = -1.0, 0
    for at in sorted(set(sizes))[:-1]:
        small = values <= at
        share = float(small.mean())
        apart = share * (1 - share) * float(values[small].mean() - values[~small].mean()) ** 2
        if apart > best:
            best, found = apart, at
    return found
