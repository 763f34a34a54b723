"""UDP, TLS and lanes in real calls: a real relay, real sockets, and a fog that swallows UDP between them."""

import asyncio
import random
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from fog import Fog, fog, nothing, udp_port
from town import PATIENT, Town, seen, talk, town

from voip.client.phone import Phone
from voip.io import clock
from voip.journal.observations import LanesChanged, MediaStats, PathChanged, Problem, Worsened
from voip.wire.framing import Kind, kind


class Call:
    """alice and bob talk; what each of them hears, and by which ways."""

    def __init__(self, place: Town, udp: Fog, alice: Phone, bob: Phone) -> None:
        self.place, self.udp, self.alice, self.bob = place, udp, alice, bob
        self.heard: dict[str, list[float]] = {"alice": [], "bob": []}
        self._stalls: list[tuple[float, float]] = []
        self._watching = asyncio.get_running_loop().create_task(self._watch_the_loop())

    async def begin(self) -> None:
        await talk(self.alice, self.bob)
        for phone in (self.alice, self.bob):
            ways = phone._conversation._ways
            ways._on_media = self._listening(phone.name, ways._on_media)

    async def _watch_the_loop(self) -> None:
        """When and for how long this process did not get to its work: no way can be quicker than that."""
        while True:
            before = clock.monotonic()
            await asyncio.sleep(0.005)
            self._stalls.append((before, clock.monotonic() - before))

    def _listening(self, name: str, on_media):
        def listen(packet: bytes) -> bool:
            authentic = on_media(packet)
            if authentic:
                self.heard[name].append(clock.monotonic())
            return authentic

        return listen

    async def on(self, path: str, *directions: str, phones: tuple[str, ...] = ("alice", "bob")) -> None:
        """Wait until each of `phones` has gone over to `path`, both ways or in one of `directions`."""
        for phone in (self.alice, self.bob):
            if phone.name not in phones:
                continue
            ways, moved = phone._conversation._ways, asyncio.Event()
            unsubscribe = phone.journal.subscribe(
                lambda entry, moved=moved: isinstance(entry.what, PathChanged) and moved.set()
            )
            async with asyncio.timeout(30):
                while any({"out": ways.name, "in": ways.receiving}[way] != path for way in directions or ("out", "in")):
                    await moved.wait()
                    moved.clear()
            unsubscribe()

    def gap(self, name: str, since: float) -> float:
        """The longest time in which `name` heard nothing since `since`, less the longest in which nobody could."""
        times = [since, *(at for at in self.heard[name] if at > since), clock.monotonic()]
        stall = max((took for at, took in self._stalls if at >= since), default=0.0)
        return max(b - a for a, b in pairwise(times)) - (stall if stall > 0.03 else 0.0)

    def changes(self, phone: Phone) -> list[PathChanged]:
        return [entry.what for entry in phone.journal if isinstance(entry.what, PathChanged)]

    def stats(self, phone: Phone) -> MediaStats:
        return phone._conversation._sound._report._stats()


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with town(tmp_path, PATIENT) as place, fog(place) as udp:
        place.relay._patchbay._witness = None  # so that the relay sends straight on
        yield Call(place, udp, await place.phone("alice"), await place.phone("bob"))


async def test_a_call_starts_on_tls_and_moves_to_udp_without_losing_or_doubling_a_frame(call: Call) -> None:
    await call.begin()
    await call.on("udp")
    await asyncio.sleep(1.5)
    for phone in (call.alice, call.bob):
        assert call.changes(phone) == [PathChanged("tls"), PathChanged("udp", "proven")]
        stats = call.stats(phone)
        assert stats.rejected == 0
        assert stats.lost <= stats.late, "what is late, a busy machine has held up; nothing else is missing"
        assert stats.received > 50
        assert not any(isinstance(entry.what, Worsened) for entry in phone.journal)
    # By now nothing but UDP carries the voice.
    legs = [phone._conversation._connection.leg.pipe for phone in (call.alice, call.bob)]
    before = [leg.packets_sent for leg in legs]
    passed = len(call.udp.passed["up"])
    await asyncio.sleep(0.5)
    assert [leg.packets_sent - sent for leg, sent in zip(legs, before, strict=True)] <= [3, 3]
    assert len(call.udp.passed["up"]) - passed > 40


