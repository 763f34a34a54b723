"""What is heard where nothing came: the voice, then the background, and softly back."""

import numpy as np
import pytest
from media_network import speech, tone

from voip.errors import PacketError
from voip.media.codec import Encoder
from voip.media.concealment import FADE_FROM, FADE_UNTIL, NOISE_MAX, Background, Concealer, going_on
from voip.media.pcm import LEVEL_FLOOR, level

HISS = np.random.default_rng(3).normal(0, 60, 96_000)
"""A background of about −55 dBFS, brighter than dark."""


def talked(sound, seconds=2.0, frame_ms=10):
    """A concealer that has heard `sound`, its last frame, and the encoder to go on with."""
    encoder, concealer = Encoder(32_000, frame_ms), Concealer()
    frames = sound[: int(seconds * 48_000)].reshape(-1, frame_ms * 48)
    for frame in frames:
        last = concealer.decode(encoder.encode(frame))
    return concealer, last, encoder


def voice_over(background):
    """Syllables of a tone with pauses, in which only the background is heard."""
    time = np.arange(background.size)
    syllables = tone(background.size / 48_000) * (time % 24_000 < 12_000)
    return (syllables + background).astype(np.int16)


def test_a_short_gap_is_filled_as_loud_as_what_was_said():
    concealer, last, _ = talked(tone(2.0))
    made_up = concealer.conceal(480)
    assert made_up.shape == (480,)
    assert abs(level(made_up) - level(last)) < 7


def test_a_long_gap_fades_into_the_background_as_loud_as_it_was():
    concealer, _, _ = talked(voice_over(HISS)[: 48_000 + 10_560], seconds=1.22)
    pieces = [concealer.conceal(480) for _ in range(100)]
    # The last syllable was cut off; it goes on and ends.
    assert level(pieces[0]) > -20
    steady = np.concatenate(pieces[FADE_UNTIL // 480 + 1 :])
    assert level(steady) == pytest.approx(level(HISS.astype(np.int16)), abs=4)
    assert level(steady) == pytest.approx(concealer.background.level, abs=4)


def test_the_fade_has_no_step():
    concealer, _, _ = talked(voice_over(HISS)[: 48_000 + 10_560], seconds=1.22)
    pieces = [concealer.conceal(240) for _ in range((FADE_FROM + FADE_UNTIL) // 240)]
    made_up = np.concatenate(pieces).astype(int)
    assert np.abs(np.diff(made_up)).max() < 3 * np.abs(np.diff(tone(0.1).astype(int))).max()


def test_a_gap_in_a_dead_quiet_line_ends_in_silence():
    concealer, _, _ = talked(np.zeros(96_000, np.int16))
    assert level(np.concatenate([concealer.conceal(480) for _ in range(50)])) < -80
    assert level(np.concatenate([Concealer().conceal(480) for _ in range(50)])) == LEVEL_FLOOR


def test_the_noise_has_the_backgrounds_colour():
    rumble = np.cumsum(np.random.default_rng(4).normal(0, 1, 96_000))
    rumble -= np.convolve(rumble, np.ones(960) / 960, "same")
    background = Background()
    for block in (rumble * 3).astype(np.int16).reshape(-1, 960):
        background.heard(block)
    made = background.noise(96_000)
    for sound, more in ((rumble * 3, 1.0), (made, 1.0)):
        spectrum = np.abs(np.fft.rfft(sound)) ** 2
        assert spectrum[:2000].sum() > 10 * spectrum[4000:].sum() * more
    assert level(made.astype(np.int16)) == pytest.approx(level((rumble * 3).astype(np.int16)), abs=6)


def test_a_voice_that_never_pauses_is_not_taken_for_background():
    concealer, _, _ = talked(tone(2.0))
    assert concealer.background.level == LEVEL_FLOOR
    assert level(tone(0.02)) > NOISE_MAX


def test_a_louder_background_is_followed_in_time():
    background = Background()
    for factor in (0.1, 1.0):
        for block in (HISS * factor).astype(np.int16).reshape(-1, 960):
            background.heard(block)
        for _ in range(12):
            for block in (HISS * factor).astype(np.int16).reshape(-1, 960):
                background.heard(block)
        assert background.level == pytest.approx(level((HISS * factor).astype(np.int16)), abs=4)


# ── the way back ───────────────────────────────────────────────────────────────────────────────────────────────


def step_at(joined, before):
    return np.abs(np.diff(np.concatenate([before[-1:], joined[:480]]).astype(int))).max()


def test_after_an_exact_gap_opus_joins_by_itself():
    concealer, _, encoder = talked(tone(2.0))
    encoder.encode(tone(0.01))
    made_up = concealer.conceal(480)
    pcm = concealer.decode(encoder.encode(tone(0.03)[960:1440]))
    joined, shift = concealer.rejoin(made_up, made_up[:0], pcm, exact=True, most=400)
    assert shift == 0
    assert np.array_equal(joined, pcm)


@pytest.mark.parametrize("cut", [100, 240, 333])
def test_after_another_gap_it_is_laid_where_it_matches(cut):
    """Less was made up than is missing, so that the phase is wrong by anything."""
    concealer, last, encoder = talked(tone(2.0))
    before = np.concatenate([last, concealer.conceal(480)[:cut]])
    time = np.arange(96_000, 96_000 + 960)
    pcm = concealer.decode(encoder.encode((8000 * np.sin(2 * np.pi * 440 * time / 48_000)).astype(np.int16)[:480]))
    joined, shift = concealer.rejoin(before, before[:0], pcm, exact=False, most=200)
    assert 0 <= shift <= 200
    assert joined.size == pcm.size - shift
    largest = np.abs(np.diff(tone(0.1).astype(int))).max()
    assert step_at(joined, before) < 2 * largest
    assert np.array_equal(joined[-40:], pcm[-40:])


def test_after_a_long_gap_it_fades_in():
    concealer, _, encoder = talked(voice_over(HISS), seconds=1.0)
    made_up = np.concatenate([concealer.conceal(480) for _ in range(40)])
    pcm = concealer.decode(encoder.encode(tone(0.01)))
    joined, shift = concealer.rejoin(made_up, made_up[:0], pcm, exact=False, most=400)
    assert (shift, joined.size) == (0, pcm.size)
    assert np.abs(joined[:48]).max() <= np.abs(made_up[-2000:]).max() + np.abs(pcm[:48]).max() // 4


def test_without_a_gap_nothing_is_changed():
    concealer, last, _ = talked(speech("alice"))
    joined, shift = concealer.rejoin(last, last[:0], last, exact=False, most=400)
    assert np.array_equal(joined, last)
    assert shift == 0


def test_a_sound_goes_on_by_its_period():
    before = tone(0.1)
    after = going_on(before, 300)
    assert after.size == 300
    whole = np.concatenate([before, after]).astype(int)
    assert np.abs(np.diff(whole))[-310:].max() < 1.6 * np.abs(np.diff(before.astype(int))).max()
    assert going_on(before[:100], 300).size == 0


def test_garbage_is_the_peers_fault():
    with pytest.raises(PacketError):
        Concealer().decode(b"\xff")
