"""RTCP compounds: what is packed comes back; what is garbled is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError, PacketError
from voip.wire.rtcp import (
    Bye,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
    middle,
    ntp_from_unix,
    pack_compound,
    unix_from_ntp,
    unpack_untrusted,
)

u32 = st.integers(0, 2**32 - 1)
blocks = st.builds(ReportBlock, u32, st.integers(0, 255), st.integers(-(2**23), 2**23 - 1), u32, u32, u32, u32)
block_lists = st.lists(blocks, max_size=3).map(tuple)
reports = st.one_of(
    st.builds(SenderReport, u32, st.integers(0, 2**64 - 1), u32, u32, u32, block_lists),
    st.builds(ReceiverReport, u32, block_lists),
)
texts = st.text(st.characters(codec="utf-8"), max_size=40)
others = st.one_of(
    reports,
    st.builds(SourceDescription, u32, texts),
    st.builds(Bye, st.lists(u32, max_size=4).map(tuple), texts),
)
RR = ReceiverReport(7)
RR_BYTES = bytes.fromhex("80c90001 00000007")


@settings(max_examples=100)
@given(reports, st.lists(others, max_size=3))
def test_roundtrip(first, rest):
    data = pack_compound([first, *rest])
    assert len(data) % 4 == 0
    assert unpack_untrusted(data) == (first, *rest)


@settings(max_examples=300)
@given(reports, st.lists(others, max_size=2), st.data())
def test_garbage_is_packets_or_a_packet_error(first, rest, data):
    good = bytearray(pack_compound([first, *rest]))
    for _ in range(data.draw(st.integers(0, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        found = unpack_untrusted(bytes(good[:cut]))
    except PacketError:
        return
    assert len(found) <= len(good)


def test_sender_report_layout_is_rfc_3550():
    block = ReportBlock(2, 0x40, -1, 0x00010005, 96, 0xAABBCCDD, 65536)
    report = SenderReport(1, 0x0102030405060708, 9, 10, 11, (block,))
    assert pack_compound([report]) == bytes.fromhex(
        "81c8000c 00000001 0102030405060708 00000009 0000000a 0000000b"
        "00000002 40ffffff 00010005 00000060 aabbccdd 00010000"
    )


def test_sdes_layout_ends_on_a_boundary_with_a_null():
    sdes = pack_compound([RR, SourceDescription(1, "ab")])[8:]
    assert sdes == bytes.fromhex("81ca0003 00000001 01026162 00000000")


def test_other_sdes_items_and_unknown_types_are_read_past():
    sdes = bytes.fromhex("81ca0004 00000001 0602 6869 0102 6162 00000000")
    app = bytes.fromhex("80cc0002 00000001 6e616d65")
    assert unpack_untrusted(RR_BYTES + app + sdes) == (RR, SourceDescription(1, "ab"))


def test_padding_on_the_last_packet_is_stripped():
    assert unpack_untrusted(RR_BYTES + bytes.fromhex("a1cb0002 00000001 00000004")) == (RR, Bye((1,)))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "rtcp-short"),
        (b"\x80\xc9", "rtcp-short"),
        (bytes.fromhex("40c90001 00000007"), "rtcp-short"),  # version 1
        (bytes.fromhex("80c90002 00000007"), "rtcp-short"),  # longer than it is
        (bytes.fromhex("80cb0000"), "rtcp-order"),  # BYE first
        (bytes.fromhex("80c90000"), "rtcp-bad"),  # RR without its SSRC
        (bytes.fromhex("81c90001 00000007"), "rtcp-bad"),  # one block that is not there
        (RR_BYTES + bytes.fromhex("81ca0002 00000001 01ff6162"), "rtcp-bad"),  # CNAME over the end
        (RR_BYTES + bytes.fromhex("81ca0002 00000001 0102ffff"), "rtcp-bad"),  # … not UTF-8
        (bytes.fromhex("a0c90001 00000000") + RR_BYTES, "rtcp-padding"),  # padding before the last
        (bytes.fromhex("a0c90001 00000000"), "rtcp-padding"),
        (bytes.fromhex("a0c90001 00000003"), "rtcp-padding"),
    ],
)
def test_malformed(data, code):
    with pytest.raises(PacketError) as caught:
        unpack_untrusted(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "packets",
    [
        [],
        [Bye((1,))],
        [ReceiverReport(2**32)],
        [ReceiverReport(1, (ReportBlock(1, 256, 0, 0, 0),))],
        [ReceiverReport(1, (ReportBlock(1, 0, 2**23, 0, 0),))],
        [ReceiverReport(1, (ReportBlock(1, 0, 0, 0, 0),) * 32)],
        [RR, SourceDescription(1, "x" * 256)],
    ],
)
def test_what_does_not_fit_is_our_own_defect(packets):
    with pytest.raises(LocalError):
        pack_compound(packets)


def test_ntp_time():
    assert ntp_from_unix(0) == 2_208_988_800 << 32
    assert unix_from_ntp(ntp_from_unix(1_763_938_000.25)) == pytest.approx(1_763_938_000.25, abs=1e-6)
    assert middle(0x0000_1234_5678_0000) == 0x1234_5678
    # One second is 65,536 units in the middle.
    assert middle(ntp_from_unix(1001.0)) - middle(ntp_from_unix(1000.0)) == 65536
