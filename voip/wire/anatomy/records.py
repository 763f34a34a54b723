"""What is no handshake message: record headers, alerts, ChangeCipherSpec."""

from voip.wire.anatomy import values
from voip.wire.anatomy.field import Field
from voip.wire.anatomy.reader import Reader, whole
from voip.wire.tls_records import APPLICATION_DATA


def dissect_record(record: bytes) -> Field:
    """A record as the wire saw it: its 5-byte header, and its payload as one leaf (RFC 8446 §5). Never raises."""
    encrypted = record[:1] == bytes([APPLICATION_DATA])
    return whole(record, "TLSCiphertext" if encrypted else "TLSPlaintext", _record)


def _record(reader: Reader) -> str:
    encrypted = reader.peek(1) == APPLICATION_DATA
    kind = reader.number("opaque_type" if encrypted else "type", 1, values.CONTENT)
    reader.number("legacy_record_version", 2, values.VERSION)
    reader.length(2)
    if reader.left:
        reader.opaque("encrypted_record" if encrypted else "fragment")
    return values.CONTENT(kind)[0]


def dissect_alert(body: bytes) -> Field:
    """An alert in clear: two bytes (RFC 8446 §6). Never raises."""
    return whole(body, "Alert", _alert)


def _alert(reader: Reader) -> str:
    reader.closed = True
    reader.number("level", 1, values.ALERT_LEVEL)
    return values.ALERT(reader.number("description", 1, values.ALERT))[0]


def dissect_change_cipher_spec(body: bytes) -> Field:
    """A ChangeCipherSpec: one byte (RFC 5246 §7.1). Never raises."""
    return whole(body, "ChangeCipherSpec", _change_cipher_spec)


def _change_cipher_spec(reader: Reader) -> str:
    reader.closed = True
    reader.number("change_cipher_spec_type", 1, values.ONE)
    return "encryption begins" if not reader.left else ""
