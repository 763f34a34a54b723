"""Listening: each connection is let in or not, shakes hands within its time, and is then its handler's.

    accept ──→ Door: may they? ──→ Hall: is there room? ──→ hands are shaken ──→ handler(stream)
                 └─ no: dropped      └─ no: dropped          within `limits.handshake`

On Linux connections take `Turns`: those that shake hands together, with a small share of the time, and those that are
past that together, so that a crowd at the door does not keep the calls waiting. Elsewhere they are asyncio's own.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from voip.config import LIMITS, Limits
from voip.errors import GlasscallError
from voip.io import clock, turns
from voip.io.hall import Hall, origin
from voip.io.stream import TlsStream
from voip.io.turns import Turns
from voip.session.tls import TlsContext, TlsEngine

Handler = Callable[[TlsStream], Awaitable[None]]
AT_ONCE = 32
"""Connections that are accepted before others get their turn."""
HALL_BUDGET = 0.002
"""Seconds of a turn for those that shake hands: a handshake takes about half a millisecond."""
PENDING_MAX = 256
"""Connections that may shake hands at once."""
PENDING_EACH_MAX = 128
"""… of one address, behind which there may be a whole company."""
PAUSE = 0.5
"""Seconds without accepting after the system had no descriptor left."""
_BACKLOG = 512

log = logging.getLogger(__name__)


class Door(Protocol):
    """Who may come in. Asked once for each connection, before anything is done for it."""

    def enter(self, address: str) -> bool:
        """Whether one more connection from `address` (`hall.origin`) may come in."""

    def crowded(self, address: str) -> None:
        """One from `address` that might have come in was dropped, because too many are shaking hands."""

    def leave(self, address: str) -> None:
        """One that was let in is gone."""


class Listener:
    """What `serve` gives: it listens until it is closed. Connections that stand outlive it."""

    def __init__(self, reception: "_Reception") -> None:
        self._reception = reception
        self._server: asyncio.Server | None = None
        self.sockets: tuple[socket.socket, ...] = ()
        """Those that listen; none after `close`."""

    async def start(self, host: str, port: int) -> None:
        """Listen on every address of `host`; raises `OSError`."""
        loop = asyncio.get_running_loop()
        # asyncio knows how to bind to all that a name stands for; where there are turns, it is not let accept.
        server = await loop.create_server(
            self._reception.build, host, port, backlog=_BACKLOG, start_serving=not turns.available()
        )
        self._server = server
        if not turns.available():  # pragma: no cover - not on Linux
            self.sockets = tuple(cast("list[socket.socket]", server.sockets))
            return
        listening = []
        for bound in server.sockets:
            sock = socket.socket(fileno=socket.dup(bound.fileno()))
            sock.settimeout(0)
            sock.listen(_BACKLOG)
            listening.append(sock)
            loop.add_reader(sock, self._reception.accept, sock)
        self.sockets = tuple(listening)
        server.close()

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None and not turns.available():  # pragma: no cover - not on Linux
            self._server.close()
        elif self.sockets:
            loop = asyncio.get_running_loop()
            for sock in self.sockets:
                loop.remove_reader(sock)
                sock.close()
            self._reception.retire()
        self.sockets = ()


class _Accepted(TlsStream):
    """A connection that came to a server."""

    def __init__(self, reception: "_Reception", address: str | None) -> None:
        super().__init__(reception.engine(), bare=reception.bare)
        self._reception = reception
        self.address = address or ""
        self._in = address is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP connection stands."""
        if not self._in:  # pragma: no cover - not on Linux: asyncio has accepted without asking
            name = transport.get_extra_info("peername")
            self.address = origin(str(name[0])) if name else ""
            self._in = self._reception.admits(self.address)
            if not self._in:
                self._transport = cast("asyncio.Transport", transport)
                self.abort()
                return
        super().connection_made(transport)
        self._reception.begin(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The TCP connection is gone."""
        super().connection_lost(error)
        if self._in:
            self._in = False
            self._reception.gone(self)


class _Reception:
    """What one `serve` knows: who is shaking hands, and what comes after."""

    def __init__(
        self,
        context: TlsContext | Callable[[], TlsContext],
        handler: Handler,
        limits: Limits,
        hall: Hall[_Accepted],
        door: Door | None,
        bare: frozenset[str],
    ) -> None:
        self._context = context
        self._handler = handler
        self._limits = limits
        self._hall = hall
        self._door = door
        self.bare = bare
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = Turns(HALL_BUDGET) if turns.available() else None
        self._talking = Turns() if turns.available() else None

    def engine(self) -> TlsEngine:
        """For one more connection."""
        return TlsEngine(self._context() if callable(self._context) else self._context, clock=clock.monotonic)

    def build(self) -> asyncio.Protocol:
        """What asyncio wants for each connection that it accepts."""
        return _Accepted(self, None)

    def accept(self, listening: socket.socket) -> None:
        """Somebody knocks."""
        if self._waiting is None:  # pragma: no cover - asyncio accepts then
            return
        for _ in range(AT_ONCE):
            try:
                sock, name = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no descriptors left: those at the door wait, and we do not ask in vain
                log.warning("no connection can be accepted for now: %s", error)
                loop = asyncio.get_running_loop()
                loop.remove_reader(listening)
                loop.call_later(PAUSE, self._accept_again, listening)
                return
            address = origin(str(name[0]))
            if not self.admits(address):
                sock.close()
                continue
            sock.settimeout(0)
            self._waiting.add(sock, _Accepted(self, address))

    def _accept_again(self, listening: socket.socket) -> None:
        if listening.fileno() >= 0:  # else it was closed meanwhile
            asyncio.get_running_loop().add_reader(listening, self.accept, listening)

    def admits(self, address: str) -> bool:
        """Whether one more connection from `address` comes in; somebody else may have to go for it."""
        room, other = self._hall.room_for(address)
        if not room:
            if self._door is not None:
                self._door.crowded(address)
            return False
        if self._door is not None and not self._door.enter(address):
            return False
        if other is not None:
            if self._door is not None:
                self._door.crowded(other.address)
            self._hall.leave(other.address, other)
            other.abort()
        return True

    def begin(self, stream: _Accepted) -> None:
        """Hands are being shaken."""
        self._hall.enter(stream.address, stream)
        task = asyncio.get_running_loop().create_task(self._shake(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def gone(self, stream: _Accepted) -> None:
        """A connection that came in is gone."""
        self._hall.leave(stream.address, stream)
        if self._door is not None:
            self._door.leave(stream.address)

    def retire(self) -> None:
        """Nobody comes any more."""
        for each in (self._waiting, self._talking):
            if each is not None:
                each.retire()

    async def _shake(self, stream: _Accepted) -> None:
        try:
            await stream.wait_ready(self._limits.handshake)
        except GlasscallError:
            return
        finally:
            self._hall.leave(stream.address, stream)
        if self._talking is not None:
            stream.take_turns(self._talking)
        if stream.established.early:
            asyncio.get_running_loop().call_later(self._limits.handshake, stream.abort_unfinished)
        await self._handler(stream)


async def serve(
    host: str,
    port: int,
    context: TlsContext | Callable[[], TlsContext],
    handler: Handler,
    *,
    limits: Limits = LIMITS,
    pending_max: int = PENDING_MAX,
    pending_each_max: int = PENDING_EACH_MAX,
    door: Door | None = None,
    bare: frozenset[str] = frozenset(),
) -> Listener:
    """Listen; `handler` runs for each connection whose handshake succeeded in time. `OSError` when the port is taken.

    A `context` that is a function is asked for each connection: a server's certificate does not last for ever. `bare`:
    the ALPNs of connections that carry no packets ("" stands for none offered). At most `pending_max` connections may
    be shaking hands at once, `pending_each_max` of one address; see `hall` for who is dropped then.
    """
    hall = Hall[_Accepted](pending_max, pending_each_max)
    reception = _Reception(context, handler, limits, hall, door, bare)
    listener = Listener(reception)
    try:
        await listener.start(host, port)
    except BaseException:
        reception.retire()
        raise
    return listener
