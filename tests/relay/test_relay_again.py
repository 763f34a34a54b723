"""Legs that are lost and opened again, lanes beside them, and a relay that forgot: over real connections."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from relay_flow import FlowEnd
from relay_house import CALL, QUICK, RELAY, Connection, House, Person, house

from voip.config import Limits
from voip.io.store import RelayStore
from voip.relay import Relay
from voip.wire.signals import (
    Answer,
    Answered,
    Ended,
    Hangup,
    JoinLane,
    LaneJoined,
    LegJoined,
    LegReady,
    Ping,
    Pong,
    Presence,
    Receive,
    Rejoin,
    Rejoined,
    decode_untrusted,
    link_decoder,
)
from voip.wire.signals import Person as Known

RECORD = b"\x17\x03\x03\x00\x10" + bytes(range(16))
A, B, C, D = (b"\x80\x6f" + bytes([number]) * 106 for number in range(4))
MINE, THEIRS = Rejoin(call=CALL, to="bob", caller=True), Rejoin(call=CALL, to="alice", caller=False)


class Talk:
    """alice and bob, who talk."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.people: list[Person] = []
        self.links: list[Connection] = []
        self.legs: list[Connection] = []
        self.joined: list[LegJoined] = []

    async def begin(self) -> None:
        alice, mine, token, bob, theirs, other = await self.home.ringing()
        self.people, self.links = [alice, bob], [mine, theirs]
        self.legs = [await alice.leg(token), await bob.leg(other)]
        self.joined = [await leg.expect(LegJoined) for leg in self.legs]
        theirs.send(Answer(call=CALL))
        await mine.expect(Answered)

    async def lose(self, who: int) -> None:
        """Their leg's TCP connection breaks, and the relay notices."""
        leg = self.home.relay._patchbay.find(CALL, self.people[who].name)
        self.legs[who].stream.abort()
        async with asyncio.timeout(5):
            while leg.is_here:  # noqa: ASYNC110 - the relay is not asked to tell
                await asyncio.sleep(0.005)

    async def open_again(self, who: int, token: str | None = None) -> None:
        self.legs[who] = await self.people[who].leg(token or self.joined[who].again)

    async def hear_joined(self, *whom: int) -> None:
        for who in whom or (0, 1):
            self.joined[who] = await self.legs[who].expect(LegJoined)

    async def lane(self, who: int, token: str) -> Connection:
        lane = await self.people[who].connect()
        lane.send(JoinLane(call=CALL, token=token))
        return lane

    async def media_goes(self) -> None:
        for who in (0, 1):
            self.legs[who].send(A)
            assert await self.legs[1 - who].packet() == A


@pytest.fixture
async def talk(tmp_path):
    async with house(tmp_path) as home:
        made = Talk(home)
        await made.begin()
        yield made


async def test_a_leg_is_opened_again_and_media_flows_at_once(talk: Talk) -> None:
    assert [joined.pairing for joined in talk.joined] == [0, 0]
    kept, first = talk.joined[1], talk.joined[0]
    await talk.lose(0)
    talk.legs[1].send(RECORD)  # nobody gets it
    await talk.open_again(0)
    await talk.hear_joined()
    assert [joined.pairing for joined in talk.joined] == [1, 1]
    assert talk.joined[0].again != first.again
    assert talk.joined[0].flow.id != first.flow.id
    assert (talk.joined[1].again, talk.joined[1].flow, talk.joined[1].lanes) == (kept.again, kept.flow, kept.lanes)
    await talk.media_goes()
    for link in talk.links:  # nobody was told that anything was amiss
        link.send(Ping(number=1))
        assert await link.signal() == Pong(number=1)


async def test_records_of_the_earlier_session_do_not_get_into_the_new_one(talk: Talk) -> None:
    await talk.lose(0)
    await talk.open_again(0)
    await talk.hear_joined()
    for number in (0, 2):  # of another pairing: it does not count
        talk.legs[1].send(LegReady(pairing=number))
    talk.legs[1].send(RECORD + b"old")
    talk.legs[1].send(LegReady(pairing=1))
    talk.legs[1].send(RECORD + b"new")
    assert await talk.legs[0].packet() == RECORD + b"new"
    talk.legs[0].send(RECORD + b"old")
    talk.legs[0].send(A)
    assert await talk.legs[1].packet() == A
    talk.legs[0].send(LegReady(pairing=1))
    talk.legs[0].send(RECORD + b"new")
    assert await talk.legs[1].packet() == RECORD + b"new"


