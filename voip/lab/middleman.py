"""A relay that is both ends of two sessions instead of the bearer of one.

    alice ══ session A ══ "bob" │ Mallory │ "alice" ══ session B ══ bob

Both certificates she issued herself, with the relay's own CA: the chain is as good as any. Signals are passed from one
session into the other, the voice is decrypted with the keys of one and encrypted with the keys of the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509

from voip.client.session import Session
from voip.errors import GlasscallError
from voip.io import clock
from voip.lab.hostile import Send
from voip.lab.scene import RELAY
from voip.media.protector import Protector, Unprotector, is_rtcp
from voip.pki.ca import issue_client
from voip.pki.certificates import Identity, load_csr_untrusted, make_csr, new_key
from voip.session.keys import srtp_keys
from voip.session.tls import TlsContext, callee_context, caller_context
from voip.session.tls.events import Established, TlsEvent
from voip.wire import signals
from voip.wire.framing import Kind, kind
from voip.wire.signals import LegJoined, SessionSignal

Alter = Callable[[str, SessionSignal], SessionSignal]
"""(whom the signal is for, the signal) → what goes there instead."""


def unaltered(_to: str, signal: SessionSignal) -> SessionSignal:
    """What is sent arrives."""
    return signal


@dataclass(slots=True)
class _End:
    """One of the two sessions: Mallory with the person `name`."""

    name: str
    context: TlsContext
    send: Send | None = None
    session: Session | None = None
    waiting: list[SessionSignal] = field(default_factory=list)
    """Signals for `name` from before the session stood."""
    opens: Unprotector | None = None
    """The voice of `name`."""
    seals: Protector | None = None
    """The voice for `name`."""


class Middleman:
    """A grip for `HostileRelay`; see the head of this file."""

    def __init__(self, authority: Identity, caller: str, callee: str, alter: Alter = unaltered) -> None:
        self.heard = 0
        """Voice packets that were decrypted."""
        self.read: list[str] = []
        """Signals that were read, by name."""
        self.problems: list[str] = []
        """How her sessions failed."""
        self._alter = alter
        self._caller = caller
        self._call = b""
        as_callee, as_caller = posing(authority, callee), posing(authority, caller)
        ca = authority.certificate
        self._ends = {
            caller: _End(caller, callee_context(as_callee.certificate, as_callee.key, ca)),
            callee: _End(callee, caller_context(as_caller.certificate, as_caller.key, ca)),
        }

    def __call__(self, to: str, packet: bytes, send: Send) -> None:
        """See `Grip`."""
        here = self._ends[to]
        there = self._other(here)
        what = kind(packet)
        if what is Kind.SIGNAL:  # the relay tells this leg that the other one is here
            joined = signals.decode_untrusted(packet, signals.leg_decoder)
            assert isinstance(joined, LegJoined)  # noqa: S101 - a patchbay says nothing else
            self._call = bytes.fromhex(joined.call)
            here.send = send
            send(packet)
            self._open(here)
        elif what is Kind.TLS and there.session is not None:
            there.session.receive(packet)
        elif what is Kind.MEDIA:
            self._relay_voice(there, here, packet)

    def _open(self, end: _End) -> None:
        assert end.send is not None  # noqa: S101 - set just before
        end.session = Session(
            end.context,
            _nobody_checks,
            send=end.send,
            observe=_nobody_watches,
            on_established=lambda event: self._established(end, event),
            on_signal=lambda signal: self._pass_on(end, signal),
            on_end=self._ended,
        )
        end.session.start()

    def _established(self, end: _End, _event: Established) -> None:
        assert end.session is not None  # noqa: S101 - it has just called us
        keys = srtp_keys(end.session.export, self._call)
        said, heard = keys.caller_to_callee, keys.callee_to_caller
        if end.name != self._caller:
            said, heard = heard, said
        end.opens, end.seals = Unprotector(said), Protector(heard)
        for signal in end.waiting:
            end.session.send(signal)
        end.waiting.clear()

    def _pass_on(self, end: _End, signal: SessionSignal) -> None:
        self.read.append(type(signal).__name__)
        other = self._other(end)
        altered = self._alter(other.name, signal)
        if other.session is not None and other.session.established:
            other.session.send(altered)
        else:
            other.waiting.append(altered)

    def _ended(self, error: GlasscallError | None) -> None:
        if error is not None:
            self.problems.append(error.code)

    def _relay_voice(self, source: _End, sink: _End, packet: bytes) -> None:
        if source.opens is None or sink.seals is None or sink.send is None:
            return
        clear = source.opens.unprotect_untrusted(packet)
        if clear is None:
            return
        if is_rtcp(packet):
            sink.send(sink.seals.protect_rtcp(clear))
        else:
            self.heard += 1
            sink.send(sink.seals.protect_rtp(clear))

    def _other(self, end: _End) -> _End:
        return next(other for name, other in self._ends.items() if name != end.name)


def posing(authority: Identity, name: str) -> Identity:
    """A certificate for `name`, issued behind the back of `name` by the relay's own CA, for a key of Mallory's."""
    key = new_key()
    csr = load_csr_untrusted(make_csr(key, name))
    return Identity(issue_client(authority, csr, name, RELAY, clock.wall()), key)


def _nobody_checks(_certificate: x509.Certificate) -> None:
    """Mallory takes anybody."""


def _nobody_watches(_event: TlsEvent) -> None:
    """Mallory keeps no journal."""
