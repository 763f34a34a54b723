"""A sound in which every missing or made-up moment can be told, after any speech codec.

    sweep() ──→ said, sent, played ──→ audible(): was this moment said? ──→ longest(): the gap

A tone rises from 300 to 3300 Hz eight times a second, 24 Hz in each millisecond, and never pauses. Against a falling
tone (the sweep's conjugate) what was said becomes a steady tone, a single line of the spectrum, whatever its delay and
phase. A codec's concealment goes on with the pitch it heard last: it does not rise, so it does not become a line.
Silence has none. Sound that is played a little faster or slower to win or lose delay was said, and counts as such: the
moments are short enough to lie between two of its seams.

Under the tone lies noise at -40 dBFS: SILK, given a tone and nothing else, plays it up to five times as loud.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import default_rng
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE

Bools = NDArray[np.bool_]
Samples = NDArray[np.int16]
PERIOD = 0.125
LOW_HZ, HIGH_HZ = 300, 3300
SLOPE = (HIGH_HZ - LOW_HZ) / PERIOD
LOUDNESS, NOISE = 0.2, 0.01
"""Amplitude of the tone, standard deviation of the noise, of full scale."""
HOP = 0.005
"""Seconds between two moments that are judged."""
WINDOW = 0.040
"""Seconds around a moment by which it is judged: long enough for a held tone to be spread over 960 Hz."""
SHARE = 0.36
"""Of the sweep's loudness a moment must have. A held tone as loud has 0.32; where the sweep begins anew, and the window
holds two halves of it, codecs leave 0.4 or more."""
BACK = 0.5
"""Seconds for which sound must be heard to count as back …"""
BACK_SHARE = 0.9
"""… and the share of them in which it is."""
_FFT = 4096
_MOMENTS_AT_ONCE = 1000


def sweep(seconds: float = 8.0, seed: int = 1) -> Samples:
    """The sound, int16, 48 kHz; it may be repeated without a step."""
    t = np.arange(round(PERIOD * SAMPLE_RATE)) / SAMPLE_RATE
    tone = np.tile(LOUDNESS * np.sin(2 * np.pi * (LOW_HZ * t + SLOPE * t * t / 2)), round(seconds / PERIOD))
    return (32767 * (tone + NOISE * default_rng(seed).normal(size=tone.size))).astype(np.int16)


def audible(samples: Samples) -> Bools:
    """For each `HOP` of `samples` (int16, 48 kHz): was what is heard then said, or is it missing or made up?"""
    width, hop = round(WINDOW * SAMPLE_RATE), round(HOP * SAMPLE_RATE)
    t = (np.arange(width) - width / 2) / SAMPLE_RATE
    window = np.hanning(width)
    falling = window * np.exp(-1j * np.pi * SLOPE * t * t)
    padded = np.concatenate([np.zeros(width // 2), samples / 32768, np.zeros(width)])
    moments = sliding_window_view(padded, width)[::hop][: len(samples) // hop]
    found = np.zeros(len(moments))
    for at in range(0, len(moments), _MOMENTS_AT_ONCE):
        some = moments[at : at + _MOMENTS_AT_ONCE]
        found[at : at + len(some)] = np.abs(np.fft.fft(some * falling, _FFT)).max(axis=1)
    loud: Bools = found >= SHARE * LOUDNESS * window.sum() / 2
    return loud


def longest(heard: Bools) -> float:
    """Seconds of the longest stretch without what was said."""
    return max((end - begin for begin, end in gaps(heard)), default=0.0)


def gaps(heard: Bools) -> list[tuple[float, float]]:
    """Begin and end of each stretch without what was said, in seconds from the first moment."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], heard, [True]])))
    return [(float(begin * HOP), float(end * HOP)) for begin, end in edges.reshape(-1, 2)]


def back(heard: Bools) -> float | None:
    """Seconds until the sound is there to stay, or None: not in what was heard."""
    need = round(BACK / HOP)
    if len(heard) < need:
        return None
    share = np.convolve(heard, np.ones(need), "valid") / need
    good = np.flatnonzero((share >= BACK_SHARE) & heard[: len(share)])
    return float(good[0] * HOP) if good.size else None
