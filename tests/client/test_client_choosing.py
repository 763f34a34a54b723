"""Which way each direction goes: UDP when it has proven itself, TLS within half a second when it fails, no flapping."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from udp_weather import TICK, Weather, always, never

from voip.client.choosing import Change, Choosing, Evidence, silence
from voip.config import PATH

GOOD = Evidence(answered=PATH.proof, round_trip=0.02, tls_round_trip=0.02, shortest=0.02)

# What the evidence is, and what becomes of a direction that goes by TLS.
TAKEN = {
    "proven": (GOOD, True),
    "one binding too few": (Evidence(PATH.proof - 1, 0.0, 0.02, 0.02), False),
    "nothing known of TLS": (Evidence(PATH.proof, tls_round_trip=None, shortest=0.9), True),
    "a little slower than TLS": (Evidence(PATH.proof, tls_round_trip=0.02, shortest=0.05), True),
    "slower by what our own machine does": (
        Evidence(PATH.proof, round_trip=0.3, tls_round_trip=0.02, shortest=0.03),
        True,
    ),
    "much slower than TLS": (Evidence(PATH.proof, tls_round_trip=0.02, shortest=0.2), False),
    "in doubt": (Evidence(PATH.proof, PATH.doubt, 0.02, 0.02), False),
    "nobody is there": (Evidence(PATH.proof, 0.0, 0.02, 0.02, refused=True), False),
}
# … and of one that goes by UDP.
LEFT = {
    "all is well": (GOOD, ""),
    "in doubt": (Evidence(9, PATH.doubt, 0.02), ""),
    "silent": (Evidence(9, PATH.silence, 0.02), "silent"),
    "silent, and far away": (Evidence(9, PATH.silence, 0.15), ""),
    "silent for longer, and far away": (Evidence(9, silence(0.15), 0.15), "silent"),
    "unheard": (Evidence(9, unheard=True), "unheard"),
    "loses heavily": (Evidence(9, heavy=True), "loss"),
    "nobody is there": (Evidence(9, refused=True), "refused"),
}


def on_udp(now: float = 10.0) -> Choosing:
    choosing = Choosing()
    assert choosing.look(GOOD, now) == Change("udp", "proven")
    return choosing


@pytest.mark.parametrize("case", TAKEN)
def test_when_udp_is_taken(case: str) -> None:
    seen, taken = TAKEN[case]
    choosing = Choosing()
    assert (choosing.look(seen, 10.0) is not None) == taken
    assert choosing.way == ("udp" if taken else "tls")


@pytest.mark.parametrize("case", LEFT)
def test_when_udp_is_left(case: str) -> None:
    seen, why = LEFT[case]
    choosing = on_udp()
    assert choosing.look(seen, 50.0) == (Change("tls", why) if why else None)


def test_both_ways_at_each_change_and_in_doubt() -> None:
    choosing = on_udp(10.0)
    assert choosing.both(GOOD, 10.0 + PATH.overlap / 2)
    assert not choosing.both(GOOD, 10.0 + PATH.overlap)
    assert choosing.both(Evidence(quiet=PATH.doubt), 20.0)
    choosing.look(Evidence(unheard=True), 30.0)
    assert choosing.both(GOOD, 30.0 + PATH.parting / 2)
    assert not choosing.both(Evidence(quiet=9.0), 30.0 + PATH.parting)


def test_a_way_that_is_left_soon_again_and_again_must_wait_longer_and_longer_and_is_forgiven() -> None:
    choosing, now, waits = Choosing(), 10.0, []
    for _ in range(9):
        while choosing.look(GOOD, now) is None:
            now += TICK
        now += 0.5
        choosing.look(Evidence(unheard=True), now)
        left = now
        while not choosing.trying(now):
            now += TICK
        waits.append(round(now - left))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert choosing.look(GOOD, now) is not None
    choosing.look(Evidence(unheard=True), now + PATH.steady)
    assert choosing.look(GOOD, now + PATH.steady + PATH.pause / 2) is None
    assert choosing.look(GOOD, now + PATH.steady + PATH.pause) is not None


def test_after_loss_more_is_asked_for() -> None:
    choosing = on_udp()
    choosing.look(Evidence(heavy=True), 50.0)
    assert choosing.look(GOOD, 60.0) is None
    assert choosing.look(Evidence(answered=PATH.proof_after_loss), 60.0) is not None


# ── in the weather ─────────────────────────────────────────────────────────────────────────────────────────────


def settled(**weather: float) -> Weather:
    """Both directions on UDP, and the overlap over."""
    place = Weather(**weather)
    assert [(way, change.way) for _, way, change in place.run(5.0)] == [("out", "udp"), ("in", "udp")]
    return place


@pytest.mark.parametrize("rtt", [0.001, 0.03, 0.1, 0.15, 0.2, 0.3])
def test_a_call_moves_to_udp_within_a_second(rtt: float) -> None:
    changes = Weather(rtt=rtt, tls_rtt=rtt).run(5.0)
    assert [(way, change) for _, way, change in changes] == [
        ("out", Change("udp", "proven")),
        ("in", Change("udp", "proven")),
    ]
    assert changes[0][0] < 1.0 + 2 * rtt


@pytest.mark.parametrize("rtt", [0.001, 0.03, 0.1, 0.15, 0.2, 0.3])
@pytest.mark.parametrize("ways", ["both", "out", "in"])
def test_a_blackhole_is_left_within_half_a_second(rtt: float, ways: str) -> None:
    place = settled(rtt=rtt, tls_rtt=rtt)
    before = place.lost_out
    up, down = (always if ways == "in" else never), (always if ways == "out" else never)
    changes = place.run(3.0, up=up, down=down)
    first = {}
    for at, way, change in changes:
        first.setdefault(way, (at, change))
    hurt = {"both": {"out", "in"}, "out": {"out"}, "in": {"in"}}[ways]
    assert hurt <= first.keys()
    for way in hurt:
        at, change = first[way]
        # What was on its way when it went dark still comes for half a round trip.
        assert at - rtt / 2 < 0.45
        assert change.why in {"silent", "unheard"}
    assert (place.lost_out - before) * 0.02 <= 0.25 + rtt


@pytest.mark.parametrize("dark", [0.6, 2.0, 7.3, 20.0, 61.0])
def test_it_is_back_soon_after_udp_is(dark: float) -> None:
    place = settled()
    place.run(dark, up=never, down=never)
    assert (place.out.way, place.into.way) == ("tls", "tls")
    back = place.run(8.0)
    assert [change.way for _, _, change in back] == ["udp", "udp"]
    assert max(at for at, _, _ in back) < 2.5


def test_while_it_is_dark_it_is_asked_once_a_second() -> None:
    place = settled()
    place.run(5.0, up=never, down=never)
    before = len(place.requests)
    place.run(20.0, up=never, down=never)
    assert 18 <= len(place.requests) - before <= 22


def test_in_use_it_is_asked_once_a_second() -> None:
    place = settled()
    before = len(place.requests)
    assert place.run(20.0) == []
    assert 19 <= len(place.requests) - before <= 21


def test_a_way_that_goes_every_second_is_not_taken_every_second() -> None:
    place = settled()
    flapping = lambda at: at % 2 < 1  # noqa: E731
    changes = place.run(120.0, up=flapping, down=flapping)
    assert sum(way == "out" and change.way == "udp" for _, way, change in changes) <= 12


def test_a_silent_peer_is_no_silent_way() -> None:
    place = settled()
    place.peer_sends = False
    assert place.run(20.0) == []
    place.peer_sends = True
    assert place.run(5.0) == []


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_loss_that_can_be_mended_is_borne(share: float) -> None:
    place, dice = settled(), random.Random(7)
    changes = place.run(60.0, up=lambda _at: dice.random() >= share, down=lambda _at: dice.random() >= share)
    assert changes == []


def test_heavy_loss_is_left_and_not_returned_to() -> None:
    place, dice = settled(), random.Random(7)
    rain = lambda _at: dice.random() >= 0.6  # noqa: E731
    changes = place.run(30.0, up=rain, down=rain)
    assert {way for _, way, change in changes if change.way == "tls"} == {"out", "in"}
    assert [change.way for _, _, change in changes] == ["tls", "tls"]
    assert max(at for at, _, _ in changes) < 1.5


def test_media_that_do_not_pass_where_bindings_do() -> None:
    place = Weather()
    place.run(0.2)
    place.flow.media_came = lambda packet, now, authentic: None  # type: ignore[method-assign]
    changes = place.run(3.0)
    left = [(at, why.why) for at, way, why in changes if way == "in" and why.way == "tls"]
    taken = [at for at, way, why in changes if way == "in" and why.way == "udp"]
    assert left[0][1] == "loss"
    assert left[0][0] - taken[0] < 0.5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.05, 6.0), st.booleans(), st.booleans()), min_size=1, max_size=12),
    st.floats(0.001, 0.2),
)
def test_whatever_the_weather_it_is_on_udp_when_that_has_held_and_on_tls_when_not(
    spells: list[tuple[float, bool, bool]], rtt: float
) -> None:
    place = Weather(rtt=rtt, tls_rtt=rtt)
    for seconds, up, down in spells:
        place.run(seconds, up=always if up else never, down=always if down else never)
    place.run(1.5, up=never, down=never)
    assert (place.out.way, place.into.way) == ("tls", "tls")
    place.run(PATH.pause_most + 5.0)
    assert (place.out.way, place.into.way) == ("udp", "udp")
    assert place.run(20.0) == []
