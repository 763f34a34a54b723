"""A buffer that grows when it ran dry: (second, xruns so far) → step."""

import pytest

from voip.io.audio.easing import QUIET, QUIET_MAX, Easing


def steps(*seen, easing=None):
    easing = easing or Easing(6)
    easing.begin(0.0)
    return [easing.watch(xruns, now) for now, xruns in seen]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([(0.5, 3), (0.9, 9), (1.5, 9), (2.5, 9)], [0, 0, 0, 0]),  # while it settles, it may run dry
        ([(2.0, 0), (2.5, 1), (3.0, 1)], [0, 1, 1]),
        ([(2.5, 1), (2.6, 2), (3.2, 3), (4.3, 4)], [1, 1, 1, 2]),  # one event, however often it is counted
        ([(3, 1), (5, 2), (7, 3), (9, 4), (11, 5), (13, 6)], [1, 2, 3, 4, 5, 5]),  # there is a largest one
        ([(3, 1), (5, 2), (7, 3), (20, 4), (40, 5), (45, 6)], [1, 2, 3, 3, 3, 4]),  # the dear steps only if it is often
        ([(3, 1), (3 + QUIET, 1), (4 + QUIET, 1)], [1, 1, 0]),  # quiet long enough
        ([(3, 1), (20, 2), (4 + QUIET, 2), (21 + QUIET, 2)], [1, 2, 2, 1]),
        ([(3, 1), (20, 1), (10_000, 1), (20_000, 1)], [1, 1, 0, 0]),
    ],
)
def test_table(seen, expected):
    assert steps(*seen) == expected


def test_a_step_down_that_was_too_early_makes_it_wait_longer_and_longer():
    easing, now, xruns = Easing(4), 0.0, 1
    easing.begin(now)
    waits = []
    easing.watch(xruns, now := 2.0)
    for _ in range(8):
        began = now
        while easing.watch(xruns, now) == 1:
            now += 0.5
        waits.append(now - began)
        xruns += 1
        now += 3.0
        assert easing.watch(xruns, now) == 1
    assert waits[0] == pytest.approx(QUIET, abs=1)
    assert waits[1] == pytest.approx(2 * QUIET, abs=1)
    assert waits[-1] == pytest.approx(QUIET_MAX, abs=1)


def test_a_new_stream_begins_to_count_anew_and_keeps_its_size():
    easing = Easing(4)
    assert steps((3, 5), easing=easing) == [1]
    assert steps((0.5, 0), (2, 0), (3, 1), easing=easing) == [1, 1, 2]
