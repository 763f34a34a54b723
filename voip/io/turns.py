"""Many TCP connections, read and written in turns of bounded work: what a relay's legs need and asyncio's transports
cannot give.

    epoll ──the sockets that have something──→ read each ──→ protocol.data_received ─┐ (an end asks for `soon`)
      ↑                                                                              ▼
      └── the loop: signals, timers ←── BUDGET spent, or all read ←── flush each end that was written to, once

All that comes in one turn for one end is there before that end is flushed, so it can leave in one record and one write.
A turn ends after `BUDGET` seconds, and what it did not come to is the next turn's: so signals and timers wait for a few
milliseconds at most, however much there is to forward. One descriptor in asyncio's own loop stands for all of these.

Waking up costs more than a packet does. So sockets that are read more than `BUSY` times a second are not waited for,
but looked at every `MODERATION` seconds: what came meanwhile shares a turn, and often a record (docs/adr/0012).

A `Port` is an `asyncio.Transport`, so a protocol need not know where it runs. Linux only (`available`).
"""

import asyncio
import contextlib
import logging
import select
import socket
from collections import deque
from collections.abc import Callable

from voip.io import clock

BUDGET = 0.004
"""Seconds that a turn may take."""
MODERATION = 0.001
"""Seconds between two looks at busy sockets."""
BUSY, CALM = 2_000, 1_000
"""Reads a second from which on they are busy, and below which they are no more."""
COUNTED = 0.25
"""Seconds over which reads are counted."""
READ = 16_384
"""Bytes that are read from one socket in one turn: a whole record, or fifty of voice."""
_EVENTS = 256
"""Sockets that are asked for at once."""
_FLAGS = getattr(socket, "MSG_EOR", 0) | getattr(socket, "MSG_NOSIGNAL", 0)
"""MSG_EOR: Linux puts nothing more into this segment, so that TCP_NOTSENT_LOWAT counts from the first byte."""

log = logging.getLogger(__name__)


def available() -> bool:
    """Whether this system has what it takes."""
    return hasattr(select, "epoll")


class Turns:
    """The connections that share turns. To be made and used within a running loop; `retire` ends it."""

    def __init__(self, budget: float = BUDGET) -> None:
        self._loop = asyncio.get_running_loop()
        self._budget = budget
        self._epoll = select.epoll()
        self._ports: dict[int, Port] = {}
        self._due: deque[tuple[int, int]] = deque()
        self._written: list[Callable[[], None]] = []
        self._turning = False
        self._called = False
        self._retiring = False
        self._look: asyncio.Handle | None = None
        """The next look at busy sockets; None while they are waited for."""
        self._reads = 0
        self._counted_at = clock.monotonic()
        self._loop.add_reader(self._epoll.fileno(), self._turn)

    def add(self, sock: socket.socket, protocol: asyncio.Protocol) -> "Port":
        """Take a connected socket that does not block; `protocol` is told of its connection at once."""
        port = Port(self, sock, protocol)
        self._enter(port)
        protocol.connection_made(port)
        return port

    def soon(self, flush: Callable[[], None]) -> None:
        """Call `flush` at the end of this turn or, between turns, as soon as the loop is free. It must not raise."""
        self._written.append(flush)
        if not self._turning and not self._called:
            self._called = True
            self._loop.call_soon(self._flush)

    def retire(self) -> None:
        """Nobody new will come: be gone when the last connection is."""
        self._retiring = True
        if not self._ports and not self._epoll.closed:
            if self._look is not None:
                self._look.cancel()
                self._look = None
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()

    def _turn(self) -> None:
        now, due, ports = clock.monotonic(), self._due, self._ports
        until = now + self._budget
        if not due and not self._epoll.closed:
            due.extend(self._epoll.poll(0, _EVENTS))
        self._turning = True
        try:
            while due:
                descriptor, events = due.popleft()
                port = ports.get(descriptor)
                if port is not None:
                    self._reads += 1
                    port.ready(events)
                    if clock.monotonic() > until:
                        break
        finally:
            self._turning = False
            self._flush()
        if now - self._counted_at >= COUNTED and not self._epoll.closed:
            self._pace(now)

    def _pace(self, now: float) -> None:
        """Wait for the sockets, or look at them from time to time?"""
        rate = self._reads / (now - self._counted_at)
        self._reads, self._counted_at = 0, now
        if self._look is None and rate > BUSY:
            self._loop.remove_reader(self._epoll.fileno())
            self._look = self._loop.call_later(MODERATION, self._glance)
        elif self._look is not None and rate < CALM:
            self._look.cancel()
            self._look = None
            self._loop.add_reader(self._epoll.fileno(), self._turn)

    def _glance(self) -> None:
        """A look at busy sockets, and when the next one will be: what this turn did not come to does not wait."""
        self._look = self._loop.call_later(MODERATION, self._glance)
        self._turn()
        if self._due and self._look is not None:
            self._look.cancel()
            self._look = self._loop.call_soon(self._glance)

    def _flush(self) -> None:
        self._called = False
        written, self._written = self._written, []
        for flush in written:
            try:
                flush()
            except Exception:  # a fault in one connection must not keep the others from being written
                log.exception("a connection failed while it was written")

    # ── for ports ──────────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, port: "Port") -> None:
        self._ports[port.descriptor] = port
        self._epoll.register(port.descriptor, port.wanted)

    def _change(self, port: "Port") -> None:
        self._epoll.modify(port.descriptor, port.wanted)

    def _leave(self, port: "Port") -> None:
        if self._ports.pop(port.descriptor, None) is not None:
            self._epoll.unregister(port.descriptor)
            if self._retiring:
                self.retire()


