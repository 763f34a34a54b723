"""Four handshakes measured: what the RFCs say of round trips and messages is what is found."""

import asyncio
import time

import pytest

from voip.errors import UsageError
from voip.lab.comparison import compare
from voip.lab.delay import delayed
from voip.lab.loopback import dial, listen


async def test_round_trips_messages_and_time():
    found = await compare(rtt_ms=60, runs=2)
    full12, resumed12, full13, resumed13 = found.columns
    assert [c.round_trips for c in found.columns] == [2, 1, 1, 1]
    for full, resumed in ((full12, resumed12), (full13, resumed13)):
        missing = {m.name for m in full.messages} - {m.name for m in resumed.messages}
        assert {"Certificate", "CertificateVerify"} <= missing
        assert resumed.bytes_in < full.bytes_in
    assert "ServerKeyExchange" in {m.name for m in full12.messages}
    assert "EncryptedExtensions" in {m.name for m in full13.messages}
    for column in found.columns:
        assert column.time_ms >= 60 * column.round_trips
        assert 0 < column.loopback_ms < column.time_ms
        assert column.client_cpu_ms > 0
        assert column.server_cpu_ms > 0
    assert full12.time_ms > full13.time_ms


@pytest.mark.parametrize("rtt", [-1, 301, float("nan")])
async def test_a_way_out_of_range_is_refused(rtt):
    with pytest.raises(UsageError):
        async with delayed("127.0.0.1", 1, rtt):
            pass


async def test_the_way_is_as_long_as_asked_and_keeps_order():
    async def echo(reader, writer):
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await listen(echo)
    async with delayed("127.0.0.1", server.sockets[0].getsockname()[1], 80) as port:
        reader, writer = await dial("127.0.0.1", port)
        sent, began = bytes(range(256)) * 40, time.monotonic()
        for i in range(0, len(sent), 512):
            writer.write(sent[i : i + 512])
            await asyncio.sleep(0)
        assert await reader.readexactly(1) == sent[:1]
        assert time.monotonic() - began >= 0.08
        assert await reader.readexactly(len(sent) - 1) == sent[1:]
        writer.close()
    server.close()
