"""What is no handshake message: record headers, alerts, ChangeCipherSpec.

A record of TLS 1.3 shows by its type that it is encrypted; one of TLS 1.2 does not, so whoever asks must say it.

    TLS 1.3   header · ciphertext · tag                     RFC 8446 §5.2
    TLS 1.2   header · nonce_explicit · ciphertext · tag    RFC 5246 §6.2.3.3; without a nonce: RFC 7905
"""

from functools import partial

from voip.wire.anatomy import values
from voip.wire.anatomy.field import Field
from voip.wire.anatomy.reader import Reader, whole
from voip.wire.tls_records import APPLICATION_DATA, HEADER

TLS_1_2 = "TLSv1.2"
NONCE, TAG, TAG_SHORT = 8, 16, 8


def dissect_record(record: bytes, *, encrypted: bool = False, version: str = "", cipher: str = "") -> Field:
    """A record as the wire saw it: its 5-byte header, and its payload (RFC 8446 §5). Never raises.

    `encrypted`: it is, although its type may not say so (TLS 1.2). Where `version` and `cipher` are known, in OpenSSL's
    or IANA's spelling, an encrypted payload falls into its parts.
    """
    hidden = encrypted or record[:1] == bytes([APPLICATION_DATA])
    parts = _parts(version, cipher) if hidden else None
    return whole(record, "TLSCiphertext" if hidden else "TLSPlaintext", partial(_record, parts))


def dissect_records(data: bytes, *, encrypted: bool = False, version: str = "", cipher: str = "") -> Field:
    """One record like `dissect_record`, or several in a row as fields of one. Never raises."""
    if int.from_bytes(data[3:HEADER], "big") + HEADER >= len(data):
        return dissect_record(data, encrypted=encrypted, version=version, cipher=cipher)

    def each(reader: Reader) -> str:
        count = 0
        while reader.left:
            hidden = encrypted or reader.peek(1) == APPLICATION_DATA
            parts = _parts(version, cipher) if hidden else None
            reader.group("TLSCiphertext" if hidden else "TLSPlaintext", partial(_record, parts))
            count += 1
        return f"{count} records"

    return whole(data, "records", each)


def _record(parts: tuple[int, int] | None, reader: Reader) -> str:
    marked = reader.peek(1) == APPLICATION_DATA
    kind = reader.number("opaque_type" if marked else "type", 1, values.CONTENT)
    reader.number("legacy_record_version", 2, values.VERSION)
    reader.length(2)
    name = "encrypted_record" if marked else "fragment"
    if parts is not None and reader.left > sum(parts):
        reader.group(name, partial(_sealed, *parts), reader.left)
    elif reader.left:
        reader.opaque(name)
    return values.CONTENT(kind)[0]


def _parts(version: str, cipher: str) -> tuple[int, int] | None:
    """The lengths of an encrypted payload's nonce and tag; None when it is not known how it is made."""
    tag = TAG_SHORT if "CCM_8" in cipher or "CCM8" in cipher else TAG
    if version == "TLSv1.3":
        return 0, tag
    if version == TLS_1_2 and "POLY1305" in cipher:
        return 0, tag
    if version == TLS_1_2 and ("GCM" in cipher or "CCM" in cipher):
        return NONCE, tag
    return None


def _sealed(nonce: int, tag: int, reader: Reader) -> str:
    if nonce:
        reader.opaque("nonce_explicit", nonce)
    size = reader.left - tag
    reader.opaque("ciphertext", size)
    reader.opaque("authentication_tag", tag)
    return f"{size} bytes of ciphertext, and a tag of {tag}"


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
