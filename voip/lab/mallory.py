"""Mallory between a client and its relay: a proxy that takes each TLS record in its hand before it goes on.

    client ⇄ Mallory ⇄ relay
               │
             hand(Passing) → the bytes that go on instead: the same, other ones, none, or more

Whoever has no keys can do this to any connection that passes: read, alter, drop, delay, replay, cut.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from voip.capture.packets import Endpoint
from voip.capture.tap import Tap, TappedFlow
from voip.io import clock
from voip.lab.loopback import dial, listen, require_loopback
from voip.session.tls.events import Direction
from voip.wire.tls_records import HEADER, RecordReader, WireRecord


@dataclass(frozen=True, slots=True)
class Passing:
    """A record on its way."""

    wire: "Wire" = field(repr=False)
    direction: Direction
    """`out`: from the client to the relay."""
    number: int
    """Of its direction, from 0."""
    record: WireRecord

    @property
    def raw(self) -> bytes:
        """The whole record, header and all."""
        header = bytes([self.record.type]) + self.record.version.to_bytes(2, "big")
        return header + self.record.length.to_bytes(2, "big") + self.record.payload

    @property
    def told(self) -> str:
        """Which record this is, in words."""
        towards = "client → relay" if self.direction == "out" else "relay → client"
        return f"record {self.number} ({towards}, {self.record.name}, {HEADER + self.record.length} bytes)"


Hand = Callable[[Passing], Awaitable[Sequence[bytes]]]


async def pass_on(passing: Passing) -> Sequence[bytes]:
    """The hand of somebody who only watches."""
    return (passing.raw,)


class Wire:
    """One connection that passes through."""

    def __init__(self, number: int, client: asyncio.StreamWriter, relay: asyncio.StreamWriter) -> None:
        self.number = number
        """From 0, in the order in which clients connected."""
        self._writers = {"in": client, "out": relay}

    def cut(self) -> None:
        """End TCP towards the client in good order (FIN), without TLS's close_notify, which Mallory cannot make."""
        self._writers["in"].close()

    async def send(self, direction: Direction, data: bytes) -> None:
        """Put `data` on the wire."""
        writer = self._writers[direction]
        if not writer.is_closing():
            writer.write(data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()

    async def finish(self, direction: Direction) -> None:
        """One end has said its last word: tell the other."""
        writer = self._writers[direction]
        with contextlib.suppress(OSError):
            if not writer.is_closing():
                writer.write_eof()

    async def close(self) -> None:
        """Let both ends go."""
        for writer in self._writers.values():
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class Mallory:
    """Made by `between`. Set `hand` at any time; `capture`, if given, gets a copy of every byte."""

    def __init__(self, relay: tuple[str, int], capture: Tap | None) -> None:
        self.hand: Hand = pass_on
        self.wires: list[Wire] = []
        self.relay = relay
        """Where clients are led that connect from now on."""
        self._capture = capture
        self._server: asyncio.Server
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> tuple[str, int]:
        """Where clients think that the relay is."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def open(self) -> None:
        """Stand there."""
        require_loopback(self.relay[0])
        self._server = await listen(self._attend)

    async def close(self) -> None:
        """Go away."""
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for wire in self.wires:
            await wire.close()

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio starts each of these as a task
        self._tasks.add(task)
        try:
            relay_reader, relay_writer = await dial(*self.relay)
            wire = Wire(len(self.wires), writer, relay_writer)
            self.wires.append(wire)
            flow = TappedFlow(Endpoint(*writer.get_extra_info("peername")[:2]), Endpoint(*self.relay))
            await asyncio.gather(
                self._carry(wire, "out", reader, flow),
                self._carry(wire, "in", relay_reader, flow),
            )
        except asyncio.CancelledError:
            pass  # only `close` does that; asyncio would log a handler that ends so
        except OSError:
            writer.close()
        finally:
            self._tasks.discard(task)

    async def _carry(self, wire: Wire, direction: Direction, reader: asyncio.StreamReader, flow: TappedFlow) -> None:
        records, number = RecordReader(), 0
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self._capture is not None:
                    self._capture.data(flow, direction, data, clock.wall().timestamp())
                for record in records.feed(data):
                    passing = Passing(wire, direction, number, record)
                    number += 1
                    for part in await self.hand(passing):
                        await wire.send(direction, part)
        await wire.finish(direction)


@asynccontextmanager
async def between(relay: tuple[str, int], capture: Tap | None = None) -> AsyncIterator[Mallory]:
    """Mallory, standing before the relay at this address."""
    mallory = Mallory(relay, capture)
    await mallory.open()
    try:
        yield mallory
    finally:
        await mallory.close()


class Once:
    """A hand that does something to the first record that is `wanted`, and lets everything else pass."""

    def __init__(self, wanted: Callable[[Passing], bool], act: Callable[[Passing], Sequence[bytes]]) -> None:
        self._wanted = wanted
        self._act = act
        self.done: Passing | None = None
        """The record that it was done to."""

    async def __call__(self, passing: Passing) -> Sequence[bytes]:
        """See `Hand`."""
        if self.done is not None or not self._wanted(passing):
            return (passing.raw,)
        self.done = passing
        return self._act(passing)


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    """`data` with one bit of the byte `at` turned over."""
    altered = bytearray(data)
    altered[at] ^= 1 << bit
    return bytes(altered)
