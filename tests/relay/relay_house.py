"""A real relay on loopback, and people who speak its protocol packet by packet."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from voip.config import Limits
from voip.io import clock
from voip.io.store import RelayStore
from voip.io.stream import TlsStream, connect
from voip.pki.certificates import Identity, load_certificate_untrusted, make_csr, new_key
from voip.pki.checks import check_relay
from voip.pki.enrolment import Enrolment
from voip.relay import Relay
from voip.session.tls import Resumption, TlsContext, link_context
from voip.wire import signals
from voip.wire.signals import Incoming, Invite, JoinLeg, Ping, Presence, Refused, Ringing, Signal, Welcome

RELAY = "relay.test"
CALL = "c" * 32
QUICK = Limits(connect=2, handshake=2, reply=2, ring=20, dead=5)
_decoder = signals.msgspec.json.Decoder(signals.LinkSignal | signals.LegSignal | signals.Enrolled)


class Connection:
    """A client's end of one connection."""

    def __init__(self, stream: TlsStream) -> None:
        self.stream = stream

    def send(self, signal: Signal | bytes) -> None:
        self.stream.send_packet(signal if isinstance(signal, bytes) else signals.encode(signal))

    def send_raw(self, data: bytes) -> None:
        """Data without a frame, inside TLS."""
        self.stream._watch(self.stream._engine.send(data))

    async def packet(self) -> bytes | None:
        async with asyncio.timeout(5):
            return await self.stream.receive_packet()

    async def signal(self) -> Signal | None:
        """The next signal that is not about somebody's presence."""
        while True:
            packet = await self.packet()
            found = None if packet is None else _decoder.decode(packet)
            if not isinstance(found, Presence):
                return found

    async def expect(self, kind: type) -> Signal:
        found = await self.signal()
        assert isinstance(found, kind), found
        return found

    async def refused(self) -> str:
        """The code of the refusal that must come now; then close, as a client does."""
        found = await self.expect(Refused)
        await self.stream.close()
        return found.code


@dataclass
class Person:
    name: str
    context: TlsContext
    house: "House"

    async def connect(self, resume: Resumption | None = None) -> Connection:
        return await self.house.connect(self.context, resume)

    async def link(self) -> Connection:
        """A link that has been welcomed."""
        link = await self.connect()
        link.send(Ping(number=0))
        await link.expect(Welcome)
        await link.expect(signals.Pong)
        return link

    async def leg(self, token: str, call: str = CALL, resume: Resumption | None = None) -> Connection:
        leg = await self.connect(resume)
        leg.send(JoinLeg(call=call, token=token))
        return leg


class House:
    """A relay and its folder."""

    def __init__(self, relay: Relay, store: RelayStore, stack: AsyncExitStack) -> None:
        self.relay = relay
        self.store = store
        self._stack = stack
        self.client_versions = ("1.3",)

    @property
    def authority(self) -> Identity:
        return self.relay.identity.authority

    @property
    def enrolment(self) -> Enrolment:
        return Enrolment(self.authority, RELAY, self.store)

    def join(self, name: str, age: timedelta = timedelta()) -> Person:
        """A person with an account; `age`: of their certificate."""
        now, key = clock.wall() - age, new_key()
        request = signals.Enrol(name=name, token=self.enrolment.invite(name, now), csr=make_csr(key, name))
        answer = self.enrolment.enrol(request, now)
        return self.person(name, Identity(load_certificate_untrusted(answer.certificate), key))

    def person(self, name: str, identity: Identity, authority: x509.Certificate | None = None) -> Person:
        root = authority or self.authority.certificate
        return Person(name, link_context(identity.certificate, identity.key, root, self.client_versions), self)

    async def connect(self, context: TlsContext, resume: Resumption | None = None) -> Connection:
        stream = await connect(
            *self.relay.address,
            context,
            server_name=RELAY,
            resume=resume,
            check_peer=lambda certificate: check_relay(certificate, RELAY, clock.wall()),
        )
        self._stack.push_async_callback(stream.close)
        return Connection(stream)

    async def ringing(self) -> tuple[Person, Connection, str, Person, Connection, str]:
        """alice calls bob: for each the person, the link, the token."""
        alice, bob = self.join("alice"), self.join("bob")
        mine, theirs = await alice.link(), await bob.link()
        mine.send(Invite(call=CALL, to="bob"))
        ringing, incoming = await mine.expect(Ringing), await theirs.expect(Incoming)
        return alice, mine, ringing.token, bob, theirs, incoming.token


@asynccontextmanager
async def house(folder: Path, host: str = "127.0.0.1", **options):
    """A house that is torn down cleanly."""
    async with AsyncExitStack() as stack:
        store = RelayStore(folder)
        relay = Relay(store, RELAY, **{"limits": QUICK, **options})
        await relay.start(host, 0)
        stack.push_async_callback(relay.stop)
        yield House(relay, store, stack)
