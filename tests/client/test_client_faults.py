"""What can go wrong with people and relays that mean no harm: each ends in a sentence, within its limit, and the next
call works. (Those that do mean harm: test_client_hostile_*.)"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from town import PATIENT, QUICK, RELAY, Town, of, phase, seen, sees, talk, town

from voip.cli import main
from voip.client import home
from voip.client.desk import Equipment
from voip.client.leg import Leg
from voip.client.phone import Phone
from voip.client.session import Session
from voip.client.waiting import wait_for
from voip.errors import AudioError, CallError, StoreError
from voip.io import clock
from voip.io.store import ClientStore
from voip.journal.observations import AudioState, CallChanged, FirstAudio, LinkState, Problem, TrustAssessed
from voip.journal.summary import last_call, side
from voip.pki.certificates import key_fingerprint
from voip.session.trust import Pin, grouped
from voip.wire.signals import Ended, Incoming

SHORT = replace(QUICK, handshake=1.0, reply=1.0, ring=6, absence=0.8, dead=1.6)


@pytest.fixture(autouse=True)
def quick_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "BACK_OFF_FIRST", 0.1)
    monkeypatch.setattr(home, "BACK_OFF_MOST", 0.3)


async def next_call_works(alice: Phone, bob: Phone) -> None:
    before = last_call(alice.journal)
    await talk(alice, bob)
    call = last_call(alice.journal)
    assert call != before
    await asyncio.gather(*(heard(phone, call) for phone in (alice, bob)))
    await alice.hang_up()
    assert (await phase(bob, "ended", call=call)).reason == "hung-up"


async def heard(phone: Phone, call: str) -> None:
    await seen(phone, lambda e: isinstance(e.what, FirstAudio) and e.call == call, "audio")


async def state(phone: Phone, wanted: str, after: float, within: float = 8.0) -> LinkState:
    entry = await seen(
        phone, lambda e: isinstance(e.what, LinkState) and e.what.state == wanted and e.at >= after, wanted, within
    )
    assert isinstance(entry.what, LinkState)
    return entry.what


# ── a peer that goes silent ────────────────────────────────────────────────────────────────────────────────────────


def never_opens_its_leg(bob: Phone) -> Callable[[Incoming], None]:
    return lambda _signal: None


def opens_its_leg_and_nothing_else(bob: Phone) -> Callable[[Incoming], None]:
    async def open_leg(signal: Incoming) -> None:
        leg = await Leg.open(bob._desk, signal.call, signal.token, bob._home.link.resumption)
        bob._closing.add(asyncio.ensure_future(leg._stream._gone.wait()))

    return lambda signal: bob._closing.add(asyncio.ensure_future(open_leg(signal)))


def stops_in_the_middle_of_the_handshake(bob: Phone) -> Callable[[Incoming], None]:
    async def begin(signal: Incoming) -> None:
        leg = await Leg.open(bob._desk, signal.call, signal.token, bob._home.link.resumption)
        sent = []

        def only_the_first(record: bytes) -> None:
            sent.append(record)
            if len(sent) == 1:
                leg.send(record)

        session = Session(
            bob._desk.callee,
            lambda _certificate: None,
            send=only_the_first,
            observe=lambda _event: None,
            on_established=lambda _event: None,
            on_signal=lambda _signal: None,
            on_end=lambda _error: None,
        )
        leg.on_tls, leg.on_media, leg.on_end = session.receive, lambda _packet: None, lambda _error: None
        session.start()
        leg.begin()
        bob._closing.add(asyncio.ensure_future(leg._stream._gone.wait()))

    return lambda signal: bob._closing.add(asyncio.ensure_future(begin(signal)))


@pytest.mark.parametrize(
    ("silent", "code"),
    [
        (never_opens_its_leg, "leg-silent"),
        (opens_its_leg_and_nothing_else, "peer-silent"),
        (stops_in_the_middle_of_the_handshake, "peer-silent"),
    ],
)
async def test_a_peer_that_is_silent_while_it_rings(tmp_path: Path, silent: Callable, code: str) -> None:
    async with town(tmp_path, SHORT) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        bob._offer = silent(bob)
        await sees(alice, "bob")
        begun = clock.monotonic()
        await alice.call("bob")
        ended = await phase(alice, "ended")
        assert clock.monotonic() - begun < SHORT.reply + SHORT.handshake + 1
        assert (ended.reason, (await of(alice, Problem)).code) == ("failed", code)
        assert ended.sentence.endswith(".")
        assert "phone did" in ended.sentence
        del bob._offer
        await next_call_works(alice, bob)


@pytest.mark.parametrize("when", ["ringing", "talking"])
@pytest.mark.parametrize("how", ["freeze", "vanish"])
async def test_a_peer_that_is_gone_without_a_word(tmp_path: Path, when: str, how: str) -> None:
    async with town(tmp_path, SHORT) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        if when == "talking":
            await talk(alice, bob)
            await of(alice, FirstAudio)
        else:
            await sees(alice, "bob")
            await alice.call("bob")
            await of(alice, TrustAssessed)
        gone_at = clock.monotonic()
        getattr(place, how)(bob)
        ended = await phase(alice, "ended")
        assert clock.monotonic() - gone_at < SHORT.dead + 1
        assert ended.reason == "lost"
        if (when, how) == ("talking", "freeze"):  # the relay, which waits as long, may have said so first
            assert ended.sentence in {"Nothing has come from bob for 0.8 s.", ""}
        await next_call_works(alice, await place.phone("bob"))


async def test_who_hangs_up_on_a_ringing_caller_that_is_gone_hangs_up(tmp_path: Path) -> None:
    """The one who is called, this time."""
    async with town(tmp_path, SHORT) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        place.vanish(alice)
        assert (await phase(bob, "ended")).reason == "lost"
        with pytest.raises(CallError):
            await bob.accept()
        await next_call_works(await place.phone("alice"), bob)


# ── a relay that goes away ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["stop", "crash"])
@pytest.mark.parametrize("when", ["idle", "ringing", "talking"])
async def test_a_relay_that_goes_away_and_comes_back(tmp_path: Path, when: str, how: str) -> None:
    async with town(tmp_path, SHORT) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        if when == "ringing":
            await alice.call("bob")
            await asyncio.gather(of(alice, TrustAssessed), of(bob, TrustAssessed))
        elif when == "talking":
            await talk(alice, bob)
        gone_at, port = clock.monotonic(), place.relay.address[1]
        await (place.relay.stop() if how == "stop" else place.crash())
        for phone in (alice, bob):
            assert (await state(phone, "offline", gone_at)).sentence.endswith(".")
            if when != "idle":
                ended = await phase(phone, "ended")
                assert ended.reason == "lost"
        with pytest.raises(CallError, match="no connection to the relay"):
            await alice.call("bob")
        back_at = clock.monotonic()
        await place.open(port)
        await asyncio.gather(*(state(phone, "online", back_at) for phone in (alice, bob)))
        await seen(alice, lambda e: getattr(e.what, "name", "") == "bob" and e.what.online and e.at > back_at, "bob")
        await next_call_works(alice, bob)


async def test_a_relay_that_stands_still(tmp_path: Path) -> None:
    """Its connection stays, but nothing comes: the link is lost after `limits.dead`."""
    async with town(tmp_path, replace(QUICK, dead=0.8)) as place:
        alice = await place.phone("alice")
        [stream] = place.relay._streams
        stream._transport.pause_reading()
        stream._engine.take_output = bytes
        lost = await seen(alice, lambda e: isinstance(e.what, LinkState) and e.what.state == "offline", "the loss")
        assert lost.what.code == "relay-lost"
        assert lost.what.sentence == "The relay has not answered for 0.8 s."


async def test_nobody_listens_there(tmp_path: Path) -> None:
    async with town(tmp_path, QUICK) as place:
        store = await place.enrol("alice")
        port = await place.crash()
        alice = place.fit(store)
        running = asyncio.ensure_future(alice.run())
        offline = await seen(alice, lambda e: isinstance(e.what, LinkState) and e.what.state == "offline", "refusal")
        assert offline.what.code == "relay-unreachable"
        assert f"127.0.0.1:{port}" in offline.what.sentence
        await alice.stop()
        await asyncio.wait_for(running, 2)


# ── certificates ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_peer_whose_certificate_names_somebody_else(tmp_path: Path) -> None:
    """mallory has an account, and answers as bob: by a relay that lets him (here: bob's link, mallory's session)."""
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        mallory = place.fit(await place.enrol("mallory"))
        bob._desk = replace(bob._desk, callee=mallory._desk.callee)
        await sees(alice, "bob")
        await alice.call("bob")
        ended = await phase(alice, "ended")
        assert ended.reason == "insecure"
        assert "should be bob@relay.test, but its certificate names mallory@relay.test" in ended.sentence
        assert (await of(alice, Problem)).code == "wrong-person"
        assert (await phase(bob, "ended")).reason in {"insecure", "failed"}
        assert not [e for e in alice.journal if isinstance(e.what, TrustAssessed)]


async def test_a_caller_whose_certificate_names_somebody_else(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        mallory = place.fit(await place.enrol("mallory"))
        alice._desk = replace(alice._desk, caller=mallory._desk.caller)
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        ended = await phase(bob, "ended")
        assert (ended.reason, (await of(bob, Problem)).code) == ("insecure", "wrong-person")


async def test_a_changed_key_stops_the_call_until_it_is_forgotten(tmp_path: Path, capsys) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await next_call_works(alice, bob)
        old = key_fingerprint(bob._desk.identity.certificate)
        await place.stop(bob)
        await place.move("bob")
        bob = await place.phone("bob")
        new = key_fingerprint(bob._desk.identity.certificate)
        await seen(bob, lambda e: getattr(e.what, "name", "") == "alice", "alice")
        await alice.call("bob")
        call = last_call(alice.journal)
        ended = await phase(alice, "ended", call=call)
        assert ended.reason == "insecure"
        assert grouped(old) in ended.sentence
        assert grouped(new) in ended.sentence
        assert "glasscall forget bob" in ended.sentence
        [trust] = [e.what for e in alice.journal if isinstance(e.what, TrustAssessed) and e.call == call]
        assert (trust.level, trust.fingerprint, trust.old_fingerprint) == ("changed", new, old)
        assert (await phase(bob, "ended", call=call)).reason in {"insecure", "failed"}
        assert not [e for e in bob.journal if isinstance(e.what, CallChanged) and e.what.phase == "talking"]
        assert main(["forget", "bob", "--home", str(tmp_path / "alice")]) == 0
        assert "Forgot the key of bob@relay.test" in capsys.readouterr().out
        await next_call_works(alice, bob)


async def refused(place: Town, store: ClientStore) -> LinkState:
    """The refusal that `store`'s phone gets; after it the phone has stopped trying by itself."""
    phone = place.fit(store)
    await asyncio.wait_for(phone.run(), 6)
    states = [e.what for e in phone.journal if isinstance(e.what, LinkState)]
    assert [one.state for one in states] == ["connecting", "refused"]
    assert states[-1].sentence.endswith((".", ")"))
    return states[-1]


