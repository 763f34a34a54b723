"""The TLS engine, both ends in memory: real OpenSSL, no socket, no clock but ours."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import RELAY, House

from voip.errors import CertificateError, LocalError
from voip.pki.certificates import fingerprint
from voip.session.tls import (
    PeerCheck,
    Resumption,
    TlsContext,
    TlsEngine,
    callee_context,
    caller_context,
    join_context,
    link_context,
    relay_context,
)
from voip.session.tls.events import Alert, Closed, Established, Failed, HandshakeMessage, Received, Record, TlsEvent

HOUSE = House()
ALICE, BOB = HOUSE.person("alice"), HOUSE.person("bob")
RELAY_CONTEXT = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca)
RELAY_CONTEXT_OLD = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca, ("1.2", "1.3"))


def ticking() -> Iterator[float]:
    now = 0.0
    while True:
        now += 0.001
        yield now


class Pair:
    """A client and a server joined by nothing but this."""

    def __init__(
        self,
        client: TlsContext,
        server: TlsContext,
        *,
        resume: Resumption | None = None,
        check: PeerCheck | None = None,
        server_check: PeerCheck | None = None,
        chunk: int = 1 << 20,
    ) -> None:
        clock = ticking().__next__
        self.client = TlsEngine(client, clock=clock, server_name=RELAY, resume=resume, check_peer=check)
        self.server = TlsEngine(server, clock=clock, check_peer=server_check)
        self.chunk = chunk
        self.seen: dict[TlsEngine, list[TlsEvent]] = {
            self.client: self.client.start(),
            self.server: self.server.start(),
        }
        self.flow()

    def flow(self) -> None:
        """Carry bytes until neither end has any more to say."""
        moved = True
        while moved:
            moved = False
            for source, sink in ((self.client, self.server), (self.server, self.client)):
                data = source.take_output()
                for start in range(0, len(data), self.chunk):
                    moved = True
                    self.seen[sink] += sink.receive(data[start : start + self.chunk])

    def names(self, engine: TlsEngine) -> list[tuple[str, str]]:
        return [(e.direction, e.name) for e in self.seen[engine] if isinstance(e, HandshakeMessage)]

    def failed(self, engine: TlsEngine) -> str:
        return next((e.code for e in self.seen[engine] if isinstance(e, Failed)), "")

    def alerts(self, engine: TlsEngine) -> list[tuple[str, str]]:
        return [(e.direction, e.name) for e in self.seen[engine] if isinstance(e, Alert)]


def alice(versions=("1.3",)) -> TlsContext:
    return link_context(ALICE.certificate, ALICE.key, HOUSE.ca, versions)


def test_tls_1_3_message_by_message() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    assert pair.names(pair.client) == [
        ("out", "ClientHello"),
        ("in", "ServerHello"),
        ("in", "ChangeCipherSpec"),
        ("in", "EncryptedExtensions"),
        ("in", "CertificateRequest"),
        ("in", "Certificate"),
        ("in", "CertificateVerify"),
        ("in", "Finished"),
        ("out", "ChangeCipherSpec"),
        ("out", "Certificate"),
        ("out", "CertificateVerify"),
        ("out", "Finished"),
        ("in", "NewSessionTicket"),
        ("in", "NewSessionTicket"),
    ]
    for mine, theirs in ((pair.client, pair.server), (pair.server, pair.client)):
        done = mine.established
        assert done is not None
        assert (done.version, done.group, done.resumed) == ("TLSv1.3", "X25519MLKEM768", False)
        assert done.cipher == "TLS_AES_256_GCM_SHA384"
        assert done.alpn == "glasscall/1"
        assert theirs.export(b"EXPORTER-test", 32, b"x") == mine.export(b"EXPORTER-test", 32, b"x")


def test_both_ends_tell_the_same_bytes() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    sides = [
        sorted((e.name, e.raw) for e in pair.seen[engine] if isinstance(e, HandshakeMessage))
        for engine in (pair.client, pair.server)
    ]
    assert sides[0] == sides[1]
    hello = next(e for e in pair.seen[pair.client] if isinstance(e, HandshakeMessage))
    assert hello.raw[0] == 1
    assert int.from_bytes(hello.raw[1:4], "big") == len(hello.raw) - 4


def test_records_add_up_to_the_bytes_on_the_wire() -> None:
    clock = ticking().__next__
    client, server = TlsEngine(alice(), clock=clock), TlsEngine(RELAY_CONTEXT, clock=clock)
    events, sent, received = client.start(), 0, 0
    server.start()
    passed = {"out": bytearray(), "in": bytearray()}
    for _ in range(4):
        out = client.take_output()
        passed["out"] += out
        sent += len(out)
        server.receive(out)
        back = server.take_output()
        received += len(back)
        passed["in"] += back
        events += client.receive(back)
    records = [e for e in events if isinstance(e, Record)]
    assert sum(r.length + 5 for r in records if r.direction == "out") == sent
    assert sum(r.length + 5 for r in records if r.direction == "in") == received
    assert {r.type for r in records} == {"handshake", "change_cipher_spec", "application_data"}
    wire = {"out": b"", "in": b""}
    for record in records:
        assert len(record.raw) == record.length + 5
        wire[record.direction] += record.raw
    assert (wire["out"], wire["in"]) == (bytes(passed["out"]), bytes(passed["in"]))


def test_records_cut_into_pieces_still_add_up() -> None:
    clock = ticking().__next__
    client, server = TlsEngine(alice(), clock=clock), TlsEngine(RELAY_CONTEXT, clock=clock)
    client.start()
    events, passed = server.start(), b""
    for _ in range(4):
        out = client.take_output()
        passed += out
        for at in range(0, len(out), 11):
            events += server.receive(out[at : at + 11])
        client.receive(server.take_output())
    records = [e for e in events if isinstance(e, Record) and e.direction == "in"]
    assert sum(len(r.raw) or r.length + 5 for r in records) == len(passed)
    assert all(r.raw in passed for r in records)


def test_times_run_forward() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    times = [e.at for e in pair.seen[pair.client]]
    assert times == sorted(times)
    assert len(set(times)) > 15


def test_tls_1_2_in_the_classic_order() -> None:
    pair = Pair(alice(("1.2",)), RELAY_CONTEXT_OLD)
    assert pair.names(pair.client) == [
        ("out", "ClientHello"),
        ("in", "ServerHello"),
        ("in", "Certificate"),
        ("in", "ServerKeyExchange"),
        ("in", "CertificateRequest"),
        ("in", "ServerHelloDone"),
        ("out", "Certificate"),
        ("out", "ClientKeyExchange"),
        ("out", "CertificateVerify"),
        ("out", "ChangeCipherSpec"),
        ("out", "Finished"),
        ("in", "NewSessionTicket"),
        ("in", "ChangeCipherSpec"),
        ("in", "Finished"),
    ]
    done = pair.client.established
    assert done is not None
    assert done.version == "TLSv1.2"
    assert done.cipher.startswith("ECDHE-ECDSA-")


@pytest.mark.parametrize(("version", "server"), [("1.3", RELAY_CONTEXT), ("1.2", RELAY_CONTEXT_OLD)])
def test_resumption_leaves_the_certificates_out(version: str, server: TlsContext) -> None:
    context = alice((version,))
    first = Pair(context, server)
    second = Pair(context, server, resume=first.client.resumption)
    for engine in (second.client, second.server):
        assert engine.established is not None
        assert engine.established.resumed
        assert engine.established.peer[0] == next(
            e.established.peer[0]
            for e in (first.client, first.server)
            if (e is first.client) == (engine is second.client)
        )
        assert not {"Certificate", "CertificateVerify"} & {name for _, name in second.names(engine)}


def test_resumption_survives_the_first_connections_end() -> None:
    context = alice()
    first = Pair(context, RELAY_CONTEXT)
    ticket = first.client.resumption
    first.client.close()
    first.flow()
    del first
    second = Pair(context, RELAY_CONTEXT, resume=ticket)
    assert second.client.established is not None
    assert second.client.established.resumed


def test_a_resumed_session_is_checked_again() -> None:
    context = alice()
    first = Pair(context, RELAY_CONTEXT)

    def expired(_certificate: object) -> None:
        raise CertificateError("It has expired meanwhile.", code="expired")

    second = Pair(context, RELAY_CONTEXT, resume=first.client.resumption, check=expired)
    assert second.failed(second.client) == "expired"
    assert second.client.established is None


def test_between_clients_each_can_be_the_server() -> None:
    pair = Pair(
        caller_context(ALICE.certificate, ALICE.key, HOUSE.ca), callee_context(BOB.certificate, BOB.key, HOUSE.ca)
    )
    assert pair.client.established is not None
    assert pair.server.established is not None
    assert pair.server.established.alpn == "glasscall-session/1"
    assert len(pair.server.established.peer) == 1
    assert fingerprint(BOB.certificate) == fingerprint(_first(pair.client))
    assert fingerprint(ALICE.certificate) == fingerprint(_first(pair.server))


def _first(engine: TlsEngine):
    from cryptography import x509

    assert engine.established is not None
    return x509.load_der_x509_certificate(engine.established.peer[0])


def test_joining_trusts_the_fingerprint_alone() -> None:
    good = Pair(join_context(fingerprint(HOUSE.ca)), RELAY_CONTEXT)
    assert good.client.established is not None
    assert good.server.established is not None
    assert good.server.established.peer == ()
    wrong = Pair(join_context(fingerprint(House().ca)), RELAY_CONTEXT)
    assert wrong.failed(wrong.client) == "wrong-authority"
    assert wrong.client.established is None


REFUSALS = [
    # what the client shows and expects, what the client says, what the server says
    ("stranger", "decrypt-error unknown-ca", "wrong-authority"),
    ("expired", "certificate-expired", "expired"),
    ("other relay", "wrong-authority", "decrypt-error unknown-ca"),
    ("wrong name", "wrong-host", "bad-certificate"),
    ("too old", "protocol-version", "protocol-version"),
    ("not ours", "no-application-protocol", "no-application-protocol"),
]


@pytest.mark.parametrize(("case", "client_says", "server_says"), REFUSALS)
def test_refusals_name_their_reason(case: str, client_says: str, server_says: str) -> None:
    from datetime import timedelta

    other = House()
    check = None
    match case:
        case "stranger":
            mallory = other.person("alice")
            client = link_context(mallory.certificate, mallory.key, HOUSE.ca)
        case "expired":
            old = HOUSE.person("alice", since=timedelta(days=200))
            client = link_context(old.certificate, old.key, HOUSE.ca)
        case "other relay":
            client = link_context(ALICE.certificate, ALICE.key, other.ca)
        case "wrong name":
            client = alice()

            def check(_certificate: object) -> None:
                raise CertificateError("It names another relay.", code="wrong-host")

        case "too old":
            client = alice(("1.2",))
        case _:
            client = caller_context(ALICE.certificate, ALICE.key, HOUSE.ca)
    pair = Pair(client, RELAY_CONTEXT, check=check)
    assert pair.failed(pair.client) in client_says.split()
    assert pair.failed(pair.server) in server_says.split()
    fatal = [alert for engine in pair.seen for alert in pair.alerts(engine)]
    assert {direction for direction, _ in fatal} == {"in", "out"}, "one end sends the alert and the other receives it"
    assert pair.server.established is None


def test_a_client_without_a_certificate_is_refused() -> None:
    from OpenSSL import SSL

    context = alice()
    bare = SSL.Context(SSL.TLS_METHOD)
    bare.get_cert_store().add_cert(_as_openssl())
    from dataclasses import replace

    pair = Pair(replace(context, openssl=bare), RELAY_CONTEXT)
    assert pair.failed(pair.server) in {"tls", "certificate-required", "handshake-failure"}
    assert pair.server.established is None


def _as_openssl():
    from OpenSSL import crypto

    return crypto.X509.from_cryptography(HOUSE.ca)


def test_data_goodbye_and_what_may_not_be() -> None:
    pair = Pair(alice(), RELAY_CONTEXT, chunk=7)
    pair.client.send(b"x" * 40_000)
    pair.flow()
    assert b"".join(e.data for e in pair.seen[pair.server] if isinstance(e, Received)) == b"x" * 40_000
    pair.client.close()
    pair.flow()
    assert isinstance(pair.seen[pair.server][-1], Closed)
    assert pair.server.over
    assert ("in", "close_notify") in pair.alerts(pair.server)
    with pytest.raises(LocalError):
        pair.client.send(b"too late")
    fresh = TlsEngine(alice(), clock=ticking().__next__)
    with pytest.raises(LocalError):
        fresh.send(b"too early")
    with pytest.raises(LocalError):
        fresh.export(b"x", 1, b"")
    assert fresh.resumption is None


def test_truncation_is_not_a_goodbye() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    events = pair.server.receive_eof()
    assert [e.code for e in events if isinstance(e, Failed)] == ["truncated"]
    assert pair.server.receive(b"more") == []


def test_one_flipped_bit_ends_the_connection() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    pair.client.send(b"voice")
    record = bytearray(pair.client.take_output())
    record[-1] ^= 1
    events = pair.server.receive(bytes(record))
    assert not [e for e in events if isinstance(e, Received)]
    assert [e.code for e in events if isinstance(e, Failed)] == ["bad-record-mac"]


def test_an_old_web_browser_is_told_what_this_is() -> None:
    server = TlsEngine(RELAY_CONTEXT, clock=ticking().__next__)
    server.start()
    events = server.receive(b"GET / HTTP/1.1\r\n\r\n")
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "not-tls"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_garbage_never_raises(garbage: bytes, as_server: bool) -> None:
    engine = TlsEngine(RELAY_CONTEXT if as_server else alice(), clock=ticking().__next__)
    engine.start()
    events = engine.receive(garbage)
    events += engine.receive_eof()
    assert engine.over
    assert engine.established is None
    assert isinstance(events[-1], Failed | Closed)


def test_the_key_log_is_off_unless_asked_for() -> None:
    lines: list[bytes] = []
    Pair(alice(), RELAY_CONTEXT)
    assert lines == []
    logged = link_context(ALICE.certificate, ALICE.key, HOUSE.ca, key_log=lines.append)
    Pair(logged, RELAY_CONTEXT)
    assert any(line.startswith(b"CLIENT_HANDSHAKE_TRAFFIC_SECRET") for line in lines)


def test_unknown_versions_are_our_own_mistake() -> None:
    with pytest.raises(LocalError):
        alice(("1.1",))


def test_established_shows_no_certificate_bytes() -> None:
    pair = Pair(alice(), RELAY_CONTEXT)
    assert isinstance(pair.client.established, Established)
    assert "peer=" not in repr(pair.client.established)
