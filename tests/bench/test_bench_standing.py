"""The tables' verdicts: a target that is missed by a hair, a chirp that got lost, a peer that never came up."""

import math

import pytest
from standing import Limits, Standing, best, judge, row, shorten

LOST = math.nan
BALANCED = Limits(p50=57, p99=80, share=0.8)
RIVAL = Standing("Mumble", ((71.0, 71.0),) * 3)
LAGGARD = Standing("baresip", ((148.0, 148.0),) * 3)
PEERS = [LAGGARD, RIVAL]


def of(*turns: tuple[float, ...], failures: tuple[str, ...] = ()) -> Standing:
    return Standing("ours", turns, failures)


STEADY = (50.0, 51.0, 52.0)


def test_whoever_keeps_within_every_limit_has_met_the_target() -> None:
    verdict = judge(of(STEADY, STEADY, STEADY), BALANCED, PEERS)
    assert verdict.met
    assert verdict.why == ()
    assert verdict.asked == "p50 ≤ 57 ms in each of 3 turns, p99 ≤ 80 ms, p50 ≤ 0.8 × the best peer, none missed"


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        (of(STEADY, STEADY, (57.1, 57.1, 57.1)), "p50 57.1 ms"),
        (of(STEADY, STEADY, (50.0, 51.0, 90.0)), "p99"),
        (of((56.9,) * 3, (56.9,) * 3, (56.9,) * 3), "0.80 × Mumble"),
        (of(STEADY, STEADY, (50.0, 51.0, LOST)), "1 missed"),
        (of(STEADY, STEADY), "2 turns, 0 failed"),
        (of(STEADY, STEADY, STEADY, failures=("it fell over",)), "3 turns, 1 failed"),
    ],
    ids=["one slow turn", "a slow chirp", "a hair above the share", "a lost chirp", "a turn too few", "a failed turn"],
)
def test_one_shortcoming_is_enough(standing: Standing, why: str) -> None:
    verdict = judge(standing, BALANCED, PEERS)
    assert not verdict.met
    assert len(verdict.why) == 1
    assert verdict.why[0].startswith(why)


def test_exactly_at_the_limit_is_met() -> None:
    at = (56.8, 56.8)
    assert judge(of(at, at, at), Limits(56.8, 56.8, 0.8), [Standing("Mumble", ((71.0,),) * 3)]).met


@pytest.mark.parametrize(
    "weak", [Standing("Mumble, UDP", RIVAL.turns[:2]), Standing("Mumble, UDP", ((LOST,),) * 3), Standing("Mumble, UDP")]
)
def test_nobody_has_beaten_a_peer_that_was_not_wholly_measured(weak: Standing) -> None:
    verdict = judge(of(STEADY, STEADY, STEADY), BALANCED, [RIVAL, weak])
    assert not verdict.met
    assert verdict.why == ("not all peers were measured: Mumble, UDP",)


@pytest.mark.parametrize(("busy", "met"), [(89.0, True), (91.0, False)])
def test_nobody_has_beaten_a_peer_that_had_no_processor_left(busy: float, met: bool) -> None:
    starved = Standing("Mumble", RIVAL.turns, busy=(20.0, busy, 20.0))
    verdict = judge(of(STEADY, STEADY, STEADY), BALANCED, [LAGGARD, starved])
    assert verdict.met is met
    assert verdict.why == (() if met else ("the machine was full (91 %), which proves nothing",))
    assert judge(of(STEADY, STEADY, STEADY), Limits(57), [starved]).met, (
        "the absolute limits are harder then, not easier"
    )


@pytest.mark.parametrize("peers", [[], [Standing("Mumble", ((LOST,),) * 3)]])
def test_without_a_peer_there_is_no_share(peers: list[Standing]) -> None:
    assert best(peers) is None
    assert not judge(of(STEADY, STEADY, STEADY), BALANCED, peers).met


@pytest.mark.parametrize("turns", [(), ((LOST, LOST),) * 3])
def test_whoever_was_not_heard_has_missed_the_target(turns: tuple[tuple[float, ...], ...]) -> None:
    verdict = judge(of(*turns), BALANCED, PEERS)
    assert not verdict.met
    assert "p50 nan ms" in verdict.why


def test_a_turn_in_which_nothing_was_heard_is_its_worst() -> None:
    assert "p50 nan ms" in judge(of(STEADY, (LOST,), STEADY), BALANCED, PEERS).why


def test_the_best_peer_is_the_quickest_by_the_median_of_all_its_chirps() -> None:
    lucky = Standing("lucky", ((10.0, 200.0, 200.0),))
    silent = Standing("silent", ((LOST,),))
    assert best([LAGGARD, lucky, silent, RIVAL]) is RIVAL


def test_a_missed_chirp_counts_and_does_not_shift_the_median() -> None:
    figures = of((50.0, LOST, 52.0), (54.0, 56.0)).figures()
    assert figures["p50 ms"] == 53.0
    assert (figures["missed"], figures["of"]) == (1, 5)
    assert figures["medians of the turns"] == "51.0, 55.0"


def test_a_row_tells_the_ratio_the_verdict_and_what_it_fell_short_by() -> None:
    found = row(of(STEADY, STEADY, (60.0,) * 3), RIVAL, BALANCED, PEERS)
    assert (found.ratio, found.against) == (round(52 / 71, 3), "Mumble")
    assert found.met is False
    assert found.figures["fell short by"] == "p50 60.0 ms"
    assert row(LAGGARD, RIVAL).met is None
    assert row(Standing("silent"), RIVAL).ratio is None


def test_of_a_long_failure_its_name_and_its_end_are_kept() -> None:
    said = shorten("bob: not there\n" + "x" * 900 + "\nno such device", most=60)
    assert said.startswith("bob: not there / x")
    assert said.endswith("x / no such device")
    assert len(said) == 63
    assert shorten("short\nenough") == "short / enough"
