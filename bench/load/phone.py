"""A phone without a sound card: its link, and its end of one call with the project's own TLS, session and words.

link: Invite ──→ Ringing(token)     Incoming(token)                     ends: leg ══ session ══ leg
leg (0-RTT, resumed) ── LegJoined ── handshake ── Commit, Nonce, Reveal ── Accept, Answer ── a packet each way
"""

import asyncio
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from load.people import RELAY_NAME, People, name
from voip.client.reach import relay_check
from voip.client.session import Session
from voip.errors import CallError, GlasscallError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.pki.checks import check_client
from voip.session.tls import Resumption, TlsContext, TlsEngine, callee_context, caller_context, link_context
from voip.session.tls.events import Established, TlsEvent
from voip.session.words import WordExchange, words_secret
from voip.wire import signals
from voip.wire.framing import Kind, frame, kind
from voip.wire.signals import Accept, Answered, Commit, Ended, Incoming, JoinLeg, LegJoined, Nonce, Reveal, Ringing

HANDSHAKE = 5.0
PING = 5.0
MEDIA = b"\x80\x6f" + bytes(170)
"""What a relay takes for voice."""
_PRESENCE = b'{"is":"presence"'


@dataclass(frozen=True, slots=True)
class Place:
    """A relay and its people."""

    host: str
    port: int
    people: People


def own_address(number: int) -> str:
    """Each person has an address of their own, as people do; the C program's `own_address` is the same."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


async def reach(
    place: Place, context: TlsContext, number: int, *, resume: Resumption | None = None, early: bytes = b""
) -> TlsStream:
    """A TLS connection to the relay from the address of person `number`; raises `TlsError` or `OSError`."""
    raw, loop = socket.socket(), asyncio.get_running_loop()
    raw.setblocking(False)
    raw.bind((own_address(number), 0))
    engine = TlsEngine(
        context, clock=clock.monotonic, server_name=RELAY_NAME, resume=resume, check_peer=relay_check(RELAY_NAME),
        early_data=frame(early) if early else b"",
    )  # fmt: skip
    stream = TlsStream(engine, early=early)
    try:
        await loop.sock_connect(raw, (place.host, place.port))
        await loop.create_connection(lambda: stream, sock=raw)
    except BaseException:
        raw.close()
        raise
    try:
        await stream.wait_ready(HANDSHAKE)
    except BaseException:
        stream.abort()
        raise
    if early and stream.established.early != "taken":
        stream.send_packet(early)
    return stream


class Phone:
    """One person with a link. `on_incoming` is given each call that rings here."""

    def __init__(self, place: Place, number: int) -> None:
        identity = place.people.identity(number)
        parts = (identity.certificate, identity.key, place.people.authority)
        self.name, self.number, self.place = name(number), number, place
        self.caller, self.callee, self._link_context = (
            caller_context(*parts),
            callee_context(*parts),
            link_context(*parts),
        )
        self.on_incoming: Callable[[Incoming], None] = lambda _: None
        self.news: dict[str, asyncio.Queue[signals.Signal]] = {}
        """By call: what the relay said of it."""
        self._link: TlsStream
        self._welcome = asyncio.Event()

    async def start(self) -> None:
        """Come in, and be welcomed."""
        self._link = await reach(self.place, self._link_context, self.number)
        self._link.take_over(self._heard)
        self.send(signals.Ping(number=0))
        try:
            async with asyncio.timeout(HANDSHAKE):
                await self._welcome.wait()
        except BaseException:
            self._link.abort()
            raise

    def send(self, signal: signals.Signal) -> None:
        """On the link."""
        self._link.send_packet(signals.encode(signal))

    async def stop(self) -> None:
        """Leave."""
        await self._link.close()

    @property
    def lost(self) -> bool:
        """Whether the relay has closed the link."""
        return self._link.ended

    async def open_leg(self, call: str, token: str) -> TlsStream:
        """A leg on which the token was said."""
        hello = signals.encode(JoinLeg(call=call, token=token))
        return await reach(self.place, self._link_context, self.number, resume=self._link.resumption, early=hello)

    async def hear(self, call: str, wanted: type[signals.Signal], within: float) -> signals.Signal:
        """The relay's next word about `call`, which must be `wanted`; raises `CallError`."""
        async with asyncio.timeout(within):
            said = await self.news[call].get()
        if not isinstance(said, wanted):
            raise CallError(f"The relay said {said!r}.", code=getattr(said, "reason", "unexpected"))
        return said

    def _heard(self, packet: bytes) -> None:
        if packet.startswith(_PRESENCE):
            return
        signal = signals.decode_untrusted(packet, signals.link_decoder)
        if isinstance(signal, signals.Welcome):
            self._welcome.set()
        elif isinstance(signal, Incoming):
            self.news[signal.call] = asyncio.Queue()
            self.on_incoming(signal)
        elif isinstance(signal, Ringing | Answered | Ended) and signal.call in self.news:
            self.news[signal.call].put_nowait(signal)


