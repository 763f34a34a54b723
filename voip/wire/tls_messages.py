"""Handshake messages from bytes: what an eavesdropper reads, because it travels in clear.

    TLS 1.3   ClientHello · ServerHello (or HelloRetryRequest)               – all later ones are encrypted
    TLS 1.2   ClientHello · ServerHello · Certificate · ServerKeyExchange …  – clear until ChangeCipherSpec

    record payloads ──→ MessageReader ──→ Message(type, body) ──→ read() ──→ ClientHello | ServerHello | …

Every byte comes from a stranger: each read is bounds-checked, and malformed bytes raise `ProtocolError`, nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from voip.wire.tls_cursor import Cursor, malformed
from voip.wire.tls_names import EXTENSION_NAMES, HANDSHAKE_NAMES, named

MESSAGE_MAX = 131_072
"""Longest handshake message that is put together (OpenSSL's own limit for certificate chains is 100 kB)."""
HELLO_RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The ServerHello random that means HelloRetryRequest (RFC 8446 §4.1.3)."""


@dataclass(frozen=True, slots=True)
class Message:
    """One handshake message."""

    type: int
    offset: int
    """Where its 4-byte header begins, counted over the handshake bytes of its direction."""
    body: bytes = field(repr=False)
    """What follows the header."""

    @property
    def name(self) -> str:
        """`ClientHello`, `Certificate`, …"""
        return named(HANDSHAKE_NAMES, self.type, digits=2)


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a hello, not interpreted."""

    type: int
    offset: int
    """Where its data begins in the message's body."""
    data: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """`supported_versions`, `key_share`, …"""
        return named(EXTENSION_NAMES, self.type)


@dataclass(frozen=True, slots=True)
class ClientHello:
    """What the client offers (RFC 8446 §4.1.2). Numbers are code points; `tls_names` has their names."""

    legacy_version: int
    random: bytes = field(repr=False)
    session_id: bytes = field(repr=False)
    cipher_suites: tuple[int, ...]
    extensions: tuple[Extension, ...]
    versions: tuple[int, ...]
    """From supported_versions; `legacy_version` alone when that is missing."""
    groups: tuple[int, ...]
    key_shares: tuple[int, ...]
    """The groups for which a public key came along."""
    server_name: str
    """SNI, as sent; empty when none was."""
    alpn: tuple[str, ...]
    ticket_offered: bool
    """A TLS 1.2 session ticket came along."""
    psk_offered: bool
    """A TLS 1.3 pre-shared key (a session to resume) was offered."""
    early_data: bool


@dataclass(frozen=True, slots=True)
class ServerHello:
    """What the server chose (RFC 8446 §4.1.3)."""

    random: bytes = field(repr=False)
    session_id: bytes = field(repr=False)
    cipher_suite: int
    extensions: tuple[Extension, ...]
    version: int
    """From supported_versions, else the message's own."""
    group: int | None
    """From key_share; None in TLS 1.2, which says it in ServerKeyExchange."""
    psk_selected: bool
    hello_retry: bool
    """This is a HelloRetryRequest."""


@dataclass(frozen=True, slots=True)
class CertificateList:
    """TLS 1.2's Certificate: DER, the sender's own first (RFC 5246 §7.4.2)."""

    certificates: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerKeyExchange:
    """TLS 1.2's ECDHE parameters, of which only the curve is read (RFC 8422 §5.4)."""

    group: int | None
    """None when it names no curve (plain DHE)."""


Content = ClientHello | ServerHello | CertificateList | ServerKeyExchange


class MessageReader:
    """Handshake record payloads of one direction in, whole messages out. Holds at most `MESSAGE_MAX` bytes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._offset = 0

    def feed(self, payload: bytes) -> Iterator[Message]:
        """Yield each message that `payload` completes; raises `ProtocolError` when one is longer than allowed."""
        buffer = self._buffer
        buffer += payload
        while len(buffer) >= 4:
            length = int.from_bytes(buffer[1:4], "big")
            if length > MESSAGE_MAX:
                raise malformed(f"A handshake message announces {length} bytes; {MESSAGE_MAX} are allowed.")
            if len(buffer) < 4 + length:
                return
            message = Message(buffer[0], self._offset, bytes(buffer[4 : 4 + length]))
            del buffer[: 4 + length]
            self._offset += 4 + length
            yield message


def read(message: Message) -> Content | None:
    """What `message` says, or None for a type that is not read; raises `ProtocolError` when it is malformed."""
    cursor = Cursor(message.body, message.name)
    match message.type:
        case 1:
            return _client_hello(cursor)
        case 2:
            return _server_hello(cursor)
        case 11:
            return _certificates(cursor)
        case 12:
            # ECCurveType 3 is named_curve; plain DHE begins with the length of its prime instead.
            return ServerKeyExchange(group=cursor.number(2) if cursor.number(1) == 3 else None)
        case _:
            return None


def _client_hello(cursor: Cursor) -> ClientHello:
    version, random = cursor.number(2), cursor.take(32)
    session_id = cursor.vector(1).rest()
    suites = cursor.vector(2).numbers(2)
    cursor.vector(1)  # legacy_compression_methods
    extensions = _extensions(cursor)
    data = {extension.type: Cursor(extension.data, extension.name) for extension in extensions}
    return ClientHello(
        legacy_version=version,
        random=random,
        session_id=session_id,
        cipher_suites=suites,
        extensions=extensions,
        versions=data[43].vector(1).numbers(2) if 43 in data else (version,),
        groups=data[10].vector(2).numbers(2) if 10 in data else (),
        key_shares=_key_shares(data[51]) if 51 in data else (),
        server_name=_server_name(data[0]) if 0 in data else "",
        alpn=_protocols(data[16]) if 16 in data else (),
        ticket_offered=35 in data and data[35].left > 0,
        psk_offered=41 in data,
        early_data=42 in data,
    )


def _server_hello(cursor: Cursor) -> ServerHello:
    version, random = cursor.number(2), cursor.take(32)
    session_id = cursor.vector(1).rest()
    suite = cursor.number(2)
    cursor.number(1)  # legacy_compression_method
    extensions = _extensions(cursor)
    data = {extension.type: Cursor(extension.data, extension.name) for extension in extensions}
    return ServerHello(
        random=random,
        session_id=session_id,
        cipher_suite=suite,
        extensions=extensions,
        version=data[43].number(2) if 43 in data else version,
        group=data[51].number(2) if 51 in data else None,
        psk_selected=41 in data,
        hello_retry=random == HELLO_RETRY_RANDOM,
    )


def _extensions(cursor: Cursor) -> tuple[Extension, ...]:
    if not cursor.left:  # TLS 1.2 may end here
        return ()
    block = cursor.vector(2)
    cursor.finish()
    found: list[Extension] = []
    seen: set[int] = set()
    while block.left:
        kind = block.number(2)
        inner = block.vector(2)
        if kind in seen:
            raise malformed(f"A hello carries the extension {named(EXTENSION_NAMES, kind)} twice.")
        seen.add(kind)
        found.append(Extension(kind, inner.at, inner.rest()))
    return tuple(found)


def _key_shares(cursor: Cursor) -> tuple[int, ...]:
    shares = cursor.vector(2)
    groups: list[int] = []
    while shares.left:
        groups.append(shares.number(2))
        shares.vector(2)
    return tuple(groups)


def _server_name(cursor: Cursor) -> str:
    names = cursor.vector(2)
    while names.left:
        kind, name = names.number(1), names.vector(2).rest()
        if kind == 0:
            return _text(name)
    return ""


def _protocols(cursor: Cursor) -> tuple[str, ...]:
    names = cursor.vector(2)
    found: list[str] = []
    while names.left:
        found.append(_text(names.vector(1).rest()))
    return tuple(found)


def _certificates(cursor: Cursor) -> CertificateList:
    chain = cursor.vector(3)
    cursor.finish()
    found: list[bytes] = []
    while chain.left:
        found.append(chain.vector(3).rest())
    return CertificateList(tuple(found))


def _text(name: bytes) -> str:
    """A stranger's bytes as text that cannot move a terminal's cursor."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in name)
