"""STUN Binding (RFC 8489): what binds a leg's flow to a UDP address, measures its round trip, and tells its losses.

 0               1               2               3
 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
|0 0|           type            |            length             |
|                   magic cookie 0x2112A442                     |
|              transaction id, 96 bits: in a request of ours    |
|              64 bits that count up, 32 at random              |
|           attribute           |            length             |
|            value, padded to four bytes …                      |

Long-term and short-term credentials are left out: our USERNAME is the flow's id, and the key of
MESSAGE-INTEGRITY-SHA256 came over TLS.
"""

import hmac
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from voip.errors import LocalError, PacketError
from voip.wire.framing import Kind

COOKIE = b"\x21\x12\xa4\x42"
HEADER_BYTES = 20
TRANSACTION_BYTES = 12
INTEGRITY_BYTES = 32
NONCE_MAX = 128
"""Bytes of a NONCE or a USERNAME that are read."""
COMPREHENSION_OPTIONAL = 0x8000
"""Attributes from here on may be passed over by whoever does not know them (§14)."""
STALE_NONCE = 438
UNKNOWN_ATTRIBUTE = 420
REASONS = {STALE_NONCE: "Stale Nonce", UNKNOWN_ATTRIBUTE: "Unknown Attribute"}

_HEADER = struct.Struct("!HH4s12s")
_TWO = struct.Struct("!HH")
_COUNT = struct.Struct("!I")
_FINGERPRINT_XOR = 0x5354554E
_INTEGRITY_SIZE = 4 + INTEGRITY_BYTES
_FINGERPRINT_SIZE = 8


_PORT_MASK = int.from_bytes(COOKIE[:2], "big")
_SUCCESS = {size: (struct.Struct(f"!HH4s12sHHHH{size}sHHIHHI"), family) for size, family in ((4, 1), (16, 2))}
"""By the bytes of the host: header, address and both counts, and the address's family."""


class Type(IntEnum):
    """The method Binding in its three classes (§5)."""

    REQUEST = 0x0001
    SUCCESS = 0x0101
    ERROR = 0x0111


class Attribute(IntEnum):
    """What is read here (§18.3, and two of ours)."""

    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    UNKNOWN_ATTRIBUTES = 0x000A
    NONCE = 0x0015
    MESSAGE_INTEGRITY_SHA256 = 0x001C
    XOR_MAPPED_ADDRESS = 0x0020
    FINGERPRINT = 0x8028
    RECEIVED = 0xC067
    SENT = 0xC068


class Endpoint(NamedTuple):
    """A transport address. `host`: 4 bytes of IPv4 or 16 of IPv6."""

    host: bytes
    port: int


@dataclass(slots=True)
class Message:
    """One Binding message as it came. Nothing in it is to be believed before `is_from`."""

    type: Type
    transaction: bytes
    """12 bytes, the same in a request and its answer."""
    username: bytes = b""
    nonce: bytes = b""
    mapped: Endpoint | None = None
    """Whence the request came, as the answering end saw it."""
    received: int | None = None
    """Media packets that came by this flow, modulo 2³²."""
    sent: int | None = None
    """Media packets that were sent on it, modulo 2³²."""
    error: int = 0
    """An error's number, 300 to 699."""
    unknown: tuple[int, ...] = ()
    """Attributes that must be understood (§14) and are not. A request with any of them is answered with 420."""
    fingerprint: bool = False
    """Whether it ended in a FINGERPRINT; a wrong one is no message at all."""
    signed: bytes = b""
    """The header, with the length that §14.6 asks for, and the attributes up to the integrity."""
    integrity: bytes = b""

    @property
    def counter(self) -> int:
        """The first 64 bits of the transaction id."""
        return int.from_bytes(self.transaction[:8], "big")

    def is_from(self, key: bytes) -> bool:
        """Whether somebody who has `key` wrote it."""
        expected = hmac.digest(key, self.signed, "sha256")
        return hmac.compare_digest(expected, self.integrity)


# ── bytes → message ────────────────────────────────────────────────────────────────────────────────────────────


