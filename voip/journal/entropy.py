"""How random bytes look: Shannon's entropy of their own distribution."""

import math
from typing import Final

import numpy as np

ENTROPY_BYTES = 2048
"""As much of a body is counted: enough to tell ciphertext from text, and always quick."""
_N_LOG_N: Final = np.array([0.0, *(n * math.log2(n) for n in range(1, ENTROPY_BYTES + 1))])


def entropy(body: bytes) -> float:
    """Bits per byte of `body`'s first 2048 bytes: 0 for one byte repeated, at most log2 of their number."""
    n = min(len(body), ENTROPY_BYTES)
    if n == 0:
        return 0.0
    counts = np.bincount(np.frombuffer(body, np.uint8, n))
    return max(0.0, math.log2(n) - float(_N_LOG_N[counts].sum()) / n)
