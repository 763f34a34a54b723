"""A relay that is a process of its own: killed and started again, or stopped for a while, in the midst of a talk."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from again import LIMITS, SOON, gaps, hears, interrupted, sound
from programs import Program, Village, village
from town import of, phase, seen, talk

from voip.client.desk import Equipment, Options
from voip.client.phone import Phone
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.io.store import ClientStore
from voip.journal.observations import CallChanged, FirstAudio, LinkState, SessionRenewed, TrustAssessed, WordsReady


@asynccontextmanager
async def talking(place: Village) -> AsyncIterator[tuple[Phone, Phone]]:
    """Both have heard each other, and compared the words."""
    options = Options(equip=lambda: Equipment(open_port("none", "none")), limits=LIMITS)
    alice, bob = (Phone(ClientStore(Path(place.home(name))), options) for name in ("alice", "bob"))
    running = [asyncio.ensure_future(phone.run()) for phone in (alice, bob)]
    try:
        for phone in (alice, bob):
            await seen(phone, lambda e: isinstance(e.what, LinkState) and e.what.state == "online", "a link")
        await talk(alice, bob)
        for phone in (alice, bob):
            await of(phone, FirstAudio)
            await of(phone, WordsReady)
            await phone.words_match()
        yield alice, bob
        await alice.hang_up()
        assert (await phase(bob, "ended")).reason == "hung-up"
    finally:
        for phone in (alice, bob):
            await phone.stop()
        await asyncio.gather(*running)


def undisturbed(phone: Phone, since: float) -> None:
    """Nobody has hung up, and nobody has to compare anything again."""
    entries = [entry.what for entry in phone.journal if entry.at >= since]
    assert not [what for what in entries if isinstance(what, CallChanged | WordsReady)]
    assert [e.what for e in phone.journal if isinstance(e.what, TrustAssessed)][-1].level == "verified"
    assert sound(phone)._inbound.rejected == 0


async def test_killed_and_started_again(tmp_path: Path) -> None:
    with village(tmp_path, ("alice", "bob")) as place:
        async with talking(place) as phones:
            at = clock.monotonic()
            place.relay.kill()
            await asyncio.gather(*(interrupted(phone) for phone in phones))
            place.relay = await asyncio.to_thread(again, place)
            back_at = clock.monotonic()
            await asyncio.gather(*(hears(phone, back_at) for phone in phones))
            for phone in phones:
                await seen(phone, lambda e: isinstance(e.what, SessionRenewed), "a new session")
                undisturbed(phone, at)
                assert at + gaps(phone)[-1] - back_at < SOON


def again(place: Village) -> Program:
    """On the same port, in the same folder."""
    relay = Program("relay", "--listen", f"127.0.0.1:{place.port}", "--state", place.state)
    relay.says("ready ")
    return relay


async def test_stopped_for_a_while(tmp_path: Path) -> None:
    with village(tmp_path, ("alice", "bob")) as place:
        async with talking(place) as phones:
            at = clock.monotonic()
            place.relay.interrupt(signal.SIGSTOP)
            await asyncio.gather(*(interrupted(phone) for phone in phones))
            await asyncio.sleep(2.5)
            place.relay.interrupt(signal.SIGCONT)
            back_at = clock.monotonic()
            await asyncio.gather(*(hears(phone, back_at) for phone in phones))
            for phone in phones:
                undisturbed(phone, at)
                assert at + gaps(phone)[-1] - back_at < SOON
