"""The relay's own account of a call, held against what the phones know: an honest one, and ones that lie."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import WELCOME, hostile, say
from town import QUICK, Town, of, phase, seen, sees, talk, town

from voip.client import eye as eye_module
from voip.client.eye import MEMORY, RECENT, RelayEye
from voip.client.phone import Phone
from voip.errors import CallError
from voip.io import clock
from voip.journal.book import Journal
from voip.journal.observations import Entry, FirstAudio, RelaySaw
from voip.journal.summary import last_call
from voip.media.adaptation import START
from voip.relay import server as relay_server
from voip.relay.sightings import Sightings
from voip.wire.signals import SIGHTINGS_MAX, Pong, Sighting, Witnessed

CALL = "c" * 32
VOICE = b"\x80\x6f\x00\x07" + bytes(104)


async def saw(phone: Phone, wanted: Callable[[RelaySaw], bool], what: str) -> RelaySaw:
    found = (await seen(phone, lambda e: isinstance(e.what, RelaySaw) and wanted(e.what), what)).what
    assert isinstance(found, RelaySaw)
    return found


async def in_a_call(place: Town) -> tuple[Phone, Phone]:
    alice, bob = await place.phone("alice"), await place.phone("bob")
    await talk(alice, bob)
    await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
    return alice, bob


# ── an honest relay ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_an_honest_relay_saw_is_ours_byte_for_byte(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await in_a_call(place)
        await alice.watch_relay(on=True)
        account = await saw(alice, lambda s: s.matched >= 60, "an account")
        assert (account.unknown, account.skipped) == (0, 0)  # every packet of the call is named
        assert {row.direction for row in account.rows} == {"out", "in"}
        assert {row.meaning for row in account.rows} >= {"voice"}
        ciphertexts = {hashlib.sha256(packet).hexdigest(): packet for packet in place.witnessed}
        for row in account.rows:
            assert row.known
            packet = ciphertexts[row.digest]  # what really went through the relay
            assert (row.size, row.head) == (len(packet), packet[:16])
            if row.meaning == "voice":
                assert (row.size, len(row.plain)) == (START.payload_size + 28, 32)
                assert row.plain[:12] == packet[:12]  # RTP's header is not encrypted
                assert row.plain[12:] != packet[12:32]  # and Opus is
        entry = next(e for e in alice.journal if isinstance(e.what, RelaySaw))
        assert (entry.channel, entry.call) == ("call", last_call(alice.journal))
        assert not any(isinstance(e.what, RelaySaw) for e in bob.journal)


async def test_both_may_watch_and_stop_and_watch_again(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await in_a_call(place)
        for phone in (alice, bob):
            await phone.watch_relay(on=True)
        await asyncio.gather(*(saw(phone, lambda s: s.matched > 20, "an account") for phone in (alice, bob)))
        await alice.watch_relay(on=False)
        count = sum(isinstance(e.what, RelaySaw) for e in alice.journal)
        await saw(bob, lambda s: s.matched > 100, "bob's goes on")
        assert sum(isinstance(e.what, RelaySaw) for e in alice.journal) == count
        assert all(leg.sightings is None for leg in place.relay._patchbay.legs if leg.owner == "alice")
        begun = clock.monotonic()
        await alice.watch_relay(on=True)
        again = (await seen(alice, lambda e: isinstance(e.what, RelaySaw) and e.at > begun, "anew")).what
        assert again.matched <= SIGHTINGS_MAX
        assert again.unknown == 0


async def test_it_ends_with_the_call_and_begins_off(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await in_a_call(place)
        relay = place.relay
        assert all(leg.sightings is None for leg in relay._patchbay.legs)
        await alice.watch_relay(on=True)
        await saw(alice, lambda s: s.matched > 0, "an account")
        watched = [leg for leg in relay._patchbay.legs if leg.sightings is not None]
        assert [leg.owner for leg in watched] == ["alice"]
        await alice.hang_up()
        await asyncio.gather(phase(alice, "ended"), phase(bob, "ended"))
        await seen(bob, lambda e: getattr(e.what, "name", "") == "alice" and not e.what.busy, "alice is free")
        assert watched[0].sightings is None
        with pytest.raises(CallError, match="no call"):
            await alice.watch_relay(on=True)
        await alice.watch_relay(on=False)  # of no call at all: nothing to do
        assert not alice._eye.watching
        await talk(alice, bob)
        assert not alice._eye.watching
        assert alice._home.link is not None


async def test_before_the_leg_stands_there_is_nothing_to_watch(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, _bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        with pytest.raises(CallError) as caught:
            await alice.watch_relay(on=True)
        assert caught.value.code == "no-leg"


# ── relays that lie ────────────────────────────────────────────────────────────────────────────────────────────────


class Liar(Sightings):
    """Tells of its seventh packet something else."""

    direction = "out"
    told = 0

    def saw(self, direction, packet: bytes) -> None:
        if direction == self.direction:
            type(self).told += 1
            if self.told % 7 == 0:
                packet = packet[:16] + bytes(len(packet) - 16)
        super().saw(direction, packet)


@pytest.mark.parametrize("direction", ["out", "in"])
async def test_a_made_up_packet_is_unknown(tmp_path: Path, direction: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lies = type("Lies", (Liar,), {"direction": direction, "told": 0})
    monkeypatch.setattr(relay_server, "Sightings", lies)
    async with town(tmp_path) as place:
        alice, _bob = await in_a_call(place)
        await alice.watch_relay(on=True)
        account = await saw(alice, lambda s: s.unknown >= 3, "lies that are found out")
        assert account.matched > 10
        made_up = [row for row in account.rows if not row.known]
        assert made_up
        for row in made_up:
            assert (row.direction, row.meaning, row.plain) == (direction, "", b"")


async def test_a_relay_that_makes_up_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No packet of it ever comes, so that waiting for them must end."""

    class Dreamer(Sightings):
        def saw(self, direction, packet: bytes) -> None:
            super().saw("in", hashlib.sha256(packet).digest())

    monkeypatch.setattr(relay_server, "Sightings", Dreamer)
    monkeypatch.setattr(eye_module, "WAIT", 0.3)
    async with town(tmp_path) as place:
        alice, _bob = await in_a_call(place)
        await alice.watch_relay(on=True)
        account = await saw(alice, lambda s: s.unknown > 30, "nothing but dreams")
        assert account.matched == 0


