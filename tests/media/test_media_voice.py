"""The microphone's station with real voices in a simulated room: echo goes, the near voice stays, nothing clicks."""

import importlib

import numpy as np
import pytest
from echoes import added_delay, convergence, double_talk, echo_loss, far_end
from pesq import pesq
from room import RATE, call, echo, erle, noise, power, speech
from scipy.signal import resample_poly

from voip.errors import AudioError, LocalError
from voip.media import processing as stages
from voip.media.processing import DELAY, OFF, Processing
from voip.media.voice import Voice

HIGH_PASS = Processing(echo=False, noise=False, gain=False)
NO_GAIN = Processing(gain=False)


def pcm(signal: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


def _at_16_khz(signal: np.ndarray) -> np.ndarray:
    return pcm(resample_poly(signal, 1, 3))


# ── echo ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("delay", [40.0, 100.0, 200.0])
def test_the_far_voice_does_not_come_back(delay):
    found = echo_loss(delay, 14.0)
    assert found["ERLE dB"] >= 40
    assert found["1–3 s dB"] >= 20


def test_nor_with_an_overdriven_loudspeaker():
    assert echo_loss(100.0, 14.0, drive=2.0)["ERLE dB"] >= 38


@pytest.mark.parametrize(("db", "least"), [(-6.0, 0.85), (0.0, 0.8)])
def test_the_near_voice_is_kept_in_double_talk(db, least):
    heard = double_talk(db)
    assert heard["correlation"] >= least
    assert heard["near dB"] > -4


@pytest.mark.parametrize(("before", "after"), [(40.0, 200.0), (200.0, 40.0)])
def test_a_delay_that_jumps_is_caught_up_with(before, after):
    took, then = convergence(before, after, announced=False, seconds=16.0)
    assert took <= 2.0
    assert then >= 40


def test_a_jump_that_is_announced_costs_next_to_nothing():
    took, _ = convergence(200.0, 40.0, announced=True, seconds=13.5)
    assert took <= 0.5


def test_a_near_voice_alone_is_left_as_it_is():
    near = speech("alice")
    nothing = np.zeros(near.size)
    clean = call(Voice(HIGH_PASS), near, nothing, 50)
    out = call(Voice(Processing(noise=False, gain=False)), near, nothing, 50)
    assert power(out[2 * RATE :]) / power(clean[2 * RATE :]) == pytest.approx(1, abs=0.1)


def test_with_headphones_a_near_voice_is_kept_while_the_other_speaks_too():
    """Nobody's loudspeaker is heard, so there is nothing to take out, and nothing may be taken."""
    near = speech("alice")
    far = np.resize(speech("bob"), near.size)
    clean = call(Voice(HIGH_PASS), near, np.zeros(near.size), 50)
    voice = Voice(Processing(noise=False, gain=False))
    out = call(voice, near + noise(near.size, -80), far, 50)
    assert not voice.cancelling
    heard = out[: 9 * RATE]  # until it is known for certain, the canceller listens
    assert pesq(16_000, _at_16_khz(clean[: heard.size]), _at_16_khz(heard), "wb") > 4.2
    assert voice.processing.echo, "it stands by"


def test_with_headphones_the_canceller_is_left_out_in_the_end_and_comes_back_with_the_loudspeaker():
    far = far_end(24)
    voice = Voice(Processing(noise=False, gain=False, high_pass=False))
    near = np.zeros(far.size)
    near[14 * RATE :] = echo(far, 60)[14 * RATE :]
    call(voice, near[: 13 * RATE] + noise(13 * RATE), far[: 13 * RATE], 60)
    assert voice.delay == 0
    out = call(voice, near[13 * RATE :] + noise(far.size - 13 * RATE), far[13 * RATE :], 60)
    assert voice.cancelling
    assert voice.delay == pytest.approx(DELAY["echo"])
    assert erle(near[13 * RATE :], out, 7, 11) >= 30


def test_the_echo_is_found_and_its_delay_told():
    far = far_end(4)
    voice = Voice(NO_GAIN)
    assert voice.echo_delay is None
    call(voice, echo(far, 120) + noise(far.size), far, 30)
    assert voice.echo_delay == pytest.approx(121.75, abs=1)


# ── noise, gain ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_noise_falls_by_what_was_asked_for():
    hiss = noise(6 * RATE, -50)
    out = call(Voice(Processing(echo=False, gain=False)), hiss, np.zeros(hiss.size), 50)
    assert -14 < 10 * np.log10(power(out[4 * RATE :]) / power(hiss[4 * RATE :])) < -10


@pytest.mark.parametrize(("scale", "low", "high"), [(0.06, 6.0, 19.0), (1.0, -3.0, 12.0)])
def test_a_soft_voice_is_lifted_more_and_none_is_clipped(scale, low, high):
    near = np.tile(speech("alice") * scale, 2)
    voice = Voice(Processing(echo=False, noise=False, high_pass=False))
    out = call(voice, near, np.zeros(near.size), 50)
    assert low < 10 * np.log10(power(out[-10 * RATE :]) / power(near[-10 * RATE :])) < high
    assert np.count_nonzero(np.abs(out) >= 32767) < 1e-4 * out.size


# ── delay, shape, switching ────────────────────────────────────────────────────────────────────────────────────────


def test_with_everything_off_a_frame_comes_back_as_it_came():
    voice = Voice(OFF)
    for samples in (240, 480, 960, 1920):
        frame = pcm(noise(samples, -20))
        assert voice.process(frame, 50) is frame
    assert voice.delay == 0


@pytest.mark.parametrize("frame", [480, 960, 1920])
@pytest.mark.parametrize("name", ["noise", "gain"])
def test_what_a_stage_adds_is_what_we_say_and_frames_of_10_ms_and_more_add_nothing(name, frame):
    only = Processing(**{stage: stage == name for stage in DELAY})
    assert added_delay(only, frame) == pytest.approx(DELAY[name], abs=0.3)


def test_the_canceller_adds_nothing_until_it_has_an_echo_to_take_out():
    only = Processing(noise=False, gain=False, high_pass=False)
    assert added_delay(only, 480) == pytest.approx(0.0, abs=0.3)
    voice, far = Voice(only), pcm(far_end(4))
    voice.process(far[:480], 50)
    assert (voice.delay, voice.cancelling) == (0.0, False)
    heard = pcm(echo(far_end(4), 60))
    for at in range(0, heard.size - 479, 480):
        voice.played(far[at : at + 480], at / RATE)
        voice.process(heard[at : at + 480], 60)
    assert (voice.delay, voice.cancelling) == (DELAY["echo"], True)


def test_frames_of_5_ms_add_5():
    assert added_delay(NO_GAIN, 240) == pytest.approx(DELAY["noise"] + 5, abs=0.3)
    voice = Voice(NO_GAIN)
    voice.process(np.zeros(240, np.int16), 50)
    assert voice.delay == pytest.approx(DELAY["noise"] + 5)


@pytest.mark.parametrize("frame", [240, 480, 960])
def test_nothing_clicks_when_stages_come_and_go(frame):
    tone = pcm(6000 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE))
    voice = Voice(OFF)
    turns = iter([NO_GAIN, HIGH_PASS, Processing(noise=False, gain=False), OFF, HIGH_PASS, NO_GAIN, OFF])
    out = []
    for count, at in enumerate(range(0, tone.size - frame + 1, frame)):
        if count % (RATE // 2 // frame) == RATE // 4 // frame:
            voice.switch(next(turns, OFF))
        out.append(voice.process(tone[at : at + frame], 50))
        assert out[-1].shape == (frame,)
    steps = np.abs(np.diff(np.concatenate(out).astype(int)))
    assert steps.max() < 2.2 * np.abs(np.diff(tone.astype(int))).max()
    assert voice.process(tone[:frame], 50) is not None
    assert voice.delay == 0


def test_switching_noise_does_not_make_the_canceller_forget():
    far = far_end(12)
    alone = echo(far, 60)
    heard, voice = alone + noise(far.size), Voice(Processing(noise=False, gain=False))
    half = 8 * RATE
    call(voice, heard[:half], far[:half], 60)
    voice.switch(NO_GAIN)
    # `call` counts its time from 0, so the loudspeaker's must be told on by hand.
    out = []
    for at in range(half, far.size - 479, 480):
        voice.played(pcm(far[at : at + 480]), at / RATE)
        out.append(voice.process(pcm(heard[at : at + 480]), 60))
    assert erle(alone[half:], np.concatenate(out).astype(float), 0, 4) > 35


def test_a_switch_is_taken_back_without_a_trace():
    voice = Voice(NO_GAIN)
    voice.switch(OFF)
    assert voice.processing == OFF
    voice.switch(NO_GAIN)
    assert voice.processing == NO_GAIN


@pytest.mark.parametrize("blocks", [137, 480, 1764])
def test_the_loudspeaker_may_take_blocks_of_any_length(blocks):
    far = far_end(8)
    alone = echo(far, 80)
    heard, played = pcm(alone + noise(far.size)), pcm(far)
    voice, out, handed = Voice(NO_GAIN), [], 0
    for at in range(0, heard.size - 479, 480):
        while handed < at + 480:
            voice.played(played[handed : handed + blocks], handed / RATE)
            handed += blocks
        out.append(voice.process(heard[at : at + 480], 80))
    assert erle(alone, np.concatenate(out).astype(float), 3, 8) > 35


@pytest.mark.parametrize("frame", [np.zeros(100, np.int16), np.zeros(480, np.float32)])
def test_another_shape_is_our_own_defect(frame):
    with pytest.raises(LocalError, match="int16"):
        Voice(NO_GAIN).process(frame, 50)


# ── levels ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_muted_speaker_is_noticed_and_the_loudspeaker_is_not_taken_for_one():
    far = far_end(10)
    heard = echo(far, 60) + noise(far.size, -65)
    voice, told = Voice(NO_GAIN), []
    voice.muted = True
    for at in range(0, far.size - 479, 480):
        voice.played(pcm(far[at : at + 480]), at / RATE)
        voice.process(pcm(heard[at : at + 480]), 60)
        told.append(voice.reading.muted_but_speaking)
    assert not any(told[100:])
    near = speech("alice")[: 5 * RATE]
    call(voice, near + noise(near.size, -65), np.zeros(near.size), 60)
    assert voice.reading.muted_but_speaking


# ── without the library ────────────────────────────────────────────────────────────────────────────────────────────


def test_without_the_library_the_voice_goes_on_and_it_is_said(monkeypatch):
    def missing(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    voice = Voice()
    assert isinstance(voice.problem, AudioError)
    assert voice.problem.code == "voice-processing-missing"
    assert voice.processing == Processing(echo=False, noise=False, gain=False, high_pass=True)
    near = pcm(speech("alice")[:RATE])
    assert power(voice.process(near[:960], 50).astype(float)) > 0 or not near[:960].any()


class Broken:
    """A library that fails after a while."""

    def __init__(self, **_settings):
        self.left = 20

    def process(self, block, _reference=None):
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("out of order")
        return block


def test_a_library_that_fails_is_left_out_and_it_is_said(monkeypatch):
    class Library:
        EchoCanceller = NoiseSuppressor = GainController = Broken
        VoiceDetector = type("Detector", (), {"__init__": lambda self, **_: None, "process": lambda *_: 0.5})

    monkeypatch.setattr(stages, "load", lambda: Library)
    monkeypatch.setattr("voip.media.voice.load", lambda: Library)
    voice = Voice(Processing(high_pass=False, echo=False))
    tone = pcm(6000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE))
    out = [voice.process(tone[at : at + 480], 50) for at in range(0, tone.size, 480)]
    assert voice.problem is not None
    assert voice.problem.code == "voice-processing-failed"
    assert "out of order" in str(voice.problem)
    assert voice.processing == OFF
    assert np.array_equal(np.concatenate(out), tone)
    voice.switch(Processing())  # it is not tried again in this call
    assert voice.processing == HIGH_PASS
