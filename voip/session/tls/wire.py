"""What the wire saw of each record: OpenSSL tells headers, the bytes themselves pass through our hands anyway.

bytes in or out ──→ passed() ──→ [ bytes not yet told of ]
a header was told ─→ record(length) ──→ those bytes, header and all
"""

HEADER_BYTES = 5


class Wire:
    """One direction of a connection. Holds no more than the records that are being told of."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._owed = 0

    def passed(self, data: bytes) -> None:
        """These bytes went over the wire."""
        self._bytes += data
        if self._owed:
            paid = min(self._owed, len(self._bytes))
            del self._bytes[:paid]
            self._owed -= paid

    def record(self, length: int) -> bytes:
        """The next record, `length` bytes after its header; empty when not all of it has passed yet."""
        size = HEADER_BYTES + length
        if self._owed or len(self._bytes) < size:
            self._owed += size - len(self._bytes)
            self._bytes.clear()
            return b""
        found = bytes(self._bytes[:size])
        del self._bytes[:size]
        return found
