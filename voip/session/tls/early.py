"""Early data (0-RTT, RFC 8446 §2.3): what a resuming client says with its ClientHello, a round trip before it may.

    client  offer() ──ClientHello, early data──→  server  take() → the data · nothing yet (WantRead) · None: no more
                    ←──ServerHello … Finished, answer()──

Early data can be replayed, so they may only be what works once: here, a leg's token, and nothing else (docs/adr/0008).
OpenSSL's own guard against replay, tickets that work once, is off: a ticket shall serve every leg of a link, and such a
guard would not outlive the relay's process. Beside `reading`, this is the guarded place that reaches below pyOpenSSL.
"""

from cryptography.hazmat.bindings.openssl.binding import Binding
from OpenSSL import SSL

from voip.errors import ProtocolError
from voip.wire.tls_cursor import Cursor

_binding = Binding()
_ffi, _lib = _binding.ffi, _binding.lib

EARLY_MAX = 512
"""Bytes that a server lets a client say early: four times what a token needs."""
EARLY_DATA = 42
"""The extension's number: in EncryptedExtensions it says that the early data were taken (RFC 8446 §4.2.10)."""
_NO_ANTI_REPLAY = 1 << 24
"""SSL_OP_NO_ANTI_REPLAY, which pyOpenSSL does not name."""
_SUCCESS, _FINISH = 1, 2
"""What SSL_read_early_data says besides 0, an error."""
CALLS = ("SSL_CTX_set_max_early_data", "SSL_SESSION_get_max_early_data", "SSL_read_early_data", "SSL_write_early_data")


def possible() -> bool:
    """Whether this binding names all the calls that it takes."""
    return all(hasattr(_lib, name) for name in CALLS)


def allow(context: SSL.Context) -> bool:
    """Let the tickets of a server's `context` be used for early data; False when the binding cannot."""
    if not possible():  # pragma: no cover - the binding that we pin can
        return False
    context.set_options(_NO_ANTI_REPLAY)
    return bool(_lib.SSL_CTX_set_max_early_data(context._context, EARLY_MAX))  # noqa: SLF001 - pyOpenSSL has no public way


def offer(connection: SSL.Connection, session: object, data: bytes) -> bool:
    """Begin a client's handshake with `data` in the first flight; False when `session` was not given for that."""
    if not possible():  # pragma: no cover - as above
        return False
    ticket = session._session  # type: ignore[attr-defined]  # noqa: SLF001 - as above
    if not data or _lib.SSL_SESSION_get_max_early_data(ticket) < len(data):
        return False
    if _write(connection, data) == 1:
        return True
    _lib.ERR_clear_error()  # the session may be too old, or for another name: then it is an ordinary handshake
    return False


def take(connection: SSL.Connection) -> bytes | None:
    """A server's next early data; None when no more will come. Raises `SSL.WantReadError`, or `SSL.Error`."""
    data, count = _ffi.new("char[]", EARLY_MAX), _ffi.new("size_t *")
    result = _lib.SSL_read_early_data(connection._ssl, data, EARLY_MAX, count)  # noqa: SLF001 - as above
    if result == _FINISH:
        return None
    if result != _SUCCESS:
        connection._raise_ssl_error(connection._ssl, result)  # noqa: SLF001 - it tells a wait from a failure
    return bytes(_ffi.buffer(data, count[0]))


def answer(connection: SSL.Connection, data: bytes) -> None:
    """Send a server's `data` after its own Finished, before the client's. Raises `SSL.Error`."""
    result = _write(connection, data)
    if result != 1:
        connection._raise_ssl_error(connection._ssl, result)  # noqa: SLF001 - as above


def were_taken(extensions_message: bytes) -> bool:
    """Whether an EncryptedExtensions message, with its header, says that the early data were taken."""
    try:
        extensions = Cursor(extensions_message, "EncryptedExtensions", start=4).vector(2)
        while extensions.left:
            kind, _ = extensions.number(2), extensions.vector(2)
            if kind == EARLY_DATA:
                return True
    except ProtocolError:  # OpenSSL ends such a connection by itself
        return False
    return False


def _write(connection: SSL.Connection, data: bytes) -> int:
    written = _ffi.new("size_t *")
    buffer = _ffi.new("char[]", data)
    return int(_lib.SSL_write_early_data(connection._ssl, buffer, len(data), written))  # noqa: SLF001 - as above
