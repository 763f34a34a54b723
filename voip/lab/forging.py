"""Certificates that no honest CA would issue: Mallory's own, or the right one with one thing wrong.

They are made by the program's own code (`pki.ca`), so nothing but that one thing distinguishes them.
"""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from voip.io import clock
from voip.lab.scene import RELAY, Member
from voip.pki.ca import issue_client, issue_relay, make_authority
from voip.pki.certificates import Identity, load_csr_untrusted, make_csr

LONG_AGO = timedelta(days=400)
"""Past the validity of a relay's certificate, and of a person's."""
ELSEWHERE = "relay.elsewhere"


def other_authority() -> Identity:
    """A CA of Mallory's own, with the same name as the real one."""
    return make_authority(RELAY, clock.wall())


def relay_certificate(authority: Identity, *, name: str = RELAY, issued: timedelta = timedelta(0)) -> Identity:
    """A relay's certificate, issued `issued` from now (negative: ago)."""
    return issue_relay(authority, name, clock.wall() + issued)


def client_certificate(
    authority: Identity, member: Member, *, issued: timedelta = timedelta(0), relay: str = RELAY
) -> x509.Certificate:
    """A certificate for the key that `member` has already, issued `issued` from now (negative: ago)."""
    csr = load_csr_untrusted(make_csr(member.store.identity().key, member.name))
    return issue_client(authority, csr, member.name, relay, clock.wall() + issued)


def vouching_for_itself(certificate: x509.Certificate, identity: Identity) -> x509.Certificate:
    """`certificate` word for word, but issued and signed by the key that it is for."""
    return _resigned(certificate, certificate.subject, identity)


def only_for_servers(authority: Identity, member: Member) -> x509.Certificate:
    """`member`'s certificate, but for another purpose: it lacks clientAuth."""
    return _only_for(ExtendedKeyUsageOID.SERVER_AUTH, client_certificate(authority, member), authority)


def only_for_clients(authority: Identity) -> Identity:
    """The relay's own name, but for another purpose: it lacks serverAuth."""
    relay = relay_certificate(authority)
    return Identity(_only_for(ExtendedKeyUsageOID.CLIENT_AUTH, relay.certificate, authority), relay.key)


def _only_for(purpose: x509.ObjectIdentifier, certificate: x509.Certificate, authority: Identity) -> x509.Certificate:
    return _resigned(certificate, authority.certificate.subject, authority, x509.ExtendedKeyUsage([purpose]))


def _resigned(
    certificate: x509.Certificate, issuer: x509.Name, signer: Identity, usage: x509.ExtendedKeyUsage | None = None
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(certificate.subject)
        .issuer_name(issuer)
        .public_key(certificate.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(certificate.not_valid_before_utc)
        .not_valid_after(certificate.not_valid_after_utc)
    )
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.AuthorityKeyIdentifier):
            value = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
        elif usage is not None and isinstance(value, x509.ExtendedKeyUsage):
            value = usage
        builder = builder.add_extension(value, critical=extension.critical)
    return builder.sign(signer.key, hashes.SHA256())


def common_name(certificate: x509.Certificate) -> str:
    """Who a certificate's issuer says that it is."""
    return str(certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
