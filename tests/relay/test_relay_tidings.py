"""Presence in bundles: the newest about each person, once, and no more often than agreed."""

import asyncio
from pathlib import Path

from relay_house import house

from voip.relay.tidings import EACH, EVERY, Tidings
from voip.session.tls import PLAINTEXT_MAX
from voip.session.tls.events import Record, TlsEvent
from voip.wire import signals
from voip.wire.framing import Deframer
from voip.wire.signals import Person, Presence


def presence(name: str, *, online: bool = True, busy: bool = False) -> Presence:
    return Presence(person=Person(name=name, online=online, busy=busy))


class Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.bundles: list[list[Presence]] = []
        self.sizes: list[int] = []
        self.news = asyncio.Event()

    def send_frames(self, frames: bytes) -> None:
        self.sizes.append(len(frames))
        self.bundles.append([signals.decode_untrusted(one, signals.link_decoder) for one in Deframer().feed(frames)])
        self.news.set()

    async def told(self) -> list[Presence]:
        await self.news.wait()
        self.news.clear()
        return self.bundles[-1]


async def test_what_changed_meanwhile_is_told_once_and_as_it_is_now() -> None:
    alice = Reader("alice")
    tidings = Tidings(lambda: [alice])
    loop = asyncio.get_running_loop()
    began = loop.time()
    tidings.gather(presence("bob"))
    tidings.gather(presence("carol"))
    tidings.gather(presence("bob", busy=True))
    assert alice.bundles == []
    assert await alice.told() == [presence("bob", busy=True), presence("carol")]
    assert loop.time() - began >= EVERY * 0.9
    tidings.gather(presence("bob", online=False))
    assert await alice.told() == [presence("bob", online=False)]
    assert len(alice.bundles) == 2


async def test_everybody_is_told_of_the_others_and_nobody_of_themselves() -> None:
    alice, bob, carol = readers = [Reader("alice"), Reader("bob"), Reader("carol")]
    tidings = Tidings(lambda: readers)
    tidings.gather(presence("alice"))
    tidings.gather(presence("bob"))
    assert await carol.told() == [presence("alice"), presence("bob")]
    assert (alice.bundles, bob.bundles) == ([[presence("bob")]], [[presence("alice")]])


async def test_news_about_the_reader_alone_are_none() -> None:
    alice, bob = readers = [Reader("alice"), Reader("bob")]
    tidings = Tidings(lambda: readers)
    tidings.gather(presence("alice"))
    await bob.told()
    assert alice.bundles == []


async def test_a_bundle_is_no_larger_than_a_record() -> None:
    alice = Reader("alice")
    tidings = Tidings(lambda: [alice])
    names = [f"guest{number:04}" for number in range(600)]
    for name in names:
        tidings.gather(presence(name))
    await alice.told()
    assert len(alice.sizes) > 1
    assert max(alice.sizes) <= PLAINTEXT_MAX
    assert [one.person.name for bundle in alice.bundles for one in bundle] == names


async def test_after_the_stop_nobody_is_told_anything() -> None:
    alice = Reader("alice")
    tidings = Tidings(lambda: [alice])
    tidings.gather(presence("bob"))
    tidings.stop()
    await asyncio.sleep(1.5 * EVERY)
    assert alice.bundles == []


async def test_with_many_readers_bundles_come_less_often() -> None:
    readers = [Reader(f"reader{number}") for number in range(1000)]
    tidings = Tidings(lambda: readers)
    tidings.gather(presence("bob"))
    await readers[-1].told()
    began = asyncio.get_running_loop().time()
    tidings.gather(presence("bob"))
    await readers[-1].told()
    assert asyncio.get_running_loop().time() - began >= 1000 * EACH * 0.9 > EVERY


async def test_many_who_come_at_once_are_told_in_few_records(tmp_path: Path) -> None:
    async with house(tmp_path) as place:
        alice = await place.join("alice").link()
        guests = [place.join(f"guest{number:02}") for number in range(12)]
        events: list[TlsEvent] = []
        alice.stream._observe, alice.stream._swift = events.append, False
        await asyncio.gather(*(guest.link() for guest in guests))
        online: set[str] = set()
        while len(online) < len(guests):
            told = signals.decode_untrusted(await alice.packet(), signals.link_decoder)
            assert isinstance(told, Presence)
            online |= {told.person.name} if told.person.online else set()
        records = [event for event in events if isinstance(event, Record) and event.direction == "in"]
        assert 0 < len(records) <= len(guests) // 2
