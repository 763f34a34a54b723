"""Hum goes, voices stay, and the matrix is the recursive filter that it stands for."""

import numpy as np
import pytest
from scipy.signal import lfilter

from voip.media.highpass import HighPass, _coefficients


def through(pcm: np.ndarray, size: int = 480) -> np.ndarray:
    station = HighPass()
    return np.concatenate([station.work(pcm[at : at + size]) for at in range(0, pcm.size, size)])


def test_it_is_the_recursive_filter():
    pcm = np.random.default_rng(1).normal(0, 5000, 48_000).astype(np.int16)
    b, a = _coefficients()
    assert np.abs(through(pcm) - lfilter(b, [1, *a], pcm)).max() <= 0.51


@pytest.mark.parametrize(
    ("hertz", "low", "high"), [(20, -26, -23), (50, -10, -7), (80, -3.2, -2.8), (200, -0.4, 0), (1000, -0.1, 0.1)]
)
def test_what_it_takes_off(hertz, low, high):
    pcm = np.rint(8000 * np.sin(2 * np.pi * hertz * np.arange(96_000) / 48_000)).astype(np.int16)
    settled = through(pcm)[48_000:].astype(float)
    assert low <= 10 * np.log10(np.mean(settled**2) / np.mean(pcm[48_000:].astype(float) ** 2)) <= high


def test_full_scale_does_not_wrap():
    square = np.where(np.arange(48_000) % 400 < 200, 32767, -32768).astype(np.int16)
    out = through(square)
    assert (out.min(), out.max()) == (-32768, 32767)
    periods = out.reshape(-1, 400)[1:]
    assert np.all(periods[:, :20] > 0)
    assert np.all(periods[:, 200:220] < 0)
