"""Between 48 kHz mono and what a device likes."""

import numpy as np
import pytest

from voip.io.audio.converter import FromDevice, ToDevice
from voip.io.audio.ring import Ring

TONE = 1000
HELD = {8_000: 0.031, 16_000: 0.016, 44_100: 0.006, 48_000: 0.0, 96_000: 0.006}
"""Seconds that soxr keeps at most, measured: a slow card costs delay as well as treble."""


def sine(rate, seconds):
    return np.rint(9000 * np.sin(2 * np.pi * TONE * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def likeness(samples, rate):
    """Share of the power that is our tone, dB above the rest; and its amplitude."""
    angle = 2 * np.pi * TONE * np.arange(samples.size) / rate
    basis = np.stack([np.sin(angle), np.cos(angle)], 1)
    weights, *_ = np.linalg.lstsq(basis, samples.astype(float), rcond=None)
    rest = samples - basis @ weights
    return 20 * np.log10(np.linalg.norm(basis @ weights) / np.linalg.norm(rest)), np.hypot(*weights)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_microphone_of_any_rate(rate, channels):
    ring = Ring(3 * 48_000)
    source, sound = FromDevice(rate, ring), sine(rate, 2.0)
    block = rate // 200
    for at in range(0, sound.size - block + 1, block):
        frames = np.full((block, channels), 7777, np.int16)
        frames[:, 0] = sound[at : at + block]
        source.put(frames)
        if at > rate // 2:
            assert source.held <= HELD[rate]
    assert len(ring) / 48_000 == pytest.approx(2.0 - source.held, abs=0.006)
    clean, loud = likeness(ring.read(len(ring))[24_000:72_000], 48_000)
    assert clean > 60
    assert loud == pytest.approx(9000, rel=0.01)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_loudspeaker_of_any_rate(rate, channels):
    ring = Ring(3 * 48_000)
    ring.write(sine(48_000, 2.5))
    sink, played, block = ToDevice(rate, ring), [], rate // 200
    for _ in range(400):
        frames = np.full((block, channels), 7777, np.int16)
        sink.get(frames)
        assert (frames == frames[:, :1]).all()
        played.append(frames[:, 0])
        assert sink.held <= HELD[rate]
    assert ring.underrun == 0
    clean, loud = likeness(np.concatenate(played)[rate // 2 : 3 * rate // 2], rate)
    assert clean > 60
    assert loud == pytest.approx(9000, rel=0.01)


def test_an_empty_ring_is_silence_and_counted():
    ring = Ring(100)
    frames = np.full((441, 2), 5, np.int16)
    ToDevice(44_100, ring).get(frames)
    assert np.abs(frames).max() <= 1  # soxr's dither
    assert ring.underrun >= 480
