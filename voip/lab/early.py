"""Sending a leg's first flight again: the one thing that TLS 1.3 lets somebody without keys repeat."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from voip.lab.hostile import HostileRelay
from voip.lab.loopback import dial
from voip.lab.mallory import Passing, between
from voip.lab.media import hostile
from voip.lab.observing import counted, in_call
from voip.lab.result import Finding, Scenario
from voip.lab.scene import scene
from voip.wire.tls_records import APPLICATION_DATA

AGAIN = 3
"""How often the flight is sent again."""


class FirstFlights:
    """A hand that copies what each client says before it was answered."""

    def __init__(self) -> None:
        self.records: dict[int, list[Passing]] = defaultdict(list)
        """By the wire's number."""
        self._answered: set[int] = set()

    async def __call__(self, passing: Passing) -> Sequence[bytes]:
        """See `Hand`."""
        number = passing.wire.number
        if passing.direction == "in":
            self._answered.add(number)
        elif number not in self._answered:
            self.records[number].append(passing)
        return (passing.raw,)


async def replay_early_data(folder: Path) -> Finding:
    """The first flight of a leg is recorded and sent again, byte for byte.

    A leg's token travels with its ClientHello, before the relay has answered (0-RTT). Nothing of the relay's is in its
    keys yet, so these are the only bytes of TLS 1.3 that work for the relay a second time. Mallory has copied them on
    the wire and sends them again, on connections of her own.

    What should stop it: not TLS. The relay decrypts the copy as it did the original (RFC 8446 §8), so nothing may
    travel there that does harm when it comes twice. It is a token that works once, and alice has used it: the relay
    refuses, and the leg that stands is not touched. What the relay answers Mallory cannot read.
    """
    async with scene(folder, hostile) as place, between(place.relay.address) as mallory:
        relay = place.relay
        assert isinstance(relay, HostileRelay)  # noqa: S101 - `hostile` built it; here it does nothing evil
        copied = mallory.hand = FirstFlights()
        alice, bob = await place.phone("alice", via=mallory), await place.phone("bob")
        await place.talk(alice, bob)
        before = await counted(alice, lambda now: now.received > 0, "bob's voice")
        flight, refused = copied.records[mallory.wires[-1].number], relay.refusals["leg-token"]
        early = [one.record.length for one in flight if one.record.type == APPLICATION_DATA]
        used = next(hello for name, hello in relay.tokens if name == "alice")
        answers = [await _answer(place.relay.address, b"".join(one.raw for one in flight)) for _ in range(AGAIN)]
        after = await counted(alice, lambda now: now.received > before.received, "bob's voice")
        read, said_no = sum(hello == used for _, hello in relay.tokens) - 1, relay.refusals["leg-token"] - refused
        return Finding(
            attempt=f"Sent the first flight of alice's leg again, {AGAIN} times: {len(flight)} records, "
            f"{sum(early)} bytes of them early data.",
            stopped_by=f"leg-token ({said_no} times)" if said_no else "",
            evidence=f"The relay read the token {read} times more and refused it {said_no} times; it answered with "
            f"{sum(map(len, answers))} bytes that Mallory has no keys for. alice went on to receive "
            f"{after.received - before.received} packets of bob's voice.",
            held=bool(early) and read == said_no == AGAIN and in_call(alice) and in_call(bob),
        )


async def _answer(relay: tuple[str, int], flight: bytes) -> bytes:
    """All that the relay says to it, until it hangs up."""
    reader, writer = await dial(*relay)
    try:
        writer.write(flight)
        async with asyncio.timeout(5):
            return await reader.read(-1)
    finally:
        writer.close()


SCENARIOS = (Scenario("replay-early-data", replay_early_data),)
