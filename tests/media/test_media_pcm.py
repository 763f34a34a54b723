"""How loud a frame is."""

import numpy as np
import pytest

from voip.errors import LocalError
from voip.media.pcm import LEVEL_FLOOR, SILENCE, level, require_frame


def square(amplitude: int) -> np.ndarray:
    return np.where(np.arange(960) % 48 < 24, amplitude, -amplitude).astype(np.int16)


@pytest.mark.parametrize(("amplitude", "dbfs"), [(32767, 0.0), (16384, -6.02), (3277, -20.0), (33, -60.0)])
def test_level_of_a_square_wave(amplitude, dbfs):
    assert level(square(amplitude)) == pytest.approx(dbfs, abs=0.1)


def test_full_negative_scale_does_not_overflow():
    assert level(np.full(960, -32768, np.int16)) == pytest.approx(0.0, abs=0.01)


def test_silence_lies_on_the_floor_and_cannot_be_written():
    assert level(SILENCE) == LEVEL_FLOOR
    assert level(np.zeros(0, np.int16)) == LEVEL_FLOOR
    with pytest.raises(ValueError, match="read-only"):
        SILENCE[0] = 1


@pytest.mark.parametrize("frame", [np.zeros(959, np.int16), np.zeros(960, np.float32), np.zeros((960, 1), np.int16)])
def test_another_shape_is_our_own_defect(frame):
    with pytest.raises(LocalError, match="int16"):
        require_frame(frame)


def test_a_strided_frame_becomes_contiguous():
    stereo = np.arange(1920, dtype=np.int16)
    assert require_frame(stereo[::2]).flags.c_contiguous
