"""Extensions: the block that a message ends with, and which decoder reads which extension in which message.

An extension can look quite different in a question and in its answer: `key_share` is a list of keys in a ClientHello,
one key in a ServerHello, and a wish in a HelloRetryRequest. So decoders are found by (extension type, message).
"""

from voip.wire import tls_names as tls
from voip.wire.anatomy import extension_bodies as body
from voip.wire.anatomy import values
from voip.wire.anatomy.key_exchange import client_share, renegotiated, server_share
from voip.wire.anatomy.reader import Decode, Reader, counted, items, nothing, number, numbers, opaque

_CLIENT = "ClientHello"
_ANSWER = "ServerHello EncryptedExtensions"
_REQUEST = "ClientHello CertificateRequest"
_ANY = "ClientHello ServerHello EncryptedExtensions"

_ROWS: tuple[tuple[int, str, Decode], ...] = (
    (0, _CLIENT, counted(2, items("server_name_entry", body.server_name))),
    (0, _ANSWER, nothing),
    (1, _ANY, number("max_fragment_length", 1, values.FRAGMENT_LENGTH)),
    (5, _REQUEST, body.status_request),
    (5, "ServerHello", nothing),
    (5, "Certificate", body.certificate_status),
    (10, _ANY, counted(2, numbers("named_group", 2, values.GROUP))),
    (11, _ANY, counted(1, numbers("ec_point_format", 1, values.POINT_FORMAT))),
    (12, _CLIENT, counted(1, opaque("srp_user", values.text))),
    (13, _REQUEST, counted(2, numbers("signature_scheme", 2, values.SIGNATURE))),
    (14, _ANY, body.use_srtp),
    (15, _ANY, number("heartbeat_mode", 1, values.HEARTBEAT_MODE)),
    (16, _ANY, counted(2, items("protocol", body.protocol))),
    (17, _CLIENT, counted(2, items("status_request_item", body.status_request_item))),
    (17, "ServerHello", nothing),
    (18, _REQUEST, nothing),
    (18, f"{_ANSWER} Certificate", counted(2, items("SerializedSCT", body.timestamp))),
    (19, _CLIENT, counted(1, numbers("certificate_type", 1, values.CERTIFICATE_TYPE))),
    (19, _ANSWER, number("certificate_type", 1, values.CERTIFICATE_TYPE)),
    (20, _CLIENT, counted(1, numbers("certificate_type", 1, values.CERTIFICATE_TYPE))),
    (20, _ANSWER, number("certificate_type", 1, values.CERTIFICATE_TYPE)),
    (21, _CLIENT, body.padding),
    (22, _ANY, nothing),
    (23, _ANY, nothing),
    (27, _REQUEST, counted(1, numbers("compression_algorithm", 2, values.CERTIFICATE_COMPRESSION))),
    (28, _ANY, number("record_size_limit", 2, values.size)),
    (35, _ANY, opaque("ticket_data")),
    (41, _CLIENT, body.offered_psks),
    (41, "ServerHello", number("selected_identity", 2)),
    (42, "ClientHello EncryptedExtensions", nothing),
    (42, "NewSessionTicket", number("max_early_data_size", 4, values.size)),
    (43, _CLIENT, counted(1, numbers("version", 2, values.VERSION))),
    (43, "ServerHello HelloRetryRequest", number("selected_version", 2, values.VERSION)),
    (44, "ClientHello HelloRetryRequest", counted(2, opaque("cookie_data"))),
    (45, _CLIENT, counted(1, numbers("ke_mode", 1, values.psk_mode))),
    (47, _REQUEST, counted(2, items("DistinguishedName", body.authority))),
    (48, "CertificateRequest", counted(2, items("OIDFilter", body.oid_filter))),
    (49, _CLIENT, nothing),
    (50, _REQUEST, counted(2, numbers("signature_scheme", 2, values.SIGNATURE))),
    (51, _CLIENT, counted(2, items("KeyShareEntry", client_share))),
    (51, "ServerHello", server_share),
    (51, "HelloRetryRequest", number("selected_group", 2, values.GROUP)),
    (13172, _CLIENT, nothing),
    (13172, "ServerHello", items("protocol", body.protocol)),
    (0xFD00, _CLIENT, counted(1, numbers("outer_extension", 2, values.EXTENSION))),
    (0xFDE8, "ServerHello", body.cryptopro),
    (0xFE0D, _CLIENT, body.encrypted_hello),
    (0xFE0D, "HelloRetryRequest", opaque("confirmation")),
    (0xFE0D, "EncryptedExtensions", counted(2, items("ECHConfig", body.ech_config))),
    (0xFF01, _ANY, renegotiated),
)
_DECODERS: dict[tuple[int, str], Decode] = {
    (kind, message): decode for kind, messages, decode in _ROWS for message in messages.split()
}


def extensions(message: str) -> Decode:
    """Reads the extensions of `message`: their length, then each."""

    def read(reader: Reader) -> str:
        reader.length(2)
        seen: set[int] = set()
        count = 0
        while reader.left:
            kind = reader.peek(2)
            name = tls.EXTENSION_NAMES.get(kind) or values.EXTENSION(kind)[0].partition(",")[0].partition(" ")[0]
            reader.group("extension" if kind < 0 else name, _extension(message, kind, again=kind in seen))
            seen.add(kind)
            count += 1
        return f"{count} extensions" if count != 1 else "1 extension"

    return read


def _extension(message: str, kind: int, *, again: bool) -> Decode:
    def read(reader: Reader) -> str:
        reader.mark = "malformed" if again else values.EXTENSION(kind)[1]
        reader.number("extension_type", 2, values.EXTENSION)
        reader.length(2)
        decode = _DECODERS.get((kind, message))
        if decode is not None:
            said = decode(reader)
        else:
            reader.mark = reader.mark or "unknown"
            if reader.left:
                reader.leaf("extension_data", reader.left, f"{reader.left} bytes, not interpreted", reader.mark)
            said = "" if reader.mark == "grease" else f"not known in a {message}"
        return "a second time, which is forbidden" if again else said

    return read
