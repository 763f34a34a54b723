"""The relay's private CA, and the two kinds of certificates that it issues (RFC 5280).

                       authority (10 years, path length 0, signs only)
                       ├── relay    one year   DNS or IP name              serverAuth
                       └── client   90 days    URI glasscall:bob@relay     clientAuth, serverAuth

A client's certificate is good as a TLS server too, because the callee is the server of the end-to-end session. What
keeps it from passing for the relay is its name, see `checks`.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from voip.errors import CertificateError
from voip.pki.certificates import SAN_SCHEME, Identity, is_p256, new_key
from voip.pki.names import require_host, require_name, to_ip

AUTHORITY_DAYS = 3652
RELAY_DAYS = 365
CLIENT_DAYS = 90
BACKDATE = timedelta(minutes=5)
"""A client's clock may be behind the relay's by this much."""
_COMMON_NAME_MAX = 64  # ub-common-name, RFC 5280 appendix A


def make_authority(relay_name: str, now: datetime) -> Identity:
    """A self-signed CA for one relay; raises `CertificateError` (`name-bad`)."""
    require_host(relay_name)
    key = new_key()
    subject = _common_name(f"Glasscall CA of {relay_name}")
    until = now + timedelta(days=AUTHORITY_DAYS)
    builder = (
        _builder(subject, subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def issue_relay(authority: Identity, relay_name: str, now: datetime) -> Identity:
    """The relay's certificate, with a fresh key; raises `CertificateError` (`name-bad`)."""
    require_host(relay_name)
    key = new_key()
    address = to_ip(relay_name)
    san = x509.IPAddress(address) if address else x509.DNSName(relay_name)
    usage = [ExtendedKeyUsageOID.SERVER_AUTH]
    certificate = _issue(authority, key.public_key(), relay_name, san, usage, now, RELAY_DAYS)
    return Identity(certificate, key)


def issue_client(
    authority: Identity, csr: x509.CertificateSigningRequest, name: str, relay_name: str, now: datetime
) -> x509.Certificate:
    """A person's certificate for the key of `csr`, and for nothing else that `csr` says.

    Raises `CertificateError`: `csr-bad` (signature or kind of key), `name-bad`.
    """
    require_name(name)
    require_host(relay_name)
    key = csr.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not is_p256(key) or not csr.is_signature_valid:
        raise CertificateError("The certificate request is refused: bad signature or key.", code="csr-bad")
    san = x509.UniformResourceIdentifier(f"{SAN_SCHEME}{name}@{relay_name}")
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    return _issue(authority, key, name, san, usage, now, CLIENT_DAYS)


def renewal_from(not_before: datetime, not_after: datetime) -> datetime:
    """When the last third of the validity begins, in which the certificates of relay and clients are renewed."""
    return not_after - (not_after - not_before) / 3


def renewal_due(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether `certificate` should be renewed now."""
    return now >= renewal_from(certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def _issue(
    authority: Identity,
    key: ec.EllipticCurvePublicKey,
    common_name: str,
    san: x509.GeneralName,
    usage: list[x509.ObjectIdentifier],
    now: datetime,
    days: int,
) -> x509.Certificate:
    # Nothing outlives its issuer: a chain that is half expired would fail in a way hard to explain.
    until = min(now + timedelta(days=days), authority.certificate.not_valid_after_utc)
    if until <= now:
        raise CertificateError("The relay's CA has expired; set up the relay anew.", code="expired")
    issuer_key = authority.key.public_key()
    builder = (
        _builder(_common_name(common_name), authority.certificate.subject, key, now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectAlternativeName([san]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _common_name(text: str) -> x509.Name:
    # For people only: programs read the SubjectAlternativeName, which has no such limit.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_COMMON_NAME_MAX])])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
