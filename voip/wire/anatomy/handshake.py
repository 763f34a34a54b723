"""Handshake messages, one function each.

    type   length   body
    1 B    3 B      length bytes: what the functions here read, and extensions at its end

Some messages have two shapes under one number, and the negotiated version decides. Where TLS 1.3 renamed a field that
it no longer needs (`session_id`, now `legacy_session_id`), the name is the one of that version's RFC: 5246 or 8446.
"""

from functools import partial

from voip.wire import tls_names as tls
from voip.wire.anatomy import notes, values
from voip.wire.anatomy.certificate import certificate
from voip.wire.anatomy.extension_bodies import authority, certificate_status
from voip.wire.anatomy.extensions import extensions
from voip.wire.anatomy.field import Field, Mark
from voip.wire.anatomy.key_exchange import client_params, server_params, signature
from voip.wire.anatomy.reader import Decode, Reader, counted, items, number, numbers, opaque, whole
from voip.wire.tls_messages import HELLO_RETRY_RANDOM

TLS_1_3 = "TLSv1.3"


def dissect(message: bytes, version: str = TLS_1_3) -> Field:
    """One handshake message with its 4-byte header, taken apart; never raises, whatever the bytes.

    `version`: what was negotiated, `TLSv1.3` or `TLSv1.2`.
    """
    kind = message[0] if message else -1
    retry = kind == 2 and message[6:38] == HELLO_RETRY_RANDOM
    name = "HelloRetryRequest" if retry else tls.HANDSHAKE_NAMES.get(kind, "unknown_message")
    decode = _DECODERS_1_3.get(kind, _DECODERS.get(kind)) if version == TLS_1_3 else _DECODERS.get(kind)
    if retry:
        decode = partial(_server_hello, modern=True, message=name)
    return whole(message, name, partial(_message, decode))


def _message(decode: Decode | None, reader: Reader) -> str:
    reader.number("msg_type", 1, values.MESSAGE)
    reader.length(3)
    if decode is None:
        reader.unknown("body", f"{reader.left} bytes, not interpreted")
        return ""
    return decode(reader)


def _empty(_reader: Reader) -> str:
    return "nothing but its name"


def _client_hello(reader: Reader, *, modern: bool) -> str:
    reader.number("legacy_version" if modern else "client_version", 2, values.VERSION)
    reader.opaque("random", 32, values.random)
    reader.vector("legacy_session_id" if modern else "session_id", 1, opaque("session_id_data"))
    reader.vector("cipher_suites", 2, numbers("cipher_suite", 2, values.CIPHER))
    methods = "legacy_compression_methods" if modern else "compression_methods"
    reader.vector(methods, 1, numbers("compression_method", 1, values.COMPRESSION))
    if reader.left:  # TLS 1.2 may end here
        reader.group("extensions", extensions("ClientHello"))
    return ""


def _server_hello(reader: Reader, *, modern: bool, message: str = "ServerHello") -> str:
    reader.number("legacy_version" if modern else "server_version", 2, values.VERSION)
    retry = message != "ServerHello"
    reader.opaque("random", 32, (lambda _: notes.HELLO_RETRY) if retry else values.random)
    reader.vector("legacy_session_id_echo" if modern else "session_id", 1, opaque("session_id_data"))
    suite = reader.number("cipher_suite", 2, values.CIPHER)
    reader.number("legacy_compression_method" if modern else "compression_method", 1, values.COMPRESSION)
    if reader.left:
        reader.group("extensions", extensions(message))
    return values.CIPHER(suite)[0]


def _hello_verify(reader: Reader) -> str:
    reader.number("server_version", 2, values.VERSION)
    reader.vector("cookie", 1, opaque("cookie_data"))
    return ""


def _encrypted_extensions(reader: Reader) -> str:
    return reader.group("extensions", extensions("EncryptedExtensions"))


