"""OpenSSL's callbacks, read as events and questions: the one guarded place that reaches below pyOpenSSL.

`SSL_CTX_set_msg_callback` shows each handshake message in clear, each record header and each alert, both ways. A
binding without it leaves the info callback, which tells only that handshake states pass: then messages have names but
no bytes.
"""

from collections.abc import Callable
from typing import Literal

from cryptography.hazmat.bindings.openssl.binding import Binding
from OpenSSL import SSL, crypto

from voip.session.tls.events import Alert, Direction, HandshakeMessage, Record, TlsEvent
from voip.wire.tls_names import ALERT_NAMES, HANDSHAKE_NAMES

_binding = Binding()
_ffi, _lib = _binding.ffi, _binding.lib

HEADER, CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE = 256, 20, 21, 22
"""Content types as the callback numbers them; 256 is a record's 5-byte header."""
_OUTER = {20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data"}

VERIFIED, REFUSED = 0, 62
"""OpenSSL's verification errors: none, and the one for a certificate that names somebody else (alert
bad_certificate)."""
_SAYS = {"expired": 10, "not-yet-valid": 9, "wrong-usage": 26}
"""… and those for what else may be wrong with a name that we check ourselves, by our own codes."""

Sink = Callable[[bool, int, bytes], None]
"""`(sent, content type, bytes)`, called from within OpenSSL."""


def _sink_of(ssl: object) -> Sink | None:
    connection = SSL.Connection._reverse_mapping.get(ssl)  # noqa: SLF001 - pyOpenSSL's own map from SSL* to Connection
    return None if connection is None else connection.get_app_data()


@_ffi.callback("void(int, int, int, const void *, size_t, SSL *, void *)")  # type: ignore[untyped-decorator]
def _on_message(sent: int, _version: int, content: int, data: object, size: int, ssl: object, _arg: object) -> None:
    if content in (HEADER, CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE) and (sink := _sink_of(ssl)) is not None:
        sink(bool(sent), content, bytes(_ffi.buffer(data, size)))


def _on_state(connection: SSL.Connection, where: int, _result: int) -> None:
    if where & SSL.SSL_CB_LOOP and (sink := connection.get_app_data()) is not None:
        sink(b"write" in connection.get_state_string(), 0, connection.get_state_string())


def _on_alert(connection: SSL.Connection, where: int, result: int) -> None:
    if where & SSL.SSL_CB_ALERT and (sink := connection.get_app_data()) is not None:
        sink(bool(where & SSL.SSL_CB_WRITE), ALERT, bytes((result >> 8 & 0xFF, result & 0xFF)))


@_ffi.callback("int(int, X509_STORE_CTX *)")  # type: ignore[untyped-decorator]
def _on_verify(_good: int, store: object) -> int:
    """Ask the connection's judge. Its answer is an error number, so that OpenSSL sends the alert that belongs to it."""
    ssl = _lib.X509_STORE_CTX_get_ex_data(store, _lib.SSL_get_ex_data_X509_STORE_CTX_idx())
    connection = SSL.Connection._reverse_mapping.get(ssl)  # noqa: SLF001 - as above
    if connection is None:  # pragma: no cover - the connection is what asks
        return 0
    shown = _lib.X509_STORE_CTX_get_current_cert(store)
    _lib.X509_up_ref(shown)
    certificate = crypto.X509._from_raw_x509_ptr(shown).to_cryptography()  # noqa: SLF001 - pyOpenSSL has no public way
    error, depth = _lib.X509_STORE_CTX_get_error(store), _lib.X509_STORE_CTX_get_error_depth(store)
    verdict: int = connection.get_app_data().verify(certificate, error, depth)
    _lib.X509_STORE_CTX_set_error(store, verdict)
    return int(verdict == VERIFIED)


def demand_certificate(connection: SSL.Connection) -> None:
    """Demand the peer's certificate, and let `verify(certificate, error, depth) -> error` of the app data judge it."""
    mode = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
    _lib.SSL_set_verify(connection._ssl, mode, _on_verify)  # noqa: SLF001 - pyOpenSSL's own way cannot name the error


def install(context: SSL.Context) -> bool:
    """Let every connection of `context` report to the sink that is its app data. True when the bytes will be shown."""
    if hasattr(_lib, "SSL_CTX_set_msg_callback"):
        _lib.SSL_CTX_set_msg_callback(context._context, _on_message)  # noqa: SLF001 - pyOpenSSL has no public way
        return True
    context.set_info_callback(_on_state)
    return False


def install_alerts(context: SSL.Context) -> None:
    """Let every connection of `context` report its alerts, and nothing else: no call from OpenSSL for each record."""
    context.set_info_callback(_on_alert)


def was_resumed(connection: SSL.Connection) -> bool:
    """Whether the handshake resumed an earlier session."""
    return bool(_lib.SSL_session_reused(connection._ssl))  # noqa: SLF001 - pyOpenSSL has no public way


def error_for(code: str) -> int:
    """The verification error that tells the peer of our refusal `code`."""
    return _SAYS.get(code, REFUSED)


def verify_error(number: int) -> str:
    """OpenSSL's own words for a verification error."""
    text: bytes = _ffi.string(_lib.X509_verify_cert_error_string(number))
    return text.decode("ascii", "replace")


def read(at: float, sent: bool, content: int, data: bytes) -> tuple[TlsEvent, ...]:
    """The events that one callback means."""
    direction: Direction = "out" if sent else "in"
    if content == HEADER:
        record = Record(at, direction, _OUTER.get(data[0], "application_data"), data[3] << 8 | data[4])  # type: ignore[arg-type]
        # TLS 1.2 does not report an incoming ChangeCipherSpec, TLS 1.3 does: its record is the one sign that both give.
        if data[0] == CHANGE_CIPHER_SPEC and not sent:
            return record, HandshakeMessage(at, direction, "ChangeCipherSpec", b"\x01")
        return (record,)
    if content == HANDSHAKE:
        return (HandshakeMessage(at, direction, HANDSHAKE_NAMES.get(data[0], f"unknown ({data[0]})"), data),)
    if content == CHANGE_CIPHER_SPEC:
        return (HandshakeMessage(at, direction, "ChangeCipherSpec", data),) if sent else ()
    if content == ALERT:
        level: Literal["warning", "fatal"] = "fatal" if data[0] == 2 else "warning"
        return (Alert(at, direction, level, ALERT_NAMES.get(data[1], str(data[1]))),)
    return (HandshakeMessage(at, direction, data.decode("ascii", "replace"), b""),)
