"""Every byte of OpenSSL's own handshakes is in one leaf, known by name, and explained."""

import ipaddress
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL
from tls_conversations import (
    ALERT,
    CHANGE_CIPHER_SPEC,
    HOUSE,
    Conversation,
    pairs,
    reading,
    refused,
    second_hello,
    strangers,
    with_openssl,
)

from tools.fuzz_anatomy import covers
from voip.wire.anatomy import Field, dissect, dissect_alert, dissect_change_cipher_spec, dissect_record, dissect_records


def walk(field: Field) -> Iterator[Field]:
    yield field
    for child in field.children:
        yield from walk(child)


def find(field: Field, name: str) -> Field:
    return next(each for each in walk(field) if each.name == name)


def names(talk: Conversation) -> list[str]:
    return [dissect(message, talk.version).name for message in talk.messages]


def roots(talk: Conversation) -> Iterator[tuple[Field, int]]:
    for message in talk.messages:
        yield dissect(message, talk.version), len(message)
    for _, content, body in talk.said:
        if content == ALERT:
            yield dissect_alert(body), len(body)
        elif content == CHANGE_CIPHER_SPEC:
            yield dissect_change_cipher_spec(body), len(body)
    for record in talk.records:
        yield dissect_record(record), len(record)


def self_signed_rsa(context: SSL.Context) -> None:
    """A server with an RSA key, for the suites that need one."""
    key = rsa.generate_private_key(65_537, 2_048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "김철수")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1)
        .not_valid_before(HOUSE.now)
        .not_valid_after(HOUSE.relay.certificate.not_valid_after_utc)
    )
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
    )
    context.use_certificate(builder.sign(key, hashes.SHA256()))
    context.use_privatekey(key)


def with_rsa(suite: bytes):
    def prepare(client: SSL.Context, server: SSL.Context) -> None:
        for context in (client, server):
            context.set_cipher_list(suite + b":@SECLEVEL=0")
        self_signed_rsa(server)

    return prepare


