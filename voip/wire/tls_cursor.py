"""A bounds-checked reader over untrusted bytes: every read either fits or raises `ProtocolError`.

Sub-cursors keep the message's own offsets (`at`), so that whoever parses knows the byte range of each field.
"""

from voip.errors import ProtocolError


class Cursor:
    """Reads `data[start:end]` from the front; big-endian, as TLS writes numbers (RFC 8446 §3.3)."""

    __slots__ = ("_data", "_end", "_what", "at")

    def __init__(self, data: bytes, what: str, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._what = what
        self._end = len(data) if end is None else end
        self.at = start
        """Offset of the next byte, counted from the message's first."""

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._end - self.at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > self.left:
            raise malformed(f"The {self._what} ends after {self._end} bytes, in the middle of a field.")
        start = self.at
        self.at += count
        return self._data[start : self.at]

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> "Cursor":
        """A cursor over a vector whose length stands before it in `size` bytes; this one moves on behind it."""
        length = self.number(size)
        start = self.at
        self.take(length)
        return Cursor(self._data, self._what, start, start + length)

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def numbers(self, size: int) -> tuple[int, ...]:
        """All that is left, as numbers of `size` bytes each."""
        if self.left % size:
            raise malformed(f"A list in the {self._what} has {self.left} bytes, no multiple of {size}.")
        return tuple(self.number(size) for _ in range(self.left // size))

    def finish(self) -> None:
        """Refuse bytes that nobody asked for."""
        if self.left:
            raise malformed(f"The {self._what} has {self.left} bytes too many at offset {self.at}.")


def malformed(sentence: str) -> ProtocolError:
    """The error for bytes that are no valid TLS message."""
    return ProtocolError(sentence, code="tls-malformed")
