"""Too much of everything: calls, legs, connections. The relay refuses, and the call that is on feels nothing of it."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from voip.client.link import relay_check, server_name
from voip.client.phone import Phone
from voip.config import Limits
from voip.io.stream import TlsStream, connect
from voip.journal.observations import MediaStats
from voip.lab.loopback import dial, require_loopback
from voip.lab.observing import counted, in_call, online, rings, stats
from voip.lab.result import Finding, Scenario
from voip.lab.scene import HASTE, RELAY, Member, Scene, scene
from voip.session.tls import link_context
from voip.wire import signals
from voip.wire.signals import Ended, Invite, JoinLeg, Ping, Refused, Signal

INVITES = 300
LEGS = 30
HALF_OPEN = 400
"""More connections than the relay lets shake hands at once."""
AT_ONCE = 4
PACE = 0.01
"""Seconds from one step of an attack to the next: here the attacker's own work shares one thread with the call."""
LATE_SHARE = 0.25
"""Of bob's packets, those that may come too late meanwhile; for the same reason, on a machine that is busy."""


@dataclass(slots=True)
class Call:
    """alice and bob, talking, while Mallory does her worst."""

    place: Scene
    alice: Phone
    bob: Phone
    mallory: Member
    id: str
    before: MediaStats

    async def unharmed(self) -> tuple[bool, str]:
        """Whether the two heard each other all the time, and how that was seen."""
        # A second of voice after the attack, whatever came during it.
        goal = (stats(self.alice) or self.before).received + 50
        heard = await counted(self.alice, lambda now: now.received >= goal, "bob's voice")
        lost, rejected = heard.lost - self.before.lost, heard.rejected - self.before.rejected
        told = (
            f"alice and bob talked on: {heard.received - self.before.received} packets of his voice meanwhile, "
            f"{lost} lost, {rejected} rejected; her phone rang {rings(self.alice)} times."
        )
        talking = in_call(self.alice) and in_call(self.bob)
        return talking and lost <= LATE_SHARE * (heard.received - self.before.received) and not rejected and not rings(
            self.alice
        ), told


@asynccontextmanager
async def _talking(folder: Path, limits: Limits = HASTE) -> AsyncIterator[Call]:
    async with scene(folder, limits=limits) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        mallory = await place.enrol("mallory")
        call = await place.talk(alice, bob)
        before = await counted(alice, lambda now: now.received > 0, "bob's voice")
        yield Call(place, alice, bob, mallory, call, before)


async def _connect(place: Scene, member: Member) -> TlsStream:
    """A connection to the relay as `member`, without a phone's good manners."""
    identity, authority = member.store.identity(), member.store.authority()
    host, port = place.relay.address
    return await connect(
        require_loopback(host),
        port,
        link_context(identity.certificate, identity.key, authority),
        server_name=server_name(RELAY),
        check_peer=relay_check(RELAY),
        limits=place.limits,
    )


async def flood_ring(folder: Path) -> Finding:
    """Hundreds of calls at once, to somebody who is talking.

    Mallory is a regular user with a program of her own. She sends one invitation after the other to alice, each a new
    call, so that alice's phone rings without end or the relay has nothing else to do.

    What should stop it: alice is busy and her phone never hears of it; and nobody begins twenty calls in a second, so
    the relay says “invites-too-fast” and closes the link. The call of alice and bob goes on.
    """
    async with _talking(folder) as call:
        stream = await _connect(call.place, call.mallory)
        stream.send_packet(signals.encode(Ping(number=0)))
        for _ in range(INVITES):
            stream.send_packet(signals.encode(Invite(call=secrets.token_hex(16), to="alice")))
        answers = await _read_all(stream)
        busy = sum(isinstance(one, Ended) and one.reason == "busy" for one in answers)
        codes = [one.code for one in answers if isinstance(one, Refused)]
        unharmed, told = await call.unharmed()
        return Finding(
            attempt=f"Sent {INVITES} invitations to alice at once.",
            stopped_by=", ".join(codes),
            evidence=f"{busy} were answered with busy, then came: {', '.join(codes) or 'nothing'}. {told}",
            held=codes == ["invites-too-fast"] and 0 < busy < INVITES and unharmed,
        )


