"""A ring of samples between exactly one producer and one consumer, which may be two threads.

    producer:  write(block) ──→ ▕ · · █ █ █ █ · · ▏ ──→ read_into(out)  :consumer
                                      └ taken   └ written

`written` is changed by the producer alone, `taken` by the consumer alone, each by a single assignment *after* the
samples have moved; so neither side ever waits for the other, and neither ever sees a sample that is not whole. The
store is allocated once.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class Ring:
    """At most `capacity` int16 samples, first in, first out.

    Whatever does not fit is refused and counted in `overrun`; whatever is asked for and missing is silence and counted
    in `underrun`. So the producer's loss and the consumer's hunger are both known, in samples, since it was made.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a ring of {capacity} samples holds nothing")
        self._store: Samples = np.zeros(capacity, np.int16)
        self._capacity = capacity
        self._written = 0
        self._taken = 0
        self.enough = 1
        """Samples for which the consumer wants to be woken: a frame of them, not each of the pieces they come in."""
        self.overrun = 0
        """Samples that the producer brought and the ring could not hold."""
        self.underrun = 0
        """Samples that the consumer asked for and got silence instead."""

    @property
    def capacity(self) -> int:
        return self._capacity

    def __len__(self) -> int:
        """Samples that wait to be read."""
        return self._written - self._taken

    def write(self, block: Samples) -> int:
        """Producer: take in `block` (int16, one-dimensional); returns how many of its first samples found room."""
        offered: int = block.shape[0]
        accepted = min(offered, self._capacity - len(self))
        start = self._written % self._capacity
        first = min(accepted, self._capacity - start)
        self._store[start : start + first] = block[:first]
        self._store[: accepted - first] = block[first:accepted]
        self._written += accepted
        self.overrun += offered - accepted
        return accepted

    def read_into(self, out: Samples) -> int:
        """Consumer: fill `out`, with silence where samples are missing; returns how many were real."""
        wanted: int = out.shape[0]
        got = min(wanted, len(self))
        start = self._taken % self._capacity
        first = min(got, self._capacity - start)
        out[:first] = self._store[start : start + first]
        out[first:got] = self._store[: got - first]
        out[got:] = 0
        self._taken += got
        self.underrun += wanted - got
        return got

    def read(self, n: int) -> Samples:
        """Consumer: exactly `n` samples in a new array, as `read_into` would fill it."""
        out: Samples = np.empty(n, np.int16)
        self.read_into(out)
        return out

    def clear(self) -> None:
        """Consumer: forget what waits. The counters stay."""
        self._taken = self._written
