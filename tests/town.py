"""A relay and its people, in one event loop, over real sockets and real TLS. What tests of calls stand on."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from voip.client.desk import Equipment, Options
from voip.client.enrol import join
from voip.client.phone import Phone
from voip.client.waiting import wait_for
from voip.config import Limits
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.io.store import ClientStore, RelayStore
from voip.io.stream import TlsStream
from voip.journal.observations import CallChanged, Entry, LinkState, PersonSeen
from voip.journal.summary import last_call
from voip.pki.ca import issue_client
from voip.pki.certificates import fingerprint, load_csr_untrusted, make_csr
from voip.pki.enrolment import Enrolment
from voip.pki.invite import Invite
from voip.relay import Relay

RELAY = "relay.test"
QUICK = Limits(connect=2, handshake=2, reply=2, ring=2, absence=1.5, ping=0.3, dead=1.2)
PATIENT = replace(QUICK, ring=20, absence=20)


class Town:
    """A relay that is up, and the phones that were fetched from it."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        self.limits = limits
        self.witnessed: list[bytes] = []
        self.store = RelayStore(folder / "relay")
        self.versions: tuple[str, ...] = ("1.3",)
        self.relay: Relay
        self._running: dict[Phone, asyncio.Task[None]] = {}

    async def open(self, port: int = 0) -> None:
        """Start the relay (again)."""
        self.relay = Relay(self.store, RELAY, limits=self.limits, versions=self.versions, witness=self.witnessed.append)
        await self.relay.start("127.0.0.1", port)

    def invite(self, name: str, valid_for: timedelta = timedelta(days=1), **changes: object) -> Invite:
        """An invite for `name`, perhaps with something wrong in it."""
        identity = self.store.load()
        host, port = self.relay.address
        token = Enrolment(identity.authority, RELAY, self.store).invite(name, clock.wall(), valid_for)
        invite = Invite(name, host, port, RELAY, fingerprint(identity.authority.certificate), token)
        return replace(invite, **changes)

    def revoke(self, name: str) -> None:
        """The operator turns `name` out."""
        Enrolment(self.store.load().authority, RELAY, self.store).revoke(name, clock.wall())

    async def enrol(self, name: str) -> ClientStore:
        """`name` joins; the folder of a client."""
        store = ClientStore(self.folder / name)
        await join(self.invite(name), store, self.versions[:1], self.limits)
        return store

    async def phone(self, name: str, **options: object) -> Phone:
        """`name`'s phone, connected. Enrols `name` at the first time."""
        store = ClientStore(self.folder / name)
        if not store.joined:
            store = await self.enrol(name)
        phone = self.fit(store, **options)
        self._running[phone] = asyncio.get_running_loop().create_task(phone.run())
        await seen(phone, lambda e: isinstance(e.what, LinkState) and e.what.state in {"online", "refused"}, "a link")
        return phone

    def fit(self, store: ClientStore, **options: object) -> Phone:
        """A phone, not connected."""
        values = {
            "equip": lambda: Equipment(open_port("none", "none")),
            "limits": self.limits,
            "versions": self.versions[:1],
        }
        return Phone(store, Options(**(values | options)))

    async def stop(self, phone: Phone) -> None:
        """`phone` goes away, politely."""
        await phone.stop()
        await self._running.pop(phone)

    def freeze(self, phone: Phone) -> None:
        """`phone`'s computer stands still: its connections stay, nothing comes out of them and nothing is taken."""
        cut_udp(phone)
        for stream in streams(phone):
            stream._transport.pause_reading()
            stream._engine.take_output = bytes

    def vanish(self, phone: Phone) -> None:
        """`phone` goes away without a word, as when it is killed: its connections are cut, and none come again."""
        self._running.pop(phone).cancel()
        cut_udp(phone)
        for stream in streams(phone):
            stream._engine.take_output = bytes
        call = phone._conversation
        if call is not None:
            call._line = call._connection._line = None
            call._connection.end(None)
            if call._sound is not None:
                call._sound.stop()
            for task in call._tasks:
                task.cancel()
        for stream in streams(phone):
            stream._transport.abort()

    async def crash(self) -> int:
        """The relay is killed; the port that it had."""
        port = self.relay.address[1]
        self.relay._server.close()
        for stream in list(self.relay._streams):
            stream._engine.take_output = bytes
            stream._transport.abort()
        await self.relay.stop()
        return port

    async def reissue(self, name: str, age: timedelta) -> None:
        """`name` has held the same key and a certificate of this `age`."""
        store, authority = ClientStore(self.folder / name), self.store.load().authority
        key = store.identity().key
        csr = load_csr_untrusted(make_csr(key, name))
        store.save_certificate(issue_client(authority, csr, name, RELAY, clock.wall() - age))

    async def move(self, name: str) -> ClientStore:
        """`name` sets up Glasscall anew: the operator closes the account and invites again; same CA, another key."""
        (self.folder / "relay" / "accounts" / f"{name}.json").unlink()
        shutil.rmtree(self.folder / name / "identity")
        return await self.enrol(name)

    async def close(self) -> None:
        """Everybody goes home."""
        for phone in list(self._running):
            await self.stop(phone)
        await self.relay.stop()


def cut_udp(phone: Phone) -> None:
    """Nothing of `phone`'s call comes or goes by UDP any more."""
    ways = phone._conversation._ways if phone._conversation else None
    if ways is not None and ways._socket is not None:
        ways._socket.close()


def streams(phone: Phone) -> list[TlsStream]:
    """Every connection that `phone` has now."""
    leg = phone._conversation._connection.leg if phone._conversation else None
    return [part._stream for part in (phone._home.link, leg) if part is not None]


@asynccontextmanager
async def town(folder: Path, limits: Limits = PATIENT, versions: tuple[str, ...] = ("1.3",)) -> AsyncIterator[Town]:
    """A town for one test."""
    place = Town(folder, limits)
    place.versions = versions
    await place.open()
    try:
        yield place
    finally:
        await place.close()


async def seen(phone: Phone, wanted: Callable[[Entry], bool], what: str, within: float = 8.0) -> Entry:
    """The first entry in `phone`'s journal that is `wanted`."""
    return await wait_for(phone.journal, wanted, within, what)


async def phase(phone: Phone, *phases: str, within: float = 8.0, call: str = "") -> CallChanged:
    """The observation with which `phone`'s call came into one of `phases`."""

    def wanted(entry: Entry) -> bool:
        return isinstance(entry.what, CallChanged) and entry.what.phase in phases and call in {"", entry.call}

    what = (await seen(phone, wanted, f"the phase {phases}", within)).what
    assert isinstance(what, CallChanged)
    return what


async def of(phone: Phone, kind: type, within: float = 8.0):
    """The first observation of type `kind`."""
    return (await seen(phone, lambda e: isinstance(e.what, kind), kind.__name__, within)).what


async def sees(phone: Phone, name: str, *, online: bool = True) -> None:
    """Wait until `phone` knows that `name` is (not) there."""
    await seen(
        phone,
        lambda e: isinstance(e.what, PersonSeen) and e.what.name == name and e.what.online is online,
        f"{name} online={online}",
    )


async def talk(caller: Phone, callee: Phone) -> None:
    """`caller` calls, `callee` picks up, both talk."""
    await sees(caller, callee.name)
    await caller.call(callee.name)
    call = last_call(caller.journal)
    await phase(callee, "incoming", call=call)
    await callee.accept()
    await asyncio.gather(phase(caller, "talking", call=call), phase(callee, "talking", call=call))
