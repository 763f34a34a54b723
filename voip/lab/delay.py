"""A TCP proxy on the loopback that makes the way long: each chunk arrives half a round trip later, in order.

client ──→ proxy ──(rtt / 2)──→ server          server ──→ proxy ──(rtt / 2)──→ client
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from voip.errors import UsageError
from voip.lab.loopback import dial, listen

RTT_MAX_MS = 300.0
CHUNK = 65_536


@asynccontextmanager
async def delayed(host: str, port: int, rtt_ms: float) -> AsyncIterator[int]:
    """The port of a proxy to `host:port`; raises `UsageError` for a round-trip time outside 0–300 ms.

    TCP's own opening is not delayed: the proxy answers it at once, so what is measured behind it is TLS alone.
    """
    if not 0 <= rtt_ms <= RTT_MAX_MS:
        raise UsageError(f"The round-trip time is a number from 0 to {RTT_MAX_MS:g} ms, and not {rtt_ms:g}.")
    tasks: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await dial(host, port)
        writers.update((writer, back))
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.get_running_loop().create_task(_carry(source, sink, rtt_ms / 2000))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await listen(attend)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: float) -> None:
    """Pass on what comes, `delay` seconds later. Chunks travel side by side: a long way is not a slow one."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while data := await source.read(CHUNK):
            loop.call_later(delay, _write, sink, data)
    await asyncio.sleep(delay)
    with contextlib.suppress(ConnectionError):
        sink.close()


def _write(sink: asyncio.StreamWriter, data: bytes) -> None:
    if not sink.is_closing():
        sink.write(data)
