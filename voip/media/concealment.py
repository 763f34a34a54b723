"""What is heard where nothing came: first the voice goes on, then it fades into the peer's own background.

    gap      0 ───────── 60 ms ───────── 160 ms ─────────────── …
             Opus's concealment ╲ fading ╱ comfort noise, as loud and as coloured as the pauses were
    return   exact: Opus joins it to the frame      else: laid on the frame where the two match, and faded over

Opus knows the voice best (and libopus 1.5 with its neural network better still), but it does not know how long the gap
will be; a voice held for longer than a phoneme sounds like a machine. Digital silence after it sounds like a dead line.
"""

import math

import numpy as np
from numpy.fft import irfft, rfft
from numpy.random import default_rng
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE
from voip.media.codec import Decoder
from voip.media.pcm import LEVEL_FLOOR, QUIET, level
from voip.media.stretch import ALIKE_FAST, FADE, FADE_MIN, LAG_MAX, Samples, best_lag, fade_over

FADE_FROM, FADE_UNTIL = SAMPLE_RATE * 60 // 1000, SAMPLE_RATE * 160 // 1000
"""Samples of a gap."""
NOISE_MAX = -45.0
"""dBFS: what is louder is no background, whatever it is."""
_BLOCK = 960
"""Samples over which the background is measured and made: 20 ms."""
_RISE = 0.02
"""dB per block (1 dB/s): how fast the measured background rises while nothing is as quiet."""
_NEAR = 6.0
"""dB above the quietest that still count as background."""
_PACE = 0.1
_SOFT = 480
_MEET = 48
"""Samples (1 ms) over which a step is spread."""


