"""SRTP: what the key's holder sent comes through once; nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError
from voip.media.protector import REPLAY_WINDOW, STREAMS_MAX, Protector, Unprotector, is_rtcp
from voip.wire.rtcp import ReceiverReport, SourceDescription, pack_compound
from voip.wire.rtp import RtpPacket

KEY = bytes(range(44))
RTCP = pack_compound([ReceiverReport(5), SourceDescription(5, "x")])


def rtp(number: int, ssrc: int = 5) -> bytes:
    return RtpPacket(111, False, number, number * 960, ssrc, b"the voice of alice").pack()


def test_rtp_and_rtcp_come_through():
    protector, unprotector = Protector(KEY), Unprotector(KEY)
    srtp, srtcp = protector.protect_rtp(rtp(1)), protector.protect_rtcp(RTCP)
    assert len(srtp) == len(rtp(1)) + 16
    assert len(srtcp) == len(RTCP) + 20
    assert b"alice" not in srtp
    assert not is_rtcp(srtp)
    assert is_rtcp(srtcp)
    assert unprotector.unprotect_untrusted(srtp) == rtp(1)
    assert unprotector.unprotect_untrusted(srtcp) == RTCP
    assert (unprotector.authentic, unprotector.rejected) == (2, 0)


def test_one_changed_bit_anywhere_is_a_forgery():
    packet = Protector(KEY).protect_rtp(rtp(1))
    unprotector = Unprotector(KEY)
    for index in range(len(packet)):
        changed = bytearray(packet)
        changed[index] ^= 1
        assert unprotector.unprotect_untrusted(bytes(changed)) is None
    assert unprotector.forged == len(packet)
    # The forgeries have used nothing up: neither the number nor a stream.
    assert unprotector.unprotect_untrusted(packet) == rtp(1)


def test_a_tampered_report_is_a_forgery():
    packet = bytearray(Protector(KEY).protect_rtcp(RTCP))
    packet[-1] ^= 1
    unprotector = Unprotector(KEY)
    assert unprotector.unprotect_untrusted(bytes(packet)) is None
    assert unprotector.forged == 1


def test_a_replay_is_refused_and_counted_as_such():
    protector, unprotector = Protector(KEY), Unprotector(KEY)
    packets = [protector.protect_rtp(rtp(n)) for n in range(1, 4)] + [protector.protect_rtcp(RTCP)]
    for packet in packets:
        assert unprotector.unprotect_untrusted(packet) is not None
    for packet in packets:
        assert unprotector.unprotect_untrusted(packet) is None
    assert (unprotector.authentic, unprotector.replayed, unprotector.forged) == (4, 4, 0)


def test_reordering_within_the_window_is_fine_and_beyond_it_is_not():
    protector, unprotector = Protector(KEY), Unprotector(KEY)
    packets = [protector.protect_rtp(rtp(n)) for n in range(REPLAY_WINDOW + 100)]
    assert unprotector.unprotect_untrusted(packets[-1]) is not None
    assert unprotector.unprotect_untrusted(packets[150]) is not None
    assert unprotector.unprotect_untrusted(packets[50]) is None
    assert unprotector.replayed == 1


def test_another_key_and_the_other_direction_do_not_get_through():
    unprotector = Unprotector(KEY)
    assert unprotector.unprotect_untrusted(Protector(bytes(44)).protect_rtp(rtp(1))) is None
    assert unprotector.forged == 1


def test_a_peer_may_use_only_so_many_streams():
    protector, unprotector = Protector(KEY), Unprotector(KEY)
    through = [unprotector.unprotect_untrusted(protector.protect_rtp(rtp(1, ssrc))) for ssrc in range(1, 20)]
    assert sum(packet is not None for packet in through) == STREAMS_MAX
    assert unprotector.unprotect_untrusted(protector.protect_rtp(rtp(2, 1))) == rtp(2, 1)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=80), st.binary(max_size=80).map(lambda rest: b"\x80\xc8" + rest)))
def test_garbage_is_refused_without_an_exception(data):
    unprotector = Unprotector(KEY)
    assert unprotector.unprotect_untrusted(data) is None
    assert unprotector.rejected == 1


def test_an_over_long_packet_is_refused():
    assert Unprotector(KEY).unprotect_untrusted(b"\x80\x6f" + bytes(2000)) is None


@pytest.mark.parametrize("make", [Protector, Unprotector])
def test_a_key_of_wrong_length_is_our_own_defect(make):
    with pytest.raises(LocalError):
        make(bytes(30))


def test_what_cannot_be_protected_is_our_own_defect():
    protector = Protector(KEY)
    for call in (protector.protect_rtp, protector.protect_rtcp):
        with pytest.raises(LocalError):
            call(b"\x80")
    with pytest.raises(LocalError):
        protector.protect_rtp(rtp(1) + bytes(1500))


def test_reusing_a_number_is_refused_because_gcm_would_break():
    protector = Protector(KEY)
    protector.protect_rtp(rtp(1))
    with pytest.raises(LocalError):
        protector.protect_rtp(rtp(1))


@pytest.mark.parametrize("make", [Protector, Unprotector])
def test_the_key_is_not_in_repr_nor_kept(make):
    end = make(KEY)
    assert "0102" not in repr(end)
    assert not any(value == KEY for value in vars(end).values())
