"""Limits by address and by person, with a clock in the hand."""

from dataclasses import replace

import pytest

from voip.config import ADMISSION, Admission, Rate
from voip.errors import ProtocolError, SignalError
from voip.relay.buckets import Buckets
from voip.relay.meter import SLICE, Meter
from voip.relay.porter import Porter

TIGHT = replace(
    ADMISSION,
    connections=5,
    connections_of_address=3,
    connections_of_person=2,
    handshakes_of_address=Rate(1, 4),
    enrolments_of_address=Rate(1, 2),
    invites_of_person=Rate(1, 2),
    packets_of_leg=Rate(100, 200),
    bytes_of_leg=Rate(10_000, 20_000),
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def porter(admission: Admission = TIGHT) -> tuple[Porter, Clock]:
    clock = Clock()
    return Porter(admission, clock), clock


def test_connections_of_one_address_and_of_all() -> None:
    door, _ = porter()
    assert [door.enter("a") for _ in range(4)] == [True, True, True, False]
    assert [door.enter("b") for _ in range(3)] == [True, True, False]
    assert door.turned_away == {"connections-of-address": 1, "connections": 1}
    door.leave("a")
    assert door.enter("b")
    for address in ("a", "a", "b", "b", "b"):
        door.leave(address)
    assert not door._here  # nothing is kept of who has gone


def test_connections_of_one_address_in_a_time() -> None:
    door, clock = porter()

    def pass_through() -> bool:
        entered = door.enter("a")
        if entered:
            door.leave("a")
        return entered

    assert [pass_through() for _ in range(6)] == [True] * 4 + [False] * 2
    assert door.turned_away == {"handshakes-of-address": 2}
    assert door.enter("b")  # another address is another matter
    clock.now += 2
    assert [pass_through() for _ in range(3)] == [True, True, False]
    door.crowded("c")
    assert door.turned_away["handshaking"] == 1


def test_a_person_has_few_connections_and_gets_them_back() -> None:
    door, _ = porter()
    with door.greet("alice"), door.greet("bob"):
        with door.greet("alice"):
            with pytest.raises(ProtocolError, match="You have 2 connections") as caught, door.greet("alice"):
                raise AssertionError
            assert caught.value.code == "too-many-connections"
        with door.greet("alice"):
            pass
    assert not door._people


def test_tries_to_join_and_calls_have_their_pace() -> None:
    door, clock = porter()
    for act, error, code in (
        (lambda: door.may_enrol("a"), ProtocolError, "enrolments-too-fast"),
        (lambda: door.may_invite("alice"), SignalError, "invites-too-fast"),
    ):
        act()
        act()
        with pytest.raises(error) as caught:
            act()
        assert caught.value.code == code
        assert caught.value.sentence.endswith(".")
        clock.now += 1
        act()


def test_buckets_forget_those_who_would_be_let_in_anyway() -> None:
    buckets = Buckets(Rate(1, 2), keys_max=10)
    for _ in range(3):
        buckets.take("flood", 0.0)
    for number in range(100):
        assert buckets.take(str(number), number * 0.001)
        assert len(buckets) <= 10
    assert not buckets.take("flood", 0.2)  # it is still known


def test_a_leg_may_bring_what_waited_for_long_and_no_more() -> None:
    meter = Meter(TIGHT, 0.0)
    for number in range(199):
        meter.count(50, number * 1e-5)
    meter.count(50, SLICE)
    with pytest.raises(ProtocolError) as caught:
        for number in range(1_000):
            meter.count(50, 0.3 + number * 0.001)
    assert caught.value.code == "leg-flood"


def test_a_leg_may_bring_so_many_bytes() -> None:
    meter = Meter(TIGHT, 0.0)
    with pytest.raises(ProtocolError):
        for number in range(40):
            meter.count(1_500, number * 0.02)


@pytest.mark.parametrize(("packets", "size"), [(200, 68), (100, 108), (50, 277)])
def test_every_plan_is_far_below_for_ever(packets: int, size: int) -> None:
    meter = Meter(ADMISSION, 0.0)
    for number in range(packets * 60):
        meter.count(size, number / packets)
    for _ in range(packets * 10):  # and ten seconds that came at once
        meter.count(size, 60.5)
