"""What a hostile relay can do to the voice: it carries every packet, and may alter, repeat, invent, drop, delay.

Each scenario is a call that goes on: nothing false is played, and what is missing is made up and counted.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voip.config import Limits
from voip.io.store import RelayStore
from voip.journal.observations import MediaStats
from voip.lab.hostile import HostileRelay, Send, let_pass
from voip.lab.mallory import flipped
from voip.lab.observing import counted, in_call
from voip.lab.result import Finding, Scenario
from voip.lab.scene import scene
from voip.media.protector import is_rtcp
from voip.wire.framing import Kind, kind

SETTLED = 25
"""Voice packets that arrive before Mallory begins: half a second."""
COUNT = 10
"""Packets that she meddles with, at least."""


class Meddler:
    """A grip on the voice packets for one person; everything else passes."""

    def __init__(self, to: str, act: Callable[["Meddler", bytes, Send], None]) -> None:
        self.done = 0
        """Packets that were meddled with."""
        self.seen = 0
        """Voice packets for that person since Mallory began."""
        self.kept: list[bytes] = []
        """What the act keeps for later."""
        self._to = to
        self._act = act

    def __call__(self, to: str, packet: bytes, send: Send) -> None:
        """See `Grip`."""
        if to != self._to or kind(packet) is not Kind.MEDIA or is_rtcp(packet):
            send(packet)
            return
        self.seen += 1
        self._act(self, packet, send)


def hostile(store: RelayStore, limits: Limits) -> HostileRelay:
    """The relay in Mallory's hands."""
    return HostileRelay(store, limits)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """alice's counters, and whether the call went on."""

    before: MediaStats
    after: MediaStats
    alive: bool

    @property
    def rejected(self) -> int:
        """Packets refused since Mallory began."""
        return self.after.rejected - self.before.rejected

    @property
    def received(self) -> int:
        """Authentic packets since Mallory began."""
        return self.after.received - self.before.received

    @property
    def missing(self) -> int:
        """Frames made up since Mallory began."""
        return self.after.concealed - self.before.concealed

    @property
    def told(self) -> str:
        """The counters in words."""
        return (
            f"alice received {self.after.received} authentic packets, refused {self.after.rejected}, made up "
            f"{self.after.concealed} frames, played {self.after.played}; the call "
            f"{'goes on' if self.alive else 'has ended'}."
        )


async def _call(folder: Path, meddler: Meddler, enough: Callable[[MediaStats, MediaStats], bool]) -> Aftermath:
    """A call in which bob's voice goes through `meddler` until `enough(before, now)`, and then in peace again."""
    async with scene(folder, hostile) as place:
        relay = place.relay
        assert isinstance(relay, HostileRelay)  # noqa: S101 - `hostile` built it
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await place.talk(alice, bob)
        before = await counted(alice, lambda now: now.received >= SETTLED, "bob's voice")
        relay.grip = meddler
        during = await counted(alice, lambda now: enough(before, now), "the effect of what Mallory did")
        relay.grip = let_pass
        after = await counted(alice, lambda now: now.received >= during.received + SETTLED, "bob's voice again")
        return Aftermath(before, after, in_call(alice) and in_call(bob))


async def tamper_srtp(folder: Path) -> Finding:
    """The relay turns over one bit in each packet of bob's voice.

    The relay carries the voice and cannot hear it. But it could try to garble a word, or to find out how the decoder
    behaves when it is fed with damaged frames; many a decoder had holes that such frames opened.

    What should stop it: each SRTP packet ends with an authentication tag (AES-GCM, RFC 7714), checked before anything
    else is done with it. An altered packet never reaches the decoder; for alice it is one that was lost.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        meddler.done += 1
        send(flipped(packet, 20))

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.rejected >= before.rejected + COUNT)
    return Finding(
        attempt=f"Turned over one bit in each of {meddler.done} packets of bob's voice.",
        stopped_by=f"SRTP authentication: {seen.rejected} packets rejected" if seen.rejected else "",
        evidence=seen.told,
        held=seen.alive and seen.rejected == meddler.done >= COUNT,
    )


async def replay_srtp(folder: Path) -> Finding:
    """The relay plays bob's words a second time.

    Each packet of bob's voice is let pass, and then sent again. Its tag is right, because bob made it: who could replay
    a “yes” would not need to forge one.

    What should stop it: the packet's number is authenticated, too, and SRTP keeps a window of the numbers that it has
    seen (RFC 3711 §3.3.2). The second copy is refused, and nothing is heard twice.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        send(packet)
        meddler.done += 1
        send(packet)

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.rejected >= before.rejected + COUNT)
    return Finding(
        attempt=f"Sent each of {meddler.done} packets of bob's voice twice.",
        stopped_by=f"SRTP replay window: {seen.rejected} packets rejected" if seen.rejected else "",
        evidence=seen.told,
        held=seen.alive and seen.rejected == meddler.done >= COUNT,
    )


