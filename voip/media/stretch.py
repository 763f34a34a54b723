"""A little less, or a little more, of the same sound: one pitch period is cut out or played twice (WSOLA).

    accelerate   ── a ── b ── c ──→  ── a ╲╱ c ──        b is left out
    expand       ── a ── b ── c ──→  ── a ── b ╲╱ b' ── c ──     b is played once more

Both fade over from the sound at `start` to the sound one *lag* later or earlier, where it looks the same: the lag with
the highest correlation, found at 12 kHz and refined at 48 kHz. The pitch stays, and so does every sample outside the
fade, so that there is no click. In the manner of WebRTC's Accelerate and PreemptiveExpand; in their terms, voiced sound
is changed only where the correlation is high, and sound without pitch freely. The fade keeps the power where the two
sides do not correlate.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voip.media.pcm import QUIET, level

Samples = NDArray[np.int16]

LAG_MIN, LAG_MAX = 96, 720
"""Samples: 2 ms (500 Hz) to 15 ms (67 Hz), where voices have their pitch."""
COMPARED = 360
"""Samples before `start` (7.5 ms) that must match as well, so that the lag is a pitch period and not a formant's."""
FADE = 240
"""Samples (5 ms); less where there is not so much sound to come."""
FADE_MIN = 96
HISTORY = LAG_MAX + COMPARED
"""Samples before `start` that suffice."""
ALIKE = 0.9
"""Correlation above which a period may go or come unheard."""
ALIKE_FAST = 0.5
"""The same in a hurry: better a rough spot than a second of delay."""
ALIKE_UNVOICED = -1.0
"""What has no pitch may be cut anywhere."""
_DOWN = 4
_UNVOICED = 0.6
"""Energy of the difference of neighbours at 12 kHz, relative to the sound's: hiss is 2, a vowel 0.1."""


@dataclass(frozen=True, slots=True)
class Stretched:
    """What became of the sound."""

    sound: Samples = field(repr=False)
    """All of it, what came before `start` included."""
    changed: int
    """Samples by which it is shorter (accelerate) or longer (expand); 0 where there was no good place."""


def accelerate(
    sound: Samples, start: int, *, most: int = LAG_MAX, fast: bool = False, quiet: float = QUIET
) -> Stretched:
    """Leave out up to `most` samples of `sound` right after `start`.

    `sound`: int16 (n,), 48 kHz mono; the samples before `start` are only compared with (give `HISTORY` of them if you
    have them). `fast`: up to two periods, and where it matches less well. `quiet`: dBFS, below which nobody will hear.
    """
    fade = min(FADE, (sound.size - start) // 2)
    longest = min(most, sound.size - start - fade, 2 * LAG_MAX if fast else LAG_MAX)
    return _changed(sound, start, 1, fade, LAG_MIN, longest, fast=fast, quiet=quiet)


def expand(
    sound: Samples,
    start: int,
    *,
    least: int = LAG_MIN,
    most: int = LAG_MAX,
    fast: bool = False,
    quiet: float = QUIET,
) -> Stretched:
    """Play `least` to `most` samples from before `start` once more, right after it. Else like `accelerate`."""
    fade = min(FADE, sound.size - start)
    return _changed(sound, start, -1, fade, max(LAG_MIN, least), min(most, start, LAG_MAX), fast=fast, quiet=quiet)


def fade_over(old: Samples, new: Samples) -> Samples:
    """From `old` to `new`, int16 (n,) each; the power stays, however much or little the two correlate."""
    before, after = old.astype(np.float64), new.astype(np.float64)
    norm = math.sqrt(float(np.dot(before, before)) * float(np.dot(after, after)))
    correlation = max(0.0, float(np.dot(before, after)) / norm) if norm > 0 else 1.0
    up = 0.5 - 0.5 * np.cos(math.pi * (np.arange(old.size) + 0.5) / old.size)
    down = 1 - up
    scale = 1 / np.sqrt(up * up + down * down + 2 * correlation * up * down)
    return np.clip(np.rint((before * down + after * up) * scale), -32768, 32767).astype(np.int16)


def best_lag(
    sound: Samples, start: int, sign: int, behind: int, ahead: int, shortest: int, longest: int
) -> tuple[int, float]:
    """(lag, its normalised correlation): where the sound around `start` is found again, `sign` * lag samples on.

    Compared are `behind` samples before and `ahead` after `start`.
    """
    low, high = start - behind, start + ahead
    first, last = (low, high + longest) if sign > 0 else (low - longest, high)
    first += (low - first) % _DOWN  # so that a coarse sample begins where the template does
    piece = sound[first:last].astype(np.float32)
    coarse = piece[: piece.size // _DOWN * _DOWN].reshape(-1, _DOWN).mean(axis=1)
    template = coarse[(low - first) // _DOWN :][: (high - low) // _DOWN]
    scores = _correlations(coarse, template)
    # Where each lag stands in `scores`, which run from the earliest place to the last.
    lags = np.arange(scores.size) * _DOWN
    if sign < 0:
        lags = low - first - lags
    scores = np.where((lags >= shortest) & (lags <= longest), scores, -2.0)
    lag = int(lags[int(np.argmax(scores))])
    if lag < shortest:
        return 0, 0.0
    # Refined at the full rate.
    nearest, farthest = max(shortest, lag - _DOWN + 1), min(longest, lag + _DOWN - 1)
    begin, end = (low + nearest, high + farthest) if sign > 0 else (low - farthest, high - nearest)
    fine = _correlations(sound[begin:end].astype(np.float32), sound[low:high].astype(np.float32))
    best = int(np.argmax(fine))
    return (nearest + best if sign > 0 else farthest - best), float(fine[best])


def _changed(
    sound: Samples, start: int, sign: int, fade: int, shortest: int, longest: int, *, fast: bool, quiet: float
) -> Stretched:
    behind = min(COMPARED, start if sign > 0 else start - longest)
    if fade < FADE_MIN or longest < shortest or behind < 0:
        return Stretched(sound, 0)
    around = sound[start - behind : start + fade]
    silent = level(around) < quiet
    lag, correlation = best_lag(sound, start, sign, behind, fade, shortest, longest)
    if silent and correlation < ALIKE_FAST:
        lag = longest
    elif not silent and correlation < _threshold(around, fast=fast):
        return Stretched(sound, 0)
    there = start + sign * lag
    faded = fade_over(sound[start : start + fade], sound[there : there + fade])
    return Stretched(np.concatenate([sound[:start], faded, sound[there + fade :]]), lag)


def _threshold(around: Samples, *, fast: bool) -> float:
    coarse = around[: around.size // _DOWN * _DOWN].reshape(-1, _DOWN).astype(np.float32).mean(axis=1)
    energy = float(np.dot(coarse, coarse))
    difference = np.diff(coarse)
    if float(np.dot(difference, difference)) > _UNVOICED * energy:
        return ALIKE_UNVOICED
    return ALIKE_FAST if fast else ALIKE


def _correlations(signal: NDArray[np.float32], template: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of `template` with each place of `signal`, −1 to 1."""
    products = np.correlate(signal, template, "valid")
    sums = np.concatenate([[0.0], np.cumsum(signal.astype(np.float64) ** 2)])
    energies = sums[template.size :] - sums[: -template.size]
    norm = np.sqrt(np.maximum(energies * float(np.dot(template, template)), 1.0))
    correlations: NDArray[np.float32] = (products / norm).astype(np.float32)
    return correlations