def _certificate_1_3(reader: Reader) -> str:
    reader.vector("certificate_request_context", 1, opaque("context_data"))
    return reader.vector("certificate_list", 3, _certificates(items("CertificateEntry", _entry)))


def _entry(reader: Reader) -> str:
    said = reader.vector("cert_data", 3, certificate)
    reader.group("extensions", extensions("Certificate"))
    return said


def _certificate_1_2(reader: Reader) -> str:
    entries = items("ASN.1Cert", counted(3, certificate))
    return reader.vector("certificate_list", 3, _certificates(entries))


def _certificates(entries: Decode) -> Decode:
    def read(reader: Reader) -> str:
        first, count = reader.at, len(reader.fields)
        entries(reader)
        if reader.at == first:
            return "no certificate"
        found = reader.fields[count:]
        return found[0].value if len(found) == 1 else f"{len(found)} certificates, the first: {found[0].value}"

    return read


def _request_1_3(reader: Reader) -> str:
    reader.vector("certificate_request_context", 1, opaque("context_data"))
    return reader.group("extensions", extensions("CertificateRequest"))


def _request_1_2(reader: Reader) -> str:
    said = reader.vector("certificate_types", 1, numbers("client_certificate_type", 1, values.CLIENT_CERTIFICATE_TYPE))
    schemes = numbers("signature_scheme", 2, values.SIGNATURE)
    reader.vector("supported_signature_algorithms", 2, schemes)
    reader.vector("certificate_authorities", 2, items("DistinguishedName", authority))
    return said


def _ticket_1_3(reader: Reader) -> str:
    lifetime = reader.number("ticket_lifetime", 4, values.seconds)
    reader.number("ticket_age_add", 4)
    reader.vector("ticket_nonce", 1, opaque("nonce_data"))
    reader.vector("ticket", 2, opaque("ticket_data"))
    reader.group("extensions", extensions("NewSessionTicket"))
    return f"good for {values.seconds(lifetime)[0]}"


def _ticket_1_2(reader: Reader) -> str:
    lifetime = reader.number("ticket_lifetime_hint", 4, values.seconds)
    reader.vector("ticket", 2, opaque("ticket_data"))
    return f"good for {values.seconds(lifetime)[0]}"


def _finished(reader: Reader) -> str:
    size = reader.left
    odd: Mark = "" if size in {12, 32, 48} else "malformed"
    reader.mark = reader.mark or odd
    reader.leaf("verify_data", size, f"{size} bytes, a fingerprint of the whole handshake made with its key", odd)
    return ""


def _compressed(reader: Reader) -> str:
    reader.number("algorithm", 2, values.CERTIFICATE_COMPRESSION)
    reader.number("uncompressed_length", 3, values.size)
    reader.vector("compressed_certificate_message", 3, _refused)
    reader.mark = reader.mark or "unknown"
    return notes.REFUSED


def _refused(reader: Reader) -> str:
    reader.unknown("compressed_data", notes.REFUSED)
    return ""


def _next_protocol(reader: Reader) -> str:
    said = reader.vector("selected_protocol", 1, opaque("protocol_name", values.protocol))
    reader.vector("padding_bytes", 1, opaque("padding_data"))
    return said


_DECODERS: dict[int, Decode] = {
    0: _empty,
    1: partial(_client_hello, modern=False),
    2: partial(_server_hello, modern=False),
    3: _hello_verify,
    4: _ticket_1_2,
    5: _empty,
    8: _encrypted_extensions,
    11: _certificate_1_2,
    12: server_params,
    13: _request_1_2,
    14: _empty,
    15: signature,
    16: client_params,
    20: _finished,
    22: certificate_status,
    24: number("request_update", 1, values.KEY_UPDATE),
    25: _compressed,
    67: _next_protocol,
}
_DECODERS_1_3: dict[int, Decode] = {
    1: partial(_client_hello, modern=True),
    2: partial(_server_hello, modern=True),
    4: _ticket_1_3,
    11: _certificate_1_3,
    13: _request_1_3,
}
