"""Whom a certificate names, for a person to read. Only for show: nobody's trust hangs on it."""

from cryptography import x509
from cryptography.x509.oid import NameOID


def subject_untrusted(der: bytes) -> str:
    """The name in a DER certificate: its first URI or DNS name (without scheme), else its common name, else empty."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = _alternative_names(certificate)
        common = [str(a.value) for a in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except Exception:  # noqa: BLE001 - the parser's errors are many, and to be unreadable is an answer here
        return ""
    return next(iter(names + common), "")[:80]


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    uris = [
        uri.partition(":")[2].lstrip("/") or uri for uri in names.get_values_for_type(x509.UniformResourceIdentifier)
    ]
    return uris + names.get_values_for_type(x509.DNSName)
