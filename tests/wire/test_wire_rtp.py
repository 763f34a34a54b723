"""RTP packets: what is packed comes back; what is garbled is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError, PacketError
from voip.wire.rtp import RtpPacket, unpack_untrusted

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    marker=st.booleans(),
    sequence_number=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=200),
)


@settings(max_examples=100)
@given(packets)
def test_roundtrip(packet):
    assert unpack_untrusted(packet.pack()) == packet


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda rest: b"\xbf" + rest)))
def test_garbage_is_a_packet_or_a_packet_error(data):
    try:
        packet = unpack_untrusted(data)
    except PacketError:
        return
    assert len(packet.payload) <= len(data) - 12


def test_layout_is_rfc_3550():
    packet = RtpPacket(111, True, 0x0102, 0x03040506, 0x0708090A, b"voice")
    assert packet.pack() == bytes.fromhex("80 ef 0102 03040506 0708090a") + b"voice"


def test_csrc_extension_and_padding_are_read_past():
    fixed = bytes.fromhex("b2 6f 0001 00000002 00000003")
    csrcs = bytes(8)
    extension = bytes.fromhex("bede 0001 11223344")
    packet = unpack_untrusted(fixed + csrcs + extension + b"voice" + bytes.fromhex("0000 03"))
    assert packet == RtpPacket(111, False, 1, 2, 3, b"voice")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "rtp-short"),
        (bytes(11), "rtp-short"),
        (bytes(12), "rtp-version"),
        (b"\xc0" + bytes(11), "rtp-version"),
        (b"\x8f" + bytes(11), "rtp-short"),  # 15 CSRCs that are not there
        (b"\x90" + bytes(11), "rtp-short"),  # an extension that is not there
        (b"\x90" + bytes(11) + b"\0\0\0\x09", "rtp-short"),  # … or is cut off
        (b"\xa0" + bytes(12), "rtp-padding"),
        (b"\xa0" + bytes(11) + b"\x02", "rtp-short"),  # more padding than packet
    ],
)
def test_malformed(data, code):
    with pytest.raises(PacketError) as caught:
        unpack_untrusted(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "field", [{"payload_type": 128}, {"sequence_number": 65536}, {"timestamp": -1}, {"ssrc": 2**32}]
)
def test_a_field_that_does_not_fit_is_our_own_defect(field):
    values = {"payload_type": 111, "marker": False, "sequence_number": 0, "timestamp": 0, "ssrc": 0, "payload": b""}
    with pytest.raises(LocalError):
        RtpPacket(**values | field).pack()


def test_the_payload_stays_out_of_repr():
    assert "secret" not in repr(RtpPacket(111, False, 0, 0, 0, b"secret"))
