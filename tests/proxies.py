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
        ends = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.closing(writer), contextlib.suppress(*ends):
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
async def _attended(host: "ConnectProxy | Wire") -> AsyncIterator[None]:
    """`host` listens on a free port of 127.0.0.1, which it is told; what it attends to ends with it."""
    server = await asyncio.start_server(host.attend, "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        for task in host.attending:
            task.cancel()
        await asyncio.gather(*host.attending, return_exceptions=True)


@asynccontextmanager
async def connect_proxy(credentials: str = "", answer: bytes = b"") -> AsyncIterator[ConnectProxy]:
    """On a port of 127.0.0.1."""
    proxy = ConnectProxy(credentials, answer)
    async with _attended(proxy):
        yield proxy


class Wire:
    """A network between one phone and its relay: forwards TCP until it is told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self.port = 0
        self.attending: set[asyncio.Task[None]] = set()
        self._writers: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self._dead: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()
        self.connections = 0
        """How many there were."""

    def cut(self) -> None:
        """Every connection is reset; new ones work."""
        for pair in self._writers:
            for writer in pair:
                writer.transport.abort()
        self._writers.clear()

    def hold(self) -> None:
        """Nothing passes, in either direction, old or new; `let_go` brings it all, late."""
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    def swallow(self) -> None:
        """What is connected now never hears or says anything again, and is not told so: the address has changed."""
        for pair in self._writers:
            self._dead.update(pair)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.attending.add(asyncio.current_task())
        self.connections += 1
        ways = set()
        try:
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection(*self._to)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
            return
        try:
            self._writers.append((writer, far_writer))
            ways = {
                asyncio.ensure_future(self._pour(reader, far_writer)),
                asyncio.ensure_future(self._pour(far_reader, writer)),
            }
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if far_writer in self._dead:
                await asyncio.wait(ways)  # nobody is told
        except asyncio.CancelledError:
            pass  # the test is over; asyncio's server makes a fuss of it
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, far_writer):
                end.transport.abort()

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(MOST):
                await self._open.wait()
                if writer not in self._dead:
                    writer.write(data)
                    await writer.drain()


@asynccontextmanager
async def wire(host: str, port: int) -> AsyncIterator[Wire]:
    """To the relay at that address, from a port of 127.0.0.1."""
    line = Wire(host, port)
    async with _attended(line):
        yield line
