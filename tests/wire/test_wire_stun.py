"""STUN: RFC 5769's messages, our own there and back, and whatever else comes."""

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError, PacketError
from voip.wire.framing import Kind, kind
from voip.wire.stun import (
    STALE_NONCE,
    UNKNOWN_ATTRIBUTE,
    Endpoint,
    Message,
    Type,
    decode_untrusted,
    error,
    request,
    success,
)

KEY, ID, NONCE, TRANSACTION = b"k" * 32, b"0f" * 16, b"a9" * 16, bytes(range(12))
V4, V6 = Endpoint(bytes([192, 0, 2, 1]), 32853), Endpoint(bytes.fromhex("20010db8123456780011223344556677"), 32853)

# RFC 5769 §2.1 to §2.3: software "STUN test client" / "test vector"
RFC5769_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e20746573"
    "7420636c69656e74002400046e0001ff80290008932ff9b151263b3600060009"
    "6576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
    "c1b571a280280004e57a3bcf"
)
RFC5769_V4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563"
    "746f7220002000080001a147e112a643000800142b91f599fd9e90c38c7489f9"
    "2af9ba53f06be7d780280004c07d4c96"
)
RFC5769_V6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563"
    "746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014"
    "a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)


def test_the_messages_of_rfc_5769() -> None:
    asked = decode_untrusted(RFC5769_REQUEST)
    assert (asked.type, asked.username, asked.fingerprint) == (Type.REQUEST, b"evtj:h6vY", True)
    assert asked.transaction == bytes.fromhex("b7e7a701bc34d686fa87dfae")
    assert asked.unknown == (0x0024,)  # PRIORITY is ICE's, and must be understood
    assert decode_untrusted(RFC5769_V4).mapped == V4
    assert decode_untrusted(RFC5769_V6).mapped == V6
    for message in map(decode_untrusted, (RFC5769_REQUEST, RFC5769_V4, RFC5769_V6)):
        assert not message.is_from(b"VOkJxbRl1RmTxUk/WvJxBt")  # SHA-1 is no integrity here


def test_a_request_and_its_answers() -> None:
    first, second = request(TRANSACTION, ID, KEY), request(TRANSACTION, ID, KEY, NONCE)
    assert (len(first), len(second)) == (100, 136)
    refusal = error(TRANSACTION, STALE_NONCE, nonce=NONCE)
    assert len(refusal) < len(first)
    answers = [success(TRANSACTION, KEY, mapped, 2**32 + 5, 7) for mapped in (V4, V6)]
    assert all(len(answer) < len(second) for answer in answers)
    asked = decode_untrusted(second)
    assert (asked.username, asked.nonce, asked.counter) == (ID, NONCE, int.from_bytes(TRANSACTION[:8], "big"))
    assert asked.is_from(KEY)
    assert not asked.is_from(b"j" * 32)
    refused = decode_untrusted(refusal)
    assert (refused.type, refused.error, refused.nonce, refused.integrity) == (Type.ERROR, 438, NONCE, b"")
    for answer, mapped in zip(map(decode_untrusted, answers), (V4, V6), strict=True):
        assert (answer.type, answer.mapped, answer.received, answer.sent) == (Type.SUCCESS, mapped, 5, 7)
        assert answer.is_from(KEY)
    assert all(kind(packet) is Kind.STUN for packet in (first, second, refusal, *answers))


def test_what_must_be_understood_is_marked_and_what_need_not_is_passed_over() -> None:
    message = decode_untrusted(with_attributes((0x7777, b"abc"), (0xFFFF, b""), (0x0003, b"\0\0\0\6")))
    assert message.unknown == (0x7777, 0x0003)
    refused = decode_untrusted(error(TRANSACTION, UNKNOWN_ATTRIBUTE, unknown=message.unknown, key=KEY))
    assert (refused.error, refused.is_from(KEY)) == (420, True)


