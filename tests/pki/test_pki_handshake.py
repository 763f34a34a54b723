"""OpenSSL itself, both ends in memory: which of our certificates it takes in which role."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from OpenSSL import SSL, crypto

from voip.pki import ca, certificates

NOW = datetime.now(UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)
RELAY = ca.issue_relay(AUTHORITY, "relay.test", NOW)


def client(name: str, now: datetime = NOW, authority: certificates.Identity = AUTHORITY) -> certificates.Identity:
    key = certificates.new_key()
    csr = certificates.load_csr_untrusted(certificates.make_csr(key, name))
    return certificates.Identity(ca.issue_client(authority, csr, name, "relay.test", now), key)


def end(identity: certificates.Identity, *, server: bool, version: int) -> SSL.Connection:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.use_certificate(identity.certificate)
    context.use_privatekey(identity.key)
    store = context.get_cert_store()
    assert store is not None
    store.add_cert(crypto.X509.from_cryptography(AUTHORITY.certificate))
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda _c, _x, _e, _d, ok: bool(ok))
    connection = SSL.Connection(context, None)
    if server:
        connection.set_accept_state()
    else:
        connection.set_connect_state()
    return connection


def shake(as_client: certificates.Identity, as_server: certificates.Identity, version: int) -> None:
    """Run the mutual handshake; raises `SSL.Error` as soon as one end refuses."""
    ends = (end(as_client, server=False, version=version), end(as_server, server=True, version=version))
    done = [False, False]
    for _ in range(10):
        for index, (mine, other) in enumerate((ends, ends[::-1])):
            with suppress(SSL.WantReadError):
                mine.do_handshake()
                done[index] = True
            with suppress(SSL.WantReadError):
                other.bio_write(mine.bio_read(65536))
        if all(done):
            ends[0].send(b"ping")
            ends[1].bio_write(ends[0].bio_read(65536))
            assert ends[1].recv(10) == b"ping"
            return
    raise AssertionError("the handshake does not end")


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION], ids=["1.2", "1.3"])
class TestMutualHandshake:
    def test_a_link(self, version: int) -> None:
        shake(client("alice"), RELAY, version)

    def test_a_session_where_a_client_certificate_is_the_server(self, version: int) -> None:
        shake(client("alice"), client("bob"), version)

    def test_the_relays_certificate_is_not_taken_from_a_client(self, version: int) -> None:
        with pytest.raises(SSL.Error, match="certificate verify failed"):
            shake(RELAY, client("bob"), version)

    def test_another_relays_certificate_is_not_taken(self, version: int) -> None:
        stranger = client("alice", authority=ca.make_authority("relay.test", NOW))
        with pytest.raises(SSL.Error, match="certificate verify failed"):
            shake(stranger, RELAY, version)

    def test_an_expired_certificate_is_not_taken(self, version: int) -> None:
        old = client("alice", now=NOW - timedelta(days=100))
        with pytest.raises(SSL.Error, match="certificate verify failed"):
            shake(old, RELAY, version)

    def test_the_authority_itself_is_not_taken_as_a_server(self, version: int) -> None:
        with pytest.raises(SSL.Error):
            shake(client("alice"), AUTHORITY, version)

    def test_a_client_cannot_issue(self, version: int) -> None:
        bob = client("bob")
        with pytest.raises(SSL.Error, match="certificate verify failed"):
            shake(client("eve", authority=bob), RELAY, version)
