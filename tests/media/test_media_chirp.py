"""Delays that are known, found again: in noise, after a codec's band limits, and twice in one recording."""

import math

import numpy as np
import pytest

from voip.media.chirp import Recording, arrivals, chirps, correlate, latencies

RATE = 48_000
BLOCK = 480


def recorded(samples, lag: float = 0.0, jitter: float = 0.004) -> Recording:
    """As a sound card gives it: blocks, each there a little after its time, on a clock that began `lag` ago."""
    rng = np.random.default_rng(2)
    ends = np.arange(BLOCK, samples.size + 1, BLOCK)
    stamps = 100.0 - lag + ends / RATE + rng.exponential(jitter, ends.size)
    return Recording(samples, ends, stamps)


def said(count: int = 6):
    return chirps(count).astype(np.float64) / 32768


def delayed(sound, ms: float, gain: float = 0.3, noise: float = 0.003):
    late = np.zeros_like(sound)
    shift = round(ms * RATE / 1000)
    late[shift:] = gain * sound[: sound.size - shift]
    return late + np.random.default_rng(3).normal(0, noise, late.size)


def test_as_many_chirps_are_found_as_were_played():
    strength, likeness = correlate(said(7))
    found = arrivals(strength)
    assert len(found) == 7
    assert min(np.diff(found)) >= 0.79 * RATE
    assert min(likeness[found]) > 0.95


@pytest.mark.parametrize("ms", [0.0, 5.4, 42.0, 180.0, 400.0])
def test_the_delay_between_two_recordings_is_found_to_a_fraction_of_a_millisecond(ms: float):
    sound = said()
    found = latencies(recorded(sound), recorded(delayed(sound, ms)), settle=0.5)
    assert len(found) >= 4
    assert found == pytest.approx([ms] * len(found), abs=1.0)


def test_recordings_that_began_at_different_times_are_held_against_one_clock():
    sound = said()
    later = Recording(delayed(sound, 60)[RATE // 4 :], *_shifted(sound.size - RATE // 4))
    found = [value for value in latencies(recorded(sound), later, settle=0.5) if not math.isnan(value)]
    assert len(found) >= 4
    assert found == pytest.approx([60] * len(found), abs=1.0)


def _shifted(size: int):
    ends = np.arange(BLOCK, size + 1, BLOCK)
    return ends, 100.25 + ends / RATE


@pytest.mark.parametrize("ms", [25.0, 71.0, 150.0])
def test_one_microphone_that_hears_it_twice_is_enough(ms: float):
    sound = said()
    room = recorded(sound + delayed(sound, ms, gain=0.6))
    found = latencies(room, room, settle=0.5)
    assert len(found) >= 4
    assert found == pytest.approx([ms] * len(found), abs=1.0)


def test_a_chirp_that_was_not_heard_is_not_a_number():
    sound = said()
    deaf = recorded(np.random.default_rng(4).normal(0, 0.01, sound.size))
    assert all(math.isnan(value) for value in latencies(recorded(sound), deaf, settle=0.5))
    alone = recorded(sound)
    assert all(math.isnan(value) for value in latencies(alone, alone, settle=0.5))


def test_silence_has_no_arrivals():
    assert arrivals(np.zeros(RATE)) == []
