import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from voip.errors import CertificateError
from voip.pki import ca, certificates

NOW = datetime.now(UTC).replace(microsecond=0)
AUTHORITY = ca.make_authority("relay.test", NOW)
RELAY = ca.issue_relay(AUTHORITY, "relay.test", NOW)


def client(name: str = "bob", now: datetime = NOW) -> certificates.Identity:
    key = certificates.new_key()
    csr = certificates.load_csr_untrusted(certificates.make_csr(key, name))
    return certificates.Identity(ca.issue_client(AUTHORITY, csr, name, "relay.test", now), key)


def extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.Extension:
    return certificate.extensions.get_extension_for_class(kind)


def test_the_authority_may_sign_certificates_and_nothing_else() -> None:
    certificate = AUTHORITY.certificate
    constraints = extension(certificate, x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature
    assert certificate.subject.rfc4514_string() == "CN=Glasscall CA of relay.test"
    assert certificate.not_valid_after_utc - NOW > timedelta(days=3650)


@pytest.mark.parametrize("identity", [RELAY, client()], ids=["relay", "client"])
def test_what_is_issued_signs_handshakes_only_and_names_its_issuer(identity: certificates.Identity) -> None:
    certificate = identity.certificate
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not usage.value.crl_sign
    assert extension(certificate, x509.BasicConstraints).value.ca is False
    issuer = extension(AUTHORITY.certificate, x509.SubjectKeyIdentifier).value.digest
    assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == issuer
    assert certificates.is_p256(certificate.public_key())
    assert certificate.not_valid_before_utc == NOW - timedelta(minutes=5)


def test_the_relay_is_a_server_for_a_year() -> None:
    certificate = RELAY.certificate
    assert certificates.extended_key_usage(certificate) == {ExtendedKeyUsageOID.SERVER_AUTH}
    assert certificates.alternative_names(certificate) == (x509.DNSName("relay.test"),)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=365)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_relay_that_is_called_by_its_address_has_an_address_in_its_certificate(address: str) -> None:
    certificate = ca.issue_relay(AUTHORITY, address, NOW).certificate
    assert certificates.alternative_names(certificate) == (x509.IPAddress(ip_address(address)),)


def test_a_client_is_client_and_server_for_ninety_days() -> None:
    certificate = client().certificate
    both = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH}
    assert certificates.extended_key_usage(certificate) == both
    assert certificates.alternative_names(certificate) == (x509.UniformResourceIdentifier("glasscall:bob@relay.test"),)
    assert certificate.subject.rfc4514_string() == "CN=bob"
    assert certificate.not_valid_after_utc == NOW + timedelta(days=90)


def test_nothing_but_the_key_is_taken_from_a_request() -> None:
    key = certificates.new_key()
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("relay.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate = ca.issue_client(AUTHORITY, request, "bob", "relay.test", NOW)
    assert certificate.public_key() == key.public_key()
    assert certificate.subject.rfc4514_string() == "CN=bob"
    assert extension(certificate, x509.BasicConstraints).value.ca is False
    assert certificates.client_address(certificate) == "bob@relay.test"


def test_issuing_refuses_other_keys_and_odd_names() -> None:
    weak = ec.generate_private_key(ec.SECP384R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(weak, hashes.SHA256())
    with pytest.raises(CertificateError) as caught:
        ca.issue_client(AUTHORITY, request, "bob", "relay.test", NOW)
    assert caught.value.code == "csr-bad"
    good = certificates.load_csr_untrusted(certificates.make_csr(certificates.new_key(), "x"))
    for name, relay in (("Bob", "relay.test"), ("bob", "relay test")):
        with pytest.raises(CertificateError) as caught:
            ca.issue_client(AUTHORITY, good, name, relay, NOW)
        assert caught.value.code == "name-bad"
    with pytest.raises(CertificateError):
        ca.make_authority("not a host", NOW)


def test_a_long_relay_name_fits() -> None:
    name = ".".join(["a" * 40] * 4)
    authority = ca.make_authority(name, NOW)
    relay = ca.issue_relay(authority, name, NOW).certificate
    relay.verify_directly_issued_by(authority.certificate)
    assert certificates.alternative_names(relay) == (x509.DNSName(name),)


def test_nothing_outlives_the_authority() -> None:
    end = AUTHORITY.certificate.not_valid_after_utc
    assert ca.issue_relay(AUTHORITY, "relay.test", end - timedelta(days=9)).certificate.not_valid_after_utc == end
    with pytest.raises(CertificateError) as caught:
        ca.issue_relay(AUTHORITY, "relay.test", end)
    assert caught.value.code == "expired"


def test_renewal_is_due_in_the_last_third() -> None:
    certificate = client().certificate
    assert not ca.renewal_due(certificate, NOW + timedelta(days=59))
    assert ca.renewal_due(certificate, NOW + timedelta(days=61))
    assert ca.renewal_due(certificate, NOW + timedelta(days=400))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
@pytest.mark.parametrize(
    ("who", "purpose", "good"),
    [
        ("relay", "sslserver", True),
        ("relay", "sslclient", False),
        ("client", "sslclient", True),
        ("client", "sslserver", True),
        ("stranger", "sslclient", False),
    ],
)
def test_openssl_agrees(who: str, purpose: str, good: bool, tmp_path: Path) -> None:
    stranger = ca.issue_relay(ca.make_authority("relay.test", NOW), "relay.test", NOW)
    identity = {"relay": RELAY, "client": client(), "stranger": stranger}[who]
    (tmp_path / "ca.pem").write_text(AUTHORITY.certificate_pem)
    (tmp_path / "leaf.pem").write_text(identity.certificate_pem)
    command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", "leaf.pem"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)
    assert (result.returncode == 0) is good, result.stdout + result.stderr
