"""Two people who talk, and what is asked of them after their connections were lost: that they talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from proxies import Wire, wire
from town import PATIENT, Town, of, phase, seen, talk, town

from voip.client.enrol import join
from voip.client.phone import Phone
from voip.client.sound import Sound
from voip.config import Limits
from voip.io import clock
from voip.io.store import ClientStore
from voip.journal.observations import (
    CallChanged,
    Entry,
    FirstAudio,
    MediaStats,
    Reconnected,
    Reconnecting,
    SessionRenewed,
    TrustAssessed,
    WordsReady,
)

LIMITS = replace(PATIENT, absence=15)
SOON = 2.0
"""Seconds in which the voice must be back."""


@dataclass
class Talk:
    """alice, whose network is `wire`, and bob, who stands beside the relay."""

    place: Town
    wire: Wire
    alice: Phone
    bob: Phone

    @property
    def both(self) -> tuple[Phone, Phone]:
        return self.alice, self.bob

    async def goes_on(self, since: float, *, renewed: bool = True) -> None:
        """The voice passes, both ways; nobody has hung up; nobody has to compare anything again."""
        await asyncio.gather(*(hears(phone, since) for phone in self.both))
        if renewed:
            await asyncio.gather(*(renews(phone, since) for phone in self.both))
            await asyncio.gather(*(hears(phone, clock.monotonic()) for phone in self.both))
        for phone in self.both:
            entries = [entry.what for entry in phone.journal if entry.at >= since]
            assert not [what for what in entries if isinstance(what, CallChanged | WordsReady)], entries
            assert [e.what for e in phone.journal if isinstance(e.what, TrustAssessed)][-1].level == "verified"
            inbound = sound(phone)._inbound
            assert (inbound.rejected, inbound.malformed) == (0, 0)

    async def ends(self) -> None:
        """One word ends it at both ends, and the next call works."""
        await self.alice.hang_up()
        assert (await phase(self.bob, "ended")).reason == "hung-up"


def sound(phone: Phone) -> Sound:
    """The present call's."""
    found = phone._conversation._sound
    assert found is not None
    return found


async def hears(phone: Phone, since: float, within: float = 10.0) -> None:
    """Frames are played that came after `since`."""
    before: list[int] = []

    def more(entry: Entry) -> bool:
        if isinstance(entry.what, MediaStats) and entry.at > since:
            before.append(entry.what.received)
        return bool(before) and before[-1] > before[0] + 20

    await seen(phone, more, "the voice", within)


async def renews(phone: Phone, since: float) -> None:
    await seen(phone, lambda e: isinstance(e.what, SessionRenewed) and e.at >= since, "a new session", 12.0)


def gaps(phone: Phone) -> list[float]:
    """Seconds of each interruption that is over."""
    return [entry.what.seconds for entry in phone.journal if isinstance(entry.what, Reconnected)]


async def interrupted(phone: Phone) -> None:
    await of(phone, Reconnecting)


@asynccontextmanager
async def talking(folder: Path, limits: Limits = LIMITS) -> AsyncIterator[Talk]:
    """Both have heard each other, and compared the words."""
    async with town(folder, limits) as place, wire(*place.relay.address) as line:
        await join(place.invite("alice", port=line.port), ClientStore(folder / "alice"), limits=limits)
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        for phone in (alice, bob):
            await of(phone, FirstAudio)
            await of(phone, WordsReady)
            await phone.words_match()
        yield Talk(place, line, alice, bob)
