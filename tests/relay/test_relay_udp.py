"""A call whose media goes by UDP, through a real relay on loopback; each way chooses for itself."""

import asyncio
import contextlib
import hashlib
import socket
import time

import pytest
from relay_flow import FlowEnd
from relay_house import CALL, Connection, house

from voip.errors import RelayError
from voip.io import datagrams, mmsg
from voip.io.store import RelayStore
from voip.relay import Relay
from voip.relay.figures import metrics
from voip.relay.flows import SWEEP_EVERY
from voip.wire.signals import FlowSilent, Hangup, LegJoined, Ping, Pong, Receive, Watch, Witnessed
from voip.wire.stun import Endpoint

RECORD = b"\x17\x03\x03\x00\x10" + bytes(range(16))
A, B, C, D = (b"\x80\x6f" + bytes([number]) * 106 for number in range(4))


class Call:
    """alice's link, leg and flow, and bob's."""

    def __init__(self, home, links: list[Connection], legs: list[Connection], ends: list[FlowEnd]) -> None:
        self.home, self.links, self.legs, self.ends = home, links, legs, ends
        self.relay = home.relay

    @property
    def refused(self):
        return self.relay._plane.flows.refused

    async def acted_on(self, leg: int) -> None:
        """What was said on this leg before has been acted on: it and a record come in order."""
        self.legs[leg].send(RECORD)
        assert await self.legs[1 - leg].packet() == RECORD

    async def all_by_udp(self) -> None:
        for leg, end in zip(self.legs, self.ends, strict=True):
            await end.bind()
            leg.send(Receive(path="udp"))
        for leg in (0, 1):
            await self.acted_on(leg)


@contextlib.asynccontextmanager
async def in_a_call(folder, host: str = "127.0.0.1", **options):
    async with house(folder, host=host, **options) as home:
        alice, mine, token, bob, theirs, other = await home.ringing()
        legs = [await alice.leg(token), await bob.leg(other)]
        ends = [FlowEnd((await leg.expect(LegJoined)).flow, host) for leg in legs]
        try:
            yield Call(home, [mine, theirs], legs, ends)
        finally:
            for end in ends:
                end.close()


async def nothing_more(end: FlowEnd) -> None:
    """What was sent to this end before would have come by now: its answer comes after it."""
    end.send(end.request())
    assert (await end.packet())[0] <= 3


