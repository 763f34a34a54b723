"""Presence in bundles: the newest about each person, once, and no more often than agreed."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from relay_house import house

from voip.relay.tidings import EVERY, Tidings
from voip.session.tls.events import Record, TlsEvent
from voip.wire import signals
from voip.wire.signals import Person, Presence


def presence(name: str, *, online: bool = True, busy: bool = False) -> Presence:
    return Presence(person=Person(name=name, online=online, busy=busy))


class Told:
    def __init__(self) -> None:
        self.bundles: list[tuple[str, list[Presence]]] = []
        self.news = asyncio.Event()

    def __call__(self, reader: str, news: Iterable[Presence]) -> None:
        self.bundles.append((reader, list(news)))
        self.news.set()


async def test_what_changed_meanwhile_is_told_once_and_as_it_is_now() -> None:
    told = Told()
    tidings = Tidings(told)
    loop = asyncio.get_running_loop()
    began = loop.time()
    tidings.gather("alice", presence("bob"))
    tidings.gather("alice", presence("carol"))
    tidings.gather("alice", presence("bob", busy=True))
    assert told.bundles == []
    await told.news.wait()
    assert loop.time() - began >= EVERY * 0.9
    assert told.bundles == [("alice", [presence("bob", busy=True), presence("carol")])]


async def test_each_reader_gets_a_bundle_and_the_next_news_come_in_the_next() -> None:
    told = Told()
    tidings = Tidings(told)
    tidings.gather("alice", presence("bob"))
    tidings.gather("bob", presence("alice"))
    await told.news.wait()
    assert [reader for reader, _ in told.bundles] == ["alice", "bob"]
    told.news.clear()
    tidings.gather("alice", presence("bob", online=False))
    await told.news.wait()
    assert told.bundles[2:] == [("alice", [presence("bob", online=False)])]


async def test_whoever_is_told_everything_anew_gets_no_old_news() -> None:
    told = Told()
    tidings = Tidings(told)
    tidings.gather("alice", presence("bob"))
    tidings.gather("bob", presence("alice"))
    tidings.forget("alice")
    await told.news.wait()
    assert [reader for reader, _ in told.bundles] == ["bob"]


async def test_after_the_stop_nobody_is_told_anything() -> None:
    told = Told()
    tidings = Tidings(told)
    tidings.gather("alice", presence("bob"))
    tidings.stop()
    await asyncio.sleep(1.5 * EVERY)
    assert told.bundles == []


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
