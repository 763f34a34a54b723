"""What the other person's phone can send when it means harm: certified, through an honest relay."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from town import QUICK, of, phase, seen, sees, talk, town

from voip.client import conversation
from voip.client.phone import Phone
from voip.journal.observations import CallChanged, FirstAudio, MediaStats, Problem, WordsReady
from voip.journal.summary import last_call
from voip.session.words import WordExchange
from voip.wire.framing import frame
from voip.wire.signals import Accept, Bye, Commit, Nonce, Reveal, Signal, encode

LIMITS = replace(QUICK, ring=6, absence=3, dead=3)
HEX32 = "a" * 64


async def both_secure(alice: Phone, bob: Phone) -> None:
    await sees(alice, "bob")
    await alice.call("bob")
    await asyncio.gather(of(alice, WordsReady), of(bob, WordsReady))


def send_raw(phone: Phone, data: bytes) -> None:
    """Inside the end-to-end session, without a frame."""
    session = phone._conversation._connection.session
    session._handle(session._engine.send(data))


GARBAGE = {
    "malformed JSON": (frame(b"{nonsense"), "insecure", "signal-bad"),
    "unknown kind": (frame(b"\xf0\x00\x00"), "insecure", "signal-bad"),
    "a relay's message": (frame(b'{"is":"welcome","name":"a","relay":"r","people":[]}'), "insecure", "signal-bad"),
    "a frame over the limit": (b"\xff\xff", "insecure", "frame-long"),
    "an empty frame": (b"\x00\x00", "insecure", "frame-long"),
    "a second commitment": (frame(encode(Commit(digest=HEX32))), "insecure", "words-cheat"),
    "a second nonce": (frame(encode(Nonce(nonce=HEX32))), "insecure", "words-cheat"),
    "a second reveal": (frame(encode(Reveal(nonce=HEX32))), "insecure", "words-cheat"),
}


@pytest.mark.parametrize("what", GARBAGE)
@pytest.mark.parametrize("when", ["ringing", "talking"])
async def test_garbage_inside_the_session(tmp_path: Path, what: str, when: str) -> None:
    data, reason, code = GARBAGE[what]
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await both_secure(alice, bob)
        if when == "talking":
            await bob.accept()
            await asyncio.gather(phase(alice, "talking"), phase(bob, "talking"))
        send_raw(bob, data)
        ended = await phase(alice, "ended")
        assert (ended.reason, (await of(alice, Problem)).code) == (reason, code)
        assert ended.sentence.endswith(".")
        assert (await phase(bob, "ended")).reason == reason  # alice says why
        await talk(alice, bob)


async def test_an_accept_by_the_one_who_calls(tmp_path: Path) -> None:
    """It must not switch on the microphone of one who has not picked up."""
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await both_secure(alice, bob)
        send_raw(alice, frame(encode(Accept())))
        ended = await phase(bob, "ended")
        assert (ended.reason, (await of(bob, Problem)).code) == ("failed", "call-step")
        assert not [e for e in bob.journal if isinstance(e.what, CallChanged) and e.what.phase == "talking"]


async def test_what_comes_after_a_goodbye_changes_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await both_secure(alice, bob)
        send_raw(bob, b"".join(frame(encode(signal)) for signal in (Bye(reason="declined"), Accept(), Bye())))
        assert (await phase(alice, "ended")).reason == "declined"
        assert not [e for e in alice.journal if isinstance(e.what, Problem)]
        assert sum(isinstance(e.what, CallChanged) and e.what.phase == "ended" for e in alice.journal) == 1


class Cheat(WordExchange):
    """A caller who reveals another number than the one it committed to."""

    def receive(self, signal: Signal) -> list[Signal]:
        answers = super().receive(signal)
        return [Reveal(nonce=HEX32) if isinstance(answer, Reveal) else answer for answer in answers]


async def test_a_broken_commitment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_role(role: str, **values: bytes) -> WordExchange:
        return (Cheat if role == "caller" else WordExchange)(role, **values)

    monkeypatch.setattr(conversation, "WordExchange", of_role)
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await sees(alice, "bob")
        await alice.call("bob")
        await phase(bob, "incoming")
        ended = await phase(bob, "ended")
        assert (ended.reason, (await of(bob, Problem)).code) == ("insecure", "words-cheat")
        assert "another number than the one it had committed to" in ended.sentence
        assert not [e for e in bob.journal if isinstance(e.what, WordsReady)]
        assert (await phase(alice, "ended")).reason == "insecure"


def rtp(_: int) -> bytes:
    return b"\x80\x6f" + os.urandom(98)


def rtcp(_: int) -> bytes:
    return b"\x80\xc8" + os.urandom(60)


def short(size: int) -> bytes:
    return b"\x80" + os.urandom(size % 12)


@pytest.mark.parametrize("make", [rtp, rtcp, short])
async def test_media_that_is_not_authentic_is_counted_and_not_heard(
    tmp_path: Path, make: Callable[[int], bytes]
) -> None:
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await asyncio.gather(of(alice, FirstAudio), of(bob, FirstAudio))
        for number in range(20):
            bob._conversation._connection.leg.send(make(number))
        stats = await seen(alice, lambda e: isinstance(e.what, MediaStats) and e.what.rejected >= 20, "the count")
        assert stats.what.played > 0
        assert alice._conversation is not None


async def test_garbage_does_not_count_as_life(tmp_path: Path) -> None:
    """One who has not the keys cannot keep a dead call open."""
    async with town(tmp_path, replace(LIMITS, absence=0.6)) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        leg = bob._conversation._connection.leg
        bob._conversation._sound._station.path.send = lambda packet: leg.send(packet[:-1] + bytes([packet[-1] ^ 1]))
        ended = await phase(alice, "ended")
        assert (ended.reason, ended.sentence) == ("lost", "Nothing has come from bob for 0.6 s.")


async def test_records_that_were_changed_on_the_way_stop_the_call(tmp_path: Path) -> None:
    """A relay that changes a byte of what it cannot read."""
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await both_secure(alice, bob)
        leg = bob._conversation._connection.leg
        bob._conversation._connection.session._send = lambda record: leg.send(record[:-1] + bytes([record[-1] ^ 1]))
        bob.mute(on=True)
        ended = await phase(alice, "ended")
        assert (ended.reason, (await of(alice, Problem)).code) == ("insecure", "bad-record-mac")
        assert "tampered" in ended.sentence


async def test_a_session_that_is_closed_without_a_word_is_over(tmp_path: Path) -> None:
    async with town(tmp_path, LIMITS) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await both_secure(alice, bob)
        bob._conversation._connection.session.close()
        assert (await phase(alice, "ended")).reason == "hung-up"
        assert (await phase(bob, "ended", call=last_call(bob.journal))).reason in {"hung-up", "cancelled"}
