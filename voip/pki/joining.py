"""The client checks what the relay's answer holds, before it believes or stores any of it.

The TLS connection that it came over was pinned to the invite's CA already; this catches a relay that is confused (or a
proxy in front of it): another CA, another key, another name.
"""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from voip.errors import CertificateError
from voip.pki.certificates import Identity, fingerprint, load_certificate_untrusted
from voip.pki.checks import check_client
from voip.pki.invite import Invite
from voip.wire import signals


def read_enrolled_untrusted(
    answer: signals.Enrolled, key: ec.EllipticCurvePrivateKey, invite: Invite, now: datetime
) -> tuple[Identity, x509.Certificate]:
    """(own identity, the CA's certificate); raises `CertificateError`."""
    authority = load_certificate_untrusted(answer.authority)
    if fingerprint(authority) != invite.ca_fingerprint:
        raise CertificateError(
            f"The relay sent another CA certificate ({fingerprint(authority)}) than the invite names "
            f"({invite.ca_fingerprint}). Do not use it; ask its operator.",
            code="wrong-authority",
        )
    return _own(answer.certificate, key, authority, invite.relay_name, invite.name, now), authority


def read_renewed_untrusted(
    answer: signals.Renewed,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    address: tuple[str, str],
    now: datetime,
) -> Identity:
    """The identity with its new certificate. `address`: (own name, relay name). Raises `CertificateError`."""
    name, relay_name = address
    return _own(answer.certificate, key, authority, relay_name, name, now)


def _own(
    pem: str, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, relay_name: str, name: str, now: datetime
) -> Identity:
    certificate = load_certificate_untrusted(pem)
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        raise CertificateError(
            "The relay sent a certificate that its own CA did not sign; ask its operator.", code="wrong-authority"
        ) from None
    if certificate.public_key() != key.public_key():
        raise CertificateError("The relay sent a certificate for another key; ask its operator.", code="wrong-key")
    check_client(certificate, relay_name, now, name)
    return Identity(certificate, key)
