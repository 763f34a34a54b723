"""TLS records, as an eavesdropper sees them: one direction of a stream in, its records out (RFC 8446 §5.1).

type   version   length        fragment
1 B    2 B       2 B           length bytes: clear in the first flight, ciphertext later

The stream is cut into records whatever they hold; what their payloads say is `tls_messages`' business.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from voip.config import TLS_RECORD_MAX
from voip.errors import FramingError
from voip.wire.tls_names import CONTENT_NAMES, named

HEADER = 5
FRAGMENT_MAX = TLS_RECORD_MAX - HEADER

CHANGE_CIPHER_SPEC = 20
ALERT = 21
HANDSHAKE = 22
APPLICATION_DATA = 23


@dataclass(frozen=True, slots=True)
class WireRecord:
    """One record."""

    type: int
    """The *outer* content type; `name` spells it."""
    version: int
    """`legacy_record_version`: 0x0303 in TLS 1.2 and 1.3, 0x0301 in many a first ClientHello."""
    length: int
    """Bytes after the 5-byte header."""
    offset: int
    """Where its header begins, counted from the stream's first byte."""
    payload: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """`handshake`, `application_data`, …"""
        return named(CONTENT_NAMES, self.type, digits=2)


class RecordReader:
    """Bytes of one direction in, records out. Holds at most one unfinished record (`TLS_RECORD_MAX` bytes).

    After a `FramingError` the bytes are no TLS and every later `feed` raises it again.
    """

    def __init__(self, offset: int = 0) -> None:
        self._buffer = bytearray()
        self._offset = offset
        self._failed: str = ""

    @property
    def waiting(self) -> int:
        """Bytes of a record that is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[WireRecord]:
        """Yield each record that `data` completes; raises `FramingError` when the bytes are no TLS."""
        if self._failed:
            raise FramingError(self._failed, code="tls-record")
        self._buffer += data
        buffer, start = self._buffer, 0
        try:
            while True:
                self._check(buffer, start)
                if len(buffer) - start < HEADER:
                    return
                length = buffer[start + 3] << 8 | buffer[start + 4]
                end = start + HEADER + length
                if len(buffer) < end:
                    return
                version = buffer[start + 1] << 8 | buffer[start + 2]
                payload = bytes(buffer[start + HEADER : end])
                record = WireRecord(buffer[start], version, length, self._offset + start, payload)
                start = end
                yield record
        finally:
            del buffer[:start]
            self._offset += start

    def _check(self, buffer: bytearray, start: int) -> None:
        problem = _no_record(buffer, start)
        if problem:
            self._failed = f"The bytes at offset {self._offset + start} are no TLS record: {problem}."
            raise FramingError(self._failed, code="tls-record")


def _no_record(data: bytes | bytearray, at: int) -> str:
    """Why no record begins at `at`, judged by as much of its header as is there; empty when one may."""
    have = len(data) - at
    if have >= 1 and data[at] not in CONTENT_NAMES:
        return f"its content type would be {data[at]}"
    if have >= 2 and data[at + 1] != 3:
        return f"its major version would be {data[at + 1]}"
    if have >= 3 and data[at + 2] > 4:
        return f"its version would be 3.{data[at + 2]}"
    if have >= HEADER and (data[at + 3] << 8 | data[at + 4]) > FRAGMENT_MAX:
        return f"it would be {data[at + 3] << 8 | data[at + 4]} bytes long, {FRAGMENT_MAX} are allowed"
    return ""


def find_record(data: bytes, *, chain: int = 3) -> int | None:
    """Where the first record begins in a stream that was joined in the middle, or None if it is no TLS.

    A header's five bytes turn up by chance; so `chain` records must follow each other, or end with the data.
    """
    for start in range(min(len(data) - HEADER, 2 * TLS_RECORD_MAX)):
        at, seen = start, 0
        while seen < chain and len(data) - at >= HEADER and not _no_record(data, at):
            at += HEADER + (data[at + 3] << 8 | data[at + 4])
            seen += 1
        if (seen >= chain and at <= len(data)) or (seen and at == len(data)):
            return start
    return None
