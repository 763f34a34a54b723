"""The E-model against the values that G.107 and G.113 print, and against common sense."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.media.emodel import burst_ratio, delay_impairment, effective_ie, mos_of, opus_ie, score


@pytest.mark.parametrize(("r", "mos"), [(93.2, 4.41), (90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_mos_is_that_of_annex_b(r: float, mos: float):
    assert mos_of(r) == pytest.approx(mos, abs=0.01)


def test_delay_below_100_ms_costs_nothing_and_much_above_150_costs_a_lot():
    assert delay_impairment(100) == 0
    assert delay_impairment(150) < 1
    assert delay_impairment(400) == pytest.approx(25 * ((1 + 64) ** (1 / 6) - 3 * (1 + (2 / 3) ** 6) ** (1 / 6) + 2))
    assert 20 < delay_impairment(400) < 35


def test_packet_loss_as_g113_has_it_for_g711():
    # G.711 with concealment: Ie 0, Bpl 25.1; 5 % of random loss costs 95·5/30.1.
    assert effective_ie(0, 5, bpl=25.1) == pytest.approx(15.78, abs=0.01)
    assert effective_ie(0, 5, burst_ratio=2, bpl=25.1) > effective_ie(0, 5, bpl=25.1)
    assert effective_ie(11, 0) == 11


def test_random_loss_has_a_burst_ratio_of_one():
    for loss in (1, 5, 20):
        assert burst_ratio(1 / (1 - loss / 100), loss) == pytest.approx(1)
    assert burst_ratio(3, 10) == pytest.approx(2.7)


def test_more_bits_are_better_until_they_are_enough():
    rates = [12_000, 16_000, 24_000, 32_000, 48_000, 64_000]
    assert [opus_ie(rate) for rate in rates] == sorted((opus_ie(rate) for rate in rates), reverse=True)
    assert opus_ie(12_000) == pytest.approx(11.8, abs=0.1)
    assert opus_ie(10**6) == 0


@given(
    st.floats(0, 1e6), st.floats(-10, 200), st.floats(0, 5000), st.floats(0, 100),
)  # fmt: skip
def test_whatever_is_measured_the_score_is_one(bitrate: float, loss: float, delay: float, burst: float):
    found = score(bitrate=bitrate, loss=loss, delay_ms=delay, mean_burst=burst)
    assert 0 <= found.r <= 93.2
    assert 1 <= found.mos <= found.listening <= 4.5
    assert not math.isnan(found.ie_eff)


@given(st.floats(0, 50), st.floats(0, 50))
def test_more_loss_is_never_better(one: float, other: float):
    less, more = sorted((one, other))
    heard = [score(bitrate=32_000, loss=loss, delay_ms=60).mos for loss in (less, more)]
    assert heard[0] >= heard[1]
