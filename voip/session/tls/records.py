"""Data into records and out of them, past pyOpenSSL: one call of OpenSSL's for each step, and no object but the bytes.

    bytes from the wire ──→ BIO_write ──→ SSL_read … ──→ data          open
    data ──→ SSL_write ──→ BIO_read … ──→ bytes for the wire           seal

pyOpenSSL allocates a buffer for each call, asks for errors after each, and raises one to say that nothing is left. Here
one buffer serves a connection for its life. It is the third guarded place that reaches below pyOpenSSL, beside
`reading` and `early`; what is not plain data in or out it gives back to pyOpenSSL, which raises its own errors.
"""

from typing import NoReturn

from cryptography.hazmat.bindings.openssl.binding import Binding
from OpenSSL import SSL

_binding = Binding()
_ffi, _lib = _binding.ffi, _binding.lib

PLAINTEXT_MAX = 16_384
"""Bytes that one record may hold (RFC 8446 §5.1)."""
_ROOM = 4_096
"""Bytes of the buffer: a dozen voice packets. What is longer takes several calls."""


class Records:
    """The records of one connection over memory BIOs, after its handshake."""

    def __init__(self, connection: SSL.Connection) -> None:
        self._connection = connection
        self._ssl = connection._ssl  # noqa: SLF001 - pyOpenSSL has no public way to its own pointers
        self._into = connection._into_ssl  # noqa: SLF001
        self._from = connection._from_ssl  # noqa: SLF001
        self._buffer = _ffi.new("char[]", _ROOM)
        self._view = memoryview(_ffi.buffer(self._buffer))

    def open(self, data: bytes) -> tuple[bytes, int]:
        """What `data` from the wire hold, and how the last read ended: 0 when more is to come, else `explain` it."""
        ssl, buffer, view = self._ssl, self._buffer, self._view
        if _lib.BIO_write(self._into, data, len(data)) != len(data):  # pragma: no cover - when memory is out
            return b"", -1
        read = _lib.SSL_read(ssl, buffer, _ROOM)
        plain = view[:read].tobytes() if read > 0 else b""
        if read > 0:  # a look for more costs a sixth of what asking for the number of waiting bytes would save
            while (read := _lib.SSL_read(ssl, buffer, _ROOM)) > 0:
                plain += view[:read]
        return plain, 0 if _lib.SSL_get_error(ssl, read) == _lib.SSL_ERROR_WANT_READ else read or -1

    def read(self) -> bytes:
        """The next data; raises pyOpenSSL's errors, `SSL.WantReadError` when there are none."""
        read = _lib.SSL_read(self._ssl, self._buffer, _ROOM)
        if read <= 0:
            self.explain(read)
        return self._view[:read].tobytes()

    def write(self, data: bytes) -> None:
        """Put at most `PLAINTEXT_MAX` bytes into a record; raises pyOpenSSL's errors."""
        written = _lib.SSL_write(self._ssl, data, len(data))
        if written <= 0:
            self.explain(written)

    def seal(self, data: bytes) -> bytes:
        """A record of at most `PLAINTEXT_MAX` bytes, behind all that OpenSSL wants written; raises as `write`."""
        written = _lib.SSL_write(self._ssl, data, len(data))
        if written <= 0:
            self.explain(written)
        read = _lib.BIO_read(self._from, self._buffer, _ROOM)
        record = self._view[:read].tobytes()
        return record if read < _ROOM else record + self.left()

    def left(self) -> bytes:
        """What OpenSSL wants written."""
        read = _lib.BIO_read(self._from, self._buffer, _ROOM)
        if read < _ROOM:
            return self._view[:read].tobytes() if read > 0 else b""
        output = bytearray(self._view)
        while (read := _lib.BIO_read(self._from, self._buffer, _ROOM)) > 0:
            output += self._view[:read]
        return bytes(output)

    def explain(self, result: int) -> NoReturn:
        """Raise what pyOpenSSL makes of a call that failed with `result`."""
        self._connection._raise_ssl_error(self._ssl, result)  # noqa: SLF001 - it tells a wait from a failure
        raise SSL.Error  # pragma: no cover - the call above raises
