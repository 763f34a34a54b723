"""A certificate in words: every part of our own, and no exception for anybody's bytes."""

import contextlib
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from people import RELAY, House

from voip.errors import CertificateError
from voip.pki.certificates import fingerprint, key_fingerprint, new_key
from voip.pki.description import PARTS_MAX, describe_untrusted, is_issued_by

HOUSE = House()
ALICE = HOUSE.person("alice")


def der(certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


CA, MINE = der(HOUSE.ca), der(ALICE.certificate)


def test_ours_in_words():
    seen = describe_untrusted(MINE)
    assert seen.names == (f"URI:glasscall:alice@{RELAY}",)
    assert seen.key == "ECDSA secp256r1, 256 bits"
    assert seen.signature == "ecdsa-with-SHA256"
    assert seen.usage == ("digitalSignature",)
    assert set(seen.purposes) == {"clientAuth", "serverAuth"}
    assert seen.fingerprint == fingerprint(ALICE.certificate)
    assert seen.key_fingerprint == key_fingerprint(ALICE.certificate)
    assert not seen.authority
    assert not seen.self_issued
    assert seen.unknown == ()
    assert seen.not_after - seen.not_before > timedelta(days=1)
    assert seen.pem.startswith("-----BEGIN CERTIFICATE-----")
    root = describe_untrusted(CA)
    assert root.authority
    assert root.self_issued
    assert "keyCertSign" in root.usage


def test_what_is_not_known_is_named_by_its_number_and_marked_when_critical():
    key, now, name = new_key(), HOUSE.now, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 64)])
    odd, purpose = x509.ObjectIdentifier("1.2.3.4.5"), x509.ObjectIdentifier("1.2.3.4.6")
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    made = (
        builder.add_extension(x509.UnrecognizedExtension(odd, b"\x05\x00"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose] * 400), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{i}.test") for i in range(400)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    seen = describe_untrusted(der(made))
    assert seen.unknown == ("1.2.3.4.5 (critical)",)
    assert seen.purposes == ("1.2.3.4.6",) * PARTS_MAX  # a stranger's list is cut
    assert len(seen.names) == PARTS_MAX
    assert (seen.serial, seen.usage, seen.authority) == ("7", (), False)


def test_only_a_signature_that_holds_is_one():
    assert is_issued_by(MINE, CA)
    assert is_issued_by(CA, CA)
    assert not is_issued_by(MINE, der(House().ca))
    assert not is_issued_by(MINE, MINE)
    assert not is_issued_by(b"", CA)
    broken = bytearray(MINE)
    broken[-1] ^= 1
    assert not is_issued_by(bytes(broken), CA)


@given(at=st.integers(0, len(MINE) - 1), value=st.integers(0, 255), cut=st.integers(0, len(MINE)))
def test_damaged_certificates_end_in_words_or_in_one_error(at, value, cut):
    broken = bytearray(MINE)
    broken[at] = value
    for data in (bytes(broken), MINE[:cut]):
        with contextlib.suppress(CertificateError):
            describe_untrusted(data)
        is_issued_by(data, CA)