class Background:
    """Measures the peer's pauses; makes noise like them."""

    def __init__(self) -> None:
        self.quiet_for = 0
        """Samples since the last that was louder than `quiet`."""
        self._floor = 0.0
        self._power: NDArray[np.float64] | None = None
        """Mean of |FFT|² of the quiet blocks, (481,)."""
        self._random = default_rng(1)
        self._window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(_BLOCK) + 0.5) / _BLOCK))
        self._overlap = np.zeros(_BLOCK // 2)
        self._ready = np.empty(0)

    @property
    def level(self) -> float:
        """dBFS, at most `NOISE_MAX`; `LEVEL_FLOOR` as long as nothing quiet was heard."""
        return LEVEL_FLOOR if self._power is None else min(self._floor, NOISE_MAX)

    @property
    def quiet(self) -> float:
        """dBFS, below which nobody speaks."""
        return max(QUIET, self.level + _NEAR)

    def heard(self, pcm: Samples) -> None:
        """Sound that the peer really sent, int16 (n,)."""
        now = level(pcm)
        self.quiet_for = self.quiet_for + pcm.size if now < self.quiet else 0
        self._floor = min(now, self._floor + _RISE * pcm.size / _BLOCK)
        if now > self._floor + _NEAR or now > NOISE_MAX:
            return
        scale = _BLOCK / max(1, pcm.size)
        power = np.abs(rfft(pcm[:_BLOCK], _BLOCK)) ** 2 * scale
        self._power = power if self._power is None else self._power + (power - self._power) * _PACE

    def noise(self, samples: int) -> NDArray[np.float64]:
        """Comfort noise, (samples,)."""
        while self._ready.size < samples:
            self._ready = np.concatenate([self._ready, self._piece()])
        noise, self._ready = self._ready[:samples], self._ready[samples:]
        return noise

    def _piece(self) -> NDArray[np.float64]:
        """The next 10 ms: blocks of random phase, overlapping by half."""
        if self._power is None:
            return np.zeros(_BLOCK // 2)
        phase = self._random.uniform(0, 2 * math.pi, self._power.size)
        block = irfft(np.sqrt(self._power) * np.exp(1j * phase), _BLOCK) * self._window
        piece = self._overlap + block[: _BLOCK // 2]
        self._overlap = block[_BLOCK // 2 :]
        return piece


class Concealer:
    """Decodes what came, makes up what did not."""

    def __init__(self) -> None:
        self.background = Background()
        self._decoder = Decoder()
        self._gap = 0
        """Samples made up since the last frame."""

    def decode(self, frame: bytes) -> Samples:
        """The sound of an Opus frame; raises `PacketError` for what is none."""
        pcm = self._decoder.decode(frame)
        self.background.heard(pcm)
        return pcm

    def conceal(self, samples: int) -> Samples:
        """What may have been said, int16 (samples,)."""
        gains = 1 - (np.arange(self._gap, self._gap + samples) - FADE_FROM) / (FADE_UNTIL - FADE_FROM)
        gains = np.clip(gains, 0.0, 1.0)
        self._gap += samples
        if gains[-1] == 1:
            return self._decoder.conceal(samples)
        sound = self.background.noise(samples) * np.sqrt(1 - gains * gains)
        if gains[0] > 0:
            sound += self._decoder.conceal(samples) * gains
        return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)

    def rejoin(self, before: Samples, made_up: Samples, pcm: Samples, *, exact: bool, most: int) -> tuple[Samples, int]:
        """`pcm`, the first real sound after a gap, so that it follows softly on what was made up; and its shift.

        `before`: what was played last; `made_up`: what would have been played next; `exact`: whether the gap was filled
        to the sample, so that Opus itself has joined the two. Otherwise up to `most` samples of `pcm` are left out, to
        lay it where it matches; so many is the shift.
        """
        gap, self._gap = self._gap, 0
        if gap > FADE_FROM:
            size = min(_SOFT, pcm.size)
            old = np.clip(np.rint(self.background.noise(size)), -32768, 32767).astype(np.int16)
            if made_up.size >= size:
                old = made_up[:size]
            return np.concatenate([fade_over(old, pcm[:size]), pcm[size:]]), 0
        if exact or not gap:
            return pcm, 0
        fade = min(FADE, pcm.size // 2)
        tail = made_up[:fade] if made_up.size >= fade else going_on(before, fade)
        if fade < FADE_MIN or tail.size < fade:
            return pcm, 0
        shift = _match(tail, pcm, min(most, pcm.size - fade, LAG_MAX))
        pcm = pcm[shift:]
        return np.concatenate([fade_over(tail, pcm[:fade]), pcm[fade:]]), shift


def going_on(before: Samples, samples: int) -> Samples:
    """`before` as it would go on if its last pitch period came again, int16 (samples,); empty after too little."""
    compared = 240
    longest = min(LAG_MAX, before.size - compared)
    if longest < FADE_MIN:
        return before[:0]
    lag, _ = best_lag(before, before.size, -1, compared, 0, FADE_MIN, longest)
    last = before[before.size - lag :].astype(np.float64)
    one_before = before[max(0, before.size - 2 * lag) : before.size - lag].astype(np.float64)
    # What is made up fades, and so does its continuation.
    gain = min(1.0, math.sqrt(float(np.mean(last**2)) / max(1.0, float(np.mean(one_before**2)))))
    sound = np.resize(last, samples) * gain ** (1 + np.arange(samples) // lag)
    # Where it begins it meets what was played.
    step = 2 * float(before[-1]) - float(before[-2]) - float(sound[0])
    sound[:_MEET] += step * (1 - np.arange(min(_MEET, samples)) / _MEET)
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def _match(tail: Samples, pcm: Samples, most: int) -> int:
    """Where in the first `most` samples of `pcm` the sound is most like `tail`; 0 where it is nowhere alike."""
    if most <= 0:
        return 0
    both = np.concatenate([tail, pcm[: most + tail.size]])
    lag, correlation = best_lag(both, 0, 1, 0, tail.size, tail.size, tail.size + most)
    return max(0, lag - tail.size) if correlation >= ALIKE_FAST else 0
