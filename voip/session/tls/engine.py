"""One TLS connection, sans-I/O: bytes in, events out, bytes to send.

    engine = TlsEngine(context, clock=clock.monotonic, check_peer=…)
    events = engine.start()               # a client has its ClientHello in take_output() now
    events += engine.receive(data)        # whatever came from the wire
    events += engine.send(plaintext)      # after Established
    wire   = engine.take_output()         # to be written, in order

Every method returns the events that it caused, in the order in which they happened. After `Failed` or `Closed` nothing
more comes. No method raises for what the other end sent. `clock` is called once per message, so that the times within a
flight are true; it is handed in, and a test hands in its own.

`open` and `seal` are the short way for data on a connection that is `finished`, without events: what a relay needs that
forwards thousands of packets a second. Whatever else happens on that way is told as ever.

With `early_data`, a client that resumes sends these with its ClientHello where the ticket allows it (`early`);
`Established.early` says what became of them, and those that were not taken must be sent again.
"""

from collections.abc import Callable
from typing import NewType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from voip.errors import CertificateError, LocalError
from voip.session.tls import early, reading
from voip.session.tls.context import NoCommonProtocol, PeerCheck, TlsContext, is_root
from voip.session.tls.events import (
    Alert,
    Closed,
    Early,
    Established,
    Failed,
    HandshakeMessage,
    Received,
    Record,
    TlsEvent,
)
from voip.session.tls.failure import explain, refusal_of
from voip.session.tls.records import PLAINTEXT_MAX, Records
from voip.session.tls.wire import Wire

Resumption = NewType("Resumption", object)
"""What a later connection of the same context needs to resume this one's session."""

NOT_INVITED = (
    "The relay's CA is not the one that the invite names. Somebody may stand between you and the relay, or the invite "
    "is for another relay: ask for a new one."
)
_ROOT_IN_CHAIN = (18, 19, 20, 21)
"""Verification errors that only say: this CA is not in the store (when joining, the invite's fingerprint decides)."""


