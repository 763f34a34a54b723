"""From frames to blocks of any size: every sample in its place, and the delay where it should be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_network import Talker, speech, tone

from voip.media.codec import Decoder
from voip.media.pcm import level
from voip.media.playout import Playout

SPEECH = speech("alice", 6)


def talk(playout, frames, arrivals, blocks, *, begin=0.0021, samples=480):
    """Frames arrive as told, (number, seconds); blocks are pulled one after another."""
    waiting = sorted(arrivals, key=lambda arrival: arrival[1])
    heard, clock = [], begin
    for block in blocks:
        while waiting and waiting[0][1] <= clock:
            number, at = waiting.pop(0)
            playout.jitter.push(number & 0xFFFF, number * samples & 0xFFFF_FFFF, frames[number], at, samples=samples)
        pcm = playout.pull(block, clock)
        assert pcm.dtype == np.int16
        assert pcm.shape == (block,)
        heard.append(pcm)
        clock += block / 48_000
    return np.concatenate(heard)


@pytest.mark.parametrize("block", [48, 120, 240, 441, 512, 960, 1024, 4800])
def test_blocks_of_any_size_hold_the_same_sound(block):
    frames = Talker(SPEECH).frames
    decoder = Decoder()
    decoded = np.concatenate([decoder.decode(frame) for frame in frames])
    playout = Playout()
    arrivals = [(n, n * 0.01 + 0.001) for n in range(500)]
    heard = talk(playout, frames, arrivals, [block] * (4 * 48_000 // block))
    # A block may be longer than all that has come when the first one is asked for.
    assert playout.concealed_samples <= block
    # After the first second the delay has settled.
    piece = heard[96_000:144_000].astype(float)
    expected = decoded[90_000:160_000].astype(float)
    lag = int(np.argmax(np.correlate(expected[::4], piece[::4], "valid"))) * 4
    best = max(np.corrcoef(piece, expected[at : at + 48_000])[0, 1] for at in range(max(0, lag - 4), lag + 5))
    assert best > 0.9999


def test_a_frame_that_comes_within_the_block_takes_the_place_of_what_was_made_up():
    frames, playout = Talker(tone(2.0)).frames, Playout()
    arrivals = [(n, n * 0.01 + (0.014 if n == 100 else 0.001)) for n in range(150)]
    talk(playout, frames, arrivals, [240] * 280)
    assert playout.concealment_events == 1
    # 10 ms were made up, and half of them thrown away.
    assert playout.concealed_samples <= 480
    assert playout.counts.lost == 0


def test_a_lost_frame_costs_its_own_length_and_the_delay_stays():
    frames, playout = Talker(tone(2.0)).frames, Playout()
    arrivals = [(n, n * 0.01 + 0.001) for n in range(150) if n != 100]
    before = Playout()
    talk(before, frames, arrivals[:95], [240] * 190)
    heard = talk(playout, frames, arrivals, [240] * 290)
    assert (playout.counts.lost, playout.concealed_samples, playout.concealment_events) == (1, 480, 1)
    assert playout.jitter_delay == pytest.approx(before.jitter_delay, abs=1e-3)
    assert np.abs(np.diff(heard[48_000:].astype(int))).max() < 2.5 * np.abs(np.diff(tone(0.1).astype(int))).max()


def test_after_a_stall_the_delay_comes_down_again_and_nothing_is_lost():
    frames, playout = Talker(SPEECH).frames, Playout()
    calm = [(n, n * 0.01 + 0.001) for n in range(3000)]
    stalled = [
        (n, max(at, 30.2)) if n >= 3000 else (n, at) for n, at in [*calm, *((n, n * 0.01) for n in range(3000, 3400))]
    ]
    frames = frames * 10
    talk(playout, frames, stalled, [240] * 6080)
    assert playout.jitter_delay > 0.05
    again = Playout()
    talk(again, frames, stalled, [240] * 6600)
    assert again.jitter_delay < 0.02
    assert again.counts.lost == 0
    assert again.accelerated_samples > 8000
    assert again.concealment_events <= 2


def test_what_opus_does_not_take_is_concealed():
    frames, playout = [*Talker(tone(2.0)).frames], Playout()
    frames[50] = frames[50][:1]
    arrivals = [(n, n * 0.01 + 0.001) for n in range(150)]
    heard = talk(playout, frames, arrivals, [240] * 200)
    # One byte is silence to Opus, or garbage: either way the sound goes on.
    assert level(heard[-4800:]) > -20


def test_a_new_stream_has_a_sound_of_its_own():
    frames, playout = Talker(tone(1.0)).frames, Playout()
    arrivals = [(n, n * 0.01 + 0.001) for n in range(50)]
    talk(playout, frames, arrivals, [240] * 100)
    playout.restart()
    heard = talk(playout, frames, arrivals, [240] * 100)
    assert level(heard[12_000:16_000]) > -20
    assert playout.played >= 96


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers(0, 2000),
            st.tuples(st.integers(0, 40), st.floats(0, 0.03), st.booleans()),
            st.tuples(st.integers(0, 65535), st.floats(0, 0.5), st.just(False)),
        ),
        max_size=60,
    ),
    st.lists(st.binary(min_size=1, max_size=100), min_size=1, max_size=5),
)
def test_whatever_comes_it_answers_with_so_many_samples(steps, garbage):
    playout, now = Playout(), 0.0
    frames = Talker(tone(0.5)).frames
    for step in steps:
        if isinstance(step, int):
            assert playout.pull(step, now).shape == (step,)
        else:
            number, later, good = step
            now += later
            payload = frames[number] if good else garbage[number % len(garbage)]
            playout.jitter.push(number, number * 480, payload, now, samples=480)
    assert playout.concealed_samples >= 0