def decode_untrusted(packet: bytes) -> Message:
    """The message in `packet`; raises `PacketError` (`stun-bad`) for anything that is no Binding message.

    Of an attribute that comes twice the first counts, and after the integrity nothing but FINGERPRINT (§14, §14.6).
    """
    message = _header(packet)
    seen, unknown = set[int](), list[int]()
    for at, attribute, value in _attributes(packet):
        if attribute == Attribute.FINGERPRINT:
            _check_fingerprint(packet, at, value)
            message.fingerprint = True
        elif attribute in seen or message.integrity:
            continue
        elif attribute in _READERS:
            _READERS[attribute](message, value)
            if attribute == Attribute.MESSAGE_INTEGRITY_SHA256:
                message.signed = _with_length(packet[:at], at + _INTEGRITY_SIZE - HEADER_BYTES)
        elif attribute < COMPREHENSION_OPTIONAL:
            unknown.append(attribute)
        seen.add(attribute)
    message.unknown = tuple(unknown)
    return message


def _header(packet: bytes) -> Message:
    size = len(packet)
    if size < HEADER_BYTES or size > Kind.STUN.value or size % 4:
        raise _bad(f"is {size} bytes long")
    number, length, cookie, transaction = _HEADER.unpack_from(packet)
    if cookie != COOKIE or length != size - HEADER_BYTES:
        raise _bad("has a header that does not fit it")
    try:
        return Message(Type(number), transaction)
    except ValueError:
        raise _bad(f"is of type 0x{number:04x}") from None


