"""A call in virtual time is the same each time, and the ear that judges it finds what was done to it."""

import numpy as np
import pytest

from bench.voice.call import Packet, call
from bench.voice.ear import lags, pesq_of
from bench.voice.lbrr import SAMPLES, Opus, frames
from bench.voice.profiles import PROFILES
from bench.voice.reel import ROOT, Part, load, reel
from bench.voice.rivals import Adaptive, Aiortc, Fixed, listen
from voip.media.plan import BALANCED, Mode

SAID = load(ROOT / "assets" / "alice.wav")[: 48_000 * 5]


def test_a_call_is_the_same_for_the_same_seed_and_another_for_another():
    said = SAID[: 48_000 * 2]
    once, again, other = (call(said, PROFILES["moderate"], seed, Mode.AUTO) for seed in (1, 1, 2))
    assert np.array_equal(once.pcm, again.pcm)
    assert [packet.arrivals for packet in once.packets] == [packet.arrivals for packet in again.packets]
    assert not np.array_equal(once.pcm, other.pcm)


def test_on_a_clean_link_the_delay_is_frame_lookahead_and_little_more():
    heard = call(SAID, PROFILES["clean"], 1, BALANCED)
    found = lags(SAID, heard.pcm, heard.began)
    # 30 ms of network, 10 of frame, 6.5 of look-ahead.
    assert len(found.lag) > 20
    assert 0.0465 <= np.median(found.lag) <= 0.060
    assert heard.counted.concealed <= 0.35 * 48_000, "nothing but what follows the last word"


@pytest.mark.parametrize("ms", [0.0, 37.5, 180.0])
def test_the_ear_finds_a_delay_to_a_fraction_of_a_millisecond(ms):
    heard = np.concatenate((np.zeros(round(48 * ms), np.int16), SAID))
    found = lags(SAID, heard, 0.0)
    assert len(found.lag) > 30
    assert 1000 * found.lag == pytest.approx(ms, abs=0.15)


def test_the_ear_follows_a_delay_that_changes_and_ignores_what_was_not_said():
    half = len(SAID) // 2
    heard = np.concatenate((SAID[:half], np.zeros(4800, np.int16), SAID[half:]))
    heard[48_000:62_400] = np.random.default_rng(1).normal(0, 3000, 14_400)
    found = lags(SAID, heard, 0.0)
    assert np.all(np.isclose(found.lag, 0, atol=0.001) | np.isclose(found.lag, 0.1, atol=0.001))
    assert not np.any((found.heard_at > 1.1) & (found.heard_at < 1.2))


def test_the_ear_is_not_misled_by_a_word_that_was_said_before():
    twice = np.concatenate((SAID, SAID[:24_000], SAID))
    found = lags(twice, twice, 0.0)
    assert len(found.lag) > 60
    assert np.abs(found.lag).max() < 0.05


def test_the_ear_takes_a_drifting_card_into_account():
    heard = np.interp(np.arange(len(SAID)) * (1 + 1e-3), np.arange(len(SAID)), SAID).astype(np.int16)
    found = lags(SAID, heard, 0.0, drift_ppm=1000.0)
    # A steady vowel is like itself a period later: one piece in forty may be wrong.
    assert np.mean(np.abs(found.lag) < 0.001) > 0.95


def test_pesq_knows_good_from_bad():
    part = Part("alice", 0, len(SAID))
    assert pesq_of(SAID, SAID, 0.0, part, lags(SAID, SAID, 0.0)) > 4.6
    noisy = (SAID + np.random.default_rng(1).normal(0, 800, len(SAID))).astype(np.int16)
    assert pesq_of(SAID, noisy, 0.0, part, lags(SAID, noisy, 0.0)) < 2.5


def packets(said: np.ndarray, lost: set[int] = frozenset(), late: set[int] = frozenset()) -> list[Packet]:
    encoded = frames(said, 32_000, 0.2)
    return [
        Packet(k, k * SAMPLES, frame, SAMPLES, () if k in lost else (0.05 + 0.02 * (k + 1) + 0.2 * (k in late),))
        for k, frame in enumerate(encoded)
    ]


@pytest.mark.parametrize(
    ("make", "least", "most"), [(lambda: Fixed(0.060), 60, 66), (Aiortc, 80, 90), (Adaptive, 0, 45)]
)
def test_rivals_play_a_clean_stream_whole_at_the_delay_that_is_theirs(make, least, most):
    if make is Aiortc:
        pytest.importorskip("aiortc")
    heard = listen(make(), packets(SAID), PROFILES["clean"], said=len(SAID), judged_from=0.0)
    found = lags(SAID, heard.pcm, heard.began)
    # 50 ms of network, 20 of frame, 6.5 of look-ahead; aiortc hands a frame out when the fourth after it is there.
    assert least - 1 <= 1000 * np.median(found.lag) - 76.5 <= most
    assert heard.counted.concealed < 0.2 * 48_000


def test_lbrr_recovers_a_lost_frame_and_a_plain_buffer_conceals_it():
    lost = set(range(20, 200, 9))
    stream = packets(SAID, lost=lost)
    plain = listen(Fixed(0.060), stream, PROFILES["clean"], said=len(SAID), judged_from=0.0)
    repaired = listen(Fixed(0.060), stream, PROFILES["clean"], said=len(SAID), judged_from=0.0, fec=True)
    assert plain.counted.missing - repaired.counted.missing == len(lost)
    part = Part("alice", 0, len(SAID))
    scores = [pesq_of(SAID, one.pcm, one.began, part, lags(SAID, one.pcm, one.began)) for one in (plain, repaired)]
    assert scores[1] > scores[0] + 0.3


def test_a_fixed_buffer_loses_what_is_later_than_it_waits():
    heard = listen(Fixed(0.060), packets(SAID, late={50, 60, 70}), PROFILES["clean"], said=len(SAID), judged_from=0.0)
    assert heard.counted.late == 3


def test_opus_conceals_as_long_as_it_is_asked_to():
    opus = Opus()
    opus.decode(frames(SAID[:960], 32_000, 0.2)[0], 960)
    assert len(opus.conceal(480)) == 480


def test_the_reel_has_a_minute_of_several_people():
    said = reel()
    assert sum(part.end - part.start for part in said.parts) >= 60 * 48_000
    assert len({part.who.split()[0] for part in said.parts}) >= 4
    assert all(4.5 <= (part.end - part.start) / 48_000 <= 14 for part in said.parts)
