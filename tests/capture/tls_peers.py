"""Real TLS over loopback sockets, with every byte told to whoever wants to know."""

import contextlib
import datetime as dt
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from voip.capture.packets import Endpoint
from voip.capture.tap import TappedFlow

SECRET = b'{"is":"invite","to":"benedikt","call":"00112233445566778899aabbccddeeff"}'
Watch = Callable[[TappedFlow, str, bytes, float], None]


def certificate(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, made


def context(version: int, name: str, *, server: bool) -> SSL.Context:
    made = SSL.Context(SSL.TLS_SERVER_METHOD if server else SSL.TLS_CLIENT_METHOD)
    made.set_min_proto_version(version)
    made.set_max_proto_version(version)
    key, cert = certificate(name)
    made.use_privatekey(key)
    made.use_certificate(cert)
    made.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    if server:
        made.set_session_id(b"capture-test")
        made.set_alpn_select_callback(lambda _, offered: offered[0])
    else:
        made.set_alpn_protos([b"glasscall/1"])
    return made


@dataclass
class Peers:
    """One listening port; `talk` makes one connection through it and sends `SECRET` and `answer` over it."""

    version: int
    session: SSL.Session | None = None
    connections: int = 0

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.port: int = self.listener.getsockname()[1]
        self.server = context(self.version, "relay.example", server=True)
        self.client = context(self.version, "alice.example", server=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def talk(self, watch: Watch | None = None, *, answer: bytes = b"ok" * 4000) -> SSL.Connection:
        """Handshake, `SECRET` up, `answer` down; resumes the last connection's session when there was one."""
        server = threading.Thread(target=self._serve, args=(answer,))
        server.start()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=10) as sock:
                flow = TappedFlow(Endpoint(*sock.getsockname()), Endpoint(*sock.getpeername()))
                connection = SSL.Connection(self.client)
                connection.set_connect_state()
                connection.set_tlsext_host_name(b"relay.example")
                if self.session is not None:
                    connection.set_session(self.session)
                pump = _Pump(connection, sock, flow, watch)
                pump.until(connection.do_handshake)
                connection.sendall(SECRET)
                got = b""
                while len(got) < len(answer):
                    got += pump.until(lambda: connection.recv(65536))
                self.session = connection.get_session()
                connection.shutdown()
                pump.flush()
            assert got == answer
        finally:
            server.join(10)
        self.connections += 1
        return connection

    def _serve(self, answer: bytes) -> None:
        sock, _ = self.listener.accept()
        with sock:
            sock.settimeout(10)
            connection = SSL.Connection(self.server)
            connection.set_accept_state()
            pump = _Pump(connection, sock, None, None)
            pump.until(connection.do_handshake)
            got = b""
            while len(got) < len(SECRET):
                got += pump.until(lambda: connection.recv(65536))
            assert got == SECRET
            connection.sendall(answer)
            pump.flush()
            with contextlib.suppress(SSL.ZeroReturnError, SSL.SysCallError, ConnectionError):
                pump.until(lambda: connection.recv(1))


class _Pump:
    def __init__(
        self, connection: SSL.Connection, sock: socket.socket, flow: TappedFlow | None, watch: Watch | None
    ) -> None:
        self.connection, self.sock, self.flow, self.watch = connection, sock, flow, watch

    def flush(self) -> None:
        with contextlib.suppress(SSL.WantReadError):
            while data := self.connection.bio_read(65536):
                self._tell("out", data)
                self.sock.sendall(data)

    def until(self, step: Callable[[], bytes | None]) -> bytes:
        while True:
            try:
                result = step()
            except SSL.WantReadError:
                self.flush()
                data = self.sock.recv(65536)
                if not data:
                    raise ConnectionError from None
                self._tell("in", data)
                self.connection.bio_write(data)
            else:
                self.flush()
                return result or b""

    def _tell(self, direction: str, data: bytes) -> None:
        if self.watch and self.flow:
            self.watch(self.flow, direction, data, time.time())