class TlsEngine:
    """A TLS client or server that does no I/O. See the head of this file for the contract."""

    def __init__(
        self,
        context: TlsContext,
        *,
        clock: Callable[[], float],
        server_name: str = "",
        resume: Resumption | None = None,
        check_peer: PeerCheck | None = None,
        early_data: bytes = b"",
    ) -> None:
        self._context = context
        self._resume, self._early_data = resume, early_data
        self._early: Early = ""
        self._early_open = context.early
        """Server: whether early data may still come."""
        self.finished = False
        """Whether both ends' Finished have passed. A server may be `established` before, by early data."""
        self._clock = clock
        self._check_peer = check_peer
        self._events: list[TlsEvent] = []
        self._refusal: tuple[str, str] | None = None
        self._alert: Alert | None = None
        self._tickets = 0
        self._out = bytearray()
        self._wire_out = Wire() if context.told else None
        self._wire_in = Wire() if context.told else None
        self.established: Established | None = None
        self.early_offered = False
        """Client: whether `early_data` went with the ClientHello."""
        self.over = False
        """True after `Failed`, `Closed` or `close()`."""
        self._connection = connection = SSL.Connection(context.openssl)
        self._records = Records(connection)
        connection.set_app_data(self)
        if context.server:
            connection.set_accept_state()
            return
        connection.set_connect_state()
        reading.demand_certificate(connection)
        connection.set_alpn_protos(list(context.alpn))
        if server_name:
            connection.set_tlsext_host_name(server_name.encode("ascii"))
        if resume is not None:
            connection.set_session(resume)  # type: ignore[arg-type]

    # ── what the caller does ───────────────────────────────────────────────────────────────────────────────────

    def start(self) -> list[TlsEvent]:
        """Begin; a client's ClientHello is then in `take_output()`."""
        return self._step(self._begin)

    def receive(self, data: bytes) -> list[TlsEvent]:
        """Bytes came from the wire."""
        if self.over or not data:
            return []
        if self._wire_in is not None:
            self._wire_in.passed(data)
        try:
            self._connection.bio_write(data)
        except SSL.Error:  # pragma: no cover - a memory BIO only refuses when memory is out
            return [self._fail(SSL.SysCallError())]
        return self._step(self._read)

    def receive_eof(self) -> list[TlsEvent]:
        """The wire ended. Without a close_notify before it, that is a truncation and not a goodbye."""
        return [] if self.over else [self._fail(SSL.SysCallError())]

    def send(self, data: bytes) -> list[TlsEvent]:
        """Protect `data`. Raises `LocalError` before the handshake is done or after the end."""
        if self.established is None or self.over:
            raise LocalError("Data can only be sent on an established TLS connection.")
        return self._step(lambda: self._write(data))

    def open(self, data: bytes) -> tuple[bytes, list[TlsEvent]]:
        """Bytes came from the wire: the data in them, and what else happened; only when `finished`, and not `over`.

        Where records are told of, these are not. There may be something in `take_output`.
        """
        plain, result = self._records.open(data)
        if not plain:  # it was something else, which may want an answer
            self._out += self._records.left()
        if not result:
            return plain, []
        return plain, self._step(lambda: self._records.explain(result))

    def seal(self, data: bytes) -> tuple[bytes, list[TlsEvent]]:
        """The wire's bytes for `data`, with all of `take_output` before them; as `open`.

        `data` of at most `PLAINTEXT_MAX` bytes are one record.
        """
        try:
            wire = self._records.seal(data[:PLAINTEXT_MAX])
            for start in range(PLAINTEXT_MAX, len(data), PLAINTEXT_MAX):
                wire += self._records.seal(data[start : start + PLAINTEXT_MAX])
        except SSL.Error as error:  # pragma: no cover - a memory BIO takes what it is given
            return self.take_output(), [self._fail(error)]
        return (self.take_output() + wire if self._out else wire), []

    @property
    def owes(self) -> bool:
        """Whether there is something in `take_output`."""
        return bool(self._out)

    def close(self) -> list[TlsEvent]:
        """Say close_notify (in `take_output()`)."""
        if self.over:
            return []
        events = self._step(self._shut)
        self.over = True
        # Without this OpenSSL takes the session for broken and nobody could resume it.
        self._connection.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        return events

    def take_output(self) -> bytes:
        """Everything to be written to the wire now, and forget it."""
        output = bytes(self._out)
        self._out.clear()
        return output

    def export(self, label: bytes, length: int, context: bytes) -> bytes:
        """Keying material of this connection (RFC 5705, RFC 8446 §7.5), the same at both ends and nowhere else."""
        if self.established is None:
            raise LocalError("Keys can only be exported from an established TLS connection.")
        return self._connection.export_keying_material(label, length, context)

    @property
    def server_name(self) -> str:
        """The name that the client asked for (SNI, RFC 6066 §3), not to be trusted; empty when it named none."""
        return (self._connection.get_servername() or b"").decode("ascii", "replace")

    @property
    def resumption(self) -> Resumption | None:
        """What a later connection can resume, once the server has given a ticket."""
        if self.established is None or (self.established.version == "TLSv1.3" and not self._tickets):
            return None
        session = self._connection.get_session()
        return None if session is None else Resumption(session)

    # ── what OpenSSL calls ─────────────────────────────────────────────────────────────────────────────────────

    def __call__(self, sent: bool, content: int, data: bytes) -> None:
        """A message or record header passed."""
        for event in reading.read(self._clock(), sent, content, data):
            if isinstance(event, Alert):
                self._alert = event
            elif isinstance(event, HandshakeMessage):
                self._note(event)
            self._events.append(event)

    def verify(self, certificate: x509.Certificate, error: int, depth: int) -> int:
        """One certificate of the peer's chain, which OpenSSL judged with `error`; the error that it shall end with."""
        root = self._context.root
        if error and not (error in _ROOT_IN_CHAIN and root and is_root(certificate, root)):
            if root and error in _ROOT_IN_CHAIN:
                self._refusal = ("wrong-authority", NOT_INVITED)
            else:
                self._refusal = refusal_of(error, reading.verify_error(error))
            return error
        if depth == 0 and not self._is_expected(certificate):
            return reading.error_for(self._refusal[0] if self._refusal else "")
        return reading.VERIFIED

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_expected(self, certificate: x509.Certificate) -> bool:
        try:
            if self._check_peer is not None:
                self._check_peer(certificate)
        except CertificateError as error:
            self._refusal = (error.code, error.sentence)
            return False
        return True

    def _step(self, action: Callable[[], None]) -> list[TlsEvent]:
        if self.over:
            return []
        self._events = []
        try:
            action()
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.over = True
            self._events.append(Closed(self._clock()))
        except (SSL.Error, NoCommonProtocol) as error:
            self._events.append(self._fail(error if isinstance(error, SSL.Error) else SSL.Error()))
        self._drain()
        return [self._with_bytes(event) if isinstance(event, Record) else event for event in self._events]

    def _drain(self) -> None:
        """Take what OpenSSL wants written."""
        data = self._records.left()
        self._out += data
        if self._wire_out is not None:
            self._wire_out.passed(data)

    def _with_bytes(self, record: Record) -> Record:
        wire = self._wire_out if record.direction == "out" else self._wire_in
        if wire is None:
            return record
        return Record(record.at, record.direction, record.type, record.length, wire.record(record.length))

    def _fail(self, error: SSL.Error) -> Failed:
        self.over = True
        return explain(self._clock(), error, self._alert, self._refusal)

    def _note(self, message: HandshakeMessage) -> None:
        if message.name == "NewSessionTicket":
            self._tickets += 1
        elif message.name == "EncryptedExtensions" and self._early == "refused" and early.were_taken(message.raw):
            self._early = "taken"

    def _begin(self) -> None:
        if self._resume is not None and early.offer(self._connection, self._resume, self._early_data):
            self.early_offered = True
            self._early = "refused"  # until EncryptedExtensions says otherwise
        self._handshake()

    def _handshake(self) -> None:
        while self._early_open:
            data = early.take(self._connection)
            if data is None:
                self._early_open = False
            elif data:
                self._early = "taken"
                self._believe()
                self._events.append(Received(self._clock(), data))
        self._connection.do_handshake()
        self.finished = True
        self._believe()

    def _believe(self) -> None:
        """Say who the other end is, once. With early data: who was given the ticket, for only they could send them."""
        if self.established is not None:
            return
        connection = self._connection
        chain = connection.get_peer_cert_chain(as_cryptography=True) or []
        own = connection.get_certificate(as_cryptography=True)
        peer = connection.get_peer_certificate(as_cryptography=True)
        if peer is not None and (not chain or chain[0] != peer) and peer != own:
            chain = [peer, *chain]  # a server's view leaves the client's own certificate out of the chain
        self._certify(peer)
        self.established = Established(
            at=self._clock(),
            version=connection.get_protocol_version_name(),
            cipher=connection.get_cipher_name() or "",
            group=connection.get_group_name() or "",
            resumed=reading.was_resumed(connection),
            alpn=connection.get_alpn_proto_negotiated().decode("ascii", "replace"),
            peer=tuple(c.public_bytes(Encoding.DER) for c in chain),
            early=self._early,
        )
        self._events.append(self.established)

    def _certify(self, peer: x509.Certificate | None) -> None:
        """What a full handshake checks in `verify`, a resumed one must check here: time has passed since."""
        protocol = self._connection.get_alpn_proto_negotiated()
        if protocol not in self._context.alpn and (protocol or not self._context.alpn_optional):
            self._refusal = ("no-application-protocol", "The other end does not speak Glasscall's protocol.")
            raise SSL.Error
        if protocol in self._context.certified:
            if peer is None:
                self._refusal = ("certificate-required", "The other end showed no certificate.")
                raise SSL.Error
            if reading.was_resumed(self._connection) and not self._is_expected(peer):
                raise SSL.Error

    def _read(self) -> None:
        if not self.finished:
            self._handshake()
        while True:
            data = self._records.read()
            self._events.append(Received(self._clock(), data))

    def _write(self, data: bytes) -> None:
        for start in range(0, len(data), PLAINTEXT_MAX):
            if self.finished:
                self._records.write(data[start : start + PLAINTEXT_MAX])
            else:
                early.answer(self._connection, data[start : start + PLAINTEXT_MAX])

    def _shut(self) -> None:
        if self.finished:
            self._connection.shutdown()
