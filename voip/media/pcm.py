"""Sound as the pipe carries it: int16, 48 kHz, mono, 20 ms a frame, and how loud it is."""

import math

import numpy as np
from numpy.typing import NDArray

from voip.config import FRAME_SAMPLES, SAMPLE_RATE
from voip.errors import LocalError

Frame = NDArray[np.int16]
"""int16, (960,)."""

FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
LEVEL_FLOOR = -90.0
"""dBFS; digital silence, and all that is as good as it."""
QUIET = -50.0
"""dBFS; below this a frame can be left out or repeated and nobody hears it."""

SILENCE: Frame = np.zeros(FRAME_SAMPLES, np.int16)
"""One frame of nothing; read-only, so that it can be shared."""
SILENCE.flags.writeable = False


def level(frame: Frame) -> float:
    """Root mean square of `frame` in dB below full scale, at least `LEVEL_FLOOR`. A full square wave is 0 dBFS."""
    samples = frame.astype(np.float32)
    power = float(np.dot(samples, samples)) / max(1, samples.size)
    if power < 1.0:
        return LEVEL_FLOOR
    return max(LEVEL_FLOOR, 10 * math.log10(power / 32768**2))


def require_frame(frame: Frame, samples: int = FRAME_SAMPLES) -> Frame:
    """`frame`, contiguous; raises `LocalError` unless it is int16 (samples,)."""
    if frame.dtype != np.int16 or frame.shape != (samples,):
        raise LocalError(
            f"A frame of {frame.dtype} {frame.shape} was handed in; int16 ({samples},) is needed.", code="pcm-shape"
        )
    return np.ascontiguousarray(frame)
