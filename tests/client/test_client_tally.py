"""Loss by running counts: shares, windows, wrapping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.client.tally import COUNTS_MAX, WRAP, Tally


def told(*counts: tuple[int, int]) -> Tally:
    tally = Tally()
    for sent, came in counts:
        tally.told(sent, came)
    return tally


def test_the_share_of_the_last_packets() -> None:
    tally = told((0, 0), (100, 100), (110, 105), (120, 110))
    assert tally.lost(20) == 0.5
    assert tally.lost(21) == pytest.approx(10 / 120)
    assert tally.lost(121) is None
    assert Tally().lost(1) is None


def test_what_is_heavy() -> None:
    assert not told((0, 0), (20, 13)).heavy
    assert told((0, 0), (20, 12)).heavy
    assert told((0, 0), (8, 0)).heavy
    assert not told((0, 0), (7, 0)).heavy
    assert not told((0, 0), (10, 1)).heavy
    assert told((0, 0), (150, 119)).heavy
    assert not told((0, 0), (150, 121)).heavy


def test_packets_that_overtake_a_count_are_no_gain() -> None:
    assert told((0, 0), (10, 12)).lost(10) == 0


def test_from_the_beginning_again() -> None:
    tally = told((0, 0), (100, 0))
    tally.restart()
    assert not tally.heavy
    tally.told(200, 50)
    tally.told(300, 150)
    assert tally.lost(100) == 0


@given(
    st.integers(0, WRAP - 1), st.integers(0, WRAP - 1), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)))
)  # fmt: skip
def test_counts_wrap(sent: int, came: int, steps: list[tuple[int, int]]) -> None:
    wrapped, plain = Tally(), Tally()
    wrapped.told(sent, came)
    plain.told(0, 0)
    total = [0, 0]
    for more, arrived in steps:
        total[0] += more
        total[1] += min(more, arrived)
        wrapped.told((sent + total[0]) % WRAP, (came + total[1]) % WRAP)
        plain.told(*total)
    for of in (1, 8, 20, 150):
        assert wrapped.lost(of) == plain.lost(of)
    assert len(wrapped._counts) <= COUNTS_MAX
