"""Shorter and longer sound: as long as it says, without a click, at the same pitch."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy
from media_network import speech, tone

from voip.media.pcm import level
from voip.media.stretch import HISTORY, LAG_MAX, LAG_MIN, accelerate, expand, fade_over

NOISE = np.random.default_rng(1).normal(0, 2000, 96_000).astype(np.int16)
SILENCE = np.zeros(96_000, np.int16)
SOUNDS = {
    "tone": tone(2.0),
    "alice": speech("alice"),
    "bob": speech("bob"),
    "noise": NOISE,
    "silence": SILENCE,
    "music": (tone(2.0) // 2 + tone(2.0)[::-1] // 3),
}


def places(sound, ahead=960):
    return [(sound[at - HISTORY : at + ahead], at) for at in range(2 * HISTORY, sound.size - 2 * HISTORY, 1907)]


def stretched(sound, change, *, every=7200, **options):
    """All of `sound`, changed in so many places; and by how many samples."""
    at, total = HISTORY, 0
    while at + 960 < sound.size:
        result = change(sound, at, **options)
        moved = result.sound.size - sound.size
        sound = result.sound
        total += result.changed
        at += every + max(0, moved)
    return sound, total


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(("change", "sign"), [(accelerate, -1), (expand, 1)])
@pytest.mark.parametrize("name", SOUNDS)
def test_it_is_as_much_shorter_or_longer_as_it_says_and_the_rest_is_untouched(name, change, sign, fast):
    done = 0
    for piece, _ in places(SOUNDS[name]):
        before = piece.copy()
        result = change(piece, HISTORY, fast=fast)
        assert np.array_equal(piece, before)
        assert result.sound.dtype == np.int16
        assert result.sound.size == piece.size + sign * result.changed
        assert np.array_equal(result.sound[:HISTORY], piece[:HISTORY])
        assert result.sound[-1] == piece[-1]
        assert result.changed == 0 or LAG_MIN <= result.changed <= LAG_MAX * (2 if fast else 1)
        done += result.changed > 0
    assert done > 0.8 * len(places(SOUNDS[name]))


@pytest.mark.parametrize("most", [100, 240, 400])
def test_no_more_than_asked_for(most):
    for piece, _ in places(SOUNDS["alice"]):
        assert accelerate(piece, HISTORY, most=most).changed <= most
        assert 200 <= (expand(piece, HISTORY, least=200, most=most + 100).changed or 200) <= most + 100


@pytest.mark.parametrize("change", [accelerate, expand])
@pytest.mark.parametrize("name", ["tone", "alice", "bob"])
def test_no_click(name, change):
    """The steps between samples are those of the sound itself, and so is its spectrum where it has nothing."""
    sound = SOUNDS[name]
    after, total = stretched(sound, change)
    assert total > 1000
    largest = np.abs(np.diff(sound.astype(int))).max()
    assert np.abs(np.diff(after.astype(int))).max() <= largest * 1.05 + 2
    # A click is heard above 16 kHz, where speech is not.
    before_top, after_top = np.sort(top_band(sound)), np.sort(top_band(after))
    assert after_top[-1] <= before_top[-1] * 1.5 + 20


def top_band(sound):
    """Peak of each 10 ms above 16 kHz."""
    spectrum = np.fft.rfft(sound.astype(float))
    spectrum[np.fft.rfftfreq(sound.size, 1 / 48_000) < 16_000] = 0
    high = np.fft.irfft(spectrum, sound.size)
    # The ends of the whole are none of our seams.
    return np.abs(high[4800 : high.size // 480 * 480 - 4800]).reshape(-1, 480).max(axis=1)


def test_the_spectrum_of_a_tone_stays_a_line():
    for change in (accelerate, expand):
        after, total = stretched(SOUNDS["tone"], change)
        assert total > 2000
        piece = after[4800:52_800] * np.hanning(48_000)
        power = np.abs(np.fft.rfft(piece)) ** 2
        assert power[430:451].sum() > 0.999 * power.sum()


@pytest.mark.parametrize("change", [accelerate, expand])
def test_the_loudness_stays_whatever_the_sound(change):
    for name in ("tone", "alice", "noise"):
        after, _ = stretched(SOUNDS[name], change, every=2400)
        assert abs(level(after) - level(SOUNDS[name])) < 0.5


def test_voiced_sound_is_left_alone_where_nothing_matches_well():
    # A chirp has no period: what was is not what comes.
    time_axis = np.arange(4800) / 48_000
    chirp = (9000 * np.sin(2 * np.pi * (100 * time_axis + 8000 * time_axis**2))).astype(np.int16)
    slow = accelerate(chirp, HISTORY, most=LAG_MAX)
    fast = accelerate(chirp, HISTORY, most=LAG_MAX, fast=True)
    assert slow.changed == 0
    assert fast.changed >= 0


def test_a_quiet_place_may_be_changed_by_all_that_is_asked_for():
    quiet = NOISE[:4800] // 100
    assert accelerate(quiet, HISTORY, most=500, quiet=-50).changed > 0
    assert accelerate(SILENCE[:4800], HISTORY, most=500).changed == 500
    assert expand(SILENCE[:4800], HISTORY, most=500).changed == 500


@pytest.mark.parametrize("change", [accelerate, expand])
@pytest.mark.parametrize(("size", "start"), [(0, 0), (10, 0), (100, 100), (1080, 1080), (1100, 1080), (150, 0)])
def test_too_little_sound_stays_as_it_is(change, size, start):
    result = change(NOISE[:size], start)
    assert result.changed == 0
    assert np.array_equal(result.sound, NOISE[:size])


@settings(max_examples=60, deadline=None)
@given(
    hypothesis_numpy.arrays(np.int16, st.integers(0, 3000)),
    st.integers(0, 3000),
    st.integers(-10, 2000),
    st.integers(-10, 2000),
    st.booleans(),
)
def test_any_sound_anywhere(sound, start, least, most, fast):
    start = min(start, sound.size)
    shorter = accelerate(sound, start, most=most, fast=fast)
    assert shorter.sound.size == sound.size - shorter.changed
    longer = expand(sound, start, least=least, most=most, fast=fast)
    assert longer.sound.size == sound.size + longer.changed
    assert np.array_equal(longer.sound[:start], sound[:start])


def test_a_fade_keeps_the_power_of_what_does_not_correlate():
    old, new = NOISE[:48_000], NOISE[48_000:96_000]
    faded = fade_over(old, new)
    assert abs(level(faded[20_000:28_000]) - level(old)) < 0.3
    same = fade_over(old, old)
    assert np.array_equal(same, old)


def test_it_costs_little():
    pieces = [piece for piece, _ in places(SOUNDS["bob"])]
    costs = []
    for piece in pieces:
        begin = time.perf_counter()
        accelerate(piece, HISTORY)
        costs.append(time.perf_counter() - begin)
    # 0.1 ms on an idle machine; the median, as the machine may be busy.
    assert np.median(costs) < 0.001