async def test_a_blackhole_costs_less_than_half_a_second_and_is_returned_from(call: Call) -> None:
    await call.begin()
    await call.on("udp")
    await asyncio.sleep(1.0)
    began = clock.monotonic()
    call.udp.passes = nothing
    await call.on("tls")
    await asyncio.sleep(1.0)
    assert call.gap("alice", began) < 0.5
    assert call.gap("bob", began) < 0.5
    call.udp.passes = lambda _way, _client: True
    back = clock.monotonic()
    await call.on("udp")
    assert clock.monotonic() - back < 5
    await asyncio.sleep(1.0)
    assert call.gap("alice", back) < 0.2
    for phone in (call.alice, call.bob):
        assert [change.reason for change in call.changes(phone)][:2] == ["", "proven"]
        assert {change.reason for change in call.changes(phone)} <= {"", "proven", "silent", "unheard", "loss"}
        assert call.stats(phone).rejected == 0
        worse = [entry.what.code for entry in phone.journal if isinstance(entry.what, Worsened)]
        assert set(worse) == {"path-tls"}


async def test_one_side_by_udp_and_the_other_by_tls(call: Call) -> None:
    bob_port = 0
    call.udp.passes = lambda _way, client: client != bob_port
    await call.begin()
    bob_port = udp_port(call.bob)
    await call.on("udp", phones=("alice",))
    await call.on("tls", phones=("bob",))
    await asyncio.sleep(1.0)
    since = clock.monotonic()
    await asyncio.sleep(1.0)
    assert call.gap("alice", since) < 0.2
    assert call.gap("bob", since) < 0.2
    assert (call.alice._conversation._ways.name, call.bob._conversation._ways.name) == ("udp", "tls")
    for phone in (call.alice, call.bob):
        assert call.stats(phone).rejected == 0


async def test_one_direction_alone_is_dark(call: Call) -> None:
    """What alice sends by UDP does not arrive; what is sent to her does."""
    await call.begin()
    await call.on("udp")
    await asyncio.sleep(1.0)
    port, began = udp_port(call.alice), clock.monotonic()
    call.udp.passes = lambda way, client: client != port or way == "down"
    await call.on("tls", "out", phones=("alice",))
    await asyncio.sleep(0.3)
    assert call.gap("bob", began) < 0.5
    assert call.gap("alice", began) < 0.2
    assert call.alice._conversation._ways.receiving == "udp"
    assert call.changes(call.alice)[-1].direction == "out"


async def test_heavy_loss_is_left(call: Call) -> None:
    await call.begin()
    await call.on("udp")
    await asyncio.sleep(0.6)
    dice = random.Random(5)
    call.udp.passes = lambda _way, _client: dice.random() > 0.5
    await call.on("tls")
    assert "loss" in {change.reason for change in call.changes(call.alice)}


async def test_datagrams_that_come_twice_are_no_attack(call: Call) -> None:
    call.udp.copies = 2
    await call.begin()
    await call.on("udp")
    await asyncio.sleep(1.0)
    for phone in (call.alice, call.bob):
        stats = call.stats(phone)
        assert stats.rejected == 0
        assert stats.lost <= stats.late


# ── what the person wants ──────────────────────────────────────────────────────────────────────────────────────


async def test_tls_by_force_binds_nothing_and_takes_nothing_by_udp(tmp_path: Path) -> None:
    async with town(tmp_path, PATIENT) as place, fog(place) as udp:
        call = Call(place, udp, await place.phone("alice", path="tls"), await place.phone("bob", path="tls"))
        await call.begin()
        await asyncio.sleep(1.0)
        assert udp.passed == {"up": [], "down": []}
        assert call.alice._conversation._ways._socket is None
        assert call.changes(call.alice) == [PathChanged("tls", "forced")]
        assert call.stats(call.alice).received > 20