def _attributes(packet: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each begins, which it is, and its value."""
    at, size = HEADER_BYTES, len(packet)
    while at < size:
        attribute, length = _TWO.unpack_from(packet, at)
        value = packet[at + 4 : at + 4 + length]
        if len(value) < length:
            raise _bad("has an attribute that is longer than it")
        yield at, attribute, value
        at += 4 + length + -length % 4


def _read_username(message: Message, value: bytes) -> None:
    message.username = _text(value)


def _read_nonce(message: Message, value: bytes) -> None:
    message.nonce = _text(value)


def _read_integrity(message: Message, value: bytes) -> None:
    if len(value) != INTEGRITY_BYTES:  # §14.6 allows for less; ours is whole
        raise _bad(f"has an integrity of {len(value)} bytes")
    message.integrity = value


def _read_mapped(message: Message, value: bytes) -> None:
    message.mapped = _endpoint(value, message.transaction)


def _read_received(message: Message, value: bytes) -> None:
    message.received = _number(value)


def _read_sent(message: Message, value: bytes) -> None:
    message.sent = _number(value)


def _read_error(message: Message, value: bytes) -> None:
    if len(value) < 4 or not 3 <= value[2] & 7 <= 6 or value[3] > 99:
        raise _bad("has an error code that is none")
    message.error = 100 * (value[2] & 7) + value[3]


def _pass(_message: Message, _value: bytes) -> None:
    """SHA-1 proves nothing here; and what the other end did not understand, an error's number says."""


_READERS: dict[int, Callable[[Message, bytes], None]] = {
    Attribute.USERNAME: _read_username,
    Attribute.NONCE: _read_nonce,
    Attribute.MESSAGE_INTEGRITY_SHA256: _read_integrity,
    Attribute.XOR_MAPPED_ADDRESS: _read_mapped,
    Attribute.RECEIVED: _read_received,
    Attribute.SENT: _read_sent,
    Attribute.ERROR_CODE: _read_error,
    Attribute.MESSAGE_INTEGRITY: _pass,
    Attribute.UNKNOWN_ATTRIBUTES: _pass,
}


def _text(value: bytes) -> bytes:
    if len(value) > NONCE_MAX:
        raise _bad(f"has a text of {len(value)} bytes")
    return value


def _number(value: bytes) -> int:
    if len(value) != _COUNT.size:
        raise _bad(f"has a count of {len(value)} bytes")
    return int.from_bytes(value, "big")


def _endpoint(value: bytes, transaction: bytes) -> Endpoint:
    """§14.2."""
    if len(value) < 4 or {1: 8, 2: 20}.get(value[1]) != len(value):
        raise _bad("has an address that is none")
    port = int.from_bytes(value[2:4], "big") ^ _PORT_MASK
    return Endpoint(_xor(value[4:], transaction), port)


def _check_fingerprint(packet: bytes, at: int, value: bytes) -> None:
    if at != len(packet) - _FINGERPRINT_SIZE or value != _fingerprint(packet[:at]):
        raise _bad("has a fingerprint that does not fit it")


def _bad(what: str) -> PacketError:
    return PacketError(f"A STUN message came in that {what}.", code="stun-bad")


# ── message → bytes ────────────────────────────────────────────────────────────────────────────────────────────


def request(transaction: bytes, username: bytes, key: bytes, nonce: bytes = b"") -> bytes:
    """A Binding request with integrity and fingerprint."""
    body = _attribute(Attribute.USERNAME, username) + (_attribute(Attribute.NONCE, nonce) if nonce else b"")
    return _finish(Type.REQUEST, transaction, body, key)


def success(transaction: bytes, key: bytes, mapped: Endpoint, received: int, sent: int) -> bytes:
    """The answer to a good request; the counts are taken modulo 2³². A relay writes many: it is one `pack`."""
    layout, family = _SUCCESS[len(mapped.host)]
    size = layout.size - HEADER_BYTES + _INTEGRITY_SIZE
    message = layout.pack(
        Type.SUCCESS, size, COOKIE, transaction,
        Attribute.XOR_MAPPED_ADDRESS, 4 + len(mapped.host), family, mapped.port ^ _PORT_MASK,
        _xor(mapped.host, transaction),
        Attribute.RECEIVED, 4, received & 0xFFFFFFFF,
        Attribute.SENT, 4, sent & 0xFFFFFFFF,
    )  # fmt: skip
    return _seal(message, size, key)


def error(
    transaction: bytes, number: int, *, nonce: bytes = b"", unknown: tuple[int, ...] = (), key: bytes = b""
) -> bytes:
    """An error, with a `nonce` for the next request or the attributes that were `unknown`; signed with a `key`."""
    code = bytes([0, 0, number // 100, number % 100]) + REASONS[number].encode()
    body = _attribute(Attribute.ERROR_CODE, code)
    if nonce:
        body += _attribute(Attribute.NONCE, nonce)
    if unknown:
        body += _attribute(Attribute.UNKNOWN_ATTRIBUTES, struct.pack(f"!{len(unknown)}H", *unknown))
    return _finish(Type.ERROR, transaction, body, key)


def _finish(type_: Type, transaction: bytes, body: bytes, key: bytes) -> bytes:
    if len(transaction) != TRANSACTION_BYTES:
        raise LocalError(f"A STUN transaction id has 12 bytes, not {len(transaction)}.", code="stun-field")
    size = len(body) + (_INTEGRITY_SIZE if key else 0)
    return _seal(_HEADER.pack(type_, size, COOKIE, transaction) + body, size, key)


def _seal(message: bytes, size: int, key: bytes) -> bytes:
    """`message` with its integrity, which the `size` in its header holds already, and its fingerprint."""
    if key:
        message += _INTEGRITY_HEAD + hmac.digest(key, message, "sha256")
    message = _with_length(message, size + _FINGERPRINT_SIZE)
    return message + _FINGERPRINT_HEAD + _fingerprint(message)


_INTEGRITY_HEAD = _TWO.pack(Attribute.MESSAGE_INTEGRITY_SHA256, INTEGRITY_BYTES)
_FINGERPRINT_HEAD = _TWO.pack(Attribute.FINGERPRINT, 4)


def _attribute(attribute: Attribute, value: bytes) -> bytes:
    return _TWO.pack(attribute, len(value)) + value + bytes(-len(value) % 4)


def _with_length(message: bytes, length: int) -> bytes:
    return message[:2] + length.to_bytes(2, "big") + message[4:]


def _fingerprint(before: bytes) -> bytes:
    return _COUNT.pack(zlib.crc32(before) ^ _FINGERPRINT_XOR)


def _xor(host: bytes, transaction: bytes) -> bytes:
    size = len(host)
    mask = (COOKIE + transaction)[:size]
    return (int.from_bytes(host, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")
