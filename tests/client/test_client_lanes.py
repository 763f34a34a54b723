"""When a leg gets one more connection, and when it is let go."""

from voip.client.lanes import LaneKeeper
from voip.config import LANES


def look(keeper: LaneKeeper, now: float, lanes: int = 0, delays: int = 0, *, used: bool = True) -> str | None:
    return keeper.look(lanes, delays, now, used=used)


def test_nothing_is_late_nothing_is_opened() -> None:
    keeper = LaneKeeper(2)
    assert look(keeper, 10.0) is None
    assert look(keeper, 10.0, delays=LANES.often - 1) is None


def test_late_and_late_again_opens_one_and_then_another() -> None:
    keeper = LaneKeeper(2)
    assert look(keeper, 10.0, 0, LANES.often) == "open"
    assert look(keeper, 10.1, 1, LANES.often) is None, "what the first does must be seen"
    assert look(keeper, 10.0 + LANES.settle, 1, LANES.often) == "open"
    assert look(keeper, 60.0, 2, LANES.often) is None, "there are no more"


def test_a_relay_that_has_no_lanes() -> None:
    assert look(LaneKeeper(0), 10.0, 0, 50) is None


def test_what_is_late_elsewhere_opens_nothing() -> None:
    assert look(LaneKeeper(2), 10.0, 0, 50, used=False) is None


def test_what_the_kernel_sends_again_opens_one_too() -> None:
    keeper = LaneKeeper(2)
    keeper.resent(7, 9.0)
    assert look(keeper, 9.0) is None, "what was before the leg was looked at"
    keeper.resent(7 + LANES.often, 10.0)
    assert look(keeper, 10.0) == "open"
    keeper.resent(9 + LANES.often, 15.0)
    assert look(keeper, 15.0, 1) is None, "one lane mends it"
    keeper.resent(9 + LANES.often + LANES.resent_often, 16.0)
    assert look(keeper, 16.0, 1) == "open"


def test_a_lane_that_was_of_no_use_for_long_is_let_go() -> None:
    keeper = LaneKeeper(2)
    assert look(keeper, 10.0, 0, LANES.often) == "open"
    keeper.helped(LANES.helped, 50.0)
    keeper.helped(LANES.helped / 2, 160.0)
    assert look(keeper, 50.0 + LANES.idle - 1, 1) is None
    assert look(keeper, 50.0 + LANES.idle, 1) == "close"
    assert look(keeper, 50.0 + LANES.idle, 0) is None
