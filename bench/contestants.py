"""Who shakes hands in `handshake.py`: our engine, bare pyOpenSSL, and the standard library's `ssl`. All in memory.

Each does one mutual handshake (P-256 certificates of one CA) between two ends in this thread and says what each end's
part took; a `Meter` adds up the CPU time of one end.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from OpenSSL import SSL, crypto
from people import RELAY, House

from voip.config import ALPN_CALL
from voip.pki.certificates import Identity
from voip.session.tls import Resumption, TlsEngine, link_context, relay_context
from voip.session.tls.context import SUITES_1_2, SUITES_1_3, Version

NUMBERS = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}
_STDLIB = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Shake:
    """One handshake, with the session tickets that follow it."""

    client_cpu: float
    """Seconds."""
    server_cpu: float
    wall: float
    client_bytes: int
    server_bytes: int
    group: str = ""
    resumed: bool = False


class Contestant(Protocol):
    """Somebody who can shake hands."""

    def shake(self) -> Shake: ...


class Meter:
    """CPU seconds of this thread spent in `run`."""

    def __init__(self) -> None:
        self.cpu = 0.0

    def run(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever `act` gives
        """`act()`, timed."""
        began = time.thread_time()
        try:
            return act()
        finally:
            self.cpu += time.thread_time() - began


def exchange(
    client: Callable[[bytes], bytes], server: Callable[[bytes], bytes]
) -> tuple[float, float, float, int, int]:
    """Carry bytes to and fro until both are silent. Each end: bytes in, bytes out."""
    meters, sent = (Meter(), Meter()), [0, 0]
    began = time.perf_counter()
    flight = meters[0].run(lambda: client(b""))
    turn = 1
    while flight:
        sent[1 - turn] += len(flight)
        end, data = (client, server)[turn], flight
        flight = meters[turn].run(partial(end, data))
        turn = 1 - turn
    return meters[0].cpu, meters[1].cpu, time.perf_counter() - began, sent[0], sent[1]


class Ours:
    """`TlsEngine` at both ends: every message, record and alert read and told."""

    def __init__(self, house: House, alice: Identity, version: Version, *, resume: bool = False) -> None:
        self._client = link_context(alice.certificate, alice.key, house.ca, (version,))
        self._server = relay_context(house.relay.certificate, house.relay.key, house.ca, (version,))
        self._resume = resume
        self._ticket: Resumption | None = None
        if resume:
            self._ticket = self._once()[1]

    def shake(self) -> Shake:
        return self._once()[0]

    def _once(self) -> tuple[Shake, Resumption | None]:
        ends: list[TlsEngine] = []

        def client(data: bytes) -> bytes:
            if not ends:
                engine = TlsEngine(self._client, clock=time.monotonic, server_name=RELAY, resume=self._ticket)
                ends.append(engine)
                engine.start()
            ends[0].receive(data)
            return ends[0].take_output()

        def server(data: bytes) -> bytes:
            if len(ends) == 1:
                ends.append(TlsEngine(self._server, clock=time.monotonic))
                ends[1].start()
            ends[1].receive(data)
            return ends[1].take_output()

        measured = exchange(client, server)
        seen = ends[0].established
        if seen is None or ends[1].established is None or seen.resumed != (self._ticket is not None):
            raise RuntimeError(f"our handshake did not do what it should: {seen}")
        ticket = ends[0].resumption
        ends[0].close()
        return Shake(*measured, seen.group, seen.resumed), ticket


class Bare:
    """pyOpenSSL without our engine: the same certificates, suites and groups, but nobody looks."""

    def __init__(
        self, house: House, alice: Identity, version: Version, *, resume: bool = False, classical: bool = False
    ) -> None:
        self._contexts = (
            self._context(house, alice, version, classical),
            self._context(house, house.relay, version, classical),
        )
        self._contexts[1].add_extra_chain_cert(house.ca)
        self._contexts[1].set_alpn_select_callback(lambda _connection, _offered: ALPN_CALL)
        self._session: object = None
        if resume:
            self._session = self._once()[1]

    @staticmethod
    def _context(house: House, who: Identity, version: Version, classical: bool) -> SSL.Context:
        context = SSL.Context(SSL.TLS_METHOD)
        context.set_min_proto_version(NUMBERS[version])
        context.set_max_proto_version(NUMBERS[version])
        context.set_tls13_ciphersuites(SUITES_1_3)
        context.set_cipher_list(SUITES_1_2)
        context.set_session_id(b"bench")
        context.set_mode(0x8)  # as our own context: without the CA in the client's chain
        context.use_certificate(who.certificate)
        context.use_privatekey(who.key)
        store = context.get_cert_store()
        assert store is not None
        store.add_cert(crypto.X509.from_cryptography(house.ca))
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        if classical:
            context.set_tmp_ecdh(ec.SECP256R1())
        return context

    def shake(self) -> Shake:
        return self._once()[0]

    def _once(self) -> tuple[Shake, object]:
        ends: list[SSL.Connection] = []

        def client(data: bytes) -> bytes:
            if not ends:
                connection = SSL.Connection(self._contexts[0])
                ends.append(connection)
                connection.set_connect_state()
                connection.set_alpn_protos([ALPN_CALL])
                connection.set_tlsext_host_name(RELAY.encode())
                if self._session is not None:
                    connection.set_session(self._session)  # type: ignore[arg-type]
            return _step(ends[0], data)

        def server(data: bytes) -> bytes:
            if len(ends) == 1:
                ends.append(SSL.Connection(self._contexts[1]))
                ends[1].set_accept_state()
            return _step(ends[1], data)

        measured = exchange(client, server)
        session = ends[0].get_session()
        ends[0].set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        return Shake(*measured, ends[0].get_group_name() or "", self._session is not None), session


def _step(connection: SSL.Connection, data: bytes) -> bytes:
    if data:
        connection.bio_write(data)
    try:
        connection.do_handshake()
        connection.recv(1)
    except SSL.WantReadError:
        pass
    parts = []
    try:
        while True:
            parts.append(connection.bio_read(65_536))
    except SSL.WantReadError:
        return b"".join(parts)


class Stdlib:
    """The standard library's `ssl` with memory BIOs. It has no X25519MLKEM768 here, and another OpenSSL below it."""

    def __init__(self, house: House, alice: Identity, version: Version, folder: Path) -> None:
        ca = folder / "ca.pem"
        ca.write_bytes(house.ca.public_bytes(Encoding.PEM))
        self._contexts = []
        for purpose, who in ((ssl.PROTOCOL_TLS_CLIENT, alice), (ssl.PROTOCOL_TLS_SERVER, house.relay)):
            shown = folder / f"shown-{version}-{purpose.name}.pem"
            key = who.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            shown.write_bytes(key + who.certificate.public_bytes(Encoding.PEM))
            context = ssl.SSLContext(purpose)
            context.minimum_version = context.maximum_version = _STDLIB[version]
            context.load_cert_chain(shown)
            context.load_verify_locations(ca)
            context.verify_mode = ssl.CERT_REQUIRED
            context.set_alpn_protocols([ALPN_CALL.decode()])
            self._contexts.append(context)

    def shake(self) -> Shake:
        ends: list[tuple[ssl.MemoryBIO, ssl.MemoryBIO, ssl.SSLObject]] = []

        def end(index: int, data: bytes) -> bytes:
            if len(ends) == index:
                wire_in, wire_out = ssl.MemoryBIO(), ssl.MemoryBIO()
                name = None if index else RELAY
                context = self._contexts[index]
                tls = context.wrap_bio(wire_in, wire_out, server_side=bool(index), server_hostname=name)
                ends.append((wire_in, wire_out, tls))
            wire_in, wire_out, tls = ends[index]
            wire_in.write(data)
            try:
                tls.do_handshake()
                tls.read(1)
            except ssl.SSLWantReadError:
                pass
            return wire_out.read()

        measured = exchange(lambda data: end(0, data), lambda data: end(1, data))
        if ends[0][2].version() is None or ends[1][2].getpeercert() is None:
            raise RuntimeError("the standard library's handshake did not finish")
        return Shake(*measured)
