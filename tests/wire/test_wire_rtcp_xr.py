"""Extended reports: what is packed comes back; what is garbled is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError, PacketError
from voip.wire.rtcp import ReceiverReport, pack_compound, unpack_untrusted
from voip.wire.rtcp_xr import BLOCKS_MAX, LOSS_RLE_MAX, ExtendedReport, LossRle, VoipMetrics

u8, u16, u32 = st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)
levels = st.none() | st.integers(-127, 126)
factors = st.none() | st.integers(0, 100)
scores = st.none() | st.integers(10, 50)
metrics = st.builds(
    VoipMetrics,
    u32,
    *[u8] * 4,
    *[u16] * 4,
    levels,
    levels,
    st.none() | st.integers(0, 126),
    factors,
    factors,
    scores,
    scores,
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 15),
    *[u16] * 3,
    u8,
)
runs = st.lists(st.tuples(st.sampled_from([b"\0", b"\1"]), st.integers(1, 20) | st.integers(1, 17_000)), max_size=4)
losses = st.builds(LossRle, u32, u16, runs.map(lambda runs: b"".join(kind * length for kind, length in runs)[:65_534]))
reports = st.builds(ExtendedReport, u32, st.lists(metrics | losses, max_size=3).map(tuple))
RR = ReceiverReport(7)
RR_BYTES = bytes.fromhex("80c90001 00000007")


@settings(max_examples=150, deadline=None)
@given(reports)
def test_roundtrip_within_a_compound(report):
    data = pack_compound([RR, report])
    assert len(data) % 4 == 0
    assert unpack_untrusted(data) == (RR, report)


@settings(max_examples=300, deadline=None)
@given(reports, st.data())
def test_garbage_is_reports_or_a_packet_error(report, data):
    good = bytearray(pack_compound([RR, report]))
    for _ in range(data.draw(st.integers(0, 6))):
        good[data.draw(st.integers(8, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(good)))
    try:
        found = unpack_untrusted(bytes(good[:cut]))
    except PacketError:
        return
    for packet in found[1:]:
        if isinstance(packet, ExtendedReport):
            assert len(packet.blocks) <= BLOCKS_MAX
            assert all(len(block.received) <= 65_535 for block in packet.blocks if isinstance(block, LossRle))


@settings(max_examples=300)
@given(st.binary(max_size=120).map(lambda body: body[: len(body) // 4 * 4]))
def test_any_body_is_a_report_or_a_packet_error(body):
    try:
        unpack_untrusted(RR_BYTES + bytes((0x80, 207, 0, len(body) // 4)) + body)
    except PacketError as error:
        assert error.code == "rtcp-bad"


def test_voip_metrics_layout_is_rfc_3611s():
    report = ExtendedReport(
        1, (VoipMetrics(2, 3, 4, 5, 6, 7, 8, 9, 10, -20, -70, None, 93, None, 43, 42, 2, 3, 0, 40, 60, 600),)
    )
    assert pack_compound([RR, report])[8:] == bytes.fromhex(
        "80cf000a 00000001"
        "07000008 00000002 03040506 00070008 0009000a ecba7f10 5d7f2b2a b0000028 003c0258"
    )  # fmt: skip


def test_loss_rle_layout_is_rfc_3611s():
    # 20 came; then 15 as a picture, of which 13 are meant: one in three is missing. No third chunk, so none is added.
    received = b"\1" * 20 + b"\0\1\1" * 4 + b"\0"
    assert pack_compound([RR, ExtendedReport(1, (LossRle(2, 0xFFF0, received),))])[8:] == bytes.fromhex(
        "80cf0005 00000001 01000003 00000002 fff00011 4014b6d8"
    )


def test_a_second_of_packets_costs_little():
    received = bytes(index % 7 != 3 for index in range(100))
    assert len(pack_compound([RR, ExtendedReport(1, (LossRle(2, 0, received), VoipMetrics(2)))])) <= 88


def test_figures_out_of_range_are_ignored():
    data = bytearray(pack_compound([RR, ExtendedReport(1, (VoipMetrics(2),))]))
    data[-12:-8] = bytes((101, 255, 9, 51))
    assert unpack_untrusted(bytes(data))[1].blocks == (VoipMetrics(2),)


def test_unknown_blocks_are_read_past():
    xr = bytes.fromhex("80cf0008 00000001 04000002 0102030405060708 01000003 00000002 00050007 c000 0000")
    assert unpack_untrusted(RR_BYTES + xr) == (RR, ExtendedReport(1, (LossRle(2, 5, b"\1\0"),)))


@pytest.mark.parametrize(
    "body",
    [
        "",  # no SSRC
        "00000001 07000008 00000002",  # metrics cut off
        "00000001 07000001 00000002",  # metrics of one word
        "00000001 01000001 00000002",  # Loss RLE without its numbers
        "00000001 01000002 00000002 00050007",  # … without its chunks
        "00000001 01000003 00000002 00050007 40010000",  # … that end too soon
        "00000001" + "04000000" * BLOCKS_MAX + "04000000",
    ],
)
def test_malformed(body):
    body = bytes.fromhex(body)
    with pytest.raises(PacketError) as caught:
        unpack_untrusted(RR_BYTES + bytes((0x80, 207, 0, len(body) // 4)) + body)
    assert caught.value.code == "rtcp-bad"


@pytest.mark.parametrize(
    "block",
    [
        VoipMetrics(2**32),
        VoipMetrics(1, loss_rate=256),
        VoipMetrics(1, signal_level=127),
        VoipMetrics(1, r_factor=101),
        VoipMetrics(1, mos_lq=9),
        VoipMetrics(1, adaptive=4),
        VoipMetrics(1, jitter_buffer_nominal=65_536),
        LossRle(1, 65_536, b""),
        LossRle(1, 0, bytes(LOSS_RLE_MAX + 1)),
    ],
)
def test_what_does_not_fit_is_our_own_defect(block):
    with pytest.raises(LocalError):
        pack_compound([RR, ExtendedReport(1, (block,))])
