"""A talk outlives its leg, its link, its network and its relay; and nobody else gets in by that door."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from again import LIMITS, SOON, Talk, gaps, hears, interrupted, renews, sound, talking
from proxies import connect_proxy
from town import PATIENT, RELAY, Town, cut_udp, of, phase, seen, talk, town

from voip.client import home
from voip.client.enrol import join
from voip.client.phone import Phone
from voip.io import clock
from voip.io.store import ClientStore
from voip.journal.observations import FirstAudio, LinkState, Problem, SessionRenewed
from voip.journal.summary import last_call
from voip.pki.ca import issue_client
from voip.pki.certificates import load_csr_untrusted, make_csr, new_key
from voip.session.continuity import Continuity
from voip.session.tls import callee_context
from voip.session.tls.events import Established
from voip.wire.signals import Commit, Continue


@pytest.fixture(autouse=True)
def quick_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "BACK_OFF_FIRST", 0.1)
    monkeypatch.setattr(home, "BACK_OFF_MOST", 0.3)


def reset(*which: str) -> Callable[[Talk], None]:
    def act(call: Talk) -> None:
        for phone in call.both if "everybody's" in which else (call.alice,):
            streams = {"leg": phone._conversation._connection.leg._stream, "link": phone._home.link._stream}
            for name in {"leg", "link"} & set(which):
                streams[name]._transport.abort()

    return act


# ── what is lost comes back ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("which", "renewed"),
    [(("leg",), True), (("link",), False), (("leg", "link"), True), (("leg", "everybody's"), True),
     (("leg", "link", "everybody's"), True)],
)  # fmt: skip
async def test_a_connection_that_is_lost(tmp_path: Path, which: tuple[str, ...], renewed: bool) -> None:
    async with talking(tmp_path) as call:
        keys = [sound(phone)._outbound.protector for phone in call.both]
        links = [phone._home.link for phone in call.both]
        at = clock.monotonic()
        reset(*which)(call)
        await call.goes_on(at, renewed=renewed)
        for phone, key, link in zip(call.both, keys, links, strict=True):
            assert (sound(phone)._outbound.protector is not key) is renewed
            if "link" in which and (phone is call.alice or "everybody's" in which):
                await seen(
                    phone, lambda e: isinstance(e.what, LinkState) and e.what.state == "online" and e.at > at, ""
                )
                assert phone._home.link is not link
        assert max([0.0, *gaps(call.alice), *gaps(call.bob)]) < SOON
        await call.ends()


async def test_a_connection_is_cheap_to_make_anew(tmp_path: Path) -> None:
    """Link and leg resume the TLS session of the link that was lost."""
    async with talking(tmp_path) as call:
        at = clock.monotonic()
        call.wire.cut()
        await call.goes_on(at)
        await seen(
            call.alice, lambda e: isinstance(e.what, LinkState) and e.what.state == "online" and e.at > at, "link"
        )
        made = [e for e in call.alice.journal if isinstance(e.what, Established) and e.at > at]
        assert {e.channel: e.what.resumed for e in made} == {"link": True, "leg": True, "session": False}


async def test_again_and_again(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        for times in range(1, 6):
            at = clock.monotonic()
            (reset("leg") if times % 2 else reset("leg", "link", "everybody's"))(call)
            await call.goes_on(at)
        assert all(sound(phone)._inbound.keys.keys <= 4 for phone in call.both)
        await call.ends()


async def test_a_storm(tmp_path: Path) -> None:
    """Interrupted before it has come back, in every stage of that."""
    async with talking(tmp_path) as call:
        for pause in (0.0, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1):
            call.wire.cut()
            await asyncio.sleep(pause)  # where it strikes is the point
        at = clock.monotonic()
        call.wire.cut()
        await call.goes_on(at)
        await call.ends()


async def test_an_address_that_changes(tmp_path: Path) -> None:
    """The old connections are not even told that they are dead."""
    async with talking(tmp_path) as call:
        at = clock.monotonic()
        call.wire.swallow()
        await interrupted(call.alice)
        await call.goes_on(at)
        assert max(gaps(call.alice) + gaps(call.bob)) < SOON
        await call.ends()


async def test_a_network_that_holds_everything_up(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        call.wire.hold()
        for phone in call.both:
            cut_udp(phone)
        await asyncio.gather(*(interrupted(phone) for phone in call.both))
        await asyncio.sleep(1.5)
        at = clock.monotonic()
        call.wire.let_go()
        await call.goes_on(at, renewed=False)
        assert clock.monotonic() - at < SOON + 2  # it takes two entries of the journal to see that frames are played
        await call.ends()


@pytest.mark.parametrize("how", ["crash", "stop"])
async def test_a_relay_that_is_started_again(tmp_path: Path, how: str) -> None:
    async with talking(tmp_path) as call:
        port = call.place.relay.address[1]
        await (call.place.crash() if how == "crash" else call.place.relay.stop())
        await asyncio.gather(*(interrupted(phone) for phone in call.both))
        at = clock.monotonic()
        await call.place.open(port)
        await call.goes_on(at)
        assert call.place.relay._switchboard.calls == 1
        await call.ends()
        assert call.place.relay._switchboard.calls == 0


async def test_what_was_muted_is_said_again(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        at = clock.monotonic()
        reset("leg")(call)
        call.alice.mute(on=True)  # there is no session just now
        await renews(call.bob, at)
        await seen(call.bob, lambda e: getattr(e.what, "theirs", False), "a muted peer")


# ── endings ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_hangs_up_without_a_network_is_believed_when_it_is_there_again(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        call.wire.swallow()
        at = clock.monotonic()
        await call.alice.hang_up()
        assert (await phase(call.alice, "ended")).reason == "hung-up"
        assert (await phase(call.bob, "ended")).reason == "hung-up"
        assert clock.monotonic() - at < SOON
        await next_call(call.place, call.alice, call.bob)


@pytest.mark.parametrize("last", ["alice", "bob"])
async def test_who_hangs_up_while_there_is_no_relay(tmp_path: Path, last: str) -> None:
    """Whoever comes back first, the relay that was restarted learns that this call is over."""
    async with talking(tmp_path) as call:
        late = call.alice if last == "alice" else call.bob
        early = call.bob if last == "alice" else call.alice
        port = await call.place.crash()
        gate, insist = asyncio.Event(), late._home._insist

        async def later(desk: object) -> object:
            await gate.wait()
            return await insist(desk)

        late._home._insist = later
        await call.alice.hang_up()
        await asyncio.gather(
            *(seen(p, lambda e: getattr(e.what, "state", "") == "connecting" and e.at > 0, "") for p in call.both)
        )
        at = clock.monotonic()
        await call.place.open(port)
        await seen(early, lambda e: isinstance(e.what, LinkState) and e.what.state == "online" and e.at > at, "a link")
        gate.set()
        assert (await phase(call.bob, "ended")).reason == "hung-up"
        assert clock.monotonic() - at < LIMITS.absence / 2
        await next_call(call.place, call.alice, call.bob)


@pytest.mark.parametrize("who", ["alice", "bob"])
async def test_who_hangs_up_in_the_midst_of_another_handshake_hangs_up(tmp_path: Path, who: str) -> None:
    """And is not taken for somebody who cannot prove who they are."""
    async with talking(tmp_path) as call:
        first, other = (call.alice, call.bob) if who == "alice" else (call.bob, call.alice)
        first._conversation._connection._prove = first._conversation.hang_up
        reset("leg")(call)
        assert (await phase(first, "ended")).reason == "hung-up"
        assert (await phase(other, "ended")).reason == "hung-up"


async def test_a_peer_that_never_comes_back(tmp_path: Path) -> None:
    async with talking(tmp_path, replace(LIMITS, absence=2)) as call:
        at = clock.monotonic()
        call.place.vanish(call.bob)
        await interrupted(call.alice)
        ended = await phase(call.alice, "ended")
        assert ended.reason == "lost"
        assert 1.5 < clock.monotonic() - at < 4
        await next_call(call.place, call.alice, await call.place.phone("bob"))


async def test_a_network_that_never_comes_back(tmp_path: Path) -> None:
    async with talking(tmp_path, replace(LIMITS, absence=2)) as call:
        call.wire.hold()
        ends = await asyncio.gather(*(phase(phone, "ended") for phone in call.both))
        assert [ended.reason for ended in ends] == ["lost", "lost"]
        call.wire.let_go()
        await next_call(call.place, call.alice, call.bob)


async def next_call(place: Town, alice: Phone, bob: Phone) -> None:
    before = last_call(alice.journal)
    await seen(alice, lambda e: alice._home.link is not None, "a link")
    await talk(alice, bob)
    call = last_call(alice.journal)
    assert call != before
    for phone in (alice, bob):
        await seen(phone, lambda e: isinstance(e.what, FirstAudio) and e.call == call, "audio")
    await alice.hang_up()
    assert (await phase(bob, "ended", call=call)).reason == "hung-up"


# ── nobody else gets in ────────────────────────────────────────────────────────────────────────────────────────────


async def insecure(call: Talk, code: str, liar: Phone | None = None) -> None:
    """Both stop at once, and at least one says why."""
    ends = await asyncio.gather(*(phase(phone, "ended") for phone in call.both))
    assert {ended.reason for ended in ends} == {"insecure"}
    assert code in {e.what.code for phone in call.both for e in phone.journal if isinstance(e.what, Problem)}
    honest = [phone for phone in call.both if phone is not liar]
    assert not [e for phone in honest for e in phone.journal if isinstance(e.what, SessionRenewed)]


@pytest.mark.parametrize("liar", ["alice", "bob"])
async def test_who_was_not_there_before_cannot_prove_it(tmp_path: Path, liar: str) -> None:
    """The right certificate alone does not do: a second program of the same person, or who stole their key."""
    async with talking(tmp_path) as call:
        phone = call.alice if liar == "alice" else call.bob
        connection = phone._conversation._connection
        role = "caller" if liar == "alice" else "callee"
        connection._continuity = Continuity(role, lambda label, length, context: bytes(length), bytes(16))
        connection._continuity.require = lambda shown, new: None
        reset("leg")(call)
        await insecure(call, "continue-bad", phone)


async def test_another_first_signal_than_the_proof(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        connection = call.alice._conversation._connection
        connection._prove = lambda: connection.session.send(Commit(digest="0" * 64))
        reset("leg")(call)
        await insecure(call, "continue-bad")


async def test_another_key_with_the_same_name(tmp_path: Path) -> None:
    """The CA's operator can make a certificate for anybody; not with the key of before."""
    async with talking(tmp_path) as call:
        authority, key = call.place.store.load().authority, new_key()
        forged = issue_client(authority, load_csr_untrusted(make_csr(key, "bob")), "bob", RELAY, clock.wall())
        connection = call.bob._conversation._connection
        other = callee_context(forged, key, authority.certificate, ("1.3",), None)
        connection._desk = replace(connection._desk, callee=other)
        reset("leg")(call)
        await insecure(call, "key-swapped")


