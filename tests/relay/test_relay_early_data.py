"""A leg's token with the ClientHello: taken once by a real relay, worth nothing to whoever repeats it."""

import asyncio
from dataclasses import replace

import pytest
from relay_house import CALL, QUICK, RELAY, Connection, House, house

from voip.io import clock
from voip.io.stream import connect
from voip.session.tls import TlsEngine
from voip.wire import signals
from voip.wire.framing import frame
from voip.wire.signals import JoinLeg, LegJoined, Ping


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path) as made:
        yield made


async def early(home: House, person, resume, packet: bytes, flights: list[bytes] | None = None) -> Connection:
    """A connection whose `packet` went with its ClientHello; what it wrote goes into `flights`."""

    def tap(_local, _remote):
        return lambda way, data: flights.append(data) if way == "out" and flights is not None else None

    stream = await connect(*home.relay.address, person.context, server_name=RELAY, resume=resume, early=packet, tap=tap)
    return Connection(stream)


async def test_both_legs_stand_by_early_data_and_media_pass(home: House):
    alice, mine, token, bob, theirs, other = await home.ringing()
    first = await early(home, alice, mine.stream.resumption, signals.encode(JoinLeg(call=CALL, token=token)))
    second = await early(home, bob, theirs.stream.resumption, signals.encode(JoinLeg(call=CALL, token=other)))
    assert first.stream.established.early == second.stream.established.early == "taken"
    await first.expect(LegJoined)
    await second.expect(LegJoined)
    first.send(b"\x80\x6f" + bytes(100))
    assert await second.packet() == b"\x80\x6f" + bytes(100)


async def test_the_same_flight_again_buys_nothing(home: House):
    alice, mine, token, bob, theirs, other = await home.ringing()
    flights: list[bytes] = []
    packet = signals.encode(JoinLeg(call=CALL, token=token))
    first = await early(home, alice, mine.stream.resumption, packet, flights)
    assert first.stream.established.early == "taken"
    before = dict(home.relay._figures.refused)
    reader, writer = await asyncio.open_connection(*home.relay.address)
    writer.write(flights[0])  # ClientHello and token, byte for byte
    answer = await asyncio.wait_for(reader.read(-1), 5)  # until the relay hangs up
    assert answer[0] == 22  # a ServerHello: the ticket is good …
    assert home.relay._figures.refused["leg-token"] == before.get("leg-token", 0) + 1  # … the token is not
    writer.close()
    # And the leg that stands is not touched by it.
    second = await early(home, bob, theirs.stream.resumption, signals.encode(JoinLeg(call=CALL, token=other)))
    await first.expect(LegJoined)
    await second.expect(LegJoined)


async def test_nothing_but_a_token_may_come_early(home: House):
    alice = home.join("alice")
    link = await alice.link()
    hasty = await early(home, alice, link.stream.resumption, signals.encode(Ping(number=1)))
    assert hasty.stream.established.early == "taken"
    assert await hasty.refused() == "early-data"


async def test_whoever_was_revoked_is_not_let_in_by_early_data(home: House):
    alice, mine, token, *_ = await home.ringing()
    resumption = mine.stream.resumption
    home.enrolment.revoke("alice", clock.wall())
    hasty = await early(home, alice, resumption, signals.encode(JoinLeg(call=CALL, token=token)))
    assert await hasty.refused() == "revoked"


async def test_early_data_without_a_finished_do_not_hold_a_connection(tmp_path):
    async with house(tmp_path, limits=replace(QUICK, handshake=0.4)) as home:
        alice, mine, token, *_ = await home.ringing()
        packet = frame(signals.encode(JoinLeg(call=CALL, token=token)))
        engine = TlsEngine(
            alice.context,
            clock=clock.monotonic,
            server_name=RELAY,
            resume=mine.stream.resumption,
            early_data=packet,
        )
        engine.start()
        reader, writer = await asyncio.open_connection(*home.relay.address)
        writer.write(engine.take_output())
        rest = await asyncio.wait_for(reader.read(-1), 5)  # to the end: the relay hangs up by itself
        assert rest[0] == 22
        writer.close()
