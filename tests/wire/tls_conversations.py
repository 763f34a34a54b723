"""Handshakes that OpenSSL really made, with every message in clear: the corpus of the anatomy's tests.

people(version)       client and relay as Glasscall sets them up, in memory: full, resumed, second hello, refused
strangers(…)          OpenSSL with other settings: DHE, RSA, stapled OCSP, SRTP, all its cipher suites
with_openssl(…)       our client against `openssl s_server`: key update, certificate asked for after the handshake
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from OpenSSL import SSL
from people import RELAY, House

from voip.session.tls import Resumption, TlsContext, TlsEngine, link_context, reading, relay_context
from voip.session.tls.events import Record

HOUSE = House()
ALICE = HOUSE.person("alice")
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE = 20, 21, 22


@dataclass
class Conversation:
    """What one connection said."""

    name: str
    version: str = "TLSv1.3"
    said: list[tuple[str, int, bytes]] = field(default_factory=list)
    """Direction, content type, the message in clear; as the client saw it."""
    wire: list[tuple[str, bytes]] = field(default_factory=list)
    """Direction and bytes, as they passed."""
    records: list[bytes] = field(default_factory=list)
    key_log: list[bytes] = field(default_factory=list)
    resumption: Resumption | None = None

    @property
    def messages(self) -> list[bytes]:
        """The handshake messages."""
        return [data for _, content, data in self.said if content == HANDSHAKE]

    def count(self, kind: int) -> int:
        """How many messages of a type there were."""
        return sum(message[0] == kind for message in self.messages)


class Overheard(TlsEngine):
    """A client that keeps what OpenSSL tells of each message."""

    conversation: Conversation

    def __call__(self, sent: bool, content: int, data: bytes) -> None:
        if content in {CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE}:
            self.conversation.said.append(("out" if sent else "in", content, data))
        super().__call__(sent, content, data)


def overhear(conversation: Conversation, context: TlsContext, resume: Resumption | None = None) -> Overheard:
    client = Overheard(context, clock=lambda: 0.0, server_name=RELAY, resume=resume)
    client.conversation = conversation
    return client


def people(
    name: str,
    version: str,
    client: TlsContext | None = None,
    server: TlsContext | None = None,
    resume: Resumption | None = None,
) -> Conversation:
    """One connection of alice to the relay, with data both ways and a goodbye."""
    talk = Conversation(name, f"TLSv{version}")
    client = client or alice(version, talk.key_log)
    server = server or the_relay()
    here, there = overhear(talk, client, resume), TlsEngine(server, clock=lambda: 0.0)
    events = here.start()
    there.start()
    events += _flow(talk, here, there)
    if here.established is not None and not here.over:
        here.send(b"hello")
        events += _flow(talk, here, there)
        talk.resumption = here.resumption
        events += here.close()
        events += _flow(talk, here, there)
    talk.records = [event.raw for event in events if isinstance(event, Record) and event.raw]
    return talk


def alice(version: str, key_log: list[bytes]) -> TlsContext:
    return link_context(ALICE.certificate, ALICE.key, HOUSE.ca, (version,), key_log.append)


def the_relay() -> TlsContext:
    return relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca, ("1.2", "1.3"))


def _flow(talk: Conversation, here: TlsEngine, there: TlsEngine) -> list:
    events: list = []
    while True:
        out, back = here.take_output(), there.take_output()
        if not out and not back:
            return events
        if out:
            talk.wire.append(("out", out))
            there.receive(out)
        if back:
            talk.wire.append(("in", back))
            events += here.receive(back)


def pairs(version: str) -> Iterator[Conversation]:
    """Full and resumed."""
    key_log: list[bytes] = []
    context, relay = alice(version, key_log), the_relay()
    full = people(f"{version} full", version, context, relay)
    resumed = people(f"{version} resumed", version, context, relay, full.resumption)
    full.key_log = resumed.key_log = key_log
    yield full
    yield resumed


def second_hello() -> Conversation:
    """A relay that wants a group of which the client sent no key: HelloRetryRequest."""
    relay = the_relay()
    assert reading._lib.SSL_CTX_set1_curves_list(relay.openssl._context, b"secp384r1") == 1
    return people("HelloRetryRequest", "1.3", server=relay)


def refused(version: str) -> Conversation:
    """A client whose certificate has expired."""
    old = HOUSE.person("alice", since=timedelta(days=200))
    key_log: list[bytes] = []
    talk = people(
        f"{version} refused",
        version,
        link_context(old.certificate, old.key, HOUSE.ca, (version,), key_log.append),
    )
    talk.key_log = key_log
    return talk


def strangers(
    name: str, version: str, prepare: Callable[[SSL.Context, SSL.Context], None], *, status: bool = False
) -> Conversation:
    """OpenSSL on both sides, set up by `prepare(client, server)`; `status`: the client asks for OCSP."""
    talk = Conversation(name, f"TLSv{version}")
    number = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}[version]
    contexts = SSL.Context(SSL.TLS_CLIENT_METHOD), SSL.Context(SSL.TLS_SERVER_METHOD)
    for context in contexts:
        context.set_max_proto_version(number)
        reading.install(context)
    contexts[1].use_certificate(HOUSE.relay.certificate)
    contexts[1].use_privatekey(HOUSE.relay.key)
    contexts[0].set_keylog_callback(lambda _connection, line: talk.key_log.append(line))
    prepare(*contexts)
    here, there = SSL.Connection(contexts[0]), SSL.Connection(contexts[1])
    here.set_connect_state()
    there.set_accept_state()
    here.set_tlsext_host_name(RELAY.encode())
    if status:
        here.request_ocsp()

    def told(sent: bool, content: int, data: bytes) -> None:
        if content in {CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE}:
            talk.said.append(("out" if sent else "in", content, data))

    here.set_app_data(told)
    for _ in range(6):
        for end, other, way in ((here, there, "out"), (there, here, "in")):
            with contextlib.suppress(SSL.Error):
                end.do_handshake()
                end.recv(1)
            with contextlib.suppress(SSL.Error):
                data = end.bio_read(65_536)
                talk.wire.append((way, data))
                other.bio_write(data)
    return talk


def with_openssl(
    name: str, commands: list[tuple[bytes, int]], folder: Path, *more: str, post_handshake: bool = False
) -> Conversation:
    """Our client at `openssl s_server`; each command typed there, and the type of message that it must cause."""
    talk = Conversation(name)
    (folder / "key.pem").write_bytes(
        HOUSE.relay.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + HOUSE.relay.certificate.public_bytes(Encoding.PEM)
    )
    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1]
    arguments = ["-accept", f"127.0.0.1:{port}", "-cert", str(folder / "key.pem"), "-alpn", "glasscall/1", *more]
    with subprocess.Popen(
        ["openssl", "s_server", *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            context = link_context(ALICE.certificate, ALICE.key, HOUSE.ca, key_log=talk.key_log.append)
            if post_handshake:
                reading._lib.SSL_CTX_set_post_handshake_auth(context.openssl._context, 1)
            client = overhear(talk, replace(context, certified=frozenset()))
            with _connected(port) as sock:
                sock.settimeout(10)
                client.start()
                _pump(talk, client, sock, lambda: client.resumption is not None)
                for command, kind in commands:
                    due = talk.count(kind) + 1
                    assert server.stdin is not None
                    server.stdin.write(command)
                    server.stdin.flush()
                    _pump(talk, client, sock, lambda kind=kind, due=due: talk.count(kind) >= due)
                    client.send(b"seen")  # OpenSSL answers a KeyUpdate with the next data
                    _pump(talk, client, sock, lambda: True)
        finally:
            server.kill()
    return talk


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < until, "openssl s_server did not start"
            time.sleep(0.02)


def _pump(talk: Conversation, client: TlsEngine, sock: socket.socket, done: Callable[[], bool]) -> None:
    while True:
        out = client.take_output()
        if out:
            talk.wire.append(("out", out))
            sock.sendall(out)
        if done():
            return
        data = sock.recv(65_536)
        assert data, f"openssl s_server hung up in {talk.name}"
        talk.wire.append(("in", data))
        client.receive(data)
