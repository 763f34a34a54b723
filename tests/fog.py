"""A UDP proxy between clients and a relay: it passes, drops, delays or doubles what a test says, each way.

async with fog(place) as udp:      # from now on legs are told the proxy's port
    udp.passes = lambda way, client: way == "up"
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from town import Town

from voip.client.phone import Phone

Direction = Literal["up", "down"]


def everything(_way: Direction, _client: int) -> bool:
    return True


def nothing(_way: Direction, _client: int) -> bool:
    return False


class _Far(asyncio.DatagramProtocol):
    """One client's socket to the relay."""

    def __init__(self, back: Callable[[bytes], None]) -> None:
        self._back = back

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._back(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody is there; so be it."""


class Fog(asyncio.DatagramProtocol):
    """`passes(way, the client's port)` decides of each datagram; `media`: how many of the client's passed each way."""

    def __init__(self, relay: tuple[str, int]) -> None:
        self._relay = relay
        self._far: dict[tuple[str, int], asyncio.Future[asyncio.DatagramTransport]] = {}
        self.passes: Callable[[Direction, int], bool] = everything
        self.copies = 1
        self.passed: dict[Direction, list[bytes]] = {"up": [], "down": []}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._near = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr not in self._far:
            self._far[addr] = asyncio.ensure_future(self._open(addr))
        self._far[addr].add_done_callback(lambda far: self._pass("up", addr, data, far.result().sendto))

    def close(self) -> None:
        self._near.close()
        for far in self._far.values():
            if far.done():
                far.result().close()

    async def _open(self, client: tuple[str, int]) -> asyncio.DatagramTransport:
        def back(data: bytes) -> None:
            self._pass("down", client, data, lambda packet: self._near.sendto(packet, client))

        loop = asyncio.get_running_loop()
        far, _ = await loop.create_datagram_endpoint(lambda: _Far(back), remote_addr=self._relay)
        return far

    def _pass(self, way: Direction, client: tuple[str, int], data: bytes, send: Callable[[bytes], None]) -> None:
        if self.passes(way, client[1]):
            self.passed[way].append(data)
            for _ in range(self.copies):
                send(data)


def udp_port(phone: Phone) -> int:
    """The port of `phone`'s flow."""
    return phone._conversation._ways._socket.local_port


@asynccontextmanager
async def fog(place: Town) -> AsyncIterator[Fog]:
    """A fog before `place`'s relay."""
    loop = asyncio.get_running_loop()
    transport, proxy = await loop.create_datagram_endpoint(
        lambda: Fog(place.relay.address), local_addr=("127.0.0.1", 0)
    )  # fmt: skip
    place.relay._patchbay.port = transport.get_extra_info("sockname")[1]
    try:
        yield proxy
    finally:
        proxy.close()
