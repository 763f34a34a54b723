"""A phone's place at the relay: who displaces whom, and what is said again until it is heard."""

import asyncio
from pathlib import Path

import pytest
from town import QUICK, RELAY, phase, seen, talk, town

from voip.client import home
from voip.client.home import UNSAID_MAX, Home
from voip.client.reach import Held
from voip.io import clock
from voip.io.store import ClientStore
from voip.journal.book import Journal
from voip.journal.observations import Connecting, FirstAudio, LinkState
from voip.wire.signals import Hangup


@pytest.fixture(autouse=True)
def quick_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "BACK_OFF_FIRST", 0.1)


@pytest.mark.parametrize("ours", [True, False])
async def test_whoever_is_displaced_gives_way_unless_it_was_by_a_greeting_of_its_own(
    tmp_path: Path, ours: bool
) -> None:
    async with town(tmp_path, QUICK) as place:
        alice = await place.phone("alice")
        if ours:
            alice._home._gave_up_at = clock.monotonic()
        at = clock.monotonic()
        other = place.fit(ClientStore(tmp_path / "alice"))
        running = asyncio.ensure_future(other.run())
        wanted = "online" if ours else "refused"
        await seen(alice, lambda e: isinstance(e.what, LinkState) and e.what.state == wanted and e.at > at, wanted)
        await other.stop()
        await running


async def test_a_link_that_is_doubted_and_answers_stays(tmp_path: Path) -> None:
    async with town(tmp_path, QUICK) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        link = alice._home.link
        alice._home.suspect()
        number = link.ping()
        await seen(alice, lambda e: isinstance(e.what, FirstAudio), "the voice")
        await seen(alice, lambda e: link.answered >= number, "an answer")
        assert alice._home.link is link
        assert [e.what.to for e in alice.journal if isinstance(e.what, Connecting) and e.channel == "link"] == [
            f"127.0.0.1:{place.relay.address[1]}"
        ]


async def test_what_the_relay_has_heard_is_not_said_again(tmp_path: Path) -> None:
    async with town(tmp_path, QUICK) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await alice.hang_up()
        assert len(alice._home._unsaid) == 1
        await phase(bob, "ended")
        number = alice._home.link.ping()
        await asyncio.wait_for(alice._home._answered(alice._home.link, number), 2)
        assert not alice._home._urgent
        assert not alice._home._unsaid


async def test_what_was_not_heard_is_forgotten_in_time_and_is_never_much() -> None:
    class Nobody:
        talking = False

    place = Home(Nobody(), absence=0.05)
    for number in range(3 * UNSAID_MAX):
        place.hang_up(Hangup(call=f"{number:032x}"), None)
    assert len(place._unsaid) == UNSAID_MAX
    assert place._urgent
    await asyncio.sleep(0.1)
    assert not place._urgent


def test_what_is_seen_of_a_connection_that_comes_to_nothing_stays_unsaid() -> None:
    journal = Journal(clock.monotonic)
    lost, taken = Held(journal), Held(journal)
    for held in (lost, taken):
        held.add("link", Connecting(RELAY))
    assert list(journal) == []
    taken.release()
    taken.add("link", LinkState("online"))
    assert [entry.what for entry in journal] == [Connecting(RELAY), LinkState("online")]
