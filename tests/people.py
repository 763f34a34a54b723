"""Certificates for tests: a relay's CA, the relay, and people, all made by the program's own code."""

from datetime import UTC, datetime, timedelta

from cryptography import x509

from voip.pki.ca import issue_client, issue_relay, make_authority
from voip.pki.certificates import Identity, load_csr_untrusted, make_csr, new_key

RELAY = "relay.test"
NOW = datetime.now(UTC)


class House:
    """A relay's CA and everybody under it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.authority = make_authority(RELAY, now)
        self.relay = issue_relay(self.authority, RELAY, now)

    @property
    def ca(self) -> x509.Certificate:
        return self.authority.certificate

    def person(self, name: str, *, since: timedelta = timedelta(0)) -> Identity:
        """`name`'s identity, issued `since` ago."""
        key = new_key()
        csr = load_csr_untrusted(make_csr(key, name))
        return Identity(issue_client(self.authority, csr, name, RELAY, self.now - since), key)