def test_the_first_of_two_counts_and_nothing_after_the_integrity() -> None:
    twice = decode_untrusted(with_attributes((6, b"one!"), (6, b"two!")))
    assert twice.username == b"one!"
    late = decode_untrusted(with_attributes((6, b"one!"), (0x1C, bytes(32)), (0x15, b"late"), (0x7777, b"")))
    assert (late.nonce, late.unknown, late.fingerprint) == (b"", (), False)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        RFC5769_V4[:19],
        RFC5769_V4[:-1],
        RFC5769_V4[:-1] + b"\x97",
        RFC5769_V4 + bytes(4),
        RFC5769_V4[:4] + b"\x21\x12\xa4\x43" + RFC5769_V4[8:],
        b"\x00\x03" + RFC5769_V4[2:],
        request(TRANSACTION, ID, KEY) + bytes(4),
        request(TRANSACTION, b"x" * 600, KEY),
    ],
)
def test_what_is_no_binding_message(packet: bytes) -> None:
    with pytest.raises(PacketError) as caught:
        decode_untrusted(packet)
    assert caught.value.code == "stun-bad"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [(0x20, b""), (0x20, b"\0\3" + bytes(6)), (0x20, b"\0\1" + bytes(18)), (0x20, b"\0\2" + bytes(6)), (9, b"\0\0\4"),
     (9, b"\0\0\2\0"), (9, b"\0\0\4\x64"), (0xC067, b"\0\0\0"), (0xC068, bytes(5)), (0x1C, bytes(20)), (6, b"x" * 129),
     (0x15, b"x" * 132), (0x8028, bytes(4))],
)  # fmt: skip
def test_an_attribute_that_cannot_be(attribute: int, value: bytes) -> None:
    with pytest.raises(PacketError):
        decode_untrusted(with_attributes((attribute, value)))


def test_an_attribute_longer_than_its_message() -> None:
    with pytest.raises(PacketError):
        decode_untrusted(with_attributes((6, b"abcd"))[:-8] + struct.pack("!HHI", 6, 5, 0))


def test_a_transaction_id_of_another_length_is_our_defect() -> None:
    with pytest.raises(LocalError):
        request(b"short", ID, KEY)


@given(st.binary(min_size=12, max_size=12), st.binary(max_size=128), st.binary(min_size=1, max_size=64),
       st.binary(max_size=128))  # fmt: skip
def test_any_request_comes_back_and_one_changed_bit_is_seen(
    transaction: bytes, username: bytes, key: bytes, nonce: bytes
) -> None:
    packet = request(transaction, username, key, nonce)
    found = decode_untrusted(packet)
    assert (found.transaction, found.username, found.nonce) == (transaction, username, nonce)
    assert found.is_from(key)
    for bit in range(0, 8 * len(packet), 37):
        changed = bytearray(packet)
        changed[bit // 8] ^= 1 << bit % 8
        with contextlib.suppress(PacketError):
            assert not decode_untrusted(bytes(changed)).fingerprint  # the changed bit is in that attribute's name


@given(st.binary(min_size=12, max_size=12), st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16),
       st.integers(0, 65535), st.integers(0, 2**40), st.integers(0, 2**40))  # fmt: skip
def test_any_answer_comes_back(transaction: bytes, host: bytes, port: int, received: int, sent: int) -> None:
    found = decode_untrusted(success(transaction, KEY, Endpoint(host, port), received, sent))
    assert (found.mapped, found.received, found.sent) == (Endpoint(host, port), received % 2**32, sent % 2**32)


@given(st.binary(max_size=600) | st.tuples(
    st.sampled_from([1, 0x101, 0x111, 3]),
    st.lists(st.tuples(st.sampled_from([6, 8, 9, 0x15, 0x1C, 0x20, 0x8028, 0xC067, 0x77]), st.binary(max_size=40)),
             max_size=6),
    st.binary(max_size=8),
).map(lambda drawn: with_attributes(*drawn[1], type_=drawn[0]) + drawn[2]))  # fmt: skip
@settings(max_examples=300)
def test_garbage_is_a_message_or_a_packet_error(packet: bytes) -> None:
    with contextlib.suppress(PacketError):
        found = decode_untrusted(packet)
        assert isinstance(found, Message)
        assert len(found.username) <= 128
        assert len(found.unknown) <= 132


def with_attributes(*attributes: tuple[int, bytes], type_: int = 1) -> bytes:
    """A message with these, and no fingerprint."""
    body = b"".join(struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4) for name, value in attributes)
    return struct.pack("!HH", type_, len(body)) + b"\x21\x12\xa4\x42" + TRANSACTION + body
