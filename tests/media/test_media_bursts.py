"""Bursts and gaps as RFC 3611 defines them, told from sequence numbers alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.bursts import SETTLING, WINDOW, BurstMeter, Fate, mean_run, measure
from voip.wire.rtcp_xr import LossRle


def fates(picture: str) -> np.ndarray:
    """`.` came, `x` lost, `d` came too late."""
    return np.array([{".": Fate.RECEIVED, "x": Fate.LOST, "d": Fate.DISCARDED}[mark] for mark in picture], np.uint8)


def meter(picture: str, *, start: int = 0) -> BurstMeter:
    """One that heard this, and then as many packets as it takes to be sure."""
    found = BurstMeter(9)
    for number, mark in enumerate(picture + "." * SETTLING, start):
        if mark != "x":
            found.received(number & 0xFFFF)
        if mark == "d":
            found.discarded(number & 0xFFFF)
    return found


GAP = "." * 16


@pytest.mark.parametrize(
    ("picture", "burst_packets", "burst_density", "gap_packets", "gap_density"),
    [
        ("." * 50, 0, 0, 50, 0),
        (GAP + "x" + GAP, 0, 0, 33, 1 / 33),  # alone: no burst
        (GAP + "xx" + GAP, 2, 1, 16, 0),
        (GAP + "x" + "." * 15 + "x" + GAP, 17, 2 / 17, 16, 0),  # fifteen do not end a burst
        (GAP + "x" + GAP + "x" + GAP, 0, 0, 50, 2 / 50),  # sixteen do
        (GAP + "xdx" + GAP + GAP + "x.x.x" + GAP, 4, 6 / 8, 64 / 3, 0),
        ("xx" + GAP, 2, 1, 16, 0),  # nothing before the burst, so one gap
        ("xxxx", 4, 1, 0, 0),
    ],
)
def test_bursts_and_gaps(picture, burst_packets, burst_density, gap_packets, gap_density):
    found = measure(fates(picture))
    assert (found.burst_packets, found.gap_packets) == (burst_packets, gap_packets)
    assert (found.burst_density, found.gap_density) == pytest.approx((burst_density, gap_density))


@settings(max_examples=200)
@given(st.text("..xd", max_size=200))
def test_the_parts_add_up(picture):
    found = measure(fates(picture))
    bad = sum(mark != "." for mark in picture)
    assert found.loss_rate * len(picture) + found.discard_rate * len(picture) == pytest.approx(bad)
    if found.burst_packets:
        # A burst is as dense as its definition forces it to be.
        assert found.burst_density >= 2 / 17 - 1e-9
    assert 0 <= found.gap_density <= 1


@pytest.mark.parametrize(("picture", "run"), [("", 0), ("...", 0), ("x..x", 1), ("xx.x..xxx", 2), ("xxx", 3)])
def test_mean_run(picture, run):
    assert mean_run(fates(picture) == Fate.LOST) == run


@pytest.mark.parametrize("start", [0, 65_530], ids=["plain", "wrapping"])
def test_what_came_is_told_once(start):
    heard = meter("..x.d", start=start)
    assert heard.loss_rle() == LossRle(9, start, b"\1\1\0\1\1")
    assert heard.loss_rle() is None
    heard.received(start + 5 + SETTLING + 1 & 0xFFFF)
    assert heard.loss_rle() == LossRle(9, start + 5 & 0xFFFF, b"\1\1")


def test_late_is_not_lost_and_reordered_is_neither():
    heard = BurstMeter(9)
    for number in [0, 2, 1, 5, 4, 3, 6, 7, *range(9, 8 + SETTLING)]:
        heard.received(number)
    heard.discarded(4)
    found = heard.bursts()
    assert (found.packets, found.loss_rate, found.discard_rate) == (8, 0, 1 / 8)  # number 8 may still come
    heard.received(8 + SETTLING)
    assert heard.bursts().loss_rate == pytest.approx(1 / 9)


def test_a_sender_that_begins_anew_is_no_loss():
    heard = meter("." * 100)
    for number in range(40_000, 40_100):
        heard.received(number)
    assert heard.bursts().loss_rate == 0
    assert heard.bursts().packets == 100 - SETTLING
    assert heard.loss_rle() == LossRle(9, 40_000, b"\1" * (100 - SETTLING))


def test_only_so_many_packets_are_remembered():
    heard = meter("x" + "." * 20 + "x" * 10 + "." * (WINDOW - 40))
    assert heard.bursts().loss_rate > 0
    for number in range(WINDOW, 2 * WINDOW):
        heard.received(number)
    assert heard.bursts().loss_rate == 0
    assert len(heard.loss_rle().received) == WINDOW - SETTLING


def test_nothing_before_the_first_packet():
    assert BurstMeter(9).loss_rle() is None
    assert BurstMeter(9).bursts().packets == 0


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 65_535), st.booleans()), max_size=60))
def test_whatever_comes_the_shares_are_shares(packets):
    heard = BurstMeter(9)
    for number, late in packets:
        (heard.discarded if late else heard.received)(number)
        found = heard.bursts()
        assert 0 <= found.loss_rate <= 1
        assert 0 <= found.discard_rate <= 1
        told = heard.loss_rle()
        assert told is None or 0 < len(told.received) <= WINDOW
