"""A TCP proxy on the loopback that makes the way long: each chunk arrives half a round trip later, in order.

client ──→ read ──→ [due, chunk] … ──(rtt / 2)──→ write ──→ server, and the same way back
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from voip.errors import UsageError
from voip.io import clock
from voip.lab.loopback import dial, listen

RTT_MAX_MS = 300.0
CHUNK = 65_536
CHUNKS_MAX = 64
"""That may be on their way at once, in one direction; then no more are read."""

Way = asyncio.Queue[tuple[float, bytes]]


@asynccontextmanager
async def delayed(host: str, port: int, rtt_ms: float) -> AsyncIterator[int]:
    """The port of a proxy to `host:port`; raises `UsageError` for a round-trip time outside 0–300 ms.

    TCP's own opening is not delayed: the proxy answers it at once, so what is measured behind it is TLS alone.
    """
    if not 0 <= rtt_ms <= RTT_MAX_MS:
        raise UsageError(f"The round-trip time is a number from 0 to {RTT_MAX_MS:g} ms, and not {rtt_ms:g}.")
    connections: set[asyncio.Task[None]] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this in a task of its own
        connections.add(task)
        task.add_done_callback(connections.discard)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await _join(reader, writer, host, port, rtt_ms / 2000)

    server = await listen(attend)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, delay: float) -> None:
    """Carry both ways until both have ended, or one is lost."""
    async with _closing(writer):
        there, back = await dial(host, port)
        async with _closing(back):
            ways = [*_carry(reader, back, delay), *_carry(there, writer, delay)]
            try:
                await asyncio.gather(*ways)
            finally:
                for way in ways:
                    way.cancel()


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _carry(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: float
) -> tuple[asyncio.Task[None], asyncio.Task[None]]:
    """One direction: what comes is noted with the time at which it is due, and written then."""
    way: Way = asyncio.Queue(CHUNKS_MAX)

    async def read() -> None:
        while True:
            data = await source.read(CHUNK)
            await way.put((clock.monotonic() + delay, data))
            if not data:
                return

    async def write() -> None:
        while True:
            due, data = await way.get()
            await asyncio.sleep(due - clock.monotonic())
            if not data:
                sink.write_eof()
                return
            sink.write(data)
            await sink.drain()

    loop = asyncio.get_running_loop()
    return loop.create_task(read()), loop.create_task(write())
