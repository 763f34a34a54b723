"""The relay gives each of the two a certificate of its own making in place of the other's, and sits in between."""

import asyncio
from pathlib import Path

from voip.client.phone import Phone
from voip.journal.observations import Problem
from voip.lab.hostile import HostileRelay
from voip.lab.media import hostile
from voip.lab.middleman import Middleman
from voip.lab.observing import counted, in_call, phase, seen, trust, words
from voip.lab.result import Finding, Scenario
from voip.lab.scene import Scene, scene
from voip.session.trust import grouped
from voip.wire.signals import Reveal, SessionSignal

HEARD = 25
"""Voice packets that Mallory must have heard: half a second."""


def _sit_between(place: Scene, middle: Middleman) -> None:
    assert isinstance(place.relay, HostileRelay)  # noqa: S101 - `hostile` built it
    place.relay.grip = middle


async def swap_pinned(folder: Path) -> Finding:
    """The relay swaps the certificate of somebody whom alice has talked to before.

    alice and bob have talked once, honestly. At the second call the relay, which owns the CA, issues a certificate for
    “bob” to itself and answers in his place. The chain is faultless: the relay's CA says that this is bob.

    What should stop it: alice's phone remembers bob's key from the first call (a pin). The name is the same and the key
    is another, so the call is stopped before a word is spoken, and both fingerprints are shown.
    """
    async with scene(folder, hostile) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        first = await place.talk(alice, bob)
        known = trust(alice)
        await alice.hang_up()
        await asyncio.gather(phase(alice, "ended", call=first), phase(bob, "ended", call=first))
        middle = Middleman(place.relay.identity.authority, "alice", "bob")
        _sit_between(place, middle)
        call = await place.ring(alice, bob)
        end = await phase(alice, "ended", call=call)
        now = trust(alice)
        old, new = (now.old_fingerprint, now.fingerprint) if now else ("", "")
        return Finding(
            attempt="Issued itself a certificate for bob with the relay's own CA, and answered alice's second call.",
            stopped_by=f"{now.level if now else 'nothing'}: the pinned key — the call ended as {end.reason}",
            evidence=f"Known: {grouped(old)}; shown now: {grouped(new)}. {middle.heard} voice packets were heard.",
            held=known is not None
            and now is not None
            and now.level == "changed"
            and old == known.fingerprint != new
            and end.reason == "insecure"
            and old[:4] in end.sentence
            and new[:4] in end.sentence
            and middle.heard == 0,
        )


async def swap_first_call(folder: Path) -> Finding:
    """The same at a first call, when there is nothing yet to compare with.

    The relay issues itself two certificates, “bob” for alice and “alice” for bob, and passes everything on: signals,
    the word exchange, the voice. Chain and names are faultless, nobody has a pin, and Mallory hears every word. No
    certificate can reveal her, because she owns the CA.

    What should stop it: the four words. They come from the keys of the session, and Mallory has two sessions with two
    sets of keys: alice sees other words than bob. As soon as they read them to each other, she is found out. Who does
    *not* compare is not protected here; that is why the phone says “certified” and not “verified” until they do.
    """
    async with scene(folder, hostile) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        middle = Middleman(place.relay.identity.authority, "alice", "bob")
        _sit_between(place, middle)
        await place.talk(alice, bob)
        hers, his = await asyncio.gather(words(alice), words(bob))
        await counted(alice, lambda now: now.received >= HEARD, "a voice")
        levels = [_level(phone) for phone in (alice, bob)]
        talking = in_call(alice) and in_call(bob)
        return Finding(
            attempt=f"Sat between the two with certificates of her own making, read {len(middle.read)} signals and "
            f"heard {middle.heard} voice packets.",
            stopped_by=f"the words differ: alice reads “{hers}”, bob reads “{his}”" if hers != his else "",
            evidence=f"Both calls stand and read as {' and '.join(levels)}: nothing but the words tells. "
            f"alice: {hers}; bob: {his}.",
            held=hers != his and talking and middle.heard >= HEARD and levels == ["certified", "certified"],
        )


async def words_cheat(folder: Path) -> Finding:
    """Mallory, in between, tries to make the words come out the same.

    The words depend on two random numbers. If she could choose hers last she would try one after the other until both
    sides showed the same words: with four words that is 2^44 tries, which a computer can do.

    What should stop it: commitment. Whoever calls first sends the hash of their number, and only then learns the
    other's. Mallory, who is the caller for bob, now reveals another number than the one she had committed to. bob's
    phone computes the hash, finds it wrong, and stops the call.
    """
    changed: list[str] = []

    def alter(to: str, signal: SessionSignal) -> SessionSignal:
        if to == "bob" and isinstance(signal, Reveal):
            changed.append(signal.nonce)
            return Reveal(nonce=f"{int(signal.nonce, 16) ^ 1:064x}")
        return signal

    async with scene(folder, hostile) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        middle = Middleman(place.relay.identity.authority, "alice", "bob", alter)
        _sit_between(place, middle)
        await place.ring(alice, bob)  # the words come while it rings
        end = await phase(bob, "ended")
        problem = (await seen(bob, lambda entry: isinstance(entry.what, Problem), "the reason")).what
        assert isinstance(problem, Problem)  # noqa: S101 - the predicate saw to it
        return Finding(
            attempt=f"Committed to one number and revealed another to bob ({len(changed)} time).",
            stopped_by=problem.code,
            evidence=f"bob's call ended as {end.reason}: {problem.sentence} {middle.heard} voice packets were heard.",
            held=len(changed) == 1 and problem.code == "words-cheat" and end.reason == "insecure" and not middle.heard,
        )


def _level(phone: Phone) -> str:
    found = trust(phone)
    return found.level if found else "unknown"


SCENARIOS = (
    Scenario("swap-pinned", swap_pinned),
    Scenario("swap-first-call", swap_first_call),
    Scenario("words-cheat", words_cheat),
)