class Port(asyncio.Transport):
    """One TCP connection of a `Turns`, as a transport. It holds what one write left over, and nothing more waits here:
    a protocol that goes on writing after `pause_writing` goes on against its own word.
    """

    def __init__(self, turns: Turns, sock: socket.socket, protocol: asyncio.Protocol) -> None:
        super().__init__({"socket": sock, "sockname": sock.getsockname(), "peername": _peername(sock)})
        self._turns = turns
        self._sock = sock
        self._protocol = protocol
        self._rest = bytearray()
        self._reading = True
        self._closing = False
        self._gone = False
        self._paused = False
        self.descriptor = sock.fileno()
        self.wanted = select.EPOLLIN

    @property
    def turns(self) -> Turns:
        """Where it takes its turns."""
        return self._turns

    def move(self, turns: Turns) -> None:
        """Take turns with others from now on."""
        if not self._gone:
            self._turns._leave(self)  # noqa: SLF001 - the two classes of this file are one thing
            self._turns = turns
            turns._enter(self)  # noqa: SLF001

    # ── asyncio.Transport ──────────────────────────────────────────────────────────────────────────────────────

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send now; what the kernel does not take waits, and the protocol is told to pause."""
        if self._gone:
            return
        if self._rest:
            self._rest += data
            return
        try:
            sent = self._sock.send(data, _FLAGS)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._lose(error)
            return
        if sent < len(data):
            self._rest += memoryview(data)[sent:]
            self._want()
            if not self._paused:
                self._paused = True
                self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """Bytes that wait here; the kernel's come on top."""
        return len(self._rest)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is one limit only: the protocol pauses as soon as anything waits."""

    def pause_reading(self) -> None:
        """Hand on nothing more for now."""
        self._reading = False
        self._want()

    def resume_reading(self) -> None:
        """Hand on again."""
        self._reading = True
        self._want()

    def is_reading(self) -> bool:
        """Whether what comes is handed on."""
        return self._reading and not self._closing

    def is_closing(self) -> bool:
        """Whether the end has begun."""
        return self._closing

    def can_write_eof(self) -> bool:
        """TCP can."""
        return True

    def write_eof(self) -> None:
        """Close our half of the connection."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Send what waits, then close."""
        if not self._closing:
            self._closing = True
            self._want()
            if not self._rest:
                self._lose(None)

    def abort(self) -> None:
        """Close now."""
        self._lose(None)

    # ── within ─────────────────────────────────────────────────────────────────────────────────────────────────

    def ready(self, events: int) -> None:
        """The socket has something to read, room to write, or an end."""
        if events & select.EPOLLOUT:
            self._write_rest()
            if self._gone:
                return
        if self._reading and not self._closing:
            self._read()
        elif events & (select.EPOLLHUP | select.EPOLLERR):  # told even when nothing is asked for
            self._lose(ConnectionResetError("reset by the other end"))

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        try:
            if data:
                self._protocol.data_received(data)
            elif not self._protocol.eof_received():
                self.close()
            else:
                self.pause_reading()
        except Exception:  # a fault in one connection must not stop the turn of all others
            log.exception("a connection failed while it was read")
            self.abort()

    def _write_rest(self) -> None:
        if self._rest:
            try:
                del self._rest[: self._sock.send(self._rest, _FLAGS)]
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._lose(error)
                return
        if self._rest:
            return
        self._want()
        if self._closing:
            self._lose(None)
        elif self._paused:
            self._paused = False
            self._protocol.resume_writing()

    def _want(self) -> None:
        wanted = (select.EPOLLIN if self.is_reading() else 0) | (select.EPOLLOUT if self._rest else 0)
        if wanted != self.wanted and not self._gone:
            self.wanted = wanted
            self._turns._change(self)  # noqa: SLF001 - the two classes of this file are one thing

    def _lose(self, error: Exception | None) -> None:
        """The end: at once for the socket, and told to the protocol when the loop is free."""
        if self._gone:
            return
        self._gone = self._closing = True
        self._rest.clear()
        self._turns._leave(self)  # noqa: SLF001
        self._sock.close()
        asyncio.get_running_loop().call_soon(self._protocol.connection_lost, error)


def _peername(sock: socket.socket) -> object:
    with contextlib.suppress(OSError):  # gone again before we looked
        return sock.getpeername()
    return None
