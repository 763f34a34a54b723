"""Redundancy by the loss it has to bridge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.plan import DISTANCE_MAX
from voip.media.redundancy import LossEstimate, choose, harm, residual


def alone(loss: float) -> float:
    """The mean run of random loss."""
    return 1 / (1 - loss)


@pytest.mark.parametrize(
    ("loss", "burst", "frame_ms", "distances"),
    [
        (0.0, 1.0, 10, ()),
        (0.001, 1.0, 10, ()),
        (0.01, alone(0.01), 10, (1,)),
        (0.03, alone(0.03), 10, (1,)),
        (0.05, alone(0.05), 10, (1, 2)),
        (0.20, alone(0.20), 10, (1, 2)),
        # In runs, the copies are pushed apart.
        (0.01, 2.0, 10, (3,)),
        (0.10, 2.0, 10, (2, 4)),
        (0.20, 2.0, 10, (2, 4)),
        (0.10, 2.0, 5, (4, 8)),
        # In longer frames there is no room for that.
        (0.10, alone(0.10), 20, (1, 2)),
        (0.05, 2.0, 20, (2,)),
        (0.20, 2.0, 20, (1, 2)),
        (0.10, 1.5, 40, (1,)),
    ],
)
def test_what_is_chosen(loss, burst, frame_ms, distances):
    assert choose(loss, burst, frame_ms) == distances


def test_waiting_and_copies_have_their_limits():
    assert choose(0.2, 2.0, 10, wait_max_ms=30) == (1, 3)
    assert choose(0.2, 2.0, 10, copies_max=1) == (4,)
    assert choose(0.2, 2.0, 10, copies_max=0) == ()
    assert choose(0.2, 2.0, 40, wait_max_ms=30) == ()


def test_a_choice_that_is_hardly_better_changes_nothing():
    assert choose(0.05, 1.05, 10, current=(1,)) == (1,)
    assert choose(0.10, 1.10, 10, current=(1,)) == (1, 2)
    assert choose(0.0, 1.0, 10, current=(1,)) == ()
    assert choose(0.05, 1.05, 40, current=(1, 3)) == (1,)  # waits too long now


@settings(max_examples=200)
@given(st.floats(0, 1), st.floats(0, 50), st.sampled_from([5, 10, 20, 40]), st.integers(0, 120), st.integers(0, 3))
def test_whatever_is_reported_what_is_chosen_can_be_sent(loss, burst, frame_ms, wait_max_ms, copies_max):
    distances = choose(loss, burst, frame_ms, wait_max_ms=wait_max_ms, copies_max=copies_max)
    assert len(distances) <= copies_max
    assert all(0 < distance <= DISTANCE_MAX for distance in distances)
    assert distances == tuple(sorted(set(distances)))
    assert not distances or distances[-1] * frame_ms <= wait_max_ms
    assert 0 <= residual(loss, burst, distances) <= loss
    assert harm(loss, burst, distances, frame_ms) <= harm(loss, burst, (), frame_ms)


def gilbert(loss: float, burst: float, packets: int) -> np.ndarray:
    """Losses from Gilbert's model, drawn run by run."""
    dice = np.random.default_rng(7)
    runs = int(2 * packets * loss / burst) + 10
    goods, bads = dice.geometric(loss / (burst * (1 - loss)), runs), dice.geometric(1 / burst, runs)
    return np.repeat(np.tile([False, True], runs), np.stack([goods, bads], axis=1).ravel())[:packets]


@pytest.mark.parametrize("distances", [(), (1,), (3,), (1, 2), (1, 3), (2, 4)])
@pytest.mark.parametrize(("loss", "burst"), [(0.1, 1 / 0.9), (0.1, 2.0), (0.2, 2.0), (0.1, 5.0)])
def test_what_is_left_is_what_a_network_leaves(loss, burst, distances):
    lost = gilbert(loss, burst, 400_000)
    missing = lost.copy()
    for distance in distances:
        missing[:-distance] &= lost[distance:]
    assert residual(loss, burst, distances) == pytest.approx(missing.mean(), rel=0.1, abs=2e-4)


def test_loss_is_believed_at_once_and_forgotten_slowly():
    estimate = LossEstimate()
    for second in range(10):
        estimate.report(second, 0.0, 0.0)
    estimate.report(10, 0.2, 2.5)
    assert estimate.loss > 0.09
    estimate.report(11, 0.2, 2.5)
    assert 0.14 < estimate.loss <= 0.2
    assert 2 < estimate.burst <= 2.5
    for second in range(12, 22):
        estimate.report(second, 0.0, 0.0)
    assert 0.005 < estimate.loss < 0.1
    assert estimate.burst > 2  # a second without loss says nothing of how losses come
    for second in range(22, 90):
        estimate.report(second, 0.0, 0.0)
    assert estimate.loss < 0.001
