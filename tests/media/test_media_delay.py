"""Learning how late packets may be."""

import random
from itertools import pairwise

import pytest

from voip.media.delay import BUCKET, COPIES_MAX, SAFETY, SAFETY_MAX, START, DelayTarget

FRAME = 0.01


def learnt(transits, *, every=FRAME, begin=0.0, target=None) -> DelayTarget:
    """Packets in the order of their sending, `every` so many seconds, with these transits."""
    target = target or DelayTarget()
    for index, transit in enumerate(transits):
        target.arrived(transit, begin + index * every + transit)
    return target


def test_before_the_first_packet_it_is_low():
    assert DelayTarget().target == START + SAFETY


@pytest.mark.parametrize("clock", [-86_400.0, 0.0, 1e6])
def test_a_steady_network_needs_only_the_safety_whatever_the_clocks_say(clock):
    target = learnt([clock + 0.03] * 100)
    assert target.required == pytest.approx(clock + 0.03 + SAFETY, abs=BUCKET)
    assert target.target <= SAFETY + BUCKET


def test_a_lan_is_told_finer_than_webrtcs_20_ms():
    chance = random.Random(1)
    assert learnt([0.001 * chance.random() for _ in range(1000)]).target <= 0.003


@pytest.mark.parametrize("sigma", [0.005, 0.015, 0.030])
@pytest.mark.parametrize("frame", [0.01, 0.02])
def test_it_covers_nearly_all_of_a_jittery_network_and_little_more(sigma, frame):
    chance = random.Random(1)
    packets = sorted((n * frame + 0.2 + chance.gauss(0, sigma), n * frame) for n in range(6000))
    target, late, required = DelayTarget(), 0, []
    for arrived, sent in packets:
        late += arrived - sent > target.required
        target.arrived(arrived - sent, arrived)
        required.append(target.required - 0.2)
    assert late < 0.015 * len(packets)
    # 99 % of the packets come within 2.33 sigma.
    assert sum(required) / len(required) < 2.33 * sigma + frame


def test_one_stall_is_no_reason_to_be_slow_but_stalls_that_recur_are():
    calm, stall = [0.03] * 3000, [0.3 - FRAME * n for n in range(27)]
    assert learnt(calm + stall + [0.03] * 100).target <= 0.003
    recurring = learnt(calm + (stall + [0.03] * 170) * 20)
    assert recurring.target > 0.25


def test_it_follows_within_two_seconds_where_jitter_begins():
    chance = random.Random(1)
    target = learnt([0.03] * 3000)
    learnt([0.03 + 0.04 * chance.random() for _ in range(200)], begin=30.0, target=target)
    assert target.target > 0.015


def test_old_jitter_is_forgotten():
    chance = random.Random(1)
    target = learnt([0.03 + 0.1 * chance.random() for _ in range(1000)])
    assert target.target > 0.09
    learnt([0.03] * 12_000, begin=10.0, target=target)
    assert target.target < 0.01


def test_a_slower_path_is_learnt_within_two_seconds_and_a_faster_one_at_once():
    target = learnt([0.03] * 1000)
    learnt([0.13] * 200, begin=10.0, target=target)
    assert target.required == pytest.approx(0.13, abs=0.005)
    learnt([0.13] * 800, begin=12.0, target=target)
    assert target.required == pytest.approx(0.13, abs=0.005)
    learnt([0.03] * 10, begin=20.0, target=target)
    assert target.required == pytest.approx(0.03, abs=0.005)


@pytest.mark.parametrize("drift", [-200e-6, 200e-6])
def test_clocks_that_drift_apart_are_followed(drift):
    chance = random.Random(1)
    target = DelayTarget()
    for index in range(60_000):
        now = index * FRAME
        transit = 0.03 + now * drift + 0.002 * chance.random()
        target.arrived(transit, now)
        if index > 1000:
            assert 0.001 <= target.required - 0.03 - now * drift < 0.006


def test_the_noise_of_the_minimum_does_not_move_it():
    chance = random.Random(2)
    target, required = DelayTarget(), []
    for index in range(20_000):
        transit = 0.2 + chance.gauss(0, 0.015)
        target.arrived(transit, index * FRAME)
        required.append(target.required)
    assert max(required[5000:]) - min(required[5000:]) < 0.015


def test_a_frame_too_late_adds_a_little_at_once_which_is_forgotten():
    target = learnt([0.03] * 1000)
    before = target.target
    target.late(0.05, 0.032, 10.0)
    target.late(0.05, 0.032, 10.1)
    assert before + 0.001 <= target.target <= before + SAFETY_MAX
    learnt([0.03] * 500, begin=10.0, target=target)
    assert target.target <= before + 0.001


def test_a_frame_late_by_a_hair_adds_no_more_than_that():
    target = learnt([0.03] * 1000)
    before = target.target
    target.late(0.0321, 0.032, 10.0)
    assert target.target == pytest.approx(before + 0.0001)


def test_copies_are_waited_for_as_far_as_they_save():
    target = learnt([0.03] * 500)
    assert target.redundancy == 0.0
    for index in range(1000):
        target.arrived(0.03, 5 + index * FRAME)
        target.copied(480, saves=index % 20 == 0)
        target.copied(1440, saves=index == 500)
    assert target.redundancy == pytest.approx(0.01, abs=0.001)
    for index in range(5000):
        target.arrived(0.03, 15 + index * FRAME)
        target.copied(480, saves=False)
    assert target.redundancy == 0.0


def test_a_wait_that_pays_goes_on_until_it_does_not():
    target = learnt([0.03] * 10)
    waited = []
    for index in range(6000):
        target.arrived(0.03, 0.1 + index * FRAME)
        target.copied(960, saves=index % 400 == 0)
        waited.append(target.redundancy > 0)
    assert sum(a != b for a, b in pairwise(waited)) == 1


def test_without_copies_there_is_nothing_to_wait_for():
    target = learnt([0.03] * 10)
    for index in range(100):
        target.arrived(0.03, 0.1 + index * FRAME)
        target.copied(960, saves=index % 10 == 0)
    assert target.redundancy > 0
    learnt([0.03] * 150, begin=1.1, target=target)
    assert target.redundancy == 0.0


def test_only_so_many_distances_are_kept():
    target = learnt([0.03])
    for distance in range(1000):
        target.copied(distance, saves=True)
    assert len(target._copies) == COPIES_MAX
