"""What the peer says of our stream, true or not; and what we say of the peer's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.config import SAMPLE_RATE
from voip.errors import PacketError
from voip.media.bursts import Bursts
from voip.media.emodel import score
from voip.media.reports import FATES_MAX, PeerReports, Told, metrics
from voip.wire import rtcp, rtcp_xr
from voip.wire.rtcp import ReceiverReport, ReportBlock, SenderReport
from voip.wire.rtcp_xr import ExtendedReport, LossRle, VoipMetrics

OURS, OTHER = 7, 8
BLOCK = ReportBlock(OURS, 64, 100, 5000, 480, 0, 0)


def told(*fates: int, block: ReportBlock = BLOCK) -> Told | None:
    reports = PeerReports(OURS)
    reports.heard_untrusted(SenderReport(OTHER, 1, 2, 3, 4, (block,)))
    if fates:
        reports.heard_untrusted(ExtendedReport(OTHER, (LossRle(OURS, 0, bytes(fates)),)))
    return reports.take()


def test_packet_by_packet_is_better_than_a_fraction() -> None:
    assert told() == Told(0.25, 1.0, 0.01)
    assert told(1, 0, 0, 1, 1, 1, 0, 1) == Told(0.375, 1.5, 0.01)
    assert told(1, 1, 1, 1) == Told(0.0, 1.0, 0.01)
    assert told(0, 0, 0) == Told(1.0, 3.0, 0.01)


def test_each_report_is_taken_once_and_what_came_before_it_waits() -> None:
    reports = PeerReports(OURS)
    assert reports.take() is None
    reports.heard_untrusted(ExtendedReport(OTHER, (LossRle(OURS, 0, bytes([1, 0])),)))
    assert reports.take() is None  # fates without a report block: its jitter is still to come
    reports.heard_untrusted(ReceiverReport(OTHER, (BLOCK,)))
    assert reports.take() == Told(0.5, 1.0, 0.01)
    assert reports.take() is None
    reports.heard_untrusted(ReceiverReport(OTHER, (BLOCK,)))
    assert reports.take() == Told(0.25, 1.0, 0.01)


def test_what_is_said_of_another_stream_is_not_ours() -> None:
    reports = PeerReports(OURS)
    reports.heard_untrusted(ReceiverReport(OTHER, (replace(BLOCK, ssrc=OTHER),)))
    reports.heard_untrusted(ExtendedReport(OTHER, (LossRle(OTHER, 0, bytes(9)), VoipMetrics(OTHER))))
    assert (reports.take(), reports.metrics) == (None, None)
    reports.heard_untrusted(ExtendedReport(OTHER, (VoipMetrics(OURS, loss_rate=9),)))
    assert reports.metrics == VoipMetrics(OURS, loss_rate=9)


BLOCKS = st.builds(
    ReportBlock,
    st.sampled_from([OURS, OTHER]),
    st.integers(0, 255),
    st.integers(-(2**23), 2**23 - 1),
    *[st.integers(0, 2**32 - 1)] * 4,
)
HOSTILE = st.one_of(
    st.builds(lambda blocks: ReceiverReport(OTHER, tuple(blocks)), st.lists(BLOCKS, max_size=4)),
    st.builds(
        lambda begin, fates: ExtendedReport(OTHER, (LossRle(OURS, begin, fates),)),
        st.integers(0, 0xFFFF),
        st.lists(st.integers(0, 1), max_size=3000).map(bytes),
    ),
    st.builds(lambda: ExtendedReport(OTHER, (LossRle(OURS, 1, bytes(65_534)),) * 15)),
)


@given(st.lists(st.one_of(HOSTILE, st.none()), max_size=20))
def test_hostile_reports_are_bounded_and_give_figures_in_range(packets: list[object]) -> None:
    reports = PeerReports(OURS)
    for packet in packets:
        if packet is not None:
            reports.heard_untrusted(packet)
            assert len(reports._fates) <= FATES_MAX
        elif (found := reports.take()) is not None:
            assert 0 <= found.loss <= 1
            assert 1 <= found.burst <= FATES_MAX
            assert 0 <= found.jitter <= 2**32 / SAMPLE_RATE


@given(st.binary(max_size=400), st.sampled_from([1, 7]))
def test_hostile_bytes_of_an_extended_report(content: bytes, block_type: int) -> None:
    """As they come from the wire: refused by the parser, or harmless here."""
    content += bytes(-len(content) % 4)
    block = bytes([block_type, 0]) + (len(content) // 4).to_bytes(2, "big") + content
    body = OTHER.to_bytes(4, "big") + block
    packet = bytes([0x80, rtcp_xr.XR]) + (len(body) // 4).to_bytes(2, "big") + body
    reports = PeerReports(int.from_bytes(content[:4], "big"))
    try:
        parts = rtcp_xr.unpack_body_untrusted(packet[4:])
    except PacketError:
        return
    reports.heard_untrusted(parts)
    reports.heard_untrusted(ReceiverReport(OTHER, (replace(BLOCK, ssrc=reports._ssrc),)))
    found = reports.take()
    assert found is not None
    assert 0 <= found.loss <= 1


SHARE = st.floats(0, 1)
SEEN = st.builds(Bursts, st.integers(0, 4096), SHARE, SHARE, SHARE, SHARE, *[st.floats(0, 4096)] * 3)
SCORES = st.builds(
    score, bitrate=st.floats(1, 1e6), loss=st.floats(0, 100), delay_ms=st.floats(0, 1e6), mean_burst=st.floats(1, 1e4)
)


@given(SEEN, st.sampled_from([5, 10, 20, 40]), st.one_of(st.none(), SCORES), st.one_of(st.none(), st.floats(0, 1e6)),
       st.floats(-1e6, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))  # fmt: skip
def test_what_we_tell_fits_into_its_fields(
    seen: Bursts, frame_ms: int, how: object, trip: float | None, own: float, buffer: float, target: float
) -> None:
    found = metrics(OURS, seen, frame_ms, how, round_trip=trip, own_ms=own, buffer_ms=buffer, target_ms=target)
    packet = rtcp.pack_compound(
        [ReceiverReport(OTHER, ()), rtcp.SourceDescription(OTHER, "x"), ExtendedReport(OTHER, (found,))]
    )
    assert rtcp.unpack_untrusted(packet)[-1] == ExtendedReport(OTHER, (found,))


def test_what_we_tell() -> None:
    seen = Bursts(1000, 0.05, 0.01, 0.5, 0.02, 20.0, 300.0, 1.5)
    how = score(bitrate=32_000, loss=1, delay_ms=60)
    found = metrics(OURS, seen, 10, how, round_trip=0.04, own_ms=41.6, buffer_ms=22.4, target_ms=25)
    assert (found.loss_rate, found.discard_rate, found.burst_density, found.gap_density) == (13, 3, 128, 5)
    assert (found.burst_duration, found.gap_duration) == (200, 3000)
    assert (found.round_trip_delay, found.end_system_delay) == (40, 42)
    assert (found.jitter_buffer_nominal, found.jitter_buffer_maximum) == (22, 25)
    assert found.mos_cq == pytest.approx(10 * how.mos, abs=0.5)
    unknown = metrics(OURS, seen, 10, None, round_trip=None, own_ms=0, buffer_ms=0, target_ms=0)
    assert (unknown.r_factor, unknown.mos_lq, unknown.mos_cq, unknown.round_trip_delay) == (None, None, None, 0)
