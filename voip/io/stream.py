"""asyncio ⇄ `session.tls`: one TLS connection over one TCP connection, carrying RFC 4571 packets, or bare data.

    send_packet, send_media ──→ Outbox: frames ──→ TlsEngine.send ──→ take_output ──→ transport.write
    receive_packet / on_packet ←── Deframer ←── TlsEngine.receive ←── data_received

What the wire does not take at once waits in the Outbox, not yet encrypted, where old media are left out. A transport
that takes `Turns` with others is written to once a turn, with what came together in one record; any other at once.

Where the ALPN is among `bare` there are no frames: `send_data` and `receive_data` go past `frame` and Deframer.
`observe` is given each TLS event as it happens (but for the data themselves), `tap` each byte on the wire, and a
`Recorder` each turn of the engine whole: bytes, events, packet and what it took. Every wait has a limit; what waits
unread is bounded, and a reader that lags stops the transport's reading.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from voip.config import LIMITS, Limits
from voip.errors import FramingError, GlasscallError, LocalError, TlsError
from voip.io import clock, tcp
from voip.io.dialing import Route
from voip.io.outbox import Outbox
from voip.io.tcp import TcpState
from voip.io.turns import Port, Turns
from voip.session.tls import PeerCheck, Resumption, TlsContext, TlsEngine
from voip.session.tls.events import Closed, Direction, Established, Failed, Received, TlsEvent
from voip.wire.framing import Deframer, frame

Observe = Callable[[TlsEvent], None]
Tap = Callable[[Direction, bytes], None]
Act = Callable[[], list[TlsEvent]]
LENGTH_BYTES = 2
"""What RFC 4571 puts before a packet."""
UNREAD_MAX = 256
"""Packets that may wait to be read before the transport stops reading."""


class Recorder(Protocol):
    """Sees a connection whole, turn by turn of its TLS engine. It must not raise, and must not touch the stream."""

    def turn(self, came: bytes, events: list[TlsEvent], went: bytes, packet: bytes, *, cpu: float, held: float) -> None:
        """`came` was given to the engine, or `packet` to be sent; it told `events` and wrote `went`.

        It took `cpu` seconds of the processor and `held` seconds of time. What came has not been handed on yet.
        """


def _ignore(_event: TlsEvent) -> None:
    """Nobody watches this connection."""


def _nothing_yet(_data: bytes) -> Iterable[bytes]:
    raise LocalError("Data came before the handshake was done.")


def _as_it_came(data: bytes) -> Iterable[bytes]:
    return (data,)


class TlsStream(asyncio.Protocol):
    """One TLS connection. Made by `connect` and `serve`, never directly."""

    def __init__(
        self,
        engine: TlsEngine,
        *,
        observe: Observe = _ignore,
        tap: Tap | None = None,
        recorder: Recorder | None = None,
        bare: frozenset[str] = frozenset(),
        early: bytes = b"",
    ) -> None:
        self._engine = engine
        self._early = early
        self._recorder = recorder
        self._bare = bare
        self._split: Callable[[bytes], Iterable[bytes]] = _nothing_yet
        self._observe = observe
        self._tap = tap
        self._packets: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._ready: asyncio.Future[Established] = asyncio.get_running_loop().create_future()
        self._gone = asyncio.Event()
        self._error: GlasscallError | None = None
        self._unreadable: FramingError | None = None
        self._deaf = False
        self._ended = False
        self._swift = False
        """Whether nobody looks at what passes, so that it may go the engine's short way."""
        self._outbox = Outbox()
        self._blocked = False
        self._flushing = False
        self._turns: Turns | None = None
        self._transport: asyncio.Transport
        self.bytes_sent = 0
        self.bytes_received = 0
        self.packets_sent = 0
        self.packets_received = 0
        self.on_packet: Callable[[bytes], None] | None = None
        """If set, packets are handed over at once instead of waiting for `receive_packet`; it must not raise."""
        self.on_end: Callable[[GlasscallError | None], None] | None = None
        """If set, called once when nothing more will come: with the error, or None after a goodbye."""

    # ── for the owner ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def established(self) -> Established:
        """What the handshake agreed on."""
        return self._ready.result()

    @property
    def server_name(self) -> str:
        """The name that the client asked for; see `TlsEngine.server_name`."""
        return self._engine.server_name

    @property
    def resumption(self) -> Resumption | None:
        """What another connection of the same context needs to resume this session."""
        return self._engine.resumption

    @property
    def peername(self) -> str:
        """The other end's address, for a log."""
        name = self._transport.get_extra_info("peername")
        return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else "?"

    @property
    def local_port(self) -> int:
        """Our TCP port."""
        return int(self._transport.get_extra_info("sockname")[1])

    @property
    def host(self) -> str:
        """The address of the other end of TCP."""
        name = self._transport.get_extra_info("peername")
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def tcp(self) -> TcpState | None:
        """What the kernel knows of the connection; None where it does not tell, or when it is gone."""
        sock = self._transport.get_extra_info("socket")
        return None if sock is None else tcp.look(sock)

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them: here, and unsent in the kernel where it says so."""
        waiting = self._outbox.size + self._transport.get_write_buffer_size()
        if self._blocked or self._turns is None:
            sock = self._transport.get_extra_info("socket")
            return waiting if sock is None else waiting + tcp.unsent(sock)
        return waiting  # a port is blocked as soon as the kernel has anything unsent

    @property
    def media_dropped(self) -> int:
        """Packets given to `send_media` that were too old when the wire would have taken them."""
        return self._outbox.dropped

    @property
    def congestion_control(self) -> str:
        """What the kernel paces this connection with: `bbr` where it offers that; empty where it does not say."""
        sock = self._transport.get_extra_info("socket")
        return "" if sock is None else tcp.congestion(sock)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come or go."""
        return self._ended

    async def receive_packet(self) -> bytes | None:
        """The next packet; None after the other end's goodbye. Raises `TlsError` or `FramingError`."""
        while not self._packets:
            if self._unreadable is not None:
                error, self._unreadable = self._unreadable, None
                raise error
            if self._ended:
                if self._error is not None:
                    raise self._error
                return None
            self._news.clear()
            await self._news.wait()
        packet = self._packets.popleft()
        if len(self._packets) == UNREAD_MAX // 2 and not self._ended:
            self._transport.resume_reading()
        return packet

    def send_packet(self, packet: bytes) -> None:
        """Frame, encrypt and write `packet`; after the end it is dropped."""
        if self._ended or self._engine.over:
            return
        self._outbox.put(packet)
        self.packets_sent += 1
        self._hurry()

    def send_packets(self, packets: Iterable[bytes]) -> None:
        """As `send_packet` for each, but they share records."""
        if self._ended or self._engine.over:
            return
        for packet in packets:
            self._outbox.put(packet)
            self.packets_sent += 1
        self._hurry()

    def send_media(self, packet: bytes) -> None:
        """As `send_packet`, but rather dropped than sent after it has waited for `outbox.STALE` seconds."""
        if self._ended or self._engine.over:
            return
        self._outbox.put_media(packet, clock.monotonic())
        self.packets_sent += 1
        self._hurry()

    async def receive_data(self) -> bytes | None:
        """The next data of a bare connection, as they came; None and errors as `receive_packet`."""
        return await self.receive_packet()

    def send_data(self, data: bytes) -> None:
        """Encrypt and write `data` as they are; after the end they are dropped."""
        if self._ended or self._engine.over:
            return
        self._turn(lambda: self._engine.send(data), packet=data)

    def take_over(self, on_packet: Callable[[bytes], None]) -> list[bytes]:
        """Give packets to `on_packet` at once from now on; the result is what already waits."""
        waiting = list(self._packets)
        self._packets.clear()
        self.on_packet = on_packet
        if self._unreadable is not None:  # it came behind what waits
            self._refuse(self._unreadable)
        elif not self._ended:
            self._transport.resume_reading()
        return waiting

    def take_turns(self, turns: Turns) -> None:
        """Be read and written in `turns` from now on, if this connection takes turns at all."""
        if isinstance(self._transport, Port):
            self._transport.move(turns)
            self._turns = turns

    async def close(self, *, within: float = 1.0) -> None:
        """Say goodbye, and wait at most `within` seconds for the wire to be gone."""
        self.hang_up()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._gone.wait()
        self.abort()

    def hang_up(self) -> None:
        """Say goodbye without waiting."""
        if not self._ended:
            self._send_all()
            self._turn(self._engine.close)
            self._end(None)
        self._transport.close()

    def abort_unfinished(self) -> None:
        """Drop a connection of which there were early data, and then no Finished."""
        if not self._engine.finished:
            self.abort()

    def abort(self) -> None:
        """Drop the connection now."""
        self._engine.forsake()
        self._end(None)
        self._transport.abort()

    # ── what asyncio calls ─────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP connection stands."""
        self._transport = cast("asyncio.Transport", transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            tcp.prepare(sock)
        self._swift = self._recorder is None and self._tap is None and self._observe is _ignore
        if isinstance(transport, Port):
            self._turns = transport.turns
        else:
            self._transport.set_write_buffer_limits(high=0)  # so that `pause_writing` comes as soon as anything waits
        self._turn(self._engine.start, packet=self._early)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.bytes_received += len(data)
        engine = self._engine
        if self._swift and engine.finished and not engine.over:
            plain, events = engine.open(data)
            if plain:
                self._deframe(plain)
            if events or engine.owes:
                self._watch(events)
            return
        if self._tap is not None:
            self._tap("in", data)
        self._turn(lambda: engine.receive(data), came=data)

    def pause_writing(self) -> None:
        """The wire does not take everything."""
        self._blocked = True

    def resume_writing(self) -> None:
        """The wire has taken everything."""
        self._blocked = False
        self._hurry()

    def eof_received(self) -> bool:
        """The other end closed its side of TCP."""
        self._turn(self._engine.receive_eof)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The TCP connection is gone."""
        if not self._ended:
            self._turn(self._engine.receive_eof)
            self._end(TlsError(f"The connection was lost{f' ({error})' if error else ''}.", code="lost"))
        self._gone.set()

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _hurry(self) -> None:
        """See to it that the outbox is emptied: now, or at the end of the turn."""
        if self._blocked or self._flushing:
            return
        if self._turns is None:
            self._flush()
        else:
            self._flushing = True
            self._turns.soon(self._flush)

    def _flush(self) -> None:
        """Encrypt and write what waits, as long as the wire takes it."""
        self._flushing = False
        outbox, engine = self._outbox, self._engine
        while outbox.size and not (self._blocked or self._ended or engine.over):
            self._send_next(outbox, engine)

    def _send_all(self) -> None:
        """Encrypt and write what waits, whatever the wire takes: it is the last."""
        while self._outbox.size and not self._engine.over:
            self._send_next(self._outbox, self._engine)

    def _send_next(self, outbox: Outbox, engine: TlsEngine) -> None:
        now = clock.monotonic()
        if self._swift and engine.finished:
            data = outbox.take(now)
            if data:
                wire, events = engine.seal(data)
                self.bytes_sent += len(wire)
                self._transport.write(wire)
                if events:
                    self._act_on(events)
        elif (data := outbox.take(now, single=self._recorder is not None)) and engine.established is not None:
            self._turn(lambda: engine.send(data), packet=data[LENGTH_BYTES:])

    def _turn(self, act: Act, came: bytes = b"", packet: bytes = b"") -> None:
        """Let the engine act, then `_watch`; measured when somebody records."""
        if self._recorder is None:
            self._watch(act())
            return
        began, cpu = clock.monotonic(), clock.cpu()
        events = act()
        cpu, held = clock.cpu() - cpu, clock.monotonic() - began
        went = self._write()
        if not (self._engine.established or self._engine.early_offered):
            packet = b""  # the ticket was not good for early data
        self._recorder.turn(came, events, went, packet, cpu=cpu, held=held)
        self._act_on(events)

    def _watch(self, events: list[TlsEvent]) -> None:
        """Write what the engine has to say, then act on what it saw."""
        self._write()
        self._act_on(events)

    def _write(self) -> bytes:
        """Write what the engine has to say; it, if it went."""
        output = self._engine.take_output()
        if not output or self._transport.is_closing():
            return b""
        self.bytes_sent += len(output)
        if self._tap is not None:
            self._tap("out", output)
        self._transport.write(output)
        return output

    def _act_on(self, events: list[TlsEvent]) -> None:
        for event in events:
            if isinstance(event, Received):
                self._deframe(event.data)
                continue
            self._observe(event)
            if isinstance(event, Established):
                # Before the first data are looked at: they may have come with the end of the handshake.
                self._split = _as_it_came if event.alpn in self._bare else Deframer().feed
                self._ready.set_result(event)
            elif isinstance(event, Failed):
                self._end(TlsError(event.sentence, code=event.code))
                self._transport.close()
            elif isinstance(event, Closed):
                self._end(None)
                self._transport.close()

    def _deframe(self, data: bytes) -> None:
        if self._deaf:
            return
        try:
            for packet in self._split(data):
                self.packets_received += 1
                if self.on_packet is not None:
                    self.on_packet(packet)
                else:
                    self._packets.append(packet)
                if self._ended:
                    return
        except FramingError as error:
            self._deaf = True
            if self.on_packet is None:
                self._unreadable = error  # whoever reads is told, and can still say why before closing
            else:
                self._refuse(error)
        if self.on_packet is not None and self._unreadable is None:
            return
        if len(self._packets) >= UNREAD_MAX and not self._ended:
            self._transport.pause_reading()
        self._news.set()

    def _refuse(self, error: FramingError) -> None:
        self._send_all()
        self._turn(self._engine.close)
        self._end(error)
        self._transport.close()

    def _end(self, error: GlasscallError | None) -> None:
        if self._ended:
            return
        self._ended = True
        self._error = error
        self._outbox.clear()
        self._news.set()
        if not self._ready.done():
            self._ready.set_exception(error or TlsError("The other end closed the connection.", code="closed"))
            self._ready.exception()  # somebody may have stopped waiting; that is no accident
        if self.on_end is not None:
            self.on_end(error)

    async def wait_ready(self, within: float) -> Established:
        """Wait for the handshake; raises `TlsError` when it fails or takes longer than `within` seconds."""
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self._ready)
        except TimeoutError:
            self.abort()
            raise TlsError(f"The TLS handshake took longer than {within:g} s.", code="handshake-slow") from None


async def connect(
    host: str,
    port: int,
    context: TlsContext,
    *,
    server_name: str = "",
    resume: Resumption | None = None,
    check_peer: PeerCheck | None = None,
    observe: Observe = _ignore,
    tap: Callable[[tuple[str, int], tuple[str, int]], Tap] | None = None,
    recorder: Recorder | None = None,
    limits: Limits = LIMITS,
    early: bytes = b"",
    route: Route | None = None,
) -> TlsStream:
    """Connect and shake hands. Raises `RelayError` (not reachable) or `TlsError` (the handshake failed).

    `route`: the way there, where it is not the straight one, or remembers what it has found.

    `early`: a packet to say with the ClientHello where what is resumed allows it. It must be sent again unless
    `established.early` says `taken`, and must be harmless when somebody repeats it.
    """
    loop = asyncio.get_running_loop()

    def build() -> TlsStream:
        engine = TlsEngine(
            context, clock=clock.monotonic, server_name=server_name, resume=resume, check_peer=check_peer,
            early_data=frame(early) if early else b"",
        )  # fmt: skip
        return TlsStream(engine, observe=observe, recorder=recorder, early=early)

    stream = build()
    raw = await (route or Route(host, port)).dial(limits.connect)
    if tap is not None:
        stream._tap = tap(raw.getsockname()[:2], raw.getpeername()[:2])  # noqa: SLF001 - our own class
    await loop.create_connection(lambda: stream, sock=raw)
    try:
        await stream.wait_ready(limits.handshake)
    except BaseException:
        stream.abort()
        raise
    return stream
