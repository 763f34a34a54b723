"""Judges what was heard against what was said, by the sound alone: whoever made it, nobody is asked how late he is.

    heard ──8 kHz, 200 ms pieces──→ where is it in what was said? ──→ lag, for each piece that is found
          └─→ each person's turn, cut out by its own lag ──→ WB-PESQ (P.862.2), ViSQOL

A piece counts when it is loud enough and like enough to what was said; a made-up sound is neither early nor late.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pesq import PesqError, pesq
from scipy.signal import resample_poly

from .reel import RATE, Part, Sound

Floats = NDArray[np.float64]

_SLOW = 8_000
PIECE, HOP = 0.200, 0.100
LAG_MAX = 1.6
EARLY = 0.1
"""Seconds: a card that drifts may be ahead in samples though it is not in time."""
ALONE = 0.050
"""Seconds: a piece that lies so far from the two before and after it was mistaken for another like it (a synthesiser
says a word the same way twice); a delay that changes stays changed for longer."""
ALIKE = 0.75
"""Normalised correlation from which a piece counts as found."""
_QUIET = 10 ** (-45 / 20) * 32_768
_MARGIN = int(0.25 * RATE)
PESQ_RATE = 16_000
PESQ_WORST = 1.02
"""What silence gets: wide-band PESQ ends a little above 1."""


@dataclass(frozen=True, slots=True)
class Lags:
    """Where what was heard lies in what was said."""

    heard_at: Floats
    """(n,) seconds: when the middle of each piece was heard."""
    lag: Floats
    """(n,) seconds since it was said."""

    def between(self, start: float, end: float) -> Floats:
        """Lags of what was heard then."""
        lags: Floats = self.lag[(self.heard_at >= start) & (self.heard_at < end)]
        return lags


def _slow(pcm: Sound) -> Floats:
    """8 kHz, high frequencies raised: sharper peaks."""
    slow = resample_poly(pcm.astype(np.float64), 1, RATE // _SLOW)
    return np.diff(slow, prepend=0.0)


def lags(said: Sound, heard: Sound, began: float, drift_ppm: float = 0.0) -> Lags:
    """`began`: when the first sample of `heard` was played; the first of `said` was said at 0."""
    reference, copy = _slow(said), _slow(heard)
    level = resample_poly(heard.astype(np.float64), 1, RATE // _SLOW)
    size, before, most = (int(seconds * _SLOW) for seconds in (PIECE, LAG_MAX, LAG_MAX + EARLY))
    transform = 1 << (size + most - 1).bit_length()
    padded = np.concatenate((np.zeros(before), reference, np.zeros(size + len(copy))))
    energy = np.concatenate(([0.0], np.cumsum(padded**2)))
    times, found = [], []
    for start in range(0, len(copy) - size, int(HOP * _SLOW)):
        piece = copy[start : start + size]
        if np.sqrt(np.mean(level[start : start + size] ** 2)) < _QUIET:
            continue
        # What was said from LAG_MAX before the piece until EARLY after it.
        window = padded[start : start + most + size]
        spectrum = np.fft.rfft(window, transform) * np.conj(np.fft.rfft(piece, transform))
        match = np.fft.irfft(spectrum, transform)[: most + 1]
        power = energy[start + size : start + size + most + 1] - energy[start : start + most + 1]
        likeness = match / np.sqrt(np.maximum(power, 1e-9) * np.sum(piece**2))
        best = int(np.argmax(np.where(power > 1e-3 * power.max(), likeness, 0)))
        if likeness[best] >= ALIKE:
            middle = (start + size / 2) / _SLOW
            spoken = (start + best - before + size / 2) / _SLOW / (1 + drift_ppm * 1e-6)
            times.append(began + middle)
            found.append(began + middle - spoken)
    at, lag = np.array(times), np.array(found)
    kept = np.abs(lag - _usual(lag)) <= ALONE
    return Lags(at[kept], lag[kept])


def _usual(lag: Floats) -> Floats:
    """The median of each one and its two neighbours on either side."""
    if not lag.size:
        return lag
    around: Floats = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(lag, 2, "edge"), 5), axis=1)
    return around


def _cut(said: Sound, heard: Sound, began: float, part: Part, where: Lags) -> tuple[Floats, Floats]:
    """One person's turn, 16 kHz, −1 to 1: as said, and as heard."""
    start, end = max(0, part.start - _MARGIN), min(len(said), part.end + _MARGIN)
    inside = where.between(part.start / RATE, part.end / RATE + LAG_MAX)
    lag = float(np.median(inside)) if len(inside) else 0.1
    shift = round((lag - began) * RATE)
    copy = heard[max(0, start + shift) : end + shift]
    if len(copy) < end - start:
        copy = np.concatenate((copy, np.zeros(end - start - len(copy), np.int16)))
    both = (said[start:end], copy)
    as_said, as_heard = (resample_poly(x.astype(np.float64) / 32_768, 1, RATE // PESQ_RATE) for x in both)
    return as_said, as_heard


def pesq_of(said: Sound, heard: Sound, began: float, part: Part, where: Lags) -> float:
    """Wide-band PESQ of one turn, 1.02 to 4.64."""
    try:
        return float(pesq(PESQ_RATE, *_cut(said, heard, began, part, where), "wb"))
    except PesqError:
        return PESQ_WORST


def visqol_of(said: Sound, heard: Sound, began: float, part: Part, where: Lags) -> float:
    """ViSQOL (speech mode) of one turn, 1 to 5. Slow: half a second for each second of speech."""
    from visqol import VisqolApi  # noqa: PLC0415 - heavy, and wanted for a few calls only

    judge = VisqolApi()
    judge.create(mode="speech")
    return float(judge.measure_from_arrays(*_cut(said, heard, began, part, where), PESQ_RATE).moslqo)
