"""Does this certificate name the one whom we mean? Asked inside the TLS verify callback, once OpenSSL has verified the
chain; so here stand only the questions that OpenSSL cannot answer for us: which relay, which person.

Refusals are `CertificateError` with the code `wrong-host`, `wrong-person`, `wrong-usage`, `expired`, `not-yet-valid`.
"""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from voip.errors import CertificateError
from voip.pki.certificates import alternative_names, client_address, extended_key_usage
from voip.pki.names import split_address, to_ip


def check_relay(certificate: x509.Certificate, relay_name: str, now: datetime) -> None:
    """Raise unless this is, now, the certificate of the relay called `relay_name`."""
    _check_validity(certificate, now)
    if ExtendedKeyUsageOID.SERVER_AUTH not in extended_key_usage(certificate):
        raise CertificateError(
            f"The certificate shown for the relay {relay_name} is not one for a server.", code="wrong-usage"
        )
    names = alternative_names(certificate)
    address = to_ip(relay_name)
    wanted = x509.IPAddress(address) if address else x509.DNSName(relay_name)
    # A person's certificate is good for TLS servers too, so a name that is not a host must never pass for one.
    if wanted not in names or any(isinstance(name, x509.UniformResourceIdentifier) for name in names):
        raise CertificateError(
            f"The relay should be {relay_name}, but its certificate names {_shown(names)}. "
            "Check the address, or ask for a new invite.",
            code="wrong-host",
        )


def check_client(certificate: x509.Certificate, relay_name: str, now: datetime, expected_name: str | None) -> str:
    """The address `bob@relay-name` of a person; `expected_name` None takes anybody of that relay."""
    _check_validity(certificate, now)
    if not extended_key_usage(certificate) >= {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH}:
        raise CertificateError(
            f"The certificate shown is not a person's; it names {_shown(alternative_names(certificate))}.",
            code="wrong-usage",
        )
    shown = client_address(certificate)
    name, relay = split_address(shown)
    if relay != relay_name or expected_name not in {None, name}:
        expected = f"{expected_name or 'somebody'}@{relay_name}"
        raise CertificateError(
            f"The other end should be {expected}, but its certificate names {shown}.", code="wrong-person"
        )
    return shown


def _check_validity(certificate: x509.Certificate, now: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begin:
        raise CertificateError(
            f"The certificate of {_shown(alternative_names(certificate))} is valid from {begin:%Y-%m-%d %H:%M} UTC, "
            f"and this machine's clock says {now:%Y-%m-%d %H:%M} UTC. Check the clock.",
            code="not-yet-valid",
        )
    if now > end:
        raise CertificateError(
            f"The certificate of {_shown(alternative_names(certificate))} expired on {end:%Y-%m-%d %H:%M} UTC, "
            f"and this machine's clock says {now:%Y-%m-%d %H:%M} UTC. It needs a new one.",
            code="expired",
        )


def _shown(names: tuple[x509.GeneralName, ...]) -> str:
    """The names as a person would write them, at most a line of them."""
    return ", ".join(str(name.value).removeprefix("glasscall:") for name in names)[:120] or "nobody"