def with_dhe(client: SSL.Context, server: SSL.Context) -> None:
    make = ["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(subprocess.run(make, capture_output=True, check=True).stdout)
        file.flush()
        server.load_tmp_dh(file.name)
    with_rsa(b"DHE-RSA-AES128-GCM-SHA256")(client, server)


def stapling(client: SSL.Context, server: SSL.Context) -> None:
    """A server that has a statement about its certificate: "try later", the shortest that OCSP knows."""
    client.set_ocsp_client_callback(lambda *_: True)
    server.set_ocsp_server_callback(lambda *_: bytes.fromhex("30030a0103"))


@cache
def talks() -> list[Conversation]:
    return [*pairs("1.2"), *pairs("1.3"), second_hello(), refused("1.2"), refused("1.3")]


@cache
def odd_talks() -> list[Conversation]:
    return [
        strangers("every suite", "1.2", lambda client, _: client.set_cipher_list(b"ALL:COMPLEMENTOFALL:@SECLEVEL=0")),
        strangers("DHE", "1.2", with_dhe),
        strangers("RSA", "1.2", with_rsa(b"AES128-GCM-SHA256")),
        strangers("ECDHE on P-256", "1.2", on_p256),
        strangers("P-256 in TLS 1.3", "1.3", on_p256),
        strangers("OCSP", "1.2", stapling, status=True),
        strangers("OCSP in TLS 1.3", "1.3", stapling, status=True),
    ]


def on_p256(client: SSL.Context, _server: SSL.Context) -> None:
    assert reading._lib.SSL_CTX_set1_curves_list(client._context, b"P-256") == 1


@pytest.mark.parametrize("which", ["Glasscall's", "others"])
def test_every_byte_is_in_one_leaf_and_known(which: str) -> None:
    for talk in talks() if which == "Glasscall's" else odd_talks():
        assert len(talk.messages) >= 4, talk.name
        for root, size in roots(talk):
            assert covers(root, size), (talk.name, root)
            for field in walk(root):
                assert field.mark == "", (talk.name, root.name, field)
                assert field.purpose.endswith("."), (talk.name, root.name, field.name)
                assert field.children or field.value, (talk.name, root.name, field.name)


def test_the_ten_messages_of_tls_1_2() -> None:
    full, resumed = talks()[0], talks()[1]
    assert names(full) == [
        "ClientHello",
        "ServerHello",
        "Certificate",
        "ServerKeyExchange",
        "CertificateRequest",
        "ServerHelloDone",
        "Certificate",
        "ClientKeyExchange",
        "CertificateVerify",
        "Finished",
        "NewSessionTicket",
        "Finished",
    ]
    assert [name for name in names(resumed) if name != "NewSessionTicket"] == [
        "ClientHello",
        "ServerHello",
        "Finished",
        "Finished",
    ]
    exchange = dissect(full.messages[3], "TLSv1.2")
    assert exchange.value.startswith("x25519, an elliptic curve")
    assert {"params", "named_curve", "public", "signed_params", "r", "s"} <= {f.name for f in walk(exchange)}
    assert find(dissect(full.messages[10], "TLSv1.2"), "ticket_lifetime_hint").value == "7200 s (2 h)"
    assert find(dissect(full.messages[9], "TLSv1.2"), "verify_data").end == 16


def test_a_client_hello_in_words() -> None:
    hello = dissect(talks()[2].messages[0])
    assert find(hello, "host_name_data").value == "relay.test"
    assert find(hello, "protocol_name").value == "glasscall/1"
    assert find(hello, "named_group").value == "X25519MLKEM768, a hybrid of a classical and a post-quantum key exchange"
    assert find(hello, "supported_versions").value == "TLSv1.3"
    assert find(hello, "cipher_suites").value.startswith("TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256")
    parts = [(f.name, f.end - f.start) for f in find(hello, "key_exchange").children]
    assert parts == [("length", 2), ("ML-KEM-768_encapsulation_key", 1184), ("X25519_public_key", 32)]


def test_a_server_hello_answers_with_the_other_half() -> None:
    answer = dissect(talks()[2].messages[1])
    parts = [(f.name, f.end - f.start) for f in find(answer, "key_exchange").children]
    assert parts == [("length", 2), ("ML-KEM-768_ciphertext", 1088), ("X25519_public_key", 32)]
    assert find(answer, "key_exchange").value == "ML-KEM-768 ciphertext (1088 bytes) + X25519 public key (32 bytes)"
    assert find(answer, "selected_version").value == "TLSv1.3"


def test_a_second_hello_is_asked_for_by_name() -> None:
    talk = talks()[4]
    assert names(talk)[:4] == ["ClientHello", "HelloRetryRequest", "ClientHello", "ServerHello"]
    retry = dissect(talk.messages[1])
    assert find(retry, "selected_group").value == "secp384r1, the elliptic curve P-384 of NIST"
    assert find(retry, "random").value == "the fixed value that makes a ServerHello a HelloRetryRequest"
    point = find(dissect(talk.messages[2]), "key_exchange")
    assert [f.name for f in point.children] == ["length", "legacy_form", "X", "Y"]


def test_a_resumed_session_shows_ticket_and_binder() -> None:
    full, resumed = talks()[2], talks()[3]
    ticket = find(dissect(full.messages[-1]), "ticket_data")
    hello = dissect(resumed.messages[0])
    sealed = find(hello, "identity_data")
    assert resumed.messages[0][sealed.start : sealed.end] == full.messages[-1][ticket.start : ticket.end]
    assert find(hello, "binder").end == len(resumed.messages[0]), "the binders are the last bytes of a ClientHello"
    assert find(dissect(resumed.messages[1]), "selected_identity").value == "0"
    assert "Certificate" not in names(resumed)


def test_a_certificate_down_to_its_signature() -> None:
    talk = talks()[2]
    shown = dissect(next(m for m in talk.messages if m[0] == 11))
    authority = f"CN={HOUSE.ca.subject.rfc4514_string().removeprefix('CN=')}"
    assert shown.value.startswith(f"2 certificates, the first: CN=relay.test, issued by {authority}, valid from 20")
    assert find(shown, "dNSName").value == "relay.test"
    assert find(shown, "notAfter").value == f"{HOUSE.relay.certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"
    assert find(shown, "subjectPublicKeyInfo").value == "id-ecPublicKey, secp256r1"
    usages = [f.value for f in walk(shown) if f.name == "KeyUsage"]
    assert usages == ["digitalSignature", "keyCertSign, cRLSign"]
    constraints = [f.value for f in walk(shown) if f.name == "BasicConstraints"]
    assert constraints[0] == "not a CA: it cannot issue certificates"
    assert constraints[1].startswith("a CA: it can issue certificates")
    own = dissect([m for m in talk.messages if m[0] == 11][1])
    assert "alice" in find(own, "uniformResourceIdentifier").value
    first = find(find(shown, "cert_data"), "Certificate")
    der = HOUSE.relay.certificate.public_bytes(Encoding.DER)
    assert next(m for m in talk.messages if m[0] == 11)[first.start : first.end] == der
    assert [part.name for part in first.children[1:]] == ["tbsCertificate", "signatureAlgorithm", "signatureValue"]


def test_other_key_exchanges_of_tls_1_2() -> None:
    by_name = {talk.name: talk for talk in odd_talks()}
    dhe = next(dissect(m, "TLSv1.2") for m in by_name["DHE"].messages if m[0] == 12)
    assert dhe.value.startswith("classical Diffie-Hellman with a prime of ")
    assert {"dh_p", "dh_g", "dh_Ys", "signature_data"} <= {f.name for f in walk(dhe)}
    assert 12 not in [m[0] for m in by_name["RSA"].messages]
    secret = next(dissect(m, "TLSv1.2") for m in by_name["RSA"].messages if m[0] == 16)
    assert find(secret, "exchange_data").end - find(secret, "exchange_data").start == 256
    certificate = next(dissect(m, "TLSv1.2") for m in by_name["RSA"].messages if m[0] == 11)
    assert find(certificate, "subject").value == "CN=김철수"
    assert find(certificate, "iPAddress").value == "127.0.0.1"
    point = next(dissect(m, "TLSv1.2") for m in by_name["ECDHE on P-256"].messages if m[0] == 16)
    assert [f.name for f in find(point, "ecdh_public").children] == ["length", "legacy_form", "X", "Y"]


def test_a_statement_on_revocation_comes_along() -> None:
    by_name = {talk.name: talk for talk in odd_talks()}
    assert find(dissect(by_name["OCSP"].messages[0], "TLSv1.2"), "status_request").value.startswith("ocsp")
    alone = next(dissect(m, "TLSv1.2") for m in by_name["OCSP"].messages if m[0] == 22)
    inside = next(dissect(m) for m in by_name["OCSP in TLS 1.3"].messages if m[0] == 11)
    for field in (alone, find(inside, "status_request")):
        assert find(field, "OCSPResponse").children[-1].name == "ENUMERATED"


def test_a_key_update_and_a_late_certificate(tmp_path: Path) -> None:
    update = with_openssl("key update", [(b"K\n", 24)], tmp_path)
    late = with_openssl("late certificate", [(b"c\n", 13)], tmp_path, "-verify", "1", post_handshake=True)
    for talk in (update, late):
        for root, size in roots(talk):
            assert covers(root, size)
            assert [f for f in walk(root) if f.mark] == [], talk.name
    said = [(way, dissect(m).value) for way, content, m in update.said if content == 22 and m[0] == 24]
    assert said == [
        ("in", "update_requested, the other end shall change its key too"),
        ("out", "update_not_requested, the other end may keep its key"),
    ]
    assert find(dissect(late.messages[0]), "post_handshake_auth").value == ""
    asked = [dissect(m) for m in late.messages if m[0] == 13]
    assert find(asked[-1], "context_data").value.startswith("32 bytes")


def test_alerts_and_change_cipher_spec() -> None:
    sent = [dissect_alert(body).value for talk in talks() for _, content, body in talk.said if content == ALERT]
    assert "close_notify, the sender has nothing more to say: a goodbye" in sent
    assert "certificate_expired, the certificate is not valid now" in sent
    assert dissect_change_cipher_spec(b"\x01").value == "encryption begins"
    assert dissect_alert(b"\x02\xfe").children[1].mark == "unknown"
    assert dissect_alert(b"\x02").mark == "truncated"
    assert [f.name for f in dissect_alert(b"\x01\x00\x00").children] == ["level", "description", "unexpected"]
    assert dissect_change_cipher_spec(b"\x02").children[0].mark == "unknown"
    assert dissect_change_cipher_spec(b"").mark == "truncated"


def test_a_record_shows_only_its_envelope() -> None:
    clear, encrypted = dissect_record(b"\x16\x03\x01\x00\x02ab"), dissect_record(b"\x17\x03\x03\x00\x02ab")
    assert [f.name for f in clear.children] == ["type", "legacy_record_version", "length", "fragment"]
    assert (clear.name, encrypted.name) == ("TLSPlaintext", "TLSCiphertext")
    assert [f.name for f in encrypted.children] == [
        "opaque_type",
        "legacy_record_version",
        "length",
        "encrypted_record",
    ]
    cut = dissect_record(b"\x16\x03\x01\x00\x09ab")
    assert (cut.mark, cut.children[2].mark) == ("truncated", "malformed")
    assert dissect_record(b"\x16\x03\x01\x00\x01ab").children[-1].name == "unexpected"
    assert dissect_record(b"").mark == "truncated"


def test_an_encrypted_record_falls_into_its_parts() -> None:
    body = bytes(range(40))

    def parts(kind: int, version: str, cipher: str, **more: bool) -> tuple[str, list[tuple[str, int]]]:
        root = dissect_record(bytes([kind, 3, 3, 0, 40]) + body, version=version, cipher=cipher, **more)
        assert covers(root, 45)
        return root.name, [(leaf.name, leaf.end - leaf.start) for leaf in list(root.leaves())[3:]]

    modern = [("ciphertext", 24), ("authentication_tag", 16)]
    assert parts(23, "TLSv1.3", "TLS_AES_256_GCM_SHA384") == ("TLSCiphertext", modern)
    assert parts(23, "TLSv1.3", "TLS_AES_128_CCM_8_SHA256") == (
        "TLSCiphertext",
        [("ciphertext", 32), ("authentication_tag", 8)],
    )
    assert parts(22, "TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", encrypted=True) == ("TLSCiphertext", modern)
    older = [("nonce_explicit", 8), ("ciphertext", 16), ("authentication_tag", 16)]
    assert parts(22, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384", encrypted=True) == ("TLSCiphertext", older)
    assert parts(22, "TLSv1.2", "AES128-SHA", encrypted=True) == ("TLSCiphertext", [("fragment", 40)])
    assert parts(22, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384") == ("TLSPlaintext", [("fragment", 40)])


def test_a_message_of_several_records_is_shown_whole() -> None:
    one, other = b"\x16\x03\x03\x00\x02ab", b"\x16\x03\x03\x00\x01c"
    assert dissect_records(one) == dissect_record(one)
    both = dissect_records(one + other)
    assert (both.name, both.value, both.mark) == ("records", "2 records", "")
    assert [(f.name, f.start, f.end) for f in both.children] == [("TLSPlaintext", 0, 7), ("TLSPlaintext", 7, 13)]
    assert covers(both, 13)
    assert covers(dissect_records(one + b"\x16\x03"), 9)
    assert dissect_records(one + b"\x16\x03").children[1].mark == "truncated"