async def test_an_account_that_nobody_asked_for_is_not_listened_to(tmp_path: Path) -> None:
    limits = replace(QUICK, dead=4.0)
    async with town(tmp_path, limits) as place:
        store = await place.enrol("alice")
        async with hostile(place) as relay:
            row = Sighting("out", 108, "a" * 64, "80")
            relay.on_first = lambda stream, _packet: say(
                stream, [WELCOME, Witnessed(call=CALL, rows=(row,) * 20, skipped=5), Pong(number=0)]
            )
            alice = place.fit(store)
            running = asyncio.ensure_future(alice.run())
            await sees(alice, "bob")
            await alice.call("bob")
            while (packet := await asyncio.wait_for(relay.received.get(), 2)) is not None and b"invite" not in packet:
                pass
            call = alice._conversation.call
            say(relay.streams[0], [Witnessed(call=call, rows=(row,))])
            await phase(alice, "ended")
            assert not any(isinstance(e.what, RelaySaw) for e in alice.journal)
            await alice.stop()
            await asyncio.wait_for(running, 3)


# ── the memory by itself ───────────────────────────────────────────────────────────────────────────────────────────


class Bench:
    """An eye, and what it entered."""

    def __init__(self) -> None:
        self.journal = Journal(clock.monotonic)
        self.entries: list[Entry] = []
        self.journal.subscribe(self.entries.append)
        self.eye = RelayEye(self.journal)
        self.eye.leg_stands(CALL)

    @property
    def last(self) -> RelaySaw:
        found = self.entries[-1].what
        assert isinstance(found, RelaySaw)
        return found


def row(direction: str, packet: bytes, **changes: object) -> Sighting:
    honest = {
        "direction": direction,
        "size": len(packet),
        "digest": hashlib.sha256(packet).hexdigest(),
        "head": packet[:16].hex(),
    }
    return Sighting(**(honest | changes))


def numbered(number: int) -> bytes:
    return VOICE + number.to_bytes(4, "big")


async def test_what_was_on_its_way_when_we_asked_is_known() -> None:
    bench = Bench()
    for number in range(RECENT + 5):
        bench.eye.passed("out", numbered(number))
    bench.eye.watch(CALL, on=True)
    rows = tuple(row("out", numbered(number)) for number in (4, 5, RECENT + 4))
    bench.eye.hear(Witnessed(call=CALL, rows=rows))
    assert [one.known for one in bench.last.rows] == [False, True, True]


