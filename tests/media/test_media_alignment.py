"""Finds what we hear in what we played, whatever the devices say."""

import numpy as np
import pytest
from room import RATE, echo, noise, speech

from voip.media.alignment import LEAD, MS, Alignment

BLOCK = 480


def pcm(signal: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(signal), -32768, 32767).astype(np.int16)


class Bench:
    """Plays and hears in step, 10 ms at a time."""

    def __init__(self) -> None:
        self.alignment = Alignment()
        self.blocks = 0

    def run(self, played: np.ndarray, heard: np.ndarray, reported: float) -> None:
        for at in range(0, played.size - BLOCK + 1, BLOCK):
            self.alignment.played(pcm(played[at : at + BLOCK]), self.blocks * 0.01)
            self.alignment.heard(pcm(heard[at : at + BLOCK]), reported)
            self.blocks += 1


FAR = speech("bob")[: 8 * RATE]


@pytest.mark.parametrize(("delay", "reported"), [(40, 40), (200, 200), (150, 20), (30, 180)])
def test_the_delay_is_found_whatever_is_reported(delay, reported):
    bench = Bench()
    bench.run(FAR[: 3 * RATE], (echo(FAR, delay) + noise(FAR.size))[: 3 * RATE], reported)
    # 0.6 m of air are 1.75 ms.
    assert bench.alignment.delay == pytest.approx(delay + 1.75, abs=0.5)


def test_the_reference_comes_a_little_before_its_echo():
    bench = Bench()
    heard = np.concatenate((np.zeros(70 * MS), FAR))[: FAR.size]
    bench.run(FAR[: 3 * RATE], heard[: 3 * RATE], 0)
    start = 2 * RATE
    reference = bench.alignment.reference(start, BLOCK)
    assert np.array_equal(reference, pcm(heard[start + LEAD : start + LEAD + BLOCK]))


def test_a_change_in_the_report_is_followed_at_once():
    bench = Bench()
    heard = np.concatenate((echo(FAR, 60)[: 3 * RATE], echo(FAR, 160)[3 * RATE :]))
    bench.run(FAR[: 3 * RATE], heard[: 3 * RATE], 50)
    ahead = bench.alignment.reference(3 * RATE - 5 * BLOCK, BLOCK)
    bench.run(FAR[3 * RATE :][: 5 * BLOCK], heard[3 * RATE :][: 5 * BLOCK], 150)
    assert np.array_equal(bench.alignment.reference(3 * RATE - 5 * BLOCK + 100 * MS, BLOCK), ahead)


def test_a_change_that_nobody_reports_is_followed_within_a_second():
    bench = Bench()
    heard = np.concatenate((echo(FAR, 160)[: 3 * RATE], echo(FAR, 60)[3 * RATE :])) + noise(FAR.size)
    bench.run(FAR[: 3 * RATE], heard[: 3 * RATE], 160)
    bench.run(FAR[3 * RATE : 4 * RATE], heard[3 * RATE : 4 * RATE], 160)
    assert bench.alignment.delay == pytest.approx(61.75, abs=0.5)


def test_without_an_echo_nothing_is_found():
    bench = Bench()
    bench.run(FAR, noise(FAR.size, -50), 60)
    assert bench.alignment.delay is None


def test_a_near_voice_is_not_taken_for_an_echo():
    bench = Bench()
    bench.run(FAR, speech("alice")[: FAR.size], 60)
    assert bench.alignment.delay is None


def test_a_loudspeaker_that_stood_still_is_taken_for_silent():
    bench = Bench()
    bench.run(FAR[: 3 * RATE], echo(FAR, 60)[: 3 * RATE], 60)
    for _ in range(50):
        bench.alignment.heard(np.zeros(BLOCK, np.int16), 60)
    bench.blocks += 50
    found = bench.alignment.delay
    assert found is not None
    bench.run(FAR[3 * RATE :][:BLOCK], echo(FAR, 60)[3 * RATE :][:BLOCK], 60)
    assert bench.alignment.delay == pytest.approx(61.75, abs=0.5)


def test_nothing_that_was_never_played_is_handed_out():
    alignment = Alignment()
    alignment.heard(np.zeros(BLOCK, np.int16), 50)
    assert not alignment.reference(0, BLOCK).any()
    alignment.played(np.full(100, 7, np.int16), 0.0)
    assert set(np.unique(alignment.reference(-2000, 96_000))) <= {0, 7}
