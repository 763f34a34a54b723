"""The end-to-end TLS session between the two clients, its records carried by their legs.

    send(signal) ──→ frame ──→ TlsEngine ──→ records ──→ leg
    on_signal   ←── deframe ←── TlsEngine ←── receive ←── leg

The caller is TLS client, the callee TLS server; both show their certificates. The relay forwards these records and has
no key to them.
"""

from collections.abc import Callable

from voip.errors import CallError, CertificateError, GlasscallError, ProtocolError
from voip.io import clock
from voip.io.stream import Observe
from voip.session.tls import PeerCheck, TlsContext, TlsEngine
from voip.session.tls.events import Closed, Established, Failed, Received, TlsEvent
from voip.wire import signals
from voip.wire.framing import Deframer, frame
from voip.wire.signals import SessionSignal, Signal

HEADER = 5
NOT_THEM = frozenset(
    {"wrong-person", "wrong-usage", "wrong-authority", "expired", "not-yet-valid", "certificate-bad",
     "certificate-required"}
)  # fmt: skip
"""Why the certificate that the peer showed was refused."""
TAMPERED = frozenset({"bad-record-mac", "decrypt-error"})


class Session:
    """Signals to and from the peer, that nobody between can read or change."""

    def __init__(
        self,
        context: TlsContext,
        check_peer: PeerCheck,
        *,
        send: Callable[[bytes], None],
        observe: Observe,
        on_established: Callable[[Established], None],
        on_signal: Callable[[SessionSignal], None],
        on_end: Callable[[GlasscallError | None], None],
    ) -> None:
        self._engine = TlsEngine(context, clock=clock.monotonic, check_peer=check_peer)
        self._deframer = Deframer()
        self._send = send
        self._observe = observe
        self._on_established = on_established
        self._on_signal = on_signal
        self._on_end = on_end

    def start(self) -> None:
        """Begin the handshake."""
        self._handle(self._engine.start())

    def receive(self, record: bytes) -> None:
        """A TLS record came through the leg."""
        self._handle(self._engine.receive(record))

    def send(self, signal: Signal) -> None:
        """Send `signal` to the peer, once the session stands; after its end it is dropped."""
        if self.established and not self._engine.over:
            self._handle(self._engine.send(frame(signals.encode(signal))))

    def close(self) -> None:
        """Say goodbye to the peer."""
        self._handle(self._engine.close())

    @property
    def established(self) -> bool:
        """Whether the peer has been authenticated."""
        return self._engine.established is not None

    def export(self, label: bytes, length: int, context: bytes) -> bytes:
        """Keying material that only the two ends have (RFC 8446 §7.5)."""
        return self._engine.export(label, length, context)

    def _handle(self, events: list[TlsEvent]) -> None:
        output = self._engine.take_output()
        while output:
            end = HEADER + int.from_bytes(output[3:5], "big")
            self._send(output[:end])
            output = output[end:]
        for event in events:
            if isinstance(event, Received):
                self._receive_data(event.data)
                continue
            self._observe(event)
            if isinstance(event, Established):
                self._on_established(event)
            elif isinstance(event, Failed):
                self._on_end(_failure(event))
            elif isinstance(event, Closed):
                self._on_end(None)

    def _receive_data(self, data: bytes) -> None:
        try:
            for packet in self._deframer.feed(data):
                self._on_signal(signals.decode_untrusted(packet, signals.session_decoder))
        except ProtocolError as error:
            self._on_end(error)


def _failure(event: Failed) -> GlasscallError:
    """What broke the session, told apart: a peer that is not who it should be, tampering, or an accident."""
    if event.code in NOT_THEM:
        return CertificateError(event.sentence, code=event.code)
    if event.code in TAMPERED:
        return ProtocolError(event.sentence, code=event.code)
    return CallError(event.sentence, code=event.code)