async def test_an_account_may_come_before_the_packet() -> None:
    bench = Bench()
    bench.eye.watch(CALL, on=True)
    bench.eye.hear(Witnessed(call=CALL, rows=(row("in", numbered(1)),)))
    assert (bench.last.matched, bench.last.unknown) == (0, 0)
    bench.eye.passed("in", numbered(1))
    bench.eye.inside("in", numbered(1), b"opus" * 20)
    bench.eye.hear(Witnessed(call=CALL, rows=(row("in", numbered(2)), row("in", numbered(3)))))
    assert (bench.last.matched, bench.last.unknown) == (1, 0)
    assert bench.last.rows[0].plain == b"opus" * 8
    bench.eye.passed("in", numbered(3))  # the leg keeps the order: 2 can only have been made up
    bench.eye.hear(Witnessed(call=CALL, rows=()))
    assert (bench.last.matched, bench.last.unknown) == (2, 1)


async def test_by_udp_a_packet_may_be_lost_and_may_overtake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye_module, "WAIT", 0.1)
    bench = Bench()
    bench.eye.watch(CALL, on=True)
    bench.eye.by_udp(on=True)
    record = b"\x17\x03\x03" + bytes(40)
    rows = (row("in", numbered(1)), row("in", record), row("in", numbered(2)), row("in", numbered(3)))
    bench.eye.hear(Witnessed(call=CALL, rows=rows))
    bench.eye.passed("in", numbered(3))
    bench.eye.passed("in", numbered(2))
    bench.eye.hear(Witnessed(call=CALL, rows=()))
    assert (bench.last.matched, bench.last.unknown, bench.last.lost) == (0, 0, 0)
    await asyncio.sleep(0.3)
    # A record of the session does not travel by UDP: that one the relay has made up.
    assert (bench.last.matched, bench.last.unknown, bench.last.lost) == (2, 1, 1)


async def test_what_it_does_not_name_is_counted() -> None:
    bench = Bench()
    for _ in range(2):
        bench.eye.watch(CALL, on=True)  # a new account begins anew
        for _ in range(2):
            bench.eye.passed("out", VOICE)
            bench.eye.hear(Witnessed(call=CALL, rows=(row("out", VOICE),), skipped=7))
        assert (bench.last.matched, bench.last.unknown, bench.last.skipped) == (2, 0, 14)


async def test_true_in_part_is_false() -> None:
    bench = Bench()
    bench.eye.watch(CALL, on=True)
    bench.eye.passed("out", VOICE)
    lies = [{"size": 109}, {"head": "81"}, {"head": VOICE[:15].hex()}, {"digest": "0" * 64}]
    bench.eye.hear(Witnessed(call=CALL, rows=tuple(row("out", VOICE, **lie) for lie in lies)))
    assert (bench.last.matched, bench.last.unknown) == (0, len(lies))
    bench.eye.hear(Witnessed(call="d" * 32, rows=(row("out", VOICE),)))
    assert (bench.last.matched, bench.last.unknown) == (0, len(lies))


async def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye_module, "WAITING_MAX", 30)
    bench = Bench()
    bench.eye.watch(CALL, on=True)
    for number in range(MEMORY + 10):
        for direction in ("out", "in"):
            bench.eye.passed(direction, numbered(number))
    assert {len(known) for known in bench.eye._known.values()} == {MEMORY}
    for _ in range(5):
        bench.eye.hear(Witnessed(call=CALL, rows=(row("in", b"\x80made up"),) * 20))
    assert len(bench.eye._waiting) == 30
    assert bench.last.unknown == 70
    assert len(bench.last.rows) == eye_module.ROWS
    bench.eye.leg_gone("e" * 32)
    assert bench.eye.watching
    bench.eye.leg_gone(CALL)
    assert not bench.eye.watching
    assert not bench.eye._waiting
    assert bench.eye._timer is None


def test_nothing_is_hashed_while_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye_module, "_digest", lambda _packet: pytest.fail("hashed"))
    eye = RelayEye(Journal(clock.monotonic))
    eye.leg_stands(CALL)
    for number in range(1000):
        eye.passed("out", numbered(number))
        eye.passed("in", numbered(number))
        eye.inside("out", numbered(number), b"opus")
    assert len(eye._recent) == RECENT