async def flood_legs(folder: Path) -> Finding:
    """One guess after the other at the token of a call's leg.

    Mallory knows which call is on (suppose that), and opens connection after connection with guessed tokens, to get a
    leg of it or to push out the legs that are there.

    What should stop it: a token has 128 bits, and the two of this call are spent already. Each guess is refused with
    “leg-token”, and the legs of alice and bob are not touched.
    """
    async with _talking(folder) as call:
        codes = Counter(await asyncio.gather(*(_guess(call, number * PACE) for number in range(LEGS))))
        unharmed, told = await call.unharmed()
        return Finding(
            attempt=f"Opened {LEGS} connections, each with a guessed token for the call of alice and bob.",
            stopped_by=", ".join(f"{code} ({count} times)" for code, count in codes.items()),
            evidence=told,
            held=dict(codes) == {"leg-token": LEGS} and unharmed,
        )


async def flood_handshakes(folder: Path) -> Finding:
    """Hundreds of connections that never finish their handshake.

    An open connection costs Mallory nothing and the relay some memory and a place in its list. She opens hundreds and
    says nothing.

    What should stop it: a handshake has a time limit, and only so many may be under way at once; further connections
    are dropped at the door. Who is inside already has no need of that door: the call goes on. And when the time is
    up, the places are free again: carol, who was not there before, gets in.
    """
    async with _talking(folder, replace(HASTE, handshake=1.5)) as call:
        address = call.place.relay.address
        opened = []
        for _ in range(0, HALF_OPEN, AT_ONCE):
            opened += await asyncio.gather(*(dial(*address) for _ in range(AT_ONCE)))
            await asyncio.sleep(PACE)
        dropped = await _dropped([reader for reader, _ in opened], 0.3)
        unharmed, told = await call.unharmed()
        late = await _dropped([reader for reader, _ in opened], 3.0)
        for _, writer in opened:
            writer.close()
        carol = await call.place.phone("carol")
        return Finding(
            attempt=f"Opened {HALF_OPEN} connections in batches of {AT_ONCE} and said nothing on any of them.",
            stopped_by=f"{dropped} dropped at the door, {late - dropped} when the time for a handshake was up",
            evidence=f"{told} Afterwards carol is {'online' if online(carol) else 'shut out'}.",
            held=0 < dropped < HALF_OPEN and late == HALF_OPEN and unharmed and online(carol),
        )


async def _guess(call: Call, after: float) -> str:
    """The relay's word on a token that is guessed `after` seconds."""
    await asyncio.sleep(after)
    stream = await _connect(call.place, call.mallory)
    stream.send_packet(signals.encode(JoinLeg(call=call.id, token=secrets.token_hex(16))))
    packet = await stream.receive_packet()
    await stream.close()
    answer = None if packet is None else signals.decode_untrusted(packet, signals.leg_decoder)
    return answer.code if isinstance(answer, Refused) else "no refusal"


async def _dropped(readers: list[asyncio.StreamReader], within: float) -> int:
    """How many of these connections the relay has closed, `within` seconds at most."""

    async def closed(reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(within):
                return await reader.read() == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    return sum(await asyncio.gather(*(closed(reader) for reader in readers)))


async def _read_all(stream: TlsStream) -> list[Signal]:
    """What the relay says until it closes the connection."""
    answers: list[Signal] = []
    try:
        while (packet := await stream.receive_packet()) is not None:
            answers.append(signals.decode_untrusted(packet, signals.link_decoder))
    finally:
        await stream.close()
    return answers


SCENARIOS = (
    Scenario("flood-ring", flood_ring),
    Scenario("flood-legs", flood_legs),
    Scenario("flood-handshakes", flood_handshakes),
)
