"""Judging sound: the same speech, found in what was heard, and how good it is (ITU-T P.862.2, wide-band PESQ)."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pesq import pesq
from scipy.signal import correlate, resample_poly

RATE = 48_000
PESQ_RATE = 16_000


def load(path: Path) -> npt.NDArray[np.float64]:
    """Samples of a 48 kHz mono 16-bit WAV file; anything else is a failed test."""
    with wave.open(str(path)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2").astype(np.float64)


def delay(said: npt.NDArray[np.float64], heard: npt.NDArray[np.float64], *, within: float = 3.0) -> int:
    """Samples by which `heard` lags `said`, found by cross-correlation of the first three seconds of speech."""
    window = said[: 3 * RATE]
    return int(np.argmax(correlate(heard[: int(3 * RATE + within * RATE)], window, "valid", method="fft")))


def quality(said: Path, heard: Path, *, within: float = 3.0) -> tuple[float, float]:
    """(wide-band PESQ of `heard` against `said`, aligned; the delay in ms)."""
    original, copy = load(said), load(heard)
    lag = delay(original, copy, within=within)
    length = min(len(original), len(copy) - lag)
    assert length > 3 * RATE, "too little was heard to judge"
    original, copy = original[:length], copy[lag : lag + length]
    score = pesq(
        PESQ_RATE,
        resample_poly(original, 1, RATE // PESQ_RATE) / 32_768,
        resample_poly(copy, 1, RATE // PESQ_RATE) / 32_768,
        "wb",
    )
    return float(score), lag / RATE * 1000
