"""A call whose media goes by UDP, through a real relay on loopback; each way chooses for itself."""

import contextlib
import hashlib

import pytest
from relay_flow import FlowEnd
from relay_house import CALL, house

from voip.relay.flows import SWEEP_EVERY
from voip.wire.signals import FlowSilent, LegJoined, Ping, Pong, Receive, Watch, Witnessed
from voip.wire.stun import Endpoint

RECORD = b"\x17\x03\x03\x00\x10" + bytes(range(16))
A, B, C, D = (b"\x80\x6f" + bytes([number]) * 106 for number in range(4))


@contextlib.asynccontextmanager
async def in_a_call(folder, **options):
    """(home, alice's link, leg, flow, bob's link, leg, flow)."""
    async with house(folder, **options) as home:
        alice, mine, token, bob, theirs, other = await home.ringing()
        first, second = await alice.leg(token), await bob.leg(other)
        ends = []
        for leg in (first, second):
            joined = await leg.expect(LegJoined)
            ends.append(FlowEnd(joined.flow))
        try:
            yield home, mine, first, ends[0], theirs, second, ends[1]
        finally:
            for end in ends:
                end.close()


async def settled(leg) -> None:
    """What was said on this leg before has been acted on."""
    leg.send(Receive(path="udp"))


async def test_udp_both_ways(tmp_path) -> None:
    async with in_a_call(tmp_path) as (home, _, first, ours, _, second, theirs):
        bound = await ours.bind()
        assert bound.mapped == Endpoint(bytes([127, 0, 0, 1]), ours.port)
        assert (bound.received, bound.sent) == (0, 0)
        await theirs.bind()
        ours.send(A)
        assert await second.packet() == A  # at first by TLS
        second.send(Receive(path="udp"))
        second.send(B)
        assert await first.packet() == B  # by then the relay has read what was before it
        ours.send(C)
        assert await theirs.packet() == C
        first.send(D)  # by TLS in, by UDP out
        assert await theirs.packet() == D
        first.send(Receive(path="udp"))
        theirs.send(A)
        first.send(RECORD)
        assert await second.packet() == RECORD  # records never go by UDP
        assert await ours.packet() == A
        answers = [await end.bind() for end in (ours, theirs)]
        assert [(answer.received, answer.sent) for answer in answers] == [(2, 1), (1, 2)]
        counters = home.relay._patchbay.counters
        assert (counters.packets, counters.datagrams, counters.dropped) == (6, 3, 0)
        second.send(Receive(path="tls"))
        second.send(RECORD)
        assert await first.packet() == RECORD
        ours.send(B)
        assert await second.packet() == B


async def test_without_udp(tmp_path) -> None:
    async with house(tmp_path, udp=False) as home:
        alice, _, token, bob, _, other = await home.ringing()
        first, second = await alice.leg(token), await bob.leg(other)
        assert (await first.expect(LegJoined)).flow is None
        second.send(Receive(path="udp"))
        second.send(RECORD)
        assert await first.packet() == RECORD
        await second.expect(LegJoined)
        first.send(A)
        assert await second.packet() == A
