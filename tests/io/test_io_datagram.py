"""A connected UDP socket: packets both ways, strangers kept out, trouble told and never raised."""

import asyncio
import socket

import pytest

from voip.errors import RelayError
from voip.io.datagram import SIZE_MAX, Datagrams


class Bench:
    """What one socket told."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.trouble: asyncio.Queue[str] = asyncio.Queue()
        self.tapped: list[tuple[str, bytes]] = []

    async def open(self, host: str, port: int) -> Datagrams:
        return await Datagrams.open(
            host, port, self.came.put_nowait, self.trouble.put_nowait,
            tap=lambda _ours, _theirs: lambda way, data: self.tapped.append((way, data)),
        )  # fmt: skip


def listener(family: int, host: str) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    sock.setblocking(False)
    return sock


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
async def test_both_ways(family: int, host: str) -> None:
    bench, loop = Bench(), asyncio.get_running_loop()
    with listener(family, host) as there:
        ours = await bench.open(host, there.getsockname()[1])
        assert ours.send(b"hello")
        data, address = await loop.sock_recvfrom(there, 100)
        assert (data, address[1]) == (b"hello", ours.local_port)
        await loop.sock_sendto(there, b"good day", address)
        assert await asyncio.wait_for(bench.came.get(), 2) == b"good day"
        assert bench.tapped == [("out", b"hello"), ("in", b"good day")]
        ours.close()
        ours.close()
        assert not ours.send(b"late")
        assert ours.dropped == 1


async def test_a_stranger_is_not_heard_and_what_is_too_long_is_not_looked_at() -> None:
    bench, loop = Bench(), asyncio.get_running_loop()
    with listener(socket.AF_INET, "127.0.0.1") as there, listener(socket.AF_INET, "127.0.0.1") as stranger:
        ours = await bench.open("127.0.0.1", there.getsockname()[1])
        here = ("127.0.0.1", ours.local_port)
        await loop.sock_sendto(stranger, b"psst", here)
        await loop.sock_sendto(there, bytes(SIZE_MAX + 1), here)
        await loop.sock_sendto(there, bytes(SIZE_MAX), here)
        assert await asyncio.wait_for(bench.came.get(), 2) == bytes(SIZE_MAX)
        assert bench.came.empty()
        assert ours.dropped == 1
        ours.close()


async def test_nobody_there_is_news() -> None:
    bench = Bench()
    with listener(socket.AF_INET, "127.0.0.1") as there:
        port = there.getsockname()[1]
    ours = await bench.open("127.0.0.1", port)
    ours.send(b"anybody?")
    assert "ECONNREFUSED" in await asyncio.wait_for(bench.trouble.get(), 2)
    with listener(socket.AF_INET, "127.0.0.1") as there:
        assert ours.send(b"still here")
    ours.close()


async def test_no_way_there_is_a_sentence() -> None:
    with pytest.raises(RelayError, match=r"no way to .* by UDP") as caught:
        await Bench().open("255.255.255.255", 9)
    assert caught.value.code == "udp-unreachable"
