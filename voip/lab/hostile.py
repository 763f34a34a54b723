"""The relay, in Mallory's hands: the real one, with other fingers on the packets.

    alice's leg ──→ patchbay ──→ grip(to="bob", packet, send) ──→ bob's leg

The grip sends what it likes, when it likes. A hostile relay can also show another certificate, or ring somebody else.
"""

from collections import Counter
from collections.abc import Callable

from cryptography import x509

from voip.config import Limits
from voip.io.store import RelayStore
from voip.io.stream import TlsStream
from voip.lab.scene import RELAY
from voip.pki.certificates import Identity
from voip.relay import Relay
from voip.relay.leg import Leg
from voip.relay.legroom import LegRoom
from voip.relay.line import Line, Pipe
from voip.relay.link import Link
from voip.relay.patchbay import Again, Patchbay
from voip.relay.switchboard import Switchboard
from voip.session.tls import relay_context
from voip.session.tls.context import Version
from voip.wire import signals

Send = Callable[[bytes], None]
Grip = Callable[[str, bytes, Send], None]
"""(whom the packet is for, the packet, how to send something there)."""


def let_pass(_to: str, packet: bytes, send: Send) -> None:
    """The grip of an honest relay."""
    send(packet)


class GrippedPipe:
    """A leg's connection; what goes out on it passes the grip."""

    def __init__(self, pipe: Pipe, to: str, hands: "HostilePatchbay") -> None:
        self._pipe = pipe
        self._to = to
        self._hands = hands

    @property
    def write_backlog(self) -> int:
        """See `Pipe`."""
        return self._pipe.write_backlog

    def send_packet(self, packet: bytes) -> None:
        """See `Pipe`."""
        self._hands.grip(self._to, packet, self._pipe.send_packet)

    def send_media(self, packet: bytes) -> None:
        """See `Pipe`."""
        self._hands.grip(self._to, packet, self._pipe.send_media)

    def hang_up(self) -> None:
        """See `Pipe`."""
        self._pipe.hang_up()

    def abort(self) -> None:
        """See `Pipe`."""
        self._pipe.abort()


class HostilePatchbay(Patchbay):
    """The patchbay, with a grip on each leg."""

    def __init__(self, again: Again) -> None:
        super().__init__(again=again)
        self.grip: Grip = let_pass

    def join(self, call: str, owner: str, pipe: Pipe, *, paired: bool = False) -> tuple[Leg, Line]:
        """See `Patchbay`."""
        return super().join(call, owner, GrippedPipe(pipe, owner, self), paired=paired)

    def join_lane(self, call: str, owner: str, pipe: Pipe, token: str) -> tuple[Leg, Line]:
        """See `Patchbay`."""
        return super().join_lane(call, owner, GrippedPipe(pipe, owner, self), token)


class HostileLegRoom(LegRoom):
    """Remembers who opened a leg here, and with which token."""

    def __init__(self, switchboard: Switchboard, patchbay: Patchbay, changed: Callable[[], None]) -> None:
        super().__init__(switchboard, patchbay, changed)
        self.tokens: list[tuple[str, signals.JoinLeg]] = []

    async def serve(self, stream: TlsStream, name: str, hello: signals.JoinLeg) -> None:
        """See `LegRoom`."""
        self.tokens.append((name, hello))
        await super().serve(stream, name, hello)


class HostileRelay(Relay):
    """A relay that Mallory operates, or pretends to."""

    def __init__(
        self,
        store: RelayStore,
        limits: Limits,
        *,
        shown: Identity | None = None,
        chain: x509.Certificate | None = None,
        versions: tuple[Version, ...] = ("1.3",),
    ) -> None:
        """`shown`: the certificate and key to show instead of the relay's own; `chain`: the CA to go with it."""
        super().__init__(store, RELAY, limits=limits, versions=versions, udp=False)
        self.divert: dict[str, str] = {}
        """Whom to ring instead of whom."""
        self._hands = HostilePatchbay(self._switchboard.again)
        self._patchbay = self._hands
        self._legs = HostileLegRoom(self._switchboard, self._hands, self._arm)
        self.tokens = self._legs.tokens
        """Who opened a leg here, and with which token."""
        if shown is not None:
            authority = chain or self.identity.authority.certificate
            self._context = relay_context(shown.certificate, shown.key, authority, versions)

    @property
    def refusals(self) -> Counter[str]:
        """What it has refused so far, by code."""
        return self._figures.refused

    @property
    def grip(self) -> Grip:
        """What happens to packets from leg to leg."""
        return self._hands.grip

    @grip.setter
    def grip(self, grip: Grip) -> None:
        self._hands.grip = grip

    def _receive(self, link: Link, signal: signals.LinkSignal) -> None:
        if isinstance(signal, signals.Invite) and signal.to in self.divert:
            signal = signals.Invite(call=signal.call, to=self.divert[signal.to])
        super()._receive(link, signal)
