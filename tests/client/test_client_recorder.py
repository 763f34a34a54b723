"""The recorder on a real connection: media are looked at together, all else at once, and nothing is left out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from people import RELAY, House

from voip.client.recorder import BATCH, Recorder
from voip.client.toll import Toll
from voip.io.serving import serve
from voip.io.stream import TlsStream, connect
from voip.journal.tape import Tape
from voip.session.tls import link_context, relay_context
from voip.wire import signals
from voip.wire.signals import LegJoined, Ping

VOICE = b"\x80\x6f\x00\x07" + bytes(104)


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[TlsStream, TlsStream, Tape, Toll]]:
    """Two ends of a leg that stands, and what is recorded at the near one."""
    house, tape, toll = House(), Tape(), Toll()
    alice = house.person("alice")
    accepted: asyncio.Queue[TlsStream] = asyncio.Queue()

    async def accept(stream: TlsStream) -> None:
        accepted.put_nowait(stream)

    served = relay_context(house.relay.certificate, house.relay.key, house.ca)
    server = await serve("127.0.0.1", 0, served, accept)
    near = await connect(
        "127.0.0.1",
        server.sockets[0].getsockname()[1],
        link_context(alice.certificate, alice.key, house.ca),
        server_name=RELAY,
        recorder=Recorder(tape, "leg", toll),
    )
    far = await accepted.get()
    try:
        far.send_packet(signals.encode(LegJoined(call="c" * 32)))
        await near.receive_packet()
        yield near, far, tape, toll
    finally:
        await asyncio.gather(near.close(), far.close())
        server.close()


async def test_media_wait_for_a_few_more_and_a_signal_does_not() -> None:
    async with joined() as (near, _far, tape, _toll):
        begun = len(tape.since(0))
        for _ in range(BATCH - 1):
            near.send_packet(VOICE)
        assert len(tape.since(0)) == begun
        near.send_packet(VOICE)
        assert len(tape.since(0)) == begun + BATCH
        near.send_packet(VOICE)
        near.send_packet(signals.encode(Ping(number=1)))
        assert [row.meaning for row in tape.since(begun + BATCH)] == ["voice", "signal"]


async def test_an_account_is_up_to_date() -> None:
    async with joined() as (near, far, tape, toll):
        begun = tape.since(0)[-1].number
        near.send_packet(VOICE)
        far.send_packet(VOICE)
        await near.receive_packet()
        cost = toll.cost()
        assert cost is not None
        assert (cost.packets, cost.opus_bytes, cost.tls_bytes) == (2, 160, 44)
        assert [(row.direction, row.size) for row in tape.since(begun)] == [("out", 132), ("in", 132)]
        assert cost.tls_cpu > 0
        assert cost.send_delay_us > 0


async def test_what_waits_is_written_down_at_the_end() -> None:
    async with joined() as (near, _far, tape, _toll):
        near.send_packet(VOICE)
        await near.close()
        assert [row.detail for row in tape.since(0)[-2:]] == ["7", "alert close_notify"]
