"""Signs of a link that cannot carry what we send; and what is none."""

import random

import pytest

from voip.media.congestion import Congestion, Sign

RAMP = (0.12, 0.2, 0.28, 0.36, 0.44)
"""Seconds: a queue that fills."""
LONGER = {"round_trip": 0.2, "loss": 0.3}
"""Another way: 150 ms more, and bad."""
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
        # Round trip: one report says nothing, several in a row that rise do; uneven networks need more.
        ([{}, {"round_trip": 0.3}, {}, {}], [None] * 4),
        ([{}] * 2 + [{"round_trip": trip} for trip in RAMP[:4]], [None] * 5 + [Sign.DELAY]),
        ([{"jitter": 0.1}] * 2 + [{"round_trip": trip, "jitter": 0.1} for trip in RAMP], [None] * 7),
        # What is longer at once and stays so is another route, if nothing is lost. If something is, it is tried.
        ([{}] * 2 + [{"round_trip": 0.2}] * 8, [None] * 10),
        ([{}] * 2 + [{"round_trip": 0.2, "loss": 0.3}] * 3, [None] * 4 + [Sign.DELAY]),
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


@pytest.mark.parametrize(("then", "sign"), [(0.12, Sign.VAIN), (0.01, Sign.OURS)])
def test_sending_less_shows_whether_loss_was_ours(then, sign):
    more, less = {"gross": 131_000, "loss": 0.12}, {"gross": 100_000, "loss": then}
    # A report tells of what was sent two seconds ago.
    signs = told([{}] * 3 + [more] * 3 + [less | {"loss": 0.12}] * 2 + [less] * 8)
    assert [found for found in signs if found] == [Sign.LOSS, sign]
    assert signs.index(sign) - signs.index(Sign.LOSS) == 4


def test_a_step_that_was_too_small_is_followed_by_another():
    reports = [{}] * 3 + [{"gross": 186_400, "loss": 0.5}] * 4 + [{"gross": 100_000, "loss": 0.25}] * 3
    signs = told(reports + [{"gross": 75_000, "loss": 0.0}] * 4)
    assert [found for found in signs if found] == [Sign.LOSS, Sign.LOSS, Sign.OURS]


def test_after_a_false_alarm_there_is_no_other_for_a_while():
    more, less = {"gross": 131_000, "loss": 0.12}, {"gross": 100_000, "loss": 0.12}
    again = {"gross": 131_000, "loss": 0.4}
    signs = told([{}] * 3 + [more] * 3 + [less] * 5 + [again] * 20)
    assert [found for found in signs if found] == [Sign.LOSS, Sign.VAIN]


def test_loss_that_made_us_send_more_is_not_made_by_that():
    """A network turns bad; its first report has only half of it, and copies are added."""
    reports = [{}] * 5 + [{"loss": 0.14}, {"gross": 186_400, "loss": 0.3, "repair": True}]
    assert set(told(reports + [{"gross": 186_400, "loss": 0.3}] * 20)) == {None}


def test_as_much_as_before_comes_through_however_much_is_sent():
    """A policer of 80 kb/s: the copies, too, are thrown away."""
    copies = {"gross": 186_400, "repair": True}
    signs = told([{"loss": 0.3}] * 3 + [copies | {"loss": 0.3}] + [copies | {"loss": 0.57}] * 2)
    assert signs == [None] * 5 + [Sign.LOSS]


def test_very_much_loss_is_worth_a_trial_whoever_made_it():
    signs = told(
        [{"gross": 186_400}] * 30 + [{"gross": 186_400, "loss": 0.5}] * 3 + [{"gross": 93_200, "loss": 0.5}] * 30
    )
    assert [found for found in signs if found] == [Sign.LOSS, Sign.VAIN]


@pytest.mark.parametrize(("narrow", "sign"), [(True, Sign.LOSS), (False, None)])
def test_on_a_narrow_link_less_is_a_sign(narrow, sign):
    more = {"gross": 131_000, "loss": 0.06, "narrow": narrow}
    assert told([{}] * 3 + [more] * 3)[-1] is sign


def test_a_way_that_has_become_longer_is_taken_as_it_is():
    assert set(told([{}] * 30 + [{"round_trip": 0.25}] * 200)) == {None}
    # The two directions are seen to change in two reports.
    assert set(told([{}] * 30 + [{"round_trip": 0.15}] + [{"round_trip": 0.25}] * 200)) == {None}


def test_a_way_that_has_become_longer_and_lossy_is_tried_once():
    less = {"gross": 70_000}
    signs = told([{}] * 10 + [LONGER] * 3 + [LONGER | less] * 3 + [LONGER] * 14)
    assert [found for found in signs if found] == [Sign.DELAY, Sign.VAIN]
    assert signs.index(Sign.VAIN) - signs.index(Sign.DELAY) == 3


def test_a_way_that_is_known_is_not_tried_again():
    bad = [LONGER | {"round_trip": trip} for trip in (0.19, 0.21, 0.2, 0.205, 0.195)]
    first = [LONGER] * 3 + [LONGER | {"gross": 70_000}] * 3 + bad
    signs = told([{}] * 10 + first + ([{}] * 20 + bad * 2) * 6)
    assert [found for found in signs if found] == [Sign.DELAY, Sign.VAIN]
    # A queue on top of it is.
    assert (
        Sign.DELAY
        in told([{}] * 10 + first + [{}] * 20 + bad + [LONGER | {"round_trip": 0.15 + trip} for trip in RAMP])[-5:]
    )


@pytest.mark.parametrize(
    "then",
    [
        {"round_trip": 0.06, "loss": 0.0},  # a queue that drains
        {"round_trip": 0.12, "loss": 0.3},
        {"round_trip": 0.2, "loss": 0.0},  # one that stays, and overflows no more
    ],
)
def test_sending_less_shows_whether_delay_was_ours(then):
    signs = told([{}] * 10 + [LONGER] * 3 + [LONGER] + [then | {"gross": 60_000}] * 2)
    assert [found for found in signs if found] == [Sign.DELAY, Sign.OURS]


def test_a_queue_that_stays_full_but_loses_less_asks_for_another_step():
    less = {"round_trip": 0.2, "loss": 0.1, "gross": 70_000}
    signs = told([{}] * 10 + [LONGER] * 4 + [less] * 2 + [{"gross": 55_000}] * 2)
    assert [found for found in signs if found] == [Sign.DELAY, Sign.DELAY, Sign.OURS]


def test_a_step_that_was_none_proves_little():
    signs = told([{}] * 10 + [LONGER] * 30)
    assert [found for found in signs if found] == [Sign.DELAY, Sign.DELAY, Sign.VAIN]


def test_growth_that_goes_on_is_told_again_and_again():
    signs = told([{"round_trip": 0.05 + max(0, second - 10) * 0.05} for second in range(20)])
    assert signs.count(Sign.DELAY) >= 3
    assert Sign.VAIN not in signs


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
