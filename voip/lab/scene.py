"""A relay that is up and the phones that are connected to it: all of them the real program, in one event loop.

async with scene(folder) as place:
alice, bob = await place.phone("alice", via=mallory), await place.phone("bob")
call = await place.talk(alice, bob)
"""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from voip.client.desk import Equipment, Options
from voip.client.enrol import join
from voip.client.phone import Phone
from voip.config import SAMPLE_RATE, Limits
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.io.store import ClientStore, RelayStore
from voip.journal.observations import PersonSeen
from voip.journal.summary import last_call
from voip.lab.loopback import LOOPBACK, require_loopback
from voip.lab.observing import link_state, phase, seen
from voip.pki.certificates import fingerprint
from voip.pki.enrolment import Enrolment
from voip.pki.invite import Invite
from voip.relay import Relay
from voip.session.tls.context import Version

RELAY = "relay.lab"
HASTE = Limits(connect=2, handshake=2, reply=2, ring=20, absence=6, ping=0.25, dead=3)
"""Short enough for a lesson, long enough for a busy machine."""
BOTH: tuple[Version, ...] = ("1.3", "1.2")


class Door(Protocol):
    """Where a phone connects instead of to the relay: Mallory's."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""


class Scene:
    """Made by `scene`."""

    def __init__(self, folder: Path, relay: Relay, store: RelayStore, limits: Limits) -> None:
        self.folder = folder
        self.relay = relay
        self.store = store
        self.limits = limits
        self._running: dict[Phone, asyncio.Task[None]] = {}

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def enrol(self, name: str, *, via: Door | None = None, versions: tuple[Version, ...] = ("1.3",)) -> "Member":
        """`name` joins with an invite, by way of `via` if given; a client's folder and who is in it."""
        identity = self.store.load()
        host, port = (via or self.relay).address
        token = Enrolment(identity.authority, RELAY, self.store).invite(name, clock.wall())
        ca = fingerprint(identity.authority.certificate)
        store = ClientStore(self.folder / name)
        await join(Invite(name, require_loopback(host), port, RELAY, ca, token), store, versions, self.limits)
        return Member(name, store)

    def start(
        self,
        member: "Member",
        *,
        versions: tuple[Version, ...] = ("1.3",),
        voice: Path | None = None,
        on_frame: Callable[[bytes], None] | None = None,
        key_log: Callable[[bytes], None] | None = None,
    ) -> Phone:
        """`member`'s phone, switched on; nobody waits for its connection."""
        require_loopback(member.store.account().host)
        phone = Phone(
            member.store,
            Options(
                equip=lambda: Equipment(open_port(str(voice) if voice else "none", "none")),
                versions=versions,
                on_frame=on_frame,
                key_log=key_log,
                limits=self.limits,
            ),
        )
        self._running[phone] = asyncio.get_running_loop().create_task(phone.run())
        return phone

    async def phone(self, name: str, *, via: Door | None = None) -> Phone:
        """`name` joins, switches a phone on, and is welcomed by the relay."""
        phone = self.start(await self.enrol(name, via=via))
        await link_state(phone, "online")
        return phone

    async def stop(self, phone: Phone) -> None:
        """Switch `phone` off."""
        await phone.stop()
        await self._running.pop(phone)

    # ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def ring(self, caller: Phone, callee: Phone) -> str:
        """`caller` calls `callee`, whose phone rings; the call's id."""
        await sees(caller, callee.name)
        await caller.call(callee.name)
        call = last_call(caller.journal)
        await phase(callee, "incoming", call=call)
        return call

    async def talk(self, caller: Phone, callee: Phone) -> str:
        """`caller` calls, `callee` picks up, both talk; the call's id."""
        call = await self.ring(caller, callee)
        await callee.accept()
        await asyncio.gather(phase(caller, "talking", call=call), phase(callee, "talking", call=call))
        return call

    async def close(self) -> None:
        """Everybody goes home."""
        for phone in list(self._running):
            await self.stop(phone)
        await self.relay.stop()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has joined the relay."""

    name: str
    store: ClientStore


Build = Callable[[RelayStore, Limits], Relay]


def honest(store: RelayStore, limits: Limits) -> Relay:
    """The relay as it is."""
    return Relay(store, RELAY, limits=limits)


@asynccontextmanager
async def scene(folder: Path, build: Build = honest, limits: Limits = HASTE) -> AsyncIterator[Scene]:
    """A relay (`build` says which), up on the loopback, and nobody there yet."""
    store = RelayStore(folder / "relay")
    relay = build(store, limits)
    await relay.start(require_loopback(LOOPBACK), 0)
    place = Scene(folder, relay, store, limits)
    try:
        yield place
    finally:
        await place.close()


async def sees(phone: Phone, name: str) -> None:
    """Wait until `phone` knows that `name` is there."""
    await seen(
        phone, lambda e: isinstance(e.what, PersonSeen) and e.what.name == name and e.what.online, f"{name} to come"
    )


def speech(path: Path, seconds: float = 2.0) -> Path:
    """Something like a voice, as a WAV file: a tone that glides and swells, so that no two frames are alike."""
    time = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    pitch = 2 * np.pi * (140 * time + 30 * np.sin(2 * np.pi * 0.9 * time))
    sound = sum(np.sin(harmonic * pitch) / harmonic for harmonic in range(1, 12)) * (0.6 + 0.4 * np.sin(9 * time))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound * 6000).astype("<i2").tobytes())
    return path
