"""What a link is believed to carry: found in one step, tried again less and less often."""

import math
from copy import copy
from itertools import pairwise

import pytest

from voip.media.headroom import AGAIN, BACK_OFF, CEILING, CREEP, RETRY, Headroom


def risen(headroom: Headroom, start: float, seconds: float) -> list[float]:
    """Its limit after each step of 10 s."""
    limits = []
    for step in range(int(seconds / 10)):
        headroom.rise(start + 10 * step, 400_000)
        limits.append(headroom.limit)
    return limits


@pytest.mark.parametrize(
    ("gross", "loss", "limit"),
    [
        (100_000, 0.0, BACK_OFF * 100_000),  # delay alone
        (100_000, 0.1, BACK_OFF * 100_000),
        (186_000, 0.57, 0.43 * 186_000),  # what came through a policer
    ],
)
def test_congestion_says_what_the_link_carries(gross, loss, limit):
    headroom = Headroom()
    assert headroom.limit == math.inf
    headroom.congested(0.0, gross, loss)
    assert headroom.limit == pytest.approx(limit)


def test_it_comes_back_up_to_what_was_too_much_and_waits_there():
    headroom = Headroom()
    headroom.congested(0.0, 100_000, 0.0)
    assert risen(headroom, 10, RETRY - 10) == pytest.approx([CEILING * 100_000] * 2)
    assert not headroom.rise(RETRY - 0.1, 400_000)
    assert headroom.rise(RETRY, 400_000)
    assert headroom.limit == pytest.approx(CREEP * CEILING * 100_000)


def test_beyond_what_is_ever_sent_there_is_no_limit():
    headroom = Headroom()
    headroom.congested(0.0, 100_000, 0.0)
    assert risen(headroom, 10, 120)[-1] == math.inf
    assert not headroom.rise(200.0, 400_000)


def test_a_try_that_fails_is_repeated_later_and_later():
    headroom, now, pauses = Headroom(), 0.0, []
    headroom.congested(now, 100_000, 0.0)
    for _ in range(4):
        congested = now
        while headroom.limit <= 100_000:
            now += 1
            headroom.rise(now, 400_000)
        pauses.append(now - congested)
        headroom.congested(now, headroom.limit, 1 - 100_000 / headroom.limit)
    assert pauses[0] >= RETRY
    assert all(after > 1.8 * before for before, after in pairwise(pauses))


def test_a_ceiling_that_was_too_high_comes_down():
    headroom = Headroom()
    headroom.congested(0.0, 100_000, 0.25)
    headroom.congested(5.0, 75_000, 0.03)
    assert max(risen(headroom, 10, RETRY - 10)) <= AGAIN * 75_000


def test_a_copy_is_a_way_back():
    headroom = Headroom()
    before = copy(headroom)
    headroom.congested(0.0, 100_000, 0.5)
    assert (before.limit, headroom.limit) == (math.inf, 50_000)