async def test_a_proof_in_the_first_session_is_out_of_place(tmp_path: Path) -> None:
    async with talking(tmp_path) as call:
        call.bob._conversation._connection.session.send(Continue(proof="0" * 64))
        ends = await asyncio.gather(*(phase(phone, "ended") for phone in call.both))
        assert {ended.reason for ended in ends} == {"insecure"}


# ── the way there ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_joining_calling_and_coming_back_through_a_proxy(tmp_path: Path) -> None:
    async with town(tmp_path, PATIENT) as place, connect_proxy("alice:sesame") as proxy:
        url = f"http://alice:sesame@127.0.0.1:{proxy.port}"
        await join(place.invite("alice"), ClientStore(tmp_path / "alice"), limits=PATIENT, proxy=url)
        alice, bob = await place.phone("alice", proxy=url), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        port = place.relay.address[1]
        assert proxy.asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"] * 3  # joining, link, leg
        at = clock.monotonic()
        alice._conversation._connection.leg._stream._transport.abort()
        await asyncio.gather(*(renews(phone, at) for phone in (alice, bob)))
        await asyncio.gather(*(hears(phone, at) for phone in (alice, bob)))
        assert len(proxy.asked) == 4


async def test_a_wrong_password_at_the_proxy_is_said(tmp_path: Path) -> None:
    async with town(tmp_path, PATIENT) as place, connect_proxy("alice:sesame") as proxy:
        store = await place.enrol("alice")
        alice = place.fit(store, proxy=f"http://alice:guess@127.0.0.1:{proxy.port}")
        running = asyncio.ensure_future(alice.run())
        told = await seen(alice, lambda e: isinstance(e.what, LinkState) and e.what.state == "offline", "the trouble")
        assert told.what.code == "proxy-password"
        assert "guess" not in told.what.sentence
        await alice.stop()
        await running
