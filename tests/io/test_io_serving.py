"""The door of a server: crowds, dawdlers, and who gets in although of them."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from people import RELAY, House

from voip.config import Limits
from voip.errors import TlsError
from voip.io import turns
from voip.io.serving import Listener, serve
from voip.io.stream import TlsStream, connect
from voip.session.tls import link_context, relay_context

QUICK = Limits(connect=2, handshake=1, reply=1)
linux = pytest.mark.skipif(not turns.available(), reason="no second loopback address here")


class Door:
    """Counts; lets in whom it is told to."""

    def __init__(self) -> None:
        self.here: Counter[str] = Counter()
        self.crowd: Counter[str] = Counter()
        self.shut = False

    def enter(self, address: str) -> bool:
        if self.shut:
            return False
        self.here[address] += 1
        return True

    def crowded(self, address: str) -> None:
        self.crowd[address] += 1

    def leave(self, address: str) -> None:
        self.here[address] -= 1
        self.here += Counter()


class Place:
    def __init__(self, stack: AsyncExitStack) -> None:
        house = House()
        alice = house.person("alice")
        self._context = link_context(alice.certificate, alice.key, house.ca)
        self._served = relay_context(house.relay.certificate, house.relay.key, house.ca, told=False)
        self._stack = stack
        self.door = Door()
        self.accepted: asyncio.Queue[TlsStream] = asyncio.Queue()
        self.listener: Listener

    @property
    def address(self) -> tuple[str, int]:
        return self.listener.sockets[0].getsockname()[:2]

    async def serve(self, **options: object) -> None:
        async def attend(stream: TlsStream) -> None:
            self._stack.push_async_callback(stream.close)
            self.accepted.put_nowait(stream)

        options = {"limits": QUICK, "door": self.door, **options}
        self.listener = await serve("127.0.0.1", 0, self._served, attend, **options)
        self._stack.callback(self.listener.close)

    async def connect(self) -> TlsStream:
        client = await connect(*self.address, self._context, server_name=RELAY, limits=QUICK)
        self._stack.push_async_callback(client.close)
        return client

    def dial(self, source: str = "127.0.0.1") -> socket.socket:
        sock = socket.create_connection(self.address, timeout=5, source_address=(source, 0))
        sock.settimeout(0)
        self._stack.callback(sock.close)
        return sock


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(stack)


async def until(condition, seconds: float = 4.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a door's count tells nobody
            await asyncio.sleep(0.005)


async def end_of(sock: socket.socket) -> float:
    """When the other end closed it."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            while await loop.sock_recv(sock, 65_536):
                pass
    return loop.time()


@linux
async def test_a_crowd_from_one_address_keeps_nobody_else_out(place: Place) -> None:
    await place.serve(pending_max=8, pending_each_max=8)
    crowd = [place.dial("127.0.0.2") for _ in range(8)]
    await until(lambda: place.door.here["127.0.0.2"] == 8)
    client = await place.connect()
    assert client.established.alpn
    assert place.door.crowd == {"127.0.0.2": 1}
    assert await end_of(crowd[0])  # the oldest made room
    await until(lambda: place.door.here == {"127.0.0.1": 1, "127.0.0.2": 7})


@linux
async def test_one_address_has_its_own_bound(place: Place) -> None:
    await place.serve(pending_max=100, pending_each_max=3)
    crowd = [place.dial("127.0.0.2") for _ in range(10)]
    await until(lambda: place.door.crowd["127.0.0.2"] == 7)
    assert place.door.here["127.0.0.2"] == 3
    await place.connect()
    for one in crowd:
        await end_of(one)
    await until(lambda: not place.door.here["127.0.0.2"])


async def test_who_sends_a_hello_byte_by_byte_has_no_more_time_than_others(place: Place) -> None:
    await place.serve()
    loop = asyncio.get_running_loop()
    begun, slow = loop.time(), place.dial()
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)

    async def dawdle() -> None:
        with contextlib.suppress(ConnectionError):
            for byte in hello:
                await loop.sock_sendall(slow, bytes((byte,)))
                await asyncio.sleep(0.05)

    task = asyncio.ensure_future(dawdle())
    ended = await end_of(slow)
    assert QUICK.handshake - 0.1 < ended - begun < QUICK.handshake + 2
    task.cancel()
    await until(lambda: not place.door.here)
    await place.connect()


async def test_the_door_is_asked_first_and_told_last(place: Place) -> None:
    await place.serve()
    client = await place.connect()
    assert place.door.here == {"127.0.0.1": 1}
    await client.close()
    await (await place.accepted.get()).close()
    await until(lambda: not place.door.here)
    place.door.shut = True
    with pytest.raises(TlsError):
        await place.connect()
    place.door.shut = False
    await place.connect()


async def test_connections_outlive_the_listener(place: Place) -> None:
    await place.serve()
    client = await place.connect()
    server = await asyncio.wait_for(place.accepted.get(), 2)
    address = place.address
    place.listener.close()
    assert place.listener.sockets == ()
    client.send_packet(b"{still")
    assert await asyncio.wait_for(server.receive_packet(), 2) == b"{still"
    server.send_packet(b"{here")
    assert await asyncio.wait_for(client.receive_packet(), 2) == b"{here"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(address, timeout=1)
    place.listener.close()  # again, harmless
