"""A sound that can be found again after any speech codec, and how late it was: the true delay from mouth to ear.

    chirps() ──→ played, spoken, coded, sent, decoded, played ──→ recording ──→ a matched filter ──→ arrivals
                └──→ recorded where it was played ─────────────────────────────→ arrivals      difference: the delay

A chirp runs from 300 to 3400 Hz in 100 ms. The filter knows it as an analytic signal, so that it is found whatever its
phase has become; its peak is a third of a millisecond wide. Chirps come at uneven distances of at least 0.8 s, so that
none is taken for another.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.fft import fft, ifft
from numpy.random import default_rng
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE

Floats = NDArray[np.float64]
SECONDS = 0.1
LOW_HZ, HIGH_HZ = 300, 3400
GAP_LEAST, GAP_MOST = 0.8, 1.2
SEARCH_SECONDS = 0.75
"""How long after a chirp was played it is looked for: less than the least gap."""
LIKENESS = 0.5
"""How like a chirp (0 to 1) a sound must be."""
TWICE_LIKENESS = 0.2
"""The same where a chirp is still sounding when it comes back: each is half of what is heard then."""
_APART = 0.010
"""Seconds between a chirp and its return in the same recording, at least."""


def chirp() -> NDArray[np.complex128]:
    """One chirp as an analytic signal, complex (4800,), at most 1."""
    t = np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * (LOW_HZ * t + (HIGH_HZ - LOW_HZ) * t * t / (2 * SECONDS))
    return np.asarray(np.exp(1j * phase) * np.hanning(t.size))


def chirps(count: int, seed: int = 1) -> NDArray[np.int16]:
    """`count` chirps over faint noise, int16, 48 kHz; a second of noise alone at the end."""
    rng = default_rng(seed)
    gaps = (rng.uniform(GAP_LEAST, GAP_MOST, count) * SAMPLE_RATE).astype(int)
    signal = rng.normal(0, 3e-4, int(gaps.sum()) + SAMPLE_RATE)
    sound, at = 0.5 * chirp().real, 0
    for gap in gaps:
        signal[at : at + sound.size] += sound
        at += int(gap)
    return (signal * 32767).astype(np.int16)


@dataclass(frozen=True, slots=True)
class Recording:
    """What one microphone gave, and when."""

    samples: Floats
    """±1, 48 kHz."""
    ends: NDArray[np.int64]
    """After how many samples each block ended …"""
    stamps: Floats
    """… and when it was there, in seconds, on a clock that all recordings share."""

    def when(self, index: int) -> float:
        """The time of a sample. Blocks come late, never early: the earliest within ±1.5 s says when it was due."""
        near = np.abs(self.ends - index) < 1.5 * SAMPLE_RATE
        offsets = self.stamps[near] - self.ends[near] / SAMPLE_RATE
        return float(index / SAMPLE_RATE + offsets.min())


def correlate(x: Floats) -> tuple[Floats, Floats]:
    """For each sample of `x`: how strong, and how like (0 to 1), is a chirp that begins there?"""
    sound = chirp()
    size = 1 << (x.size + sound.size).bit_length()
    strength = np.abs(ifft(fft(x, size) * np.conj(fft(sound, size))))[: x.size]
    sums = np.concatenate([[0.0], np.cumsum(x * x), np.full(sound.size, np.sum(x * x))])
    energy = np.maximum(sums[sound.size : sound.size + x.size] - sums[: x.size], 1e-3)
    return strength, strength * np.sqrt(2 / (energy * np.sum(np.abs(sound) ** 2)))


def arrivals(strength: Floats) -> list[int]:
    """Where chirps begin: the peaks of at least half the greatest, half a second apart or more."""
    found: list[int] = []
    loud = np.flatnonzero((strength > 0) & (strength >= 0.5 * float(strength.max(initial=0.0))))
    at = 0
    while (rest := loud[np.searchsorted(loud, at) :]).size:
        first = int(rest[0])
        peak = first + int(np.argmax(strength[first : first + SAMPLE_RATE // 10]))
        found.append(peak)
        at = peak + SAMPLE_RATE // 2
    return found


def latencies(said: Recording, heard: Recording, settle: float = 0.0) -> list[float]:
    """Milliseconds for each chirp said later than `settle` seconds; not a number where it was not heard again.

    `heard` may be the recording of another microphone on the same clock, or `said` itself, when one microphone hears
    the chirp as it is played and once more when it comes out of the call.
    """
    strength, likeness = correlate(said.samples)
    again, like, least, apart = strength, likeness, TWICE_LIKENESS, int(_APART * SAMPLE_RATE)
    if heard is not said:
        again, like = correlate(heard.samples)
        least, apart = LIKENESS, -SAMPLE_RATE // 20
    found: list[float] = []
    search = int(SEARCH_SECONDS * SAMPLE_RATE)
    for at in arrivals(strength):
        spoken = said.when(at)
        begin = int((spoken - heard.when(0)) * SAMPLE_RATE)
        begin += int((spoken - heard.when(begin)) * SAMPLE_RATE)  # again, with the clock of that moment
        low, high = max(0, begin + apart), min(heard.samples.size, begin + search)
        if at <= settle * SAMPLE_RATE or high - low < 0.9 * search - max(0, apart):
            continue
        best = low + int(np.argmax(again[low:high]))
        found.append((heard.when(best) - spoken) * 1e3 if like[best] > least else math.nan)
    return found