async def test_udp_by_force_sends_and_takes_nothing_inside_tls(tmp_path: Path) -> None:
    async with town(tmp_path, PATIENT) as place, fog(place) as udp:
        call = Call(place, udp, await place.phone("alice", path="udp"), await place.phone("bob"))
        sent: list[bytes] = []
        await call.begin()
        pipe = call.alice._conversation._connection.leg.pipe
        honest = pipe.send_packet
        pipe.send_packet = lambda packet: (sent.append(packet), honest(packet))
        since = clock.monotonic()
        await asyncio.sleep(1.2)
        assert call.changes(call.alice) == [PathChanged("udp", "forced")]
        assert all(kind(packet) is not Kind.MEDIA for packet in sent)
        assert call.gap("alice", since) < 0.5
        assert call.gap("bob", since) < 0.5
        # UDP goes dark: nothing takes its place.
        udp.passes = nothing
        await asyncio.sleep(0.3)
        heard = len(call.heard["alice"]), len(call.heard["bob"])
        await asyncio.sleep(1.0)
        assert (len(call.heard["alice"]), len(call.heard["bob"])) == heard
        assert all(kind(packet) is not Kind.MEDIA for packet in sent)
        problem = await seen(call.alice, lambda e: isinstance(e.what, Problem) and e.what.code == "udp-none", "a word")
        assert "nothing comes back by it" in problem.what.sentence


async def test_a_relay_without_udp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import town as town_module

    from voip import relay as relay_package

    monkeypatch.setattr(town_module, "Relay", lambda *args, **options: relay_package.Relay(*args, udp=False, **options))
    async with town(tmp_path, PATIENT) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob", path="udp")
        await talk(alice, bob)
        problem = await seen(bob, lambda e: isinstance(e.what, Problem) and e.what.code == "udp-none", "a word")
        assert "this relay offers none" in problem.what.sentence
        assert alice._conversation._ways.name == "tls"
        assert bob._conversation._ways.send(b"\x80" * 60) is False


# ── lanes ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_lane_carries_everything_once_more_and_its_end_ends_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, PATIENT) as place, fog(place) as udp:
        call = Call(place, udp, await place.phone("alice", path="tls"), await place.phone("bob", path="tls"))
        await call.begin()
        ways = call.alice._conversation._ways
        await asyncio.sleep(0.5)
        ways._lateness.delays = lambda _now: 9
        opened = await seen(call.alice, lambda e: isinstance(e.what, LanesChanged), "a lane")
        assert opened.what == LanesChanged(2, "late")
        ways._lateness.delays = lambda _now: 0
        (lane,) = ways._lanes
        sent, came = lane.packets_sent, lane.packets_received
        await asyncio.sleep(0.5)
        assert lane.packets_sent - sent > 15
        assert lane.packets_received - came > 15
        # The leg itself stands still for a while: the lane delivers.
        leg, since = call.alice._conversation._connection.leg.pipe, clock.monotonic()
        leg._transport.pause_reading()
        await asyncio.sleep(1.0)
        assert call.gap("alice", since) < 0.2
        leg._transport.resume_reading()
        await asyncio.sleep(0.5)
        lane.abort()
        lane._end(None)
        await seen(call.alice, lambda e: isinstance(e.what, LanesChanged) and e.what.reason == "lost", "its end")
        since = clock.monotonic()
        await asyncio.sleep(0.5)
        assert call.gap("alice", since) < 0.2
        assert call.gap("bob", since) < 0.2
        for phone in (call.alice, call.bob):
            stats = call.stats(phone)
            assert stats.rejected == 0
            assert stats.lost <= stats.late
