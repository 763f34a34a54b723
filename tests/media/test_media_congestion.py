"""Signs of a link that cannot carry what we send; and what is none."""

import random

import pytest

from voip.media.congestion import Congestion, Sign

CLEAN = {"gross": 115_200, "loss": 0.0, "jitter": 0.002, "round_trip": 0.05}


def told(reports: list[dict], *, start: float = 0.0) -> list[Sign | None]:
    congestion = Congestion()
    return [congestion.report(start + second, **CLEAN | report) for second, report in enumerate(reports)]


@pytest.mark.parametrize(
    ("reports", "signs"),
    [
        ([{}] * 5, [None] * 5),
        ([{}, {"backlog": 1000}, {"backlog": 1500}], [None, None, Sign.BACKLOG]),
        ([{}, {"dropped": 1}], [None, Sign.BACKLOG]),
        # Round trip: one report says nothing, two in a row do; uneven networks need more.
        ([{}, {"round_trip": 0.3}, {}, {}], [None] * 4),
        ([{}] * 2 + [{"round_trip": 0.2}] * 3, [None] * 4 + [Sign.DELAY]),
        ([{"jitter": 0.05}] * 2 + [{"round_trip": 0.2, "jitter": 0.05}] * 3, [None] * 5),
        ([{"round_trip": None}] * 3, [None] * 3),
        # Loss that comes by itself is none, however much it is.
        ([{}] * 3 + [{"loss": 0.3}] * 12, [None] * 15),
        # Loss after we sent more.
        (
            [{"loss": 0.01}] * 3 + [{"gross": 131_000, "loss": 0.12}] * 4,
            [None] * 5 + [Sign.LOSS, None],
        ),
        # … but not if there was as much before,
        ([{"loss": 0.1}] * 3 + [{"gross": 131_000, "loss": 0.12}] * 12, [None] * 15),
        # … or if it comes long after.
        ([{}] * 3 + [{"gross": 131_000}] * 11 + [{"gross": 131_000, "loss": 0.2}] * 4, [None] * 18),
    ],
)
def test_signs(reports, signs):
    assert told(reports) == signs


@pytest.mark.parametrize(("then", "sign"), [(0.12, Sign.VAIN), (0.01, None)])
def test_sending_less_shows_whether_it_was_us(then, sign):
    more, less = {"gross": 131_000, "loss": 0.12}, {"gross": 100_000, "loss": then}
    signs = told([{}] * 3 + [more] * 3 + [less] * 4)
    assert signs[5] is Sign.LOSS
    assert signs[8] is sign
    assert [found for found in signs if found] == [Sign.LOSS] + ([sign] if sign else [])


def test_after_a_false_alarm_there_is_no_other_for_a_while():
    more, less = {"gross": 131_000, "loss": 0.12}, {"gross": 100_000, "loss": 0.12}
    again = {"gross": 131_000, "loss": 0.4}
    signs = told([{}] * 3 + [more] * 3 + [less] * 4 + [again] * 20)
    assert [found for found in signs if found] == [Sign.LOSS, Sign.VAIN]


def test_a_way_that_has_become_longer_is_taken_as_it_is():
    signs = told([{}] * 30 + [{"round_trip": 0.25}] * 200)
    assert 1 <= signs.count(Sign.DELAY) <= 3
    assert set(signs[45:]) == {None}


def test_growth_that_goes_on_is_told_again_and_again():
    signs = told([{"round_trip": 0.05 + max(0, second - 10) * 0.05} for second in range(20)])
    assert signs.count(Sign.DELAY) >= 3


@pytest.mark.parametrize("seed", range(6))
def test_an_uneven_network_is_not_a_narrow_one(seed):
    """100 ms each way, 25 ms of Pareto-like spread, 5 % of loss: Signal's "moderate"."""
    dice = random.Random(seed)
    reports = [
        {
            "round_trip": 0.2 + sum(0.012 * (dice.paretovariate(2.5) - 1) + dice.gauss(0, 0.012) for _ in range(2)),
            "jitter": 0.025,
            "loss": 0.05 + dice.gauss(0, 0.015),
        }
        for _ in range(300)
    ]
    assert sum(sign is not None for sign in told(reports)) <= 2