async def test_both_legs_are_lost(talk: Talk) -> None:
    await talk.lose(0)
    await talk.lose(1)
    await talk.open_again(1)
    await talk.open_again(0)
    await talk.hear_joined()
    assert [joined.pairing for joined in talk.joined] == [1, 1]
    await talk.media_goes()


async def test_a_leg_is_opened_again_before_the_relay_has_noticed(talk: Talk) -> None:
    former = talk.legs[0]
    await talk.open_again(0)
    await talk.hear_joined()
    with contextlib.suppress(Exception):
        assert await former.packet() is None
    await talk.media_goes()
    assert talk.home.relay._switchboard.next_deadline is None


async def test_a_token_that_opens_again_works_once_and_for_its_owner(talk: Talk) -> None:
    alice, bob = talk.people
    token = talk.joined[0].again
    assert await (await bob.leg(token)).refused() == "leg-token"
    await talk.lose(0)
    await talk.open_again(0, token)
    await talk.hear_joined()
    assert await (await alice.leg(token)).refused() == "leg-token"
    await talk.media_goes()


async def test_a_call_whose_leg_does_not_come_back_ends(tmp_path) -> None:
    limits = Limits(connect=2, handshake=2, reply=2, ring=20, dead=5, absence=0.3)
    async with house(tmp_path, limits=limits) as home:
        talk = Talk(home)
        await talk.begin()
        await talk.lose(0)
        for link in talk.links:
            assert await link.signal() == Ended(call=CALL, reason="lost")
        assert await talk.legs[1].packet() is None


async def test_hanging_up_while_the_other_leg_is_lost(talk: Talk) -> None:
    await talk.lose(0)
    talk.links[1].send(Hangup(call=CALL))
    assert await talk.links[0].signal() == Ended(call=CALL, reason="hung-up")
    assert talk.home.relay._patchbay.calls == 0
    assert len(talk.home.relay._plane.flows) == 0
    assert await (await talk.people[0].leg(talk.joined[0].again)).refused() == "leg-token"


async def test_a_leg_that_misbehaves_is_not_waited_for(talk: Talk) -> None:
    talk.legs[0].send(b"\x40what")
    assert await talk.legs[0].refused() == "frame-unknown"
    for link in talk.links:
        assert await link.signal() == Ended(call=CALL, reason="lost")


async def test_link_and_leg_are_lost_and_come_back(talk: Talk) -> None:
    talk.links[0].stream.abort()
    await talk.lose(0)
    presence = decode_untrusted(await talk.links[1].packet(), link_decoder)
    assert presence == Presence(person=Known("alice", online=False, busy=True))
    talk.links[0] = await talk.people[0].link()
    talk.links[0].send(MINE)
    rejoined = await talk.links[0].expect(Rejoined)
    await talk.open_again(0, rejoined.token)
    await talk.hear_joined()
    await talk.media_goes()


async def test_a_new_link_in_the_place_of_the_old_one_keeps_the_call(talk: Talk) -> None:
    await talk.people[0].link()
    assert await talk.links[0].refused() == "replaced"
    await talk.media_goes()


# ── UDP and lanes ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_udp_goes_on_while_a_leg_is_lost(talk: Talk) -> None:
    ends = [FlowEnd(joined.flow) for joined in talk.joined]
    for leg, end in zip(talk.legs, ends, strict=True):
        await end.bind()
        leg.send(Receive(path="udp"))
    await asyncio.gather(*(end.bind() for end in ends))
    talk.legs[0].send(RECORD)
    talk.legs[1].send(RECORD)
    assert [await leg.packet() for leg in talk.legs] == [RECORD, RECORD]
    await talk.lose(0)
    for one, two in (ends, ends[::-1]):
        one.send(B)
        assert await two.packet() == B
    await talk.open_again(0)
    await talk.hear_joined()
    ends[0].send(C)  # by the flow of the leg that is gone
    assert await ends[1].packet() == C
    ends[1].send(D)  # which now gets by TLS until it says otherwise
    assert await talk.legs[0].packet() == D
    newer = FlowEnd(talk.joined[0].flow)
    await newer.bind()
    newer.send(A)
    assert await ends[1].packet() == A
    ends[0].send(B)  # the earlier flow is no more
    newer.send(C)
    assert await ends[1].packet() == C
    for end in (*ends, newer):
        end.close()


