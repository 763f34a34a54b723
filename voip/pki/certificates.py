"""Keys, requests and certificates: make them, load them, read what they say. ECDSA P-256 everywhere.

What a certificate says is believed only after its chain was verified; the readers here only read.
"""

import warnings
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from voip.errors import CertificateError
from voip.pki.names import split_address

SAN_SCHEME = "glasscall:"
PEM_MAX = 16_384
"""Longest certificate or request that is looked at, in characters or bytes."""

UNREADABLE = (
    ValueError,  # what the parsers raise for nearly everything
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    x509.ExtensionNotFound,
    CryptographyDeprecationWarning,
)


@dataclass(frozen=True)
class Identity:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @cached_property
    def certificate_pem(self) -> str:
        """The certificate, PEM."""
        return to_pem(self.certificate)

    def key_pem(self) -> str:
        """The private key, PKCS #8 PEM, unencrypted: only for a file of mode 0600."""
        return private_key_pem(self.key)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def private_key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """`key` as PKCS #8 PEM, unencrypted."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode("ascii")


def to_pem(certificate: x509.Certificate) -> str:
    """`certificate` as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def make_csr(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """A request (RFC 2986) for `key`, PEM. Its name is a courtesy: the CA takes nothing but the key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def load_csr_untrusted(pem: str) -> x509.CertificateSigningRequest:
    """The request in `pem`, with a good signature and a P-256 key; raises `CertificateError` (`csr-bad`)."""
    try:
        if len(pem) > PEM_MAX:
            raise ValueError("it is too long")
        request = x509.load_pem_x509_csr(pem.encode("ascii"))
        if not is_p256(request.public_key()):
            raise ValueError("its key is not ECDSA P-256")
        if not request.is_signature_valid:
            raise ValueError("its signature does not match its key")
    except UNREADABLE as error:
        raise CertificateError(f"The certificate request is refused: {error}.", code="csr-bad") from None
    return request


def load_certificate_untrusted(data: str | bytes) -> x509.Certificate:
    """The certificate in `data` (PEM or DER); raises `CertificateError` (`certificate-bad`). Verifies nothing."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    try:
        if len(raw) > PEM_MAX:
            raise ValueError("it is too long")
        with warnings.catch_warnings():
            # What the library only warns of, such as a serial number that is not positive, RFC 5280 forbids.
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            if raw.lstrip().startswith(b"-----BEGIN"):
                return x509.load_pem_x509_certificate(raw)
            return x509.load_der_x509_certificate(raw)
    except UNREADABLE as error:
        raise CertificateError(f"This is not a readable certificate: {error}.", code="certificate-bad") from None


def load_identity(certificate_pem: str | bytes, key_pem: str | bytes) -> Identity:
    """A certificate and its key; raises `CertificateError` (`key-bad`) when the two do not belong together."""
    certificate = load_certificate_untrusted(certificate_pem)
    raw = key_pem.encode("utf-8", "replace") if isinstance(key_pem, str) else key_pem
    try:
        key = serialization.load_pem_private_key(raw, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not is_p256(key.public_key()):
            raise ValueError("it is not ECDSA P-256")
        if key.public_key() != certificate.public_key():
            raise ValueError("it does not belong to the certificate beside it")
    except UNREADABLE as error:
        raise CertificateError(f"The private key cannot be used: {error}.", code="key-bad") from None
    return Identity(certificate, key)


def is_p256(key: object) -> bool:
    """Whether `key` is a public key on NIST P-256."""
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER, lower-case hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def key_fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the SubjectPublicKeyInfo, lower-case hex: stays the same when a certificate is renewed."""
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    digest = hashes.Hash(hashes.SHA256())
    try:
        digest.update(certificate.public_key().public_bytes(encoding, form))
    except UNREADABLE as error:
        raise CertificateError(f"The key in the certificate is unreadable: {error}.", code="certificate-bad") from None
    return digest.finalize().hex()


def alternative_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """The SubjectAlternativeName's entries, empty without one; raises `CertificateError` (`certificate-bad`)."""
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()
    except UNREADABLE as error:
        raise CertificateError(f"The certificate's names are unreadable: {error}.", code="certificate-bad") from None


def extended_key_usage(certificate: x509.Certificate) -> frozenset[x509.ObjectIdentifier]:
    """What the certificate may be used for, empty if it does not say; raises `CertificateError`."""
    try:
        return frozenset(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return frozenset()
    except UNREADABLE as error:
        raise CertificateError(f"The certificate's usage is unreadable: {error}.", code="certificate-bad") from None


def client_address(certificate: x509.Certificate) -> str:
    """`bob@relay-name` from the SAN's one `glasscall:` URI; raises `CertificateError` (`wrong-person`)."""
    names = alternative_names(certificate)
    uris = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    if len(uris) != 1 or len(names) != 1 or not uris[0].startswith(SAN_SCHEME):
        shown = ", ".join(str(name.value) for name in names)[:100] or "nobody"
        raise CertificateError(f"The certificate names no person of Glasscall; it names {shown}.", code="wrong-person")
    address = uris[0].removeprefix(SAN_SCHEME)
    try:
        split_address(address)
    except CertificateError as error:
        raise CertificateError(f"The certificate names nobody: {error.sentence}", code="wrong-person") from None
    return address


def client_name(certificate: x509.Certificate) -> str:
    """`bob`; raises `CertificateError` as `client_address` does."""
    return split_address(client_address(certificate))[0]