class End:
    """One end of one call: leg, session, words, and one packet of media."""

    def __init__(self, phone: Phone, call: str, peer: str, *, outgoing: bool) -> None:
        self._phone, self._call, self._peer, self._outgoing = phone, call, peer, outgoing
        loop = asyncio.get_running_loop()
        self.secure: asyncio.Future[None] = loop.create_future()
        """Done when both nonces are shown."""
        self.accepted: asyncio.Future[None] = loop.create_future()
        self.media: asyncio.Future[None] = loop.create_future()
        """Done when a packet of the other end's came."""
        self._leg: TlsStream
        self._words: WordExchange | None = None
        self._joined = False
        self._session = Session(
            phone.caller if outgoing else phone.callee, self._check, send=self._send, observe=_ignore,
            on_established=self._established, on_signal=self._signal, on_end=self._ended,
        )  # fmt: skip

    async def open(self, token: str) -> None:
        """Open the leg; the session begins as soon as the other end's is there."""
        self._leg = await self._phone.open_leg(self._call, token)
        self._leg.on_end = self._ended
        for packet in self._leg.take_over(self._receive):
            self._receive(packet)

    def accept(self) -> None:
        """Callee: pick up."""
        self._session.send(Accept())
        self._phone.send(signals.Answer(call=self._call))

    def talk(self) -> None:
        """One packet of media."""
        self._leg.send_packet(MEDIA)

    async def close(self) -> None:
        """Give up the leg."""
        self._ended(None)
        if hasattr(self, "_leg"):
            await self._leg.close()

    def _send(self, record: bytes) -> None:
        self._leg.send_packet(record)

    def _check(self, shown: object) -> None:
        check_client(shown, RELAY_NAME, clock.wall(), self._peer)  # type: ignore[arg-type]

    def _receive(self, packet: bytes) -> None:
        what = kind(packet)
        if what is Kind.TLS:
            self._session.receive(packet)
        elif what is Kind.MEDIA:
            _done(self.media)
        elif isinstance(signals.decode_untrusted(packet, signals.leg_decoder), LegJoined) and not self._joined:
            self._joined = True
            self._session.start()

    def _established(self, _event: Established) -> None:
        call = bytes.fromhex(self._call)
        self._words = WordExchange(
            "caller" if self._outgoing else "callee", nonce=secrets.token_bytes(32),
            secret=words_secret(self._session.export, call), call_id=call,
        )  # fmt: skip
        for signal in self._words.start():
            self._session.send(signal)

    def _signal(self, signal: signals.SessionSignal) -> None:
        if isinstance(signal, Commit | Nonce | Reveal) and self._words is not None:
            for answer in self._words.receive(signal):
                self._session.send(answer)
            if self._words.words is not None:
                _done(self.secure)
        elif isinstance(signal, Accept):
            _done(self.accepted)

    def _ended(self, error: GlasscallError | None) -> None:
        for future in (self.secure, self.accepted, self.media):
            if not future.done():
                future.set_exception(error or CallError("The leg was closed.", code="leg-closed"))
                future.exception()


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _ignore(_event: TlsEvent) -> None:
    """Nobody watches these sessions."""
