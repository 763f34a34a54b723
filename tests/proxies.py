"""A real, small HTTP proxy that understands CONNECT, and a TCP relay that can be cut, frozen and blackholed: the
networks between a phone and its relay, as tests want them."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST = 65_536


class ConnectProxy:
    """Asks for `credentials` when there are any; `answer` is said instead of doing what was asked, if set."""

    def __init__(self, credentials: str = "", answer: bytes = b"") -> None:
        self.credentials = credentials
        self.answer = answer
        self.asked: list[str] = []
        """What it was asked for, request line by request line."""
        self.port = 0
        self.attending: set[asyncio.Task[None]] = set()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.attending.add(asyncio.current_task())
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            self.asked.append(head[0])
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            wanted = "Basic " + base64.b64encode(self.credentials.encode()).decode()
            if self.answer:
                writer.write(self.answer)
                await writer.drain()
            elif self.credentials and headers.get("proxy-authorization") != wanted:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
                await writer.drain()
            else:
                await self._connect(head[0].split()[1], reader, writer)

    async def _connect(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = target.rpartition(":")
        try:
            far_reader, far_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ways = {asyncio.ensure_future(pour(reader, far_writer)), asyncio.ensure_future(pour(far_reader, writer))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far_writer.close()
            for way in ways:
                way.cancel()


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(MOST):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def connect_proxy(credentials: str = "", answer: bytes = b"") -> AsyncIterator[ConnectProxy]:
    """On a port of 127.0.0.1."""
    proxy = ConnectProxy(credentials, answer)
    server = await asyncio.start_server(proxy.attend, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in proxy.attending:
            task.cancel()
        await asyncio.gather(*proxy.attending, return_exceptions=True)
