"""What a certificate says, as plain values to be shown. Reading is not believing: nothing here is a check of trust.

DER ──→ describe_untrusted ──→ Description          is_issued_by(DER, DER) ──→ whether that signature holds
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from voip.errors import CertificateError
from voip.pki.certificates import UNREADABLE, fingerprint, key_fingerprint, load_certificate_untrusted, to_pem

TEXT_MAX, PARTS_MAX = 300, 50
"""Characters of any one value, and values of a kind; a certificate of 16 kB may say a lot."""
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign",
)  # fmt: skip
_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
}


@dataclass(frozen=True, slots=True)
class Description:
    """A certificate in words. Names are those of RFC 5280."""

    subject: str
    issuer: str
    self_issued: bool
    serial: str
    """Hex."""
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    """subjectAltName, each with its kind: `URI:glasscall:bob@relay`."""
    key: str
    """`ECDSA secp256r1, 256 bits`."""
    usage: tuple[str, ...]
    """keyUsage, as the RFC spells it."""
    purposes: tuple[str, ...]
    """extKeyUsage: `serverAuth`, or an OID."""
    authority: bool
    """basicConstraints: whether it may sign certificates."""
    signature: str
    """`ecdsa-with-SHA256`."""
    fingerprint: str
    """SHA-256 of the certificate, hex."""
    key_fingerprint: str
    """SHA-256 of its SubjectPublicKeyInfo, hex: this is what is pinned."""
    unknown: tuple[str, ...]
    """Other extensions, by their OID; critical ones marked."""
    pem: str = field(repr=False)


def describe_untrusted(der: bytes) -> Description:
    """What the certificate `der` says; raises `CertificateError` when it cannot be read."""
    certificate = load_certificate_untrusted(der)
    try:
        return _describe(certificate)
    except UNREADABLE as error:
        raise CertificateError(f"This certificate cannot be read: {error}.", code="certificate-bad") from None


def is_issued_by(der: bytes, authority: bytes) -> bool:
    """Whether the signature on `der` was made with the key of `authority`, names included. Never raises."""
    try:
        load_certificate_untrusted(der).verify_directly_issued_by(load_certificate_untrusted(authority))
    except (CertificateError, InvalidSignature, *UNREADABLE):
        return False
    return True


def _describe(certificate: x509.Certificate) -> Description:
    usage: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    unknown: list[str] = []
    authority = False
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectAlternativeName):
            names = tuple(_name(name) for name in islice(value, PARTS_MAX))
        elif isinstance(value, x509.KeyUsage):
            usage = tuple(_camel(one) for one in _USAGES if getattr(value, one))
        elif isinstance(value, x509.ExtendedKeyUsage):
            purposes = tuple(_PURPOSES.get(oid, _short(oid.dotted_string)) for oid in islice(value, PARTS_MAX))
        elif isinstance(value, x509.BasicConstraints):
            authority = value.ca
        elif not isinstance(value, (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)):
            unknown.append(_short(extension.oid.dotted_string) + (" (critical)" if extension.critical else ""))
    return Description(
        subject=_short(certificate.subject.rfc4514_string()),
        issuer=_short(certificate.issuer.rfc4514_string()),
        self_issued=certificate.subject == certificate.issuer,
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        names=names,
        key=_key(certificate),
        usage=usage,
        purposes=purposes,
        authority=authority,
        signature=certificate.signature_algorithm_oid._name,  # noqa: SLF001 - the only place that has its name
        fingerprint=fingerprint(certificate),
        key_fingerprint=key_fingerprint(certificate),
        unknown=tuple(unknown[:PARTS_MAX]),
        pem=to_pem(certificate),
    )


def _key(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    match key:
        case ec.EllipticCurvePublicKey():
            return f"ECDSA {key.curve.name}, {key.key_size} bits"
        case rsa.RSAPublicKey():
            return f"RSA, {key.key_size} bits"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
    return type(key).__name__.removesuffix("PublicKey")


def _name(name: x509.GeneralName) -> str:
    kinds = {"DNSName": "DNS", "UniformResourceIdentifier": "URI", "IPAddress": "IP", "RFC822Name": "email"}
    kind = kinds.get(type(name).__name__, type(name).__name__)
    return _short(f"{kind}:{name.value}")


def _camel(usage: str) -> str:
    """`key_cert_sign` as the RFC spells it."""
    first, *rest = usage.split("_")
    return "cRLSign" if usage == "crl_sign" else first + "".join(part.capitalize() for part in rest)


def _short(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"