@pytest.mark.parametrize("batch", ["messages", "singles"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_udp_both_ways(tmp_path, monkeypatch, batch: str, host: str) -> None:
    if batch == "singles":
        monkeypatch.setattr(mmsg, "AVAILABLE", False)
    async with in_a_call(tmp_path, host) as call:
        (first, second), (ours, theirs) = call.legs, call.ends
        bound = await ours.bind()
        assert bound.mapped == Endpoint(socket.inet_pton(ours.sock.family, host), ours.port)
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
        first.send(RECORD)
        assert await second.packet() == RECORD  # records never go by UDP
        theirs.send(A)
        assert await ours.packet() == A
        answers = [await end.bind() for end in (ours, theirs)]
        assert [(answer.received, answer.sent) for answer in answers] == [(2, 1), (1, 2)]
        counters = call.relay._patchbay.counters
        assert (counters.packets, counters.datagrams, counters.dropped) == (6, 3, 0)
        second.send(Receive(path="tls"))
        await call.acted_on(1)
        ours.send(B)
        assert await second.packet() == B


async def test_many_at_once_come_in_their_order(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        sent = [b"\x80" + number.to_bytes(2, "big") * 60 for number in range(300)]
        for packet in sent:
            call.ends[0].send(packet)
        assert [await call.ends[1].packet() for _ in sent] == sent
        answer = await call.ends[0].bind()
        assert answer.received == 300


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


async def test_who_wants_udp_and_is_not_bound_gets_tls(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        call.legs[1].send(Receive(path="udp"))
        await call.acted_on(1)
        call.legs[0].send(A)
        assert await call.legs[1].packet() == A


async def test_what_comes_from_an_address_that_is_nobodys_reaches_nobody(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        stranger = FlowEnd(call.ends[0].flow)
        for packet in (A, b"", b"\x40", RECORD, b"{}", b"\x00\x01" + bytes(18), b"\x80" + bytes(1600)):
            stranger.send(packet)
        await call.ends[0].bind()  # it comes after them
        stranger.close()
        assert (call.refused["datagram-unbound"], call.refused["datagram-garbage"], call.refused["stun-bad"]) == (
            2,
            4,
            1,
        )
        call.ends[0].send(b"\x80" + bytes(1500))  # too long, although from one of us
        await nothing_more(call.ends[0])
        await nothing_more(call.ends[1])
        assert call.relay._patchbay.counters.dropped == 0


async def test_what_is_counted_for_monitors(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        call.ends[0].send(A)
        assert await call.ends[1].packet() == A
        call.ends[0].send(b"\x40")
        await nothing_more(call.ends[0])
        text = metrics(call.relay._figures_now())
        for line in (
            "glasscall_flows 2", "glasscall_datagrams_total 1", "glasscall_datagrams_unsent_total 0",
            "glasscall_packets_forwarded_total 3", 'glasscall_datagrams_refused_total{why="datagram-garbage"} 1',
            'glasscall_datagrams_refused_total{why="flow-nonce"} 2',
        ):  # fmt: skip
            assert f"{line}\n" in text
        assert call.ends[0].flow.id not in text


async def test_a_new_address_in_the_middle(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        await call.ends[1].move()
        await call.ends[1].bind()
        call.ends[0].send(A)
        assert await call.ends[1].packet() == A
        call.ends[1].send(B)
        assert await call.ends[0].packet() == B


async def test_silence_is_told_once_until_udp_comes_again(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        leg, end = call.legs[0], call.ends[0]
        for _ in range(2):
            end.send(A)
            assert await call.ends[1].packet() == A
            begun = time.monotonic()
            await leg.expect(FlowSilent)
            assert 0.15 < time.monotonic() - begun < 5
        end.send(A)
        await asyncio.sleep(1.2 * SWEEP_EVERY)
        leg.send(B)  # by TLS: its silence is another matter
        await asyncio.sleep(4.5 * SWEEP_EVERY)
        call.legs[1].send(RECORD)
        assert await leg.packet() == RECORD


async def test_an_account_of_what_goes_by_udp(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        link = call.links[0]
        link.send(Watch(call=CALL, on=True))
        link.send(Ping(number=1))
        await link.expect(Pong)
        call.ends[0].send(A)
        assert await call.ends[1].packet() == A
        call.ends[1].send(B)
        assert await call.ends[0].packet() == B
        account = await link.expect(Witnessed)
        rows = [(row.direction, row.digest) for row in account.rows]
        if len(rows) == 1:
            rows += [(row.direction, row.digest) for row in (await link.expect(Witnessed)).rows]
        assert rows == [("out", hashlib.sha256(A).hexdigest()), ("in", hashlib.sha256(B).hexdigest())]
        link.send(Watch(call=CALL, on=False))
        link.send(Ping(number=2))
        await link.expect(Pong)
        call.ends[0].send(A)
        assert await call.ends[1].packet() == A
        assert call.relay._patchbay.find(CALL, "alice")._flow.to is not None


async def test_a_witness_sees_what_goes_by_udp(tmp_path) -> None:
    seen: list[bytes] = []
    async with in_a_call(tmp_path, witness=seen.append) as call:
        await call.all_by_udp()
        call.ends[0].send(A)
        assert await call.ends[1].packet() == A
        assert seen == [RECORD, RECORD, A]


async def test_the_end_of_a_call_is_the_end_of_its_flows(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        call.links[0].send(Hangup(call=CALL))
        assert await call.legs[1].packet() is None
        flows = call.relay._plane.flows
        assert len(flows) == len(flows.by_address) == 0
        with pytest.raises(TimeoutError):
            await call.ends[0].packet(within=0)


async def test_a_relay_that_stood_still_drops_what_is_too_old(tmp_path) -> None:
    async with in_a_call(tmp_path) as call:
        await call.all_by_udp()
        plane = call.relay._plane
        call.ends[0].send(A)
        plane._swept -= 1.0
        plane._sweep()
        assert call.refused["datagram-late"] == 1
        call.ends[0].send(B)
        assert await call.ends[1].packet() == B


async def test_tcp_and_udp_have_one_port_number(tmp_path) -> None:
    async with house(tmp_path) as home:
        with pytest.raises(OSError, match="in use"):
            datagrams.bind(socket.AF_INET, home.relay.address)


async def test_a_port_that_is_taken_in_udp(tmp_path) -> None:
    taken = datagrams.bind(socket.AF_INET, ("127.0.0.1", 0))
    relay = Relay(RelayStore(tmp_path), "relay.test")
    with pytest.raises(RelayError) as caught:
        await relay.start("127.0.0.1", taken.getsockname()[1])
    assert caught.value.code == "port-in-use"
    await relay.stop()
    taken.close()


@pytest.mark.parametrize("kind", [mmsg.MessageBatch, datagrams.SingleBatch])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_batch_of_either_kind(kind, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock, far = datagrams.bind(family, (host, 0)), datagrams.bind(family, (host, 0))
    with sock, far:
        batch = kind(sock)
        assert batch.receive() == 0
        for number in range(mmsg.BATCH + 1):
            far.sendto(bytes([number]) * (number + 1), sock.getsockname())
        far.sendto(bytes(5000), sock.getsockname())
        assert batch.receive() == mmsg.BATCH
        addresses = batch.addresses(mmsg.BATCH)
        assert len(addresses) == mmsg.BATCH * batch.stride
        whence = addresses[: batch.stride]
        assert {addresses[at : at + batch.stride] for at in range(0, len(addresses), batch.stride)} == {whence}
        for slot in range(mmsg.BATCH):
            assert batch.lengths[slot] == slot + 1
            batch.put(slot, slot + 1, whence)
        assert batch.send(b"first", whence)
        assert batch.flush() == 0
        assert far.recv(9000) == b"first"
        assert [far.recv(9000) for _ in range(mmsg.BATCH)] == [bytes([n]) * (n + 1) for n in range(mmsg.BATCH)]
        assert batch.receive() == 2
        assert list(batch.lengths[:2]) == [mmsg.BATCH + 1, mmsg.SLOT]  # longer than a slot: as long as it
        batch.put(0, 1, whence)
        batch.put(1, 1, bytes(batch.stride))  # nobody's address
        batch.put(0, 1, whence)
        assert batch.flush() == 1
        assert [far.recv(9), far.recv(9)] == [bytes([mmsg.BATCH])] * 2
