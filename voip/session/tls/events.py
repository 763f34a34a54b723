"""What a TLS connection was seen to do. `at` is the time handed in by the caller, in seconds (monotonic)."""

from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["out", "in"]
Early = Literal["", "taken", "refused"]
"""What became of early data (0-RTT): there were none, they were taken, or they must be sent again."""


@dataclass(frozen=True, slots=True)
class HandshakeMessage:
    """One handshake message, or the ChangeCipherSpec between them."""

    at: float
    direction: Direction
    name: str
    """As the RFC spells it: `ClientHello`, `EncryptedExtensions`, `ChangeCipherSpec`, …"""
    raw: bytes = field(repr=False)
    """The message in clear, with its 4-byte handshake header (one byte for ChangeCipherSpec)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the wire sees it."""

    at: float
    direction: Direction
    type: Literal["change_cipher_spec", "alert", "handshake", "application_data"]
    """The *outer* content type."""
    length: int
    """Bytes after the 5-byte header."""
    raw: bytes = field(default=b"", repr=False)
    """The record with its header, as the wire saw it: encrypted, once encryption is on."""


@dataclass(frozen=True, slots=True)
class Established:
    """The handshake is done and the other end is who it must be."""

    at: float
    version: str
    """`TLSv1.3` or `TLSv1.2`."""
    cipher: str
    group: str
    """The key exchange's named group: `X25519MLKEM768`, `x25519`, …"""
    resumed: bool
    alpn: str
    peer: tuple[bytes, ...] = field(repr=False)
    """The peer's certificates, DER, its own first; empty when it showed none."""
    early: Early = ""
    """At a server, `taken` also says: who sent them has the resumed session's keys, but their Finished is to come."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert, sent or received."""

    at: float
    direction: Direction
    level: Literal["warning", "fatal"]
    name: str
    """As RFC 8446 §6 spells it: `close_notify`, `bad_certificate`, …"""


@dataclass(frozen=True, slots=True)
class Received:
    """Application data, decrypted and authenticated."""

    at: float
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The connection is dead. `code` is a stable word, `sentence` English for a person."""

    at: float
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The other end ended the connection with close_notify."""

    at: float


TlsEvent = HandshakeMessage | Record | Established | Alert | Received | Failed | Closed