async def test_an_expired_certificate(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        store = await place.enrol("alice")
        await place.reissue("alice", timedelta(days=100))
        found = await refused(place, store)
        assert found.code == "certificate-expired"
        assert "expired" in found.sentence


async def test_an_account_that_was_closed(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        store = await place.enrol("alice")
        (tmp_path / "relay" / "accounts" / "alice.json").unlink()
        found = await refused(place, store)
        assert found.code == "unknown-account"
        assert "alice" in found.sentence


async def test_another_relay_at_the_same_place(tmp_path: Path) -> None:
    """Another CA, the same name: the certificate it shows is not one of ours, and ours is nothing to it."""
    async with town(tmp_path / "one") as one:
        store = await one.enrol("alice")
        port = await one.crash()
        two = Town(tmp_path / "two", PATIENT)
        await two.open(port)
        found = await refused(one, store)
        assert found.code == "wrong-authority"
        assert "Do not go on" in found.sentence
        await two.relay.stop()


async def test_a_relay_that_names_another_host(tmp_path: Path) -> None:
    """The same CA, but the certificate is for another machine."""
    async with town(tmp_path) as place:
        store = await place.enrol("alice")
        account = tmp_path / "alice" / "identity" / "account.json"
        account.write_text(account.read_text().replace(RELAY, "other.test"))
        found = await refused(place, store)
        assert found.code == "wrong-host"
        assert "should be other.test, but its certificate names relay.test" in found.sentence


async def test_an_old_certificate_is_renewed_over_the_link(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        store = await place.enrol("alice")
        key = key_fingerprint(store.identity().certificate)
        await place.reissue("alice", timedelta(days=70))
        old = store.identity().certificate
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)  # whatever the relay answers before, it has answered when they talk
        fresh = store.identity().certificate
        assert fresh.not_valid_after_utc - old.not_valid_after_utc > timedelta(days=69)
        assert key_fingerprint(fresh) == key
        assert alice._desk.identity.certificate == fresh
        assert side(alice.journal)["leg"]["resumed"] is True
        call = last_call(alice.journal)
        await alice.hang_up()
        await phase(alice, "ended", call=call)
        await place.stop(alice)
        alice = await place.phone("alice")
        shown = [stream.established.peer[0] for stream in place.relay._streams]
        assert fresh.public_bytes(Encoding.DER) in shown
        assert old.public_bytes(Encoding.DER) not in shown
        await next_call_works(alice, bob)


async def test_a_renewal_that_fails_is_not_asked_for_again_and_again(tmp_path: Path, caplog) -> None:
    async with town(tmp_path, SHORT) as place:
        store = await place.enrol("alice")
        await place.reissue("alice", timedelta(days=70))
        asked = []

        def fail(name: str, _csr: str, _now: object) -> str:
            asked.append(name)
            raise OSError("the disk is full")

        place.relay._enrolment.renew = fail
        alice, bob = await place.phone("alice"), await place.phone("bob")
        offline = await seen(alice, lambda e: isinstance(e.what, LinkState) and e.what.state == "offline", "a fault")
        assert offline.what.code == "relay-fault"
        await state(alice, "online", offline.at)
        await next_call_works(alice, bob)
        assert asked == ["alice"]
        assert store.identity().certificate == alice._desk.identity.certificate
        caplog.clear()


# ── small print ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_phone_of_the_same_person_replaces_the_first(tmp_path: Path) -> None:
    async with town(tmp_path, replace(PATIENT, dead=10)) as place:  # a first phone that is taken for dead comes back
        first, bob = await place.phone("alice"), await place.phone("bob")
        await talk(first, bob)
        second = await place.phone("alice")
        replaced = await seen(first, lambda e: isinstance(e.what, LinkState) and e.what.state == "refused", "the end")
        assert replaced.what.code == "replaced"
        assert "somewhere else" in replaced.what.sentence
        assert (await phase(first, "ended")).reason == "replaced"
        assert (await phase(bob, "ended")).reason == "lost"
        await next_call_works(second, bob)
        assert first._home.link is None


@pytest.mark.parametrize("name", ["", "Bob", "bob@relay.test", "bob\n", "b" * 33, "밥"])
async def test_odd_names_are_refused_and_the_link_stays(tmp_path: Path, name: str) -> None:
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        with pytest.raises(CallError, match="a name starts with a letter") as caught:
            await alice.call(name)
        assert caught.value.code == "name-bad"
        await alice.call("nobody")
        assert (await phase(alice, "ended")).reason == "not-there"


async def test_a_crossing_call_that_was_cancelled_is_not_offered_later(tmp_path: Path) -> None:
    """bob rings just as alice does, and gives up: alice must not find his old call when hers is over."""
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        alice._hear(Incoming(call="d" * 32, caller="bob", token="e" * 32))
        alice._hear(Ended(call="d" * 32, reason="cancelled"))
        await alice.hang_up()
        await phase(bob, "ended")
        assert alice._conversation is None
        await next_call_works(alice, bob)


async def test_muting_lasts_from_before_the_answer(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        alice.mute(on=True)
        await phase(bob, "incoming")
        await bob.accept()
        await phase(alice, "talking")
        assert alice._conversation._sound._outbound.muted
        assert side(alice.journal)["session"]["peer"] == "bob@relay.test"


async def test_words_cannot_match_before_there_are_any(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        with pytest.raises(CallError, match="no call"):
            await alice.words_match()
        bob = await place.phone("bob")
        bob._offer = lambda _signal: None
        await sees(alice, "bob")
        await alice.call("bob")
        with pytest.raises(CallError, match="no words"):
            await alice.words_match()


async def test_pins_that_cannot_be_written_are_told_and_the_call_goes_on(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")

        def full(_pin: Pin) -> None:
            raise StoreError("The disk is full.", code="no-space")

        alice._desk.store.pins.put = full
        await bob.accept()
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
        problem = await of(alice, Problem)
        assert (problem.about, problem.code) == ("store", "no-space")
        assert alice._conversation is not None


async def test_a_phone_limits_how_long_it_rings_also_when_the_relay_does_not(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice = await place.phone("alice", limits=replace(PATIENT, reply=0.5, ring=0.5))
        bob = await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        assert (await phase(alice, "ended")).reason == "no-answer"
        assert (await phase(bob, "ended")).reason == "no-answer"


async def test_a_microphone_that_will_not_do_is_told_and_the_call_goes_on(tmp_path: Path) -> None:
    def none_here() -> Equipment:
        raise AudioError("This machine has no microphone.", code="no-device")

    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", equip=none_here), await place.phone("bob")
        await talk(alice, bob)
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
        assert (await of(alice, Problem)).code == "no-device"
        states = [e.what for e in alice.journal if isinstance(e.what, AudioState)]
        assert (states[-1].code, states[-1].sentence) == ("no-device", "This machine has no microphone.")


async def test_what_does_not_happen_in_time_is_told(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        with pytest.raises(CallError, match=r"Snow did not happen within 0\.05 s\.") as caught:
            await wait_for(alice.journal, lambda _entry: False, 0.05, "Snow")
        assert caught.value.code == "timeout"


async def test_damaged_pins_stop_the_call(tmp_path: Path) -> None:
    """Taken for empty, they would let a changed key pass."""
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        (tmp_path / "alice" / "pins.json").write_text("{")
        await sees(alice, "bob")
        await alice.call("bob")
        ended = await phase(alice, "ended")
        assert ended.reason == "failed"
        assert "pins.json" in ended.sentence
        assert (await phase(bob, "ended")).reason == "failed"
