"""Learning how late packets may be."""

import random

import pytest

from voip.media.delay import LATE_STEP, MARGIN, WINDOW, DelayTarget


def learnt(transits) -> DelayTarget:
    target = DelayTarget()
    for transit in transits:
        target.arrived(transit)
    return target


def test_nothing_is_known_before_the_first_packet():
    assert DelayTarget().target == 0.0


@pytest.mark.parametrize("clock", [-86_400.0, 0.0, 1e6])
def test_a_steady_network_needs_only_the_margin_whatever_the_clocks_say(clock):
    target = learnt([clock + 0.03] * 100)
    assert target.required == pytest.approx(clock + 0.03 + MARGIN)
    assert target.target == pytest.approx(MARGIN)


def test_it_covers_nearly_all_of_a_jittery_network():
    chance = random.Random(1)
    transits = [0.03 + chance.expovariate(100) for _ in range(WINDOW)]
    required = learnt(transits).required
    late = sum(transit > required for transit in transits) / len(transits)
    assert 0 < late <= 0.03


def test_one_stall_is_no_reason_to_be_slow_but_two_are():
    stall = [0.3 - 0.02 * n for n in range(12)]
    assert learnt([0.03] * 20 + stall).required == pytest.approx(0.03 + MARGIN)
    assert learnt([0.03] * 200 + stall + [0.03] * 50 + stall).required > 0.1


def test_old_packets_are_forgotten():
    target = learnt([0.2] * 100)
    assert target.required == pytest.approx(0.2 + MARGIN)
    for _ in range(WINDOW):
        target.arrived(0.03)
    assert target.required == pytest.approx(0.03 + MARGIN)


def test_a_late_packet_raises_it_at_once_but_not_without_bound_and_it_is_forgotten_slowly():
    target = learnt([0.03] * 100)
    for transit in (0.05, 0.5, 0.5):
        target.arrived(transit)
        target.late(transit)
    assert target.required == pytest.approx(0.03 + LATE_STEP + MARGIN, abs=1e-3)
    for _ in range(WINDOW // 2):
        target.arrived(0.03)
    assert target.required == pytest.approx(0.03 + LATE_STEP + MARGIN - 0.01, abs=1e-3)
    for _ in range(3 * WINDOW):
        target.arrived(0.03)
    assert target.required == pytest.approx(0.03 + MARGIN)


def test_lateness_that_recurs_is_followed_step_by_step():
    target = learnt([0.03] * 100)
    for _ in range(4):
        for transit in [0.15] + [0.03] * 60:
            target.arrived(transit)
            if transit > target.required:
                target.late(transit)
    assert target.required == pytest.approx(0.15 + MARGIN, abs=0.01)


def test_a_slower_path_is_learnt_within_a_second():
    target = learnt([0.03] * WINDOW + [0.13] * 50)
    assert target.required == pytest.approx(0.13 + MARGIN)
