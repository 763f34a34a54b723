"""The sound of the network trials: a known gap is found as long as it is, whatever codec and concealment make of it."""

import numpy as np
import pytest
from media.media_network import Network, Talker
from network import sweep

from voip.config import SAMPLE_RATE
from voip.media.codec import Decoder, Encoder

SAID = sweep.sweep(12.0)


def coded(bitrate: int, frame_ms: int, *, low_delay: bool, lost: tuple[float, float]) -> np.ndarray:
    """What a decoder plays that has to make up what was lost between two moments."""
    encoder, decoder = Encoder(bitrate, frame_ms, low_delay=low_delay), Decoder()
    size = encoder.frame_samples
    frames = [encoder.encode(frame) for frame in SAID[: SAID.size // size * size].reshape(-1, size)]
    return np.concatenate(
        [
            decoder.conceal(size) if lost[0] <= number * size / SAMPLE_RATE < lost[1] else decoder.decode(frame)
            for number, frame in enumerate(frames)
        ]
    )


def long_gaps(heard: np.ndarray, least: float = 0.025) -> list[tuple[float, float]]:
    """Those that are no blemish, and not the codec's own beginning."""
    return [(begin, end) for begin, end in sweep.gaps(sweep.audible(heard)) if end - begin >= least and begin > 0.2]


def test_what_was_said_is_heard_without_a_gap() -> None:
    assert sweep.audible(SAID).all()
    assert sweep.longest(sweep.audible(SAID)) == 0.0


@pytest.mark.parametrize("length", [0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("played", ["silence", "a held tone", "noise"])
def test_a_known_gap_is_found_as_long_as_it_is(length: float, played: str) -> None:
    heard, begin, size = SAID.copy(), 3 * SAMPLE_RATE + 77, round(length * SAMPLE_RATE)
    t = np.arange(size) / SAMPLE_RATE
    heard[begin : begin + size] = {
        "silence": np.zeros(size),
        "a held tone": 32767 * sweep.LOUDNESS * np.sin(2 * np.pi * 1234 * t),
        "noise": np.random.default_rng(3).normal(0, 3000, size),
    }[played]
    found = sweep.audible(heard)
    assert sweep.longest(found) == pytest.approx(length, abs=0.02)
    assert long_gaps(heard)[0][0] == pytest.approx(begin / SAMPLE_RATE, abs=0.02)


@pytest.mark.parametrize(
    ("bitrate", "frame_ms", "low_delay"), [(48_000, 10, False), (32_000, 20, False), (64_000, 5, True)]
)
@pytest.mark.parametrize("length", [0.1, 0.5])
def test_concealment_is_not_taken_for_what_was_said(
    bitrate: int, frame_ms: int, low_delay: bool, length: float
) -> None:
    heard = coded(bitrate, frame_ms, low_delay=low_delay, lost=(5.0, 5.0 + length))
    gaps = long_gaps(heard)
    assert len(gaps) == 1
    assert gaps[0][1] - gaps[0][0] == pytest.approx(length, abs=0.045)


def test_a_jitter_buffer_that_grows_and_shrinks_is_not_taken_for_a_gap() -> None:
    def delay(index: int, _random) -> float:
        return 0.03 if index < 400 or index > 700 else 0.15

    network = Network(delay=delay)
    heard = network.talk(Talker(SAID, 10), 11.0)
    gaps = long_gaps(heard, 0.07)  # a seam is a blemish, and no more
    assert len(gaps) == 1  # where it had to wait for what came 120 ms later
    assert gaps[0][1] - gaps[0][0] == pytest.approx(0.12, abs=0.04)


def test_sound_is_back_when_it_stays() -> None:
    heard = np.ones(400, bool)
    assert sweep.back(heard) == 0.0
    heard[:100] = False
    assert sweep.back(heard) == pytest.approx(0.5, abs=0.06)
    heard[110:140] = False  # a tenth of a second of it is not yet the sound
    assert sweep.back(heard) == pytest.approx(0.7, abs=0.06)
    assert sweep.back(np.zeros(400, bool)) is None
    assert sweep.back(np.ones(10, bool)) is None


def test_gaps_at_both_ends_are_gaps() -> None:
    heard = np.array([False, True, True, False, False])
    assert [round(edge / sweep.HOP) for gap in sweep.gaps(heard) for edge in gap] == [0, 1, 3, 5]
    assert sweep.longest(np.zeros(0, bool)) == 0.0