async def forge_srtp(folder: Path) -> Finding:
    """The relay invents packets in bob's name.

    Between bob's packets it puts some of its own: the header of the last one with the next number, and noise behind it.

    What should stop it: the tag again. Mallory has no key, and a guess is right once in 2^128. And forgeries must not
    use up numbers: only what is authentic is entered in the replay window, so bob's true packet of the same number is
    still taken.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        meddler.done += 1
        number = (int.from_bytes(packet[2:4], "big") + 1 & 0xFFFF).to_bytes(2, "big")
        send(packet)
        send(packet[:2] + number + packet[4:12] + secrets.token_bytes(len(packet) - 12))

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.rejected >= before.rejected + COUNT)
    return Finding(
        attempt=f"Put {meddler.done} invented packets between bob's own.",
        stopped_by=f"SRTP authentication: {seen.rejected} packets rejected" if seen.rejected else "",
        evidence=seen.told,
        # A true packet whose number a forgery had used up would be refused, too. A late one is the machine's doing.
        held=seen.alive and seen.rejected == meddler.done >= COUNT and seen.received >= meddler.seen,
    )


async def drop_srtp(folder: Path) -> Finding:
    """The relay drops every third packet of bob's voice.

    This no encryption can prevent: who carries packets can lose them.

    What should happen: the call goes on, alice's phone makes up the missing frames from the ones around them, and
    counts them, so that she sees that something is wrong. Nothing false is accepted in their place.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        if meddler.seen % 3:
            send(packet)
        else:
            meddler.done += 1

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.concealed >= before.concealed + COUNT)
    lost = seen.after.lost - seen.before.lost
    return Finding(
        attempt=f"Dropped {meddler.done} of {meddler.seen} packets of bob's voice.",
        stopped_by=f"concealment: {seen.missing} frames made up for {lost} lost packets" if lost else "",
        evidence=seen.told,
        held=seen.alive
        and not seen.rejected
        and seen.received >= meddler.seen - meddler.done
        and min(meddler.done, lost, seen.missing) >= COUNT,
    )


async def delay_srtp(folder: Path) -> Finding:
    """The relay holds bob's voice back, now and then, for a fifth of a second.

    Who can delay can make two people talk at cross purposes, or hope that late packets are mixed up with new ones.

    What should happen: each packet carries its number and its time, both authenticated. alice's jitter buffer waits a
    little longer, plays what still fits in its place, and makes up the rest. The call goes on.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        # Everything is delayed alike, for a while: a path that suddenly became longer, and then shorter again.
        if meddler.seen // COUNT % 2:
            send(packet)
        else:
            meddler.done += 1
            asyncio.get_running_loop().call_later(0.2, send, packet)

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.received >= before.received + 5 * COUNT)
    lost = seen.after.lost - seen.before.lost
    return Finding(
        attempt=f"Held back {meddler.done} of {meddler.seen} packets of bob's voice for 200 ms each.",
        stopped_by=f"jitter buffer: {seen.missing} frames made up, {lost} too late to play",
        evidence=seen.told,
        held=seen.alive and not seen.rejected and meddler.done >= COUNT and seen.after.played > seen.before.played,
    )


async def reorder_srtp(folder: Path) -> Finding:
    """The relay shuffles bob's voice: each pair of packets arrives the wrong way round.

    “Do not” and “not do” have the same syllables.

    What should happen: the numbers are authenticated, so alice's jitter buffer puts each packet back into its place.
    Nothing is refused, and nothing is played out of order.
    """

    def act(meddler: Meddler, packet: bytes, send: Send) -> None:
        if not meddler.kept:
            meddler.kept.append(packet)
            return
        meddler.done += 2
        send(packet)
        send(meddler.kept.pop())

    meddler = Meddler("alice", act)
    seen = await _call(folder, meddler, lambda before, now: now.received >= before.received + 4 * COUNT)
    lost = seen.after.lost - seen.before.lost
    return Finding(
        attempt=f"Exchanged the two packets of each of {meddler.done // 2} pairs.",
        stopped_by=f"jitter buffer: of {meddler.done} packets out of order {lost} were too late to be put in place",
        evidence=seen.told,
        # Were the order not restored, one of each pair would come too late.
        held=seen.alive and not seen.rejected and meddler.done >= COUNT and lost < meddler.done // 4,
    )


SCENARIOS = (
    Scenario("tamper-srtp", tamper_srtp),
    Scenario("replay-srtp", replay_srtp),
    Scenario("forge-srtp", forge_srtp),
    Scenario("drop-srtp", drop_srtp),
    Scenario("delay-srtp", delay_srtp),
    Scenario("reorder-srtp", reorder_srtp),
)
