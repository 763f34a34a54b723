"""What the relay tells a user of its own view: only of their own leg, only while asked, and only so much."""

import asyncio
import hashlib
from pathlib import Path

from relay_house import CALL, Connection, house

from voip.io import clock
from voip.relay.patchbay import Patchbay
from voip.relay.sightings import SKIPPED_MAX, TELL_EVERY, Sightings
from voip.wire.signals import SIGHTINGS_MAX, Hangup, LegJoined, Ping, Pong, Watch, Witnessed

RECORD = b"\x17\x03\x03\x00\x04abcd"
MEDIA = b"\x80\x6f" + bytes(106)


class MemoryPipe:
    """A pipe that takes what it is given."""

    write_backlog = 0

    def send_packet(self, packet: bytes) -> None:
        pass

    send_media = send_packet

    def hang_up(self) -> None:
        pass

    abort = hang_up


def test_rows_up_to_the_limit_and_the_rest_counted() -> None:
    sightings = Sightings(CALL)
    assert sightings.take() is None
    for _ in range(SIGHTINGS_MAX + 7):
        sightings.saw("out", MEDIA)
    account = sightings.take()
    assert account is not None
    assert (len(account.rows), account.skipped, account.call) == (SIGHTINGS_MAX, 7, CALL)
    first = account.rows[0]
    assert (first.direction, first.size, first.head) == ("out", 108, MEDIA[:16].hex())
    assert first.digest == hashlib.sha256(MEDIA).hexdigest()
    assert sightings.take() is None
    sightings.saw("in", b"\x80")
    assert sightings.take().rows[0].head == "80"


def test_the_counter_stands_still_at_its_limit() -> None:
    sightings = Sightings(CALL)
    sightings.saw("in", MEDIA)
    sightings._skipped = SKIPPED_MAX
    sightings._rows *= SIGHTINGS_MAX
    sightings.saw("in", MEDIA)
    assert sightings.take().skipped == SKIPPED_MAX


def test_only_what_is_forwarded_is_told() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first, _ = patchbay.join(CALL, "alice", a)
    first.sightings = Sightings(CALL)
    first.receive(MEDIA)  # nobody is there: dropped
    first.receive(RECORD)  # held for bob
    second, _ = patchbay.join(CALL, "bob", b)
    second.receive(MEDIA)
    told = [(row.direction, row.size) for row in first.sightings.take().rows]
    assert told == [("out", len(RECORD)), ("in", len(MEDIA))]
    assert second.sightings is None
    assert patchbay.find(CALL, "alice") is first
    assert patchbay.find(CALL, "carol") is patchbay.find("d" * 32, "alice") is None
    patchbay.close(CALL)
    assert first.sightings is None


async def in_a_call(home):
    """alice's link and leg, bob's link and leg, both legs joined."""
    alice, mine, token, bob, theirs, other = await home.ringing()
    legs = await alice.leg(token), await bob.leg(other)
    for leg in legs:
        await leg.expect(LegJoined)
    return mine, legs[0], theirs, legs[1]


async def nothing_more(link: Connection) -> None:
    """Longer than two accounts apart, only a pong comes."""
    await asyncio.sleep(2.5 * TELL_EVERY)
    link.send(Ping(number=9))
    assert await link.expect(Pong) == Pong(number=9)


async def test_an_account_of_ones_own_leg(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        mine, leg, theirs, other = await in_a_call(home)
        leg.send(RECORD)
        assert await other.packet() == RECORD
        mine.send(Watch(call=CALL, on=True))
        mine.send(Ping(number=1))
        await mine.expect(Pong)
        begun = clock.monotonic()
        leg.send(MEDIA)
        assert await other.packet() == MEDIA
        other.send(RECORD)
        assert await leg.packet() == RECORD
        account = await mine.expect(Witnessed)
        assert [(row.direction, row.digest) for row in account.rows] == [
            ("out", hashlib.sha256(MEDIA).hexdigest()),
            ("in", hashlib.sha256(RECORD).hexdigest()),
        ]
        for _ in range(60):
            leg.send(MEDIA)
        for _ in range(60):
            await other.packet()
        account = await mine.expect(Witnessed)
        assert len(account.rows) == SIGHTINGS_MAX
        told = [account]
        while sum(len(one.rows) + one.skipped for one in told) < 60:
            told.append(await mine.expect(Witnessed))
        assert sum(len(one.rows) + one.skipped for one in told) == 60
        assert clock.monotonic() - begun > (len(told) + 1) * TELL_EVERY - 0.1
        mine.send(Watch(call=CALL, on=False))
        mine.send(Ping(number=2))
        await mine.expect(Pong)
        leg.send(MEDIA)
        await nothing_more(mine)
        await nothing_more(theirs)


async def test_only_the_two_of_a_present_call_are_heeded(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        mine, leg, theirs, _other = await in_a_call(home)
        carol = await home.join("carol").link()
        for call in (CALL, "d" * 32):
            carol.send(Watch(call=call, on=True))
        mine.send(Watch(call="d" * 32, on=True))
        for link in (carol, mine):
            link.send(Ping(number=1))
            await link.expect(Pong)
        assert all(one.sightings is None for one in home.relay._patchbay.legs)
        leg.send(MEDIA)
        for link in (carol, mine, theirs):
            await nothing_more(link)


async def test_asking_before_ones_leg_is_there_or_after_the_call_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        _alice, mine, _token, _bob, _theirs, _other = await home.ringing()
        mine.send(Watch(call=CALL, on=True))
        mine.send(Hangup(call=CALL))
        mine.send(Watch(call=CALL, on=True))
        mine.send(Watch(call=CALL, on=False))
        await nothing_more(mine)


async def test_it_ends_with_the_call(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        mine, leg, theirs, other = await in_a_call(home)
        mine.send(Watch(call=CALL, on=True))
        mine.send(Watch(call=CALL, on=True))
        mine.send(Ping(number=1))
        await mine.expect(Pong)
        (watched,) = [one for one in home.relay._patchbay.legs if one.sightings is not None]
        leg.send(MEDIA)
        assert await other.packet() == MEDIA
        theirs.send(Hangup(call=CALL))
        assert await leg.packet() is None
        assert watched.sightings is None
