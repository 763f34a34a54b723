"""Extensions in each message where they can stand, as a table: bytes → the leaves they are made of."""

import pytest

from tools.fuzz_anatomy import covers
from voip.wire.anatomy import Field, dissect


def numbered(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def vector(size: int, data: bytes) -> bytes:
    return numbered(len(data), size) + data


def message(kind: int, body: bytes) -> bytes:
    return numbered(kind, 1) + vector(3, body)


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def within(name: str, block: bytes) -> bytes:
    """A message of that name whose extensions are `block`."""
    head = b"\x03\x03" + bytes(range(32)) + b"\x00"
    match name:
        case "ClientHello":
            return message(1, head + vector(2, b"\x13\x01") + b"\x01\x00" + vector(2, block))
        case "ServerHello":
            return message(2, head + b"\x13\x01\x00" + vector(2, block))
        case "HelloRetryRequest":
            return message(2, b"\x03\x03" + RETRY + b"\x00\x13\x01\x00" + vector(2, block))
        case "EncryptedExtensions":
            return message(8, vector(2, block))
        case "CertificateRequest":
            return message(13, b"\x00" + vector(2, block))
        case "Certificate":
            return message(11, b"\x00" + vector(3, vector(3, b"\x30\x00") + vector(2, block)))
        case _:
            return message(4, bytes(8) + b"\x01n" + b"\x00\x01t" + vector(2, block))


def extension(name: str, kind: int, data: bytes) -> Field:
    root = dissect(bytes_ := within(name, numbered(kind, 2) + vector(2, data)))
    assert covers(root, len(bytes_))
    assert root.name == name
    stack = [root]
    while stack:
        field = stack.pop()
        if field.children and field.children[0].name == "extension_type":
            return field
        stack += field.children
    raise AssertionError


def leaves(field: Field) -> str:
    """Names of the leaves behind type and length, with their values' first words."""
    return " ".join(
        leaf.name + (f"={leaf.value.partition(',')[0]}" if leaf.end - leaf.start <= 4 and leaf.name != "length" else "")
        for leaf in list(field.leaves())[2:]
    )


POINT = vector(2, b"\x04" + bytes(64))
SCT = vector(2, vector(2, b"\x00" + bytes(32) + numbered(1_700_000_000_000, 8) + b"\x00\x00\x04\x03" + b"\x00\x01s"))
TABLE = [
    # message, extension, data, name, leaves
    ("ServerHello", 0, "", "server_name", ""),
    ("EncryptedExtensions", 0, "", "server_name", ""),
    ("ClientHello", 1, "04", "max_fragment_length", "max_fragment_length=4096 bytes"),
    ("ClientHello", 5, "01 0000 0000", "status_request", "status_type=ocsp length length"),
    (
        "ClientHello",
        5,
        "01 0003 0001aa 0001bb",
        "status_request",
        "status_type=ocsp length length responder_id_data=1 byte: aa length request_extensions_data=1 byte: bb",
    ),
    ("ServerHello", 5, "", "status_request", ""),
    ("CertificateRequest", 5, "", "status_request", ""),
    (
        "Certificate",
        5,
        "01 000005 30030a0100",
        "status_request",
        "status_type=ocsp length identifier_and_length=SEQUENCE ENUMERATED=1 byte: 00",
    ),
    (
        "EncryptedExtensions",
        10,
        "0004 11ec 001d",
        "supported_groups",
        "length named_group=X25519MLKEM768 named_group=x25519",
    ),
    ("ServerHello", 11, "01 00", "ec_point_formats", "length ec_point_format=uncompressed"),
    ("ClientHello", 12, "02 6162", "srp", "length srp_user=ab"),
    ("CertificateRequest", 13, "0002 0807", "signature_algorithms", "length signature_scheme=ed25519"),
    (
        "ClientHello",
        14,
        "0002 0008 01aa",
        "use_srtp",
        "length SRTPProtectionProfile=SRTP_AEAD_AES_256_GCM length srtp_mki_data=1 byte: aa",
    ),
    ("ClientHello", 15, "01", "heartbeat", "heartbeat_mode=peer_allowed_to_send"),
    ("ServerHello", 16, "0003 02 6832", "application_layer_protocol_negotiation", "length length protocol_name=h2"),
    (
        "ClientHello",
        17,
        "0007 01 0004 0000 0000",
        "status_request_v2",
        "length status_type=ocsp length length length",
    ),
    ("ClientHello", 18, "", "signed_certificate_timestamp", ""),
    (
        "Certificate",
        18,
        SCT.hex(),
        "signed_certificate_timestamp",
        (
            "length length sct_version=v1 log_id timestamp length algorithm=ecdsa_secp256r1_sha256 length"
            " not_taken_apart=1 bytes"
        ),
    ),
    (
        "ClientHello",
        19,
        "02 0002",
        "client_certificate_type",
        "length certificate_type=X509 certificate_type=RawPublicKey",
    ),
    ("EncryptedExtensions", 19, "02", "client_certificate_type", "certificate_type=RawPublicKey"),
    ("ClientHello", 20, "01 00", "server_certificate_type", "length certificate_type=X509"),
    ("ServerHello", 20, "00", "server_certificate_type", "certificate_type=X509"),
    ("ClientHello", 21, "000000", "padding", "padding_data=3 bytes of zeros"),
    ("ServerHello", 22, "", "encrypt_then_mac", ""),
    ("ServerHello", 23, "", "extended_master_secret", ""),
    ("ClientHello", 27, "02 0002", "compress_certificate", "length compression_algorithm=brotli"),
    ("EncryptedExtensions", 28, "4001", "record_size_limit", "record_size_limit=16385 bytes"),
    ("ClientHello", 35, "aabb", "session_ticket", "ticket_data=2 bytes: aa bb"),
    (
        "ClientHello",
        41,
        "0009 0003 aabbcc 00000007 0004 03 ddeeff",
        "pre_shared_key",
        "length length identity_data=3 bytes: aa bb cc obfuscated_ticket_age=7 length length binder=3 bytes: dd ee ff",
    ),
    ("ServerHello", 41, "0001", "pre_shared_key", "selected_identity=1"),
    ("ClientHello", 42, "", "early_data", ""),
    ("EncryptedExtensions", 42, "", "early_data", ""),
    ("NewSessionTicket", 42, "00004000", "early_data", "max_early_data_size=16384 bytes"),
    ("ClientHello", 43, "04 0304 0303", "supported_versions", "length version=TLSv1.3 version=TLSv1.2"),
    ("HelloRetryRequest", 43, "0304", "supported_versions", "selected_version=TLSv1.3"),
    ("HelloRetryRequest", 44, "0002 cafe", "cookie", "length cookie_data=2 bytes: ca fe"),
    ("ClientHello", 45, "02 0001", "psk_key_exchange_modes", "length ke_mode=psk_ke ke_mode=psk_dhe_ke"),
    (
        "CertificateRequest",
        47,
        "0011 000f 300d310b3009 0603550406 13024b52",
        "certificate_authorities",
        "length length" + " identifier_and_length={}" * 3 + " type value=KR",
    ),
    (
        "CertificateRequest",
        48,
        "000a 05 0603551d0f 0002 abcd",
        "oid_filters",
        "length length oid length oid_values=2 bytes: ab cd",
    ),
    ("ClientHello", 49, "", "post_handshake_auth", ""),
    ("CertificateRequest", 50, "0002 0904", "signature_algorithms_cert", "length signature_scheme=mldsa44"),
    ("ClientHello", 51, "0005 0201 0001 aa", "key_share", "length group=MLKEM768 length X"),
    ("ServerHello", 51, "0017" + POINT.hex(), "key_share", "group=secp256r1 length legacy_form=4 X Y"),
    ("HelloRetryRequest", 51, "11ec", "key_share", "selected_group=X25519MLKEM768"),
    ("ServerHello", 13172, "02 6832", "next_protocol_negotiation", "length protocol_name=h2"),
    ("ClientHello", 13172, "", "next_protocol_negotiation", ""),
    ("ClientHello", 0xFD00, "02 000a", "ech_outer_extensions", "length outer_extension=supported_groups"),
    (
        "ClientHello",
        0xFE0D,
        "00 0001 0001 07 0001 aa 0001 bb",
        "encrypted_client_hello",
        (
            "ECHClientHelloType=outer kdf_id=HKDF-SHA256 aead_id=AES-128-GCM config_id=7 length enc_data=1 byte: aa"
            " length payload_data=1 byte: bb"
        ),
    ),
    ("ClientHello", 0xFE0D, "01", "encrypted_client_hello", "ECHClientHelloType=inner"),
    ("HelloRetryRequest", 0xFE0D, "0102030405060708", "encrypted_client_hello", "confirmation"),
    (
        "EncryptedExtensions",
        0xFE0D,
        "0017 fe0d 0013 05 0020 0001 aa 0004 0001 0003 10 03 612e62 0000",
        "encrypted_client_hello",
        (
            "length ech_version=RFC 9849 length config_id=5 kem_id=32 length public_key_data=1 byte: aa length"
            " kdf_id=HKDF-SHA256 aead_id=ChaCha20Poly1305"
            " maximum_name_length=16 bytes length public_name_data=a.b length"
        ),
    ),
    (
        "ServerHello",
        0xFDE8,
        "301e 30080606 2a8503020209 30080606 2a8503020216 30080606 2a8503020217",
        "cryptopro_bug",
        "identifier_and_length=SEQUENCE" + " identifier_and_length=SEQUENCE OBJECT IDENTIFIER" * 3,
    ),
    ("ServerHello", 0xFF01, "02 abcd", "renegotiation_info", "length renegotiated_connection=2 bytes: ab cd"),
]


@pytest.mark.parametrize(("where", "kind", "data", "name", "parts"), TABLE)
def test_each_extension_is_taken_apart(where: str, kind: int, data: str, name: str, parts: str) -> None:
    field = extension(where, kind, bytes.fromhex(data.replace(" ", "")))
    assert field.name == name
    said = leaves(field)
    for shown in ("=SEQUENCE", "=SET"):
        said = said.replace(shown, "={}") if "={}" in parts else said
    if kind == 51 and where == "ClientHello":  # a key that is too short
        assert field.children[-1].children[-1].mark == "truncated"
        return
    assert said == parts
    odd = [leaf for leaf in field.leaves() if leaf.mark]
    assert odd == [] or kind == 18, odd
    assert all(leaf.purpose for leaf in field.leaves())


def test_what_is_not_known_is_said_so() -> None:
    strange = extension("ClientHello", 0x7777, b"abc")
    assert (strange.name, strange.mark, strange.children[-1].mark) == ("0x7777", "unknown", "unknown")
    misplaced = extension("ServerHello", 45, b"\x01\x01")
    assert (misplaced.mark, misplaced.value) == ("unknown", "not known in a ServerHello")
    grease = extension("ClientHello", 0x3A3A, b"x")
    assert (grease.name, grease.mark) == ("GREASE", "grease")
    assert extension("ClientHello", 45, b"\x02\x0b\x01").children[-2].mark == "grease"
    assert extension("ClientHello", 10, b"\x00\x04\x5a\x5a\x00\x63").children[-2].mark == "grease"
    assert extension("ClientHello", 10, b"\x00\x04\x5a\x5a\x00\x63").children[-1].mark == "unknown"
    protocols = extension("ClientHello", 16, b"\x00\x06\x02\x3a\x3a\x02h2")
    assert protocols.value.startswith("GREASE")
    assert [leaf.mark for leaf in protocols.leaves() if leaf.name == "protocol_name"] == ["grease", ""]
    assert extension("ClientHello", 21, b"\x00\x01").mark == "malformed"
    assert extension("ClientHello", 0, b"\x00\x04\x05\x00\x01x").children[-1].children[0].mark == "unknown"
    assert "\x1b" not in extension("ClientHello", 0, b"\x00\x05\x00\x00\x02\x1b[").value
    late = vector(2, vector(2, b"\x00" + bytes(32) + b"\xff" * 8 + b"\x00\x00\x04\x03\x00\x00"))
    assert extension("Certificate", 18, late).value == f"{2**64 - 1} ms since 1970"


def test_a_twin_is_marked() -> None:
    root = dissect(within("ClientHello", bytes.fromhex("00170000 00170000")))
    first, second = root.children[-1].children[1:]
    assert (first.mark, second.mark) == ("", "malformed")
    assert second.value == "a second time, which is forbidden"


@pytest.mark.parametrize(
    ("group", "size"), [(29, 32), (30, 56), (23, 65), (24, 97), (25, 133), (256, 256), (0x11EB, 1249), (0x11ED, 1665)]
)
def test_key_shares_have_the_size_of_their_group(group: int, size: int) -> None:
    def share(length: int) -> Field:
        key = b"\x04" + bytes(length - 1)
        return extension("ClientHello", 51, vector(2, numbered(group, 2) + vector(2, key)))

    assert [leaf.mark for leaf in share(size).leaves() if leaf.mark] == []
    assert [leaf.mark for leaf in share(size - 1).leaves() if leaf.mark] != []
    assert [leaf.mark for leaf in share(size + 1).leaves() if leaf.mark] != []


BY_HAND = [
    # version, type, body, name, leaves behind the header
    ("TLSv1.2", 0, "", "HelloRequest", ""),
    ("TLSv1.3", 5, "", "EndOfEarlyData", ""),
    ("TLSv1.2", 3, "feff 02 cafe", "HelloVerifyRequest", "server_version length cookie_data"),
    ("TLSv1.2", 4, "00001c20 0001 aa", "NewSessionTicket", "ticket_lifetime_hint length ticket_data"),
    ("TLSv1.2", 12, "0003 68696e", "ServerKeyExchange", "length identity_hint"),
    (
        "TLSv1.2",
        12,
        "0000 03 001d 02 aabb",
        "ServerKeyExchange",
        "length curve_type named_curve length X25519_public_key",
    ),
    (
        "TLSv1.2",
        12,
        "0001 68 0001 17 0001 05 0001 aa",
        "ServerKeyExchange",
        "length identity_hint length dh_p_value length dh_g_value length dh_Ys_value",
    ),
    (
        "TLSv1.2",
        12,
        "0002 abcd 0001 05 01 55 0002 cafe 0401 0001 aa",
        "ServerKeyExchange",
        "length srp_N_value length srp_g_value length srp_s_value length srp_B_value algorithm length signature_data",
    ),
    ("TLSv1.2", 12, "99", "ServerKeyExchange", "params"),
    ("TLSv1.2", 16, "0100aa", "ClientKeyExchange", "exchange_keys"),
    ("TLSv1.2", 16, "0001 aa", "ClientKeyExchange", "length exchange_data"),
    ("TLSv1.2", 16, "0002 6d65 02 aabb", "ClientKeyExchange", "length psk_identity_data length ecdh_Yc"),
    ("TLSv1.2", 16, "0002 6d65 0002 aabb", "ClientKeyExchange", "length psk_identity_data length exchange_data"),
    ("TLSv1.2", 22, "02 000001 aa", "CertificateStatus", "status_type length response_data"),
    ("TLSv1.3", 24, "01", "KeyUpdate", "request_update"),
    ("TLSv1.3", 24, "07", "KeyUpdate", "request_update"),
    (
        "TLSv1.3",
        25,
        "0002 000100 000001 aa",
        "CompressedCertificate",
        "algorithm uncompressed_length length compressed_data",
    ),
    ("TLSv1.2", 67, "02 6832 01 00", "NextProtocol", "length protocol_name length padding_data"),
    ("TLSv1.3", 254, "aabb", "MessageHash", "body"),
    ("TLSv1.3", 99, "aabb", "unknown_message", "body"),
    ("TLSv1.3", 20, "aabb", "Finished", "verify_data"),
    ("TLSv1.3", 11, "00 000000", "Certificate", "length length"),
]


@pytest.mark.parametrize(("version", "kind", "body", "name", "parts"), BY_HAND)
def test_messages_that_are_rarely_seen(version: str, kind: int, body: str, name: str, parts: str) -> None:
    data = message(kind, bytes.fromhex(body.replace(" ", "")))
    root = dissect(data, version)
    assert covers(root, len(data))
    assert root.name == name
    assert " ".join(leaf.name for leaf in list(root.leaves())[2:]) == parts


def test_a_compressed_certificate_is_refused_in_words() -> None:
    root = dissect(message(25, bytes.fromhex("0002000100000001aa")))
    assert root.mark == "unknown"
    assert root.value.startswith("refused: Glasscall never offers compression")


def test_a_client_may_have_no_certificate() -> None:
    for version, body in (("TLSv1.3", bytes(4)), ("TLSv1.2", bytes(3))):
        root = dissect(message(11, body), version)
        assert (root.value, root.mark) == ("no certificate", "")


def test_a_bare_key_in_place_of_a_certificate() -> None:
    key = bytes.fromhex("3008 3004 0602 2a03 0300".replace(" ", ""))
    root = dissect(message(11, b"\x00" + vector(3, vector(3, key) + b"\x00\x00")))
    assert "subjectPublicKeyInfo" in [f.name for f in root.at(15)]


def test_a_server_that_was_asked_for_less_leaves_a_mark() -> None:
    for end, says in ((b"DOWNGRD\x01", "TLS 1.2"), (b"DOWNGRD\x00", "TLS 1.1")):
        root = dissect(message(2, b"\x03\x03" + bytes(24) + end + b"\x00\xc0\x2c\x00"), "TLSv1.2")
        assert says in root.children[3].value
