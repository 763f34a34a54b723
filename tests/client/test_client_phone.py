"""Calls between real phones through a real relay, as their users would make them."""

import asyncio
from pathlib import Path

import pytest
from town import QUICK, of, phase, seen, sees, talk, town

from voip.errors import CallError
from voip.journal.observations import FirstAudio, Latency, MediaStats, Mute, PersonSeen, TrustAssessed, WordsReady
from voip.journal.summary import last_call, side
from voip.session.tls.events import Established


async def test_a_call_from_first_ring_to_last_word(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        words = [(await of(phone, WordsReady)).words for phone in (alice, bob)]
        assert words[0] == words[1]
        assert len(set(words[0])) >= 3
        for phone, peer in ((alice, "bob@relay.test"), (bob, "alice@relay.test")):
            trust = await of(phone, TrustAssessed)
            assert (trust.peer, trust.level) == (peer, "certified")
            await of(phone, FirstAudio)
            latency = await of(phone, Latency)
            assert abs(sum(latency.stages.values()) - latency.mouth_to_ear) < 0.01
        await alice.hang_up()
        assert (await phase(alice, "ended")).reason == "hung-up"
        assert (await phase(bob, "ended")).reason == "hung-up"
        for phone in (alice, bob):
            report = side(phone.journal)
            assert report["link"]["group"] == report["session"]["group"] == "X25519MLKEM768"
            assert report["leg"]["resumed"] is True
            assert report["leg"]["early"] == "taken"  # the token went with the ClientHello
            assert report["link"]["early"] == report["session"]["early"] == ""
            assert report["link"]["resumed"] is False
            assert report["session"]["version"] == "TLSv1.3"
            assert report["audio"]["frames_played"] > 0
            assert report["audio"]["rejected"] == 0


async def test_the_handshake_runs_while_it_rings(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        for phone in (alice, bob):
            await seen(phone, lambda e: isinstance(e.what, Established) and e.channel == "session", "the session")
            await of(phone, WordsReady)
            assert not [e for e in phone.journal if isinstance(e.what, MediaStats | FirstAudio)]
        await bob.accept()
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))


async def test_decline_cancel_and_the_next_call(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        await bob.decline()
        assert (await phase(alice, "ended")).reason == "declined"
        first = last_call(alice.journal)
        await alice.call("bob")
        await seen(bob, lambda e: getattr(e.what, "phase", "") == "incoming" and e.call != first, "the second call")
        await alice.hang_up()
        second = last_call(alice.journal)
        assert (await phase(bob, "ended", call=second)).reason == "cancelled"


async def test_busy_not_there_nobody_and_oneself(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob, carol = [await place.phone(name) for name in ("alice", "bob", "carol")]
        await place.enrol("dave")
        await talk(alice, bob)
        await seen(carol, lambda e: isinstance(e.what, PersonSeen) and e.what.name == "bob" and e.what.busy, "busy bob")
        await carol.call("bob")
        assert (await phase(carol, "ended")).reason == "busy"
        for name in ("dave", "nobody"):
            await carol.call(name)
            assert (await phase(carol, "ended", call=last_call(carol.journal))).reason == "not-there"
        with pytest.raises(CallError):
            await carol.call("carol")
        with pytest.raises(CallError):
            await alice.call("carol")
        with pytest.raises(CallError):
            await carol.accept()


async def test_an_unanswered_call_ends(tmp_path: Path) -> None:
    async with town(tmp_path, QUICK) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        assert (await phase(alice, "ended")).reason == "no-answer"
        assert (await phase(bob, "ended")).reason == "no-answer"


async def test_both_calling_each_other_at_once_are_joined(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await asyncio.gather(sees(alice, "bob"), sees(bob, "alice"))
        await asyncio.gather(alice.call("bob"), bob.call("alice"))
        await asyncio.gather(phase(alice, "talking"), phase(bob, "talking"))
        assert last_call(alice.journal) == last_call(bob.journal)
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))


async def test_mute_is_told_and_sends_silence(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        alice.mute(on=True)
        await seen(bob, lambda e: isinstance(e.what, Mute) and e.what.theirs, "alice's mute")
        alice.mute(on=False)
        await seen(bob, lambda e: isinstance(e.what, Mute) and not e.what.theirs, "alice's voice")


async def test_trust_grows_call_by_call(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        levels = []
        for _ in range(3):
            await talk(alice, bob)
            await of(alice, WordsReady)
            call = last_call(alice.journal)
            levels.append(
                next(e.what.level for e in alice.journal if isinstance(e.what, TrustAssessed) and e.call == call)
            )
            if len(levels) == 2:
                await alice.words_match()
            await alice.hang_up()
            await phase(bob, "ended", call=call)
            await phase(alice, "ended", call=call)
            await place.stop(alice)
            alice = await place.phone("alice")
        assert levels == ["certified", "pinned", "verified"]


async def test_tls_1_2_when_asked_for(tmp_path: Path) -> None:
    async with town(tmp_path, versions=("1.2", "1.3")) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        report = side(alice.journal)
        assert {report[channel]["version"] for channel in ("link", "leg", "session")} == {"TLSv1.2"}
        assert report["leg"]["resumed"] is True
        assert report["session"]["words"] == side(bob.journal)["session"]["words"]


async def test_whoever_is_revoked_in_a_call_is_told_so(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        place.revoke("bob")
        assert (await phase(bob, "ended")).reason == "revoked"
        assert (await phase(alice, "ended")).reason == "lost"
