"""Between the call's 48 kHz mono and a device that has another rate or more channels.

    device: int16 (n, channels), its own rate ──→ first channel ──→ soxr ──→ capture ring
    device: int16 (n, channels) ←── every channel ←── stock ←── soxr ←── playout ring

soxr's variable-rate mode is what makes this fit for a call: it holds back 2 to 6 ms, where its usual mode waits for
whole blocks of 10 to 35 ms at every quality but the crudest (docs/adr/0009).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE
from voip.io.audio.ring import Ring, Samples

Resampler = Any
"""soxr's has no types."""
Frames = NDArray[np.int16]
STEP = 48
"""Samples that are taken from the ring at a time for a loudspeaker: 1 ms."""


def _resampler(rate_in: float, rate_out: float) -> Resampler:
    if rate_in == rate_out:
        return None
    import soxr  # noqa: PLC0415 - only for devices at another rate

    return soxr.ResampleStream(rate_in, rate_out, 1, dtype="int16", quality="HQ", vr=True)


class FromDevice:
    """What a microphone gives at `rate` Hz, into `ring`."""

    def __init__(self, rate: float, ring: Ring) -> None:
        self._rate = rate
        self._ring = ring
        self._resampler = _resampler(rate, SAMPLE_RATE)
        self._taken = self._given = 0

    def put(self, frames: Frames) -> None:
        """`frames`: int16, (n, channels); only the first channel counts."""
        mono: Samples = frames[:, 0]
        if self._resampler is None:
            self._ring.write(mono)
            return
        block = self._resampler.resample_chunk(np.ascontiguousarray(mono))
        self._ring.write(block)
        self._taken += len(mono)
        self._given += len(block)

    @property
    def held(self) -> float:
        """Seconds of sound that are still inside."""
        return max(0.0, self._taken / self._rate - self._given / SAMPLE_RATE) if self._resampler else 0.0


class ToDevice:
    """What a loudspeaker wants at `rate` Hz, from `ring`."""

    def __init__(self, rate: float, ring: Ring) -> None:
        self._rate = rate
        self._ring = ring
        self._resampler = _resampler(SAMPLE_RATE, rate)
        self._stock = Ring(int(rate))
        self._step: Samples = np.zeros(STEP, np.int16)
        self._taken = self._given = 0

    def get(self, frames: Frames) -> None:
        """Fill `frames`, int16, (n, channels), every channel alike."""
        mono: Samples = frames[:, 0]
        if self._resampler is None:
            self._ring.read_into(mono)
        else:
            while len(self._stock) < len(mono):
                self._ring.read_into(self._step)
                self._stock.write(self._resampler.resample_chunk(self._step))
                self._taken += STEP
            self._stock.read_into(mono)
            self._given += len(mono)
        for channel in range(1, frames.shape[1]):
            frames[:, channel] = mono

    @property
    def held(self) -> float:
        """Seconds of sound that are still inside."""
        return max(0.0, self._taken / SAMPLE_RATE - self._given / self._rate) if self._resampler else 0.0
