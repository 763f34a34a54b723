"""Loudness, clipping, speech, and speech into a muted microphone."""

import numpy as np
import pytest
from room import RATE, noise, speech

from voip.media.levels import FORGOTTEN, NOTICED, Meter
from voip.media.pcm import LEVEL_FLOOR

BLOCK = 480


def read(meter: Meter, signal: np.ndarray, likely: float | None = None, *, muted: bool = False):
    pcm = np.clip(np.rint(signal), -32768, 32767).astype(np.int16)
    seen = []
    for at in range(0, pcm.size - BLOCK + 1, BLOCK):
        meter.heard(pcm[at : at + BLOCK])
        meter.sent(pcm[at : at + BLOCK], likely, muted=muted)
        seen.append(meter.reading())
    return seen


def test_a_meter_begins_on_the_floor():
    reading = Meter().reading()
    assert (reading.heard, reading.sent, reading.clipped) == (LEVEL_FLOOR, LEVEL_FLOOR, 0.0)
    assert not reading.speaking
    assert not reading.muted_but_speaking


def test_in_and_out_are_told_apart():
    meter = Meter()
    meter.heard(np.full(BLOCK, 3277, np.int16))
    meter.sent(np.full(BLOCK, 328, np.int16), None, muted=False)
    assert meter.reading().heard == pytest.approx(-20, abs=0.1)
    assert meter.reading().sent == pytest.approx(-40, abs=0.1)


def test_clipping_is_the_share_at_full_scale_and_is_forgotten():
    meter = Meter()
    clipped = np.zeros(RATE)
    clipped[::10], clipped[5::10] = 40_000, -40_000
    assert read(meter, np.tile(clipped, 4))[-1].clipped == pytest.approx(0.2, abs=0.01)
    assert read(meter, np.full(10 * RATE, 32_766.0))[-1].clipped < 1e-3


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_real_speech_over_noise_is_speech_and_the_noise_alone_is_not(who):
    meter = Meter()
    quiet = noise(3 * RATE, -60)
    assert not any(reading.speaking for reading in read(meter, quiet))
    said = speech(who)
    during = read(meter, said + noise(said.size, -60))
    assert sum(reading.speaking for reading in during) > 0.6 * len(during)
    assert not any(reading.speaking for reading in read(meter, quiet)[100:])


def test_a_louder_background_is_learned():
    meter = Meter()
    read(meter, noise(2 * RATE, -65))
    louder = read(meter, noise(12 * RATE, -45))
    assert not any(reading.speaking for reading in louder[-300:])


def test_what_does_not_sound_like_speech_is_none():
    meter = Meter()
    read(meter, noise(RATE, -65), 0.1)
    assert not any(reading.speaking for reading in read(meter, speech("alice")[: 3 * RATE], 0.1))


def test_a_click_is_no_speech():
    meter = Meter()
    signal = noise(4 * RATE, -65)
    signal[RATE : RATE + BLOCK * 3] += 8000
    assert not any(reading.speaking for reading in read(meter, signal))


def test_who_speaks_into_a_muted_microphone_is_told_and_then_left_in_peace():
    meter = Meter()
    read(meter, noise(RATE, -65), muted=True)
    said = read(meter, speech("alice")[: 4 * RATE] + noise(4 * RATE, -65), muted=True)
    first = next(index for index, reading in enumerate(said) if reading.muted_but_speaking)
    assert first >= NOTICED * 100
    assert said[-1].muted_but_speaking
    after = read(meter, noise(4 * RATE, -65), muted=True)
    assert after[100].muted_but_speaking
    assert not after[round(100 * (FORGOTTEN + 1))].muted_but_speaking


def test_who_is_not_muted_is_not_told():
    meter = Meter()
    said = speech("alice")[: 4 * RATE] + noise(4 * RATE, -65)
    assert not any(reading.muted_but_speaking for reading in read(meter, said))
    # Muted in mid-sentence: what was said before does not count.
    assert not any(reading.muted_but_speaking for reading in read(meter, said[: RATE // 4], muted=True))
    assert any(reading.muted_but_speaking for reading in read(meter, said, muted=True))
    assert not read(meter, said[:BLOCK])[-1].muted_but_speaking
