"""The long way: as long as asked, in order, each direction to its own end, and gone when it is left."""

import asyncio
import contextlib
import time
from contextlib import asynccontextmanager

import pytest

from voip.errors import UsageError
from voip.lab.delay import CHUNK, CHUNKS_MAX, delayed
from voip.lab.loopback import dial, listen

HOST = "127.0.0.1"


@asynccontextmanager
async def listening(attend):
    server = await listen(attend)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def dialled(port):
    reader, writer = await dial(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def echo(reader, writer):
    while data := await reader.read(100):
        writer.write(data)
    writer.close()


@pytest.mark.parametrize("rtt", [0, 80, 300])
async def test_the_way_is_as_long_as_asked(rtt):
    async with listening(echo) as port, delayed(HOST, port, rtt) as far, dialled(far) as (reader, writer):
        for _ in range(2):
            began = time.monotonic()
            writer.write(b"x")
            assert await reader.readexactly(1) == b"x"
            assert rtt / 1000 <= time.monotonic() - began < rtt / 1000 + 0.06


async def test_everything_comes_once_and_in_order_and_the_chunks_travel_side_by_side():
    sent = bytes(range(256)) * 200
    async with listening(echo) as port, delayed(HOST, port, 80) as far, dialled(far) as (reader, writer):
        began = time.monotonic()
        for i in range(0, len(sent), 512):
            writer.write(sent[i : i + 512])
            await asyncio.sleep(0)
        assert await reader.readexactly(len(sent)) == sent
        assert time.monotonic() - began < 1  # a hundred chunks one after another would take eight seconds


async def test_the_goodbye_travels_too_and_the_other_direction_goes_on():
    async def answer_at_the_end(reader, writer):
        data = await reader.read()
        writer.write(data[::-1])
        writer.close()

    async with listening(answer_at_the_end) as port, delayed(HOST, port, 40) as far, dialled(far) as (reader, writer):
        writer.write(b"abc")
        writer.write_eof()
        began = time.monotonic()
        assert await reader.read() == b"cba"
        assert time.monotonic() - began >= 0.04


async def test_a_reader_that_lags_stops_the_reading():
    stopped = asyncio.Event()

    async def deaf(_reader, writer):
        await stopped.wait()
        writer.close()

    async with listening(deaf) as port, delayed(HOST, port, 0) as far, dialled(far) as (_, writer):
        block, room = bytes(CHUNK), 8 * CHUNK * CHUNKS_MAX
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                for _ in range(room // CHUNK):
                    writer.write(block)
                    await writer.drain()
        stopped.set()
        writer.transport.abort()


async def test_nobody_behind_it_ends_the_connection():
    async with listening(echo) as port:
        pass
    async with delayed(HOST, port, 10) as far, dialled(far) as (reader, _):
        assert await reader.read() == b""


async def test_leaving_ends_what_was_under_way():
    before = asyncio.all_tasks()
    async with listening(echo) as port:
        async with delayed(HOST, port, 300) as far:
            reader, writer = await dial(HOST, far)
            writer.write(b"never to arrive")
            await writer.drain()
        with pytest.raises(OSError, match="Connect"):
            await dial(HOST, far)
        with contextlib.suppress(ConnectionResetError):  # what was still to be read makes the goodbye a reset
            assert await reader.read() == b""
        writer.close()
        with contextlib.suppress(ConnectionResetError):
            await writer.wait_closed()
    assert {task for task in asyncio.all_tasks() - before if "_carry" in repr(task)} == set()


@pytest.mark.parametrize("rtt", [-1, 301, float("nan"), float("inf")])
async def test_a_way_out_of_range_is_refused(rtt):
    with pytest.raises(UsageError, match="0 to 300"):
        async with delayed(HOST, 1, rtt):
            pass
