"""RFC 3550's receiver statistics, the round trip, and percentiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.quality import ReceptionStatistics, RollingPercentile, RoundTrip
from voip.wire.rtcp import ReportBlock, middle, ntp_from_unix


def received(numbers, *, start=0) -> ReceptionStatistics:
    statistics = ReceptionStatistics(9)
    for number in numbers:
        statistics.arrived((start + number) & 0xFFFF, (start + number) * 960 & 0xFFFF_FFFF, 100 + number * 0.02)
    return statistics


@pytest.mark.parametrize("start", [0, 65_530], ids=["plain", "wrapping"])
def test_a_clean_stream(start):
    block = received(range(100), start=start).report_block(102.0)
    assert block == ReportBlock(9, 0, 0, start + 99, 0)


def test_loss_is_counted_in_all_and_since_the_last_report():
    statistics = received(n for n in range(100) if n % 4)
    # The first packet to come is number 1, so 99 were expected.
    assert statistics.report_block(102.0).cumulative_lost == 24
    for number in range(100, 110):
        statistics.arrived(number, number * 960, 100 + number * 0.02)
    second = statistics.report_block(103.0)
    assert (second.fraction_lost, second.cumulative_lost) == (0, 24)
    statistics.arrived(111, 111 * 960, 104.0)
    assert statistics.report_block(104.0).fraction_lost == 128  # one of two


def test_duplicates_make_loss_negative_but_not_its_fraction():
    block = received([0, 1, 1, 1, 2]).report_block(101.0)
    assert (block.fraction_lost, block.cumulative_lost) == (0, -2)


def test_reordering_is_no_loss():
    assert received([0, 2, 1, 4, 3, 5]).report_block(101.0).cumulative_lost == 0


def test_a_sender_that_begins_anew_starts_the_count_anew():
    statistics = received([0, 1, 2, 30_000, 30_001])
    assert statistics.cumulative_lost == 0
    assert statistics.report_block(101.0).extended_highest_sequence_number == 30_001


def test_jitter_is_rfc_3550s():
    statistics = ReceptionStatistics(9)
    # Every other packet 10 ms late: each difference is 10 ms, so the estimate goes there.
    for number in range(400):
        statistics.arrived(number, number * 960, 100 + number * 0.02 + (number % 2) * 0.010)
    assert statistics.jitter == pytest.approx(0.010, rel=0.01)
    assert statistics.report_block(109.0).interarrival_jitter == pytest.approx(480, abs=5)


def test_the_block_tells_when_the_last_sender_report_came():
    statistics = received(range(3))
    statistics.sender_report(0x1111_2222_3333_4444, 100.0)
    block = statistics.report_block(100.5)
    assert (block.last_sr, block.delay_since_last_sr) == (0x2222_3333, 32768)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.floats(0, 2)), max_size=50))
def test_whatever_comes_the_block_fits_its_fields(packets):
    statistics, now = ReceptionStatistics(9), 0.0
    for number, timestamp, later in packets:
        now += later
        statistics.arrived(number, timestamp, now)
        block = statistics.report_block(now)
        assert 0 <= block.fraction_lost <= 255
        assert -(2**23) <= block.cumulative_lost < 2**23
        assert 0 <= block.extended_highest_sequence_number < 2**32
        assert 0 <= block.interarrival_jitter < 2**32


# ── round trip ─────────────────────────────────────────────────────────────────────────────────────────────────

NTP = ntp_from_unix(1_763_938_000.0)


def answer(ntp: int, held: float, ssrc: int = 5) -> ReportBlock:
    return ReportBlock(ssrc, 0, 0, 0, 0, middle(ntp), round(held * 65536))


def test_round_trip_leaves_out_what_the_peer_held():
    trip = RoundTrip(5)
    trip.sent(NTP, 10.0)
    trip.answered_untrusted(answer(NTP, 0.7), 10.75)
    assert trip.last == pytest.approx(0.05, abs=1e-4)
    assert trip.p50(10.75) == trip.p95(10.75) == trip.last


@pytest.mark.parametrize(
    "block",
    [answer(NTP + (1 << 32), 0.1), answer(NTP, 0.1, ssrc=6), answer(NTP, 5.0), ReportBlock(5, 0, 0, 0, 0)],
    ids=["never sent", "another stream", "held longer than ago", "no report yet"],
)
def test_answers_that_answer_nothing_are_ignored(block):
    trip = RoundTrip(5)
    trip.sent(NTP, 10.0)
    trip.answered_untrusted(block, 11.0)
    assert trip.last is None
    assert trip.p50(11.0) is None


def test_a_rounding_below_zero_is_zero():
    trip = RoundTrip(5)
    trip.sent(NTP, 10.0)
    trip.answered_untrusted(answer(NTP, 0.5), 10.5 - 1e-6)
    assert trip.last == 0.0


def test_only_so_many_reports_are_remembered():
    trip = RoundTrip(5)
    for second in range(100):
        trip.sent(ntp_from_unix(second), second)
    trip.answered_untrusted(answer(ntp_from_unix(50), 0.0), 100.0)
    assert trip.last is None
    trip.answered_untrusted(answer(ntp_from_unix(99), 0.0), 99.2)
    assert trip.last == pytest.approx(0.2)


def test_percentiles_over_the_last_minute():
    rolling = RollingPercentile(60)
    for second in range(200):
        rolling.add(float(second), now=float(second))
    assert rolling.percentile(0.0, 199.0) == 139.0
    assert rolling.percentile(0.5, 199.0) == 169.0
    assert rolling.percentile(0.95, 199.0) == 196.0
    assert rolling.percentile(1.0, 199.0) == 199.0
    assert rolling.percentile(0.5, 500.0) is None
