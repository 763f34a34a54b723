"""A link's end, when everything happens at once."""

import asyncio
from types import SimpleNamespace

import pytest

from voip.client.link import Link
from voip.config import LIMITS
from voip.wire import signals
from voip.wire.signals import Pong, Welcome


async def test_a_cancellation_that_comes_together_with_a_pong_is_not_forgotten():
    loop = asyncio.get_running_loop()
    coming: list[asyncio.Future[bytes]] = []

    def receive_packet() -> asyncio.Future[bytes]:
        coming.append(loop.create_future())
        return coming[-1]

    stream = SimpleNamespace(receive_packet=receive_packet, send_packet=lambda _packet: None)
    link = Link(stream, SimpleNamespace(limits=LIMITS), Welcome(name="alice", relay="relay.test", people=()))
    receiving = asyncio.ensure_future(link.receive())
    await asyncio.sleep(0)  # it runs until it waits
    coming[0].set_result(signals.encode(Pong(number=0)))
    receiving.cancel()
    await asyncio.wait({receiving}, timeout=1)
    assert receiving.cancelled(), "a phone that is told to stop would go on pinging for ever"
    with pytest.raises(asyncio.CancelledError):
        receiving.result()