async def test_lanes_carry_each_packet_and_its_twins_are_dropped(talk: Talk) -> None:
    lanes = [await talk.lane(0, token) for token in talk.joined[0].lanes]
    for lane in lanes:
        assert await lane.signal() == LaneJoined(call=CALL)
    talk.legs[1].send(A)
    for pipe in (talk.legs[0], *lanes):
        assert await pipe.packet() == A
    for packet in (B, C):
        for pipe in (*lanes, talk.legs[0]):
            pipe.send(packet)
            pipe.send(packet)
    assert [await talk.legs[1].packet() for _ in range(2)] in ([B, C], [C, B])
    talk.legs[1].send(RECORD)  # on the leg alone
    talk.legs[1].send(D)
    assert [await talk.legs[0].packet() for _ in range(2)] == [RECORD, D]
    assert [await lane.packet() for lane in lanes] == [D, D]
    talk.legs[0].send(RECORD)
    assert await talk.legs[1].packet() == RECORD
    counters = talk.home.relay._patchbay.find(CALL, "alice").counters
    assert (counters.packets, counters.twins, counters.dropped) == (13, 10, 0)


async def test_a_lane_that_ends_ends_nothing_else_and_its_place_is_offered_again(talk: Talk) -> None:
    lane = await talk.lane(0, talk.joined[0].lanes[0])
    await lane.expect(LaneJoined)
    assert await (await talk.lane(0, talk.joined[0].lanes[0])).refused() == "leg-token"
    assert await (await talk.lane(1, talk.joined[0].lanes[1])).refused() == "leg-token"
    lane.send(RECORD)
    assert await lane.refused() == "leg-kind"
    await talk.media_goes()
    left = talk.joined[0].lanes[1]
    await talk.lose(1)
    await talk.open_again(1)
    await talk.hear_joined()
    assert len(set(talk.joined[0].lanes)) == 2
    assert left in talk.joined[0].lanes


async def test_lanes_end_with_the_call_and_with_a_leg_that_is_opened_again(talk: Talk) -> None:
    mine, theirs = [await talk.lane(who, talk.joined[who].lanes[0]) for who in (0, 1)]
    for lane in (mine, theirs):
        await lane.expect(LaneJoined)
    await talk.open_again(0)
    assert await mine.packet() is None
    talk.links[0].send(Hangup(call=CALL))
    assert await theirs.packet() is None


# ── a relay that forgot ────────────────────────────────────────────────────────────────────────────────────────


async def restart(home: House, folder: Path) -> None:
    """Another relay on the same port, with the same folder."""
    host, port = home.relay.address
    await home.relay.stop()
    home.relay = Relay(RelayStore(folder), RELAY, limits=QUICK)
    await home.relay.start(host, port)
    home._stack.push_async_callback(home.relay.stop)


async def test_a_restarted_relay_remakes_the_call(talk: Talk, tmp_path: Path) -> None:
    await restart(talk.home, tmp_path)
    for link in talk.links:  # not told that the call is over
        while (packet := await link.packet()) is not None:
            assert b"ended" not in packet
    talk.links = [await person.link() for person in talk.people]
    talk.links[0].send(MINE)
    talk.links[1].send(THEIRS)
    tokens = [(await link.expect(Rejoined)).token for link in talk.links]
    talk.legs = [await person.leg(token) for person, token in zip(talk.people, tokens, strict=True)]
    await talk.hear_joined()
    assert [joined.pairing for joined in talk.joined] == [1, 1]
    talk.legs[0].send(RECORD)  # of a session of before
    talk.legs[0].send(LegReady(pairing=1))
    await talk.media_goes()
    talk.links[0].send(Hangup(call=CALL))
    assert await talk.links[1].signal() == Ended(call=CALL, reason="hung-up")


async def test_after_a_restart_one_alone_is_told_in_the_end(tmp_path) -> None:
    limits = Limits(connect=2, handshake=2, reply=2, ring=20, dead=5, absence=0.3)
    async with house(tmp_path, limits=limits) as home:
        link = await home.join("alice").link()
        link.send(MINE)
        assert await link.signal() == Ended(call=CALL, reason="lost")
        assert home.relay._switchboard.calls == 0
