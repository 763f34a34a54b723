from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import CertificateError
from voip.pki import ca, certificates

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)
KEY = certificates.new_key()
CSR = certificates.make_csr(KEY, "bob")
BOB = ca.issue_client(AUTHORITY, certificates.load_csr_untrusted(CSR), "bob", "relay.test", NOW)
READERS = (
    certificates.fingerprint,
    certificates.key_fingerprint,
    certificates.client_address,
    certificates.client_name,
    certificates.extended_key_usage,
)


def test_a_client_certificate_says_whose_it_is() -> None:
    assert certificates.client_address(BOB) == "bob@relay.test"
    assert certificates.client_name(BOB) == "bob"


def test_fingerprints_are_those_of_rfc_terms() -> None:
    der = BOB.public_bytes(serialization.Encoding.DER)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    assert certificates.fingerprint(BOB) == digest.finalize().hex()
    spki = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    assert certificates.key_fingerprint(BOB) == digest.finalize().hex()


def test_a_renewed_certificate_keeps_the_key_fingerprint() -> None:
    csr = certificates.load_csr_untrusted(CSR)
    renewed = ca.issue_client(AUTHORITY, csr, "bob", "relay.test", NOW + timedelta(days=70))
    assert certificates.key_fingerprint(renewed) == certificates.key_fingerprint(BOB)
    assert certificates.fingerprint(renewed) != certificates.fingerprint(BOB)


def test_certificates_load_from_pem_text_pem_bytes_and_der() -> None:
    pem = certificates.to_pem(BOB)
    for form in (pem, pem.encode(), "\n" + pem, BOB.public_bytes(serialization.Encoding.DER)):
        assert certificates.load_certificate_untrusted(form) == BOB


def test_an_identity_loads_back_and_hides_its_key() -> None:
    identity = certificates.Identity(BOB, KEY)
    loaded = certificates.load_identity(identity.certificate_pem, identity.key_pem())
    assert loaded.certificate == BOB
    assert loaded.key.private_numbers() == KEY.private_numbers()
    assert "key" not in repr(identity)


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (certificates.private_key_pem(certificates.new_key()), "does not belong"),
        (certificates.private_key_pem(ec.generate_private_key(ec.SECP384R1())), "not ECDSA P-256"),
        ("nonsense", "cannot be used"),
        (b"\xff", "cannot be used"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(pem: str | bytes, why: str) -> None:
    with pytest.raises(CertificateError, match=why) as caught:
        certificates.load_identity(certificates.to_pem(BOB), pem)
    assert caught.value.code == "key-bad"


def _csr_with(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bob")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def _csr_with_swapped_key() -> str:
    """A request that asks for a key which its sender does not have."""
    der = x509.load_pem_x509_csr(CSR.encode()).public_bytes(serialization.Encoding.DER)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    mine, other = KEY.public_key().public_bytes(*form), certificates.new_key().public_key().public_bytes(*form)
    assert mine in der
    stolen = x509.load_der_x509_csr(der.replace(mine, other))
    return stolen.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (_csr_with(ec.generate_private_key(ec.SECP384R1())), "not ECDSA P-256"),
        (_csr_with(rsa.generate_private_key(65537, 2048)), "not ECDSA P-256"),
        (_csr_with_swapped_key(), "signature does not match"),
        (certificates.to_pem(BOB), "refused"),
        ("", "refused"),
        ("ü" * 10, "refused"),
        (CSR + " " * 20_000, "too long"),
    ],
)
def test_a_bad_request_is_refused(pem: str, why: str) -> None:
    with pytest.raises(CertificateError, match=why) as caught:
        certificates.load_csr_untrusted(pem)
    assert caught.value.code == "csr-bad"


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_no_request(text: str) -> None:
    with pytest.raises(CertificateError):
        certificates.load_csr_untrusted(text)


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_no_certificate(data: str | bytes) -> None:
    with pytest.raises(CertificateError):
        certificates.load_certificate_untrusted(data)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_certificate_never_raises_anything_else(data: st.DataObject) -> None:
    der = bytearray(BOB.public_bytes(serialization.Encoding.DER))
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    for reader in READERS:
        try:
            reader(certificates.load_certificate_untrusted(bytes(der)))
        except CertificateError:
            continue


def test_an_over_long_certificate_is_not_even_parsed() -> None:
    with pytest.raises(CertificateError, match="too long"):
        certificates.load_certificate_untrusted(b"0" * 20_000)


def _with_names(*names: x509.GeneralName) -> x509.Certificate:
    subject = x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256())


@pytest.mark.parametrize(
    "names",
    [
        (),
        (x509.DNSName("relay.test"),),
        (x509.UniformResourceIdentifier("https://relay.test"),),
        (x509.UniformResourceIdentifier("glasscall:bob"),),
        (x509.UniformResourceIdentifier("glasscall:Bob@relay.test"),),
        (x509.UniformResourceIdentifier("glasscall:bob@relay.test@relay.test"),),
        (x509.UniformResourceIdentifier("glasscall:bob@relay.test\n"),),
        (x509.UniformResourceIdentifier("glasscall:bob@r"), x509.UniformResourceIdentifier("glasscall:eve@r")),
        (x509.UniformResourceIdentifier("glasscall:bob@r"), x509.DNSName("r")),
    ],
)
def test_a_certificate_that_names_no_one_person_has_no_address(names: tuple[x509.GeneralName, ...]) -> None:
    certificate = _with_names(*names)
    with pytest.raises(CertificateError, match="names no") as caught:
        certificates.client_address(certificate)
    assert caught.value.code == "wrong-person"
    assert certificates.extended_key_usage(certificate) == frozenset()
