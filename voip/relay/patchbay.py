"""Leg ⇄ leg. It reads a packet's first byte and decrypts nothing; what it forwards, it could not read.

    alice's leg ──→ witness ──→ kind? ──TLS record──→ (held until both are here) ──→ bob's leg
                                  ├─────media───────→ (dropped when bob's leg is slow) ──→ bob's leg
                                  └─────else────────→ FramingError or SignalError: this leg is refused

and the same from bob to alice. The records of the end-to-end session must all arrive, in order; media must arrive soon
or not at all, and SRTP takes a missing packet as loss. A user who asks is told what goes through their own leg
(`sightings`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from voip.errors import ProtocolError, SignalError
from voip.io import clock
from voip.relay.sightings import Sightings
from voip.wire.framing import Kind, kind
from voip.wire.signals import LegJoined, encode

HELD_MAX = 64 * 1024
"""Bytes of TLS records that wait for the other leg; a whole handshake needs a tenth of it."""
MEDIA_BACKLOG_MAX = 32 * 1024
MEDIA_STALE = 0.2
"""Seconds. Media is dropped when what waits already has waited for so long, whatever its packets' size and pace."""
SLICES = 10
"""Parts of that time in which bytes are counted: the age of what waits is known to one of them."""
PACKET_OVERHEAD = 2 + 5 + 17
"""What framing and a TLS 1.3 record add to a packet in the backlog."""
RECORD_BACKLOG_MAX = 256 * 1024
"""A leg that leaves this much unread has gone; its call ends."""

log = logging.getLogger(__name__)


class Pipe(Protocol):
    """A leg's connection, as the patchbay needs it (`voip.io.stream.TlsStream` is one)."""

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them."""

    def send_packet(self, packet: bytes) -> None:
        """Send, never wait."""

    def hang_up(self) -> None:
        """Say goodbye without waiting."""

    def abort(self) -> None:
        """Drop the connection now."""


@dataclass(slots=True)
class Counters:
    """What came in on one leg."""

    packets: int = 0
    bytes: int = 0
    dropped: int = 0
    """Packets among them that did not go to the other leg."""

    def add(self, more: "Counters") -> None:
        """Count what another leg has counted."""
        self.packets += more.packets
        self.bytes += more.bytes
        self.dropped += more.dropped


class Lately:
    """How many bytes were given to a leg in the last `MEDIA_STALE` seconds.

    A leg is a queue: when more bytes wait than were put in lately, the first of them was put in before that. The
    bytes are counted in `SLICES` of the time, so what is kept does not grow with what is sent.
    """

    def __init__(self) -> None:
        self._slices = [0] * SLICES
        self._slice = 0
        self._total = 0

    def add(self, size: int, now: float) -> None:
        """So many bytes were given."""
        self._turn(now)
        self._slices[self._slice % SLICES] += size
        self._total += size

    def bytes(self, now: float) -> int:
        """Up to `now`."""
        self._turn(now)
        return self._total

    def _turn(self, now: float) -> None:
        current = int(now * SLICES / MEDIA_STALE)
        for slice_ in range(max(self._slice, current - SLICES) + 1, current + 1):
            self._total -= self._slices[slice_ % SLICES]
            self._slices[slice_ % SLICES] = 0
        self._slice = max(self._slice, current)


class Leg:
    """One end of a call's pipe."""

    def __init__(
        self, call: str, pipe: Pipe, witness: Callable[[bytes], None] | None, now: Callable[[], float]
    ) -> None:
        self.call = call
        self.owner = ""
        """Whose leg it is; only they may ask about it."""
        self.counters = Counters()
        self.sightings: Sightings | None = None
        """Told what is forwarded from and to this leg, while its owner asks; gone when the call is."""
        self._pipe = pipe
        self._now = now
        self._lately = Lately()
        self._witness = witness
        self._other: Leg | None = None
        self._held: list[bytes] | None = []
        """Records for a leg that is to come; None when it is here, or was."""
        self._held_bytes = 0

    def receive(self, packet: bytes) -> None:
        """`packet` came in on this leg; raises `FramingError` or `SignalError` when it has no place here."""
        if self._witness is not None:
            self._witness(packet)
        self.counters.packets += 1
        self.counters.bytes += len(packet)
        what = kind(packet)
        if what is Kind.MEDIA:
            if self._other is None or not self._other.take_media(packet):
                self.counters.dropped += 1
                return
        elif what is Kind.TLS:
            if self._other is not None:
                self._other.take_record(packet)
            elif self._held is not None:
                self._hold(self._held, packet)
            else:
                self.counters.dropped += 1
                return
        else:
            raise SignalError(f"A {what.name} packet has no place on an open leg.", code="leg-kind")
        if self.sightings is not None:
            self.sightings.saw("out", packet)

    def take_media(self, packet: bytes) -> bool:
        """Send on, or drop it (False) when this leg is slow."""
        waiting = self._pipe.write_backlog
        if waiting and waiting > min(MEDIA_BACKLOG_MAX, self._lately.bytes(self._now())):
            return False
        self._forward(packet)
        return True

    def take_record(self, packet: bytes) -> None:
        """Send on; a leg that has left too much unread is given up."""
        if self._pipe.write_backlog > RECORD_BACKLOG_MAX:
            log.warning("a leg does not take what it is sent; it is dropped")
            self._pipe.abort()
            return
        self._forward(packet)

    def joined(self, other: "Leg") -> None:
        """Both legs are here."""
        self._other = other
        self._send(encode(LegJoined(call=self.call)))

    def flush(self) -> None:
        """Give the other leg what waited for it."""
        held, self._held = self._held or [], None
        for packet in held:
            if self._other is not None:
                self._other.take_record(packet)

    def part(self) -> Pipe:
        """The other leg is gone; what comes now is dropped."""
        self._other = None
        self._held = None
        self.sightings = None
        return self._pipe

    def _hold(self, held: list[bytes], packet: bytes) -> None:
        if self._held_bytes + len(packet) > HELD_MAX:
            raise ProtocolError("Too much was sent before the other leg was here.", code="leg-flood")
        held.append(packet)
        self._held_bytes += len(packet)

    def _forward(self, packet: bytes) -> None:
        if self.sightings is not None:
            self.sightings.saw("in", packet)
        self._send(packet)

    def _send(self, packet: bytes) -> None:
        self._lately.add(len(packet) + PACKET_OVERHEAD, self._now())
        try:
            self._pipe.send_packet(packet)
        except Exception:  # a fault of this connection must not reach the leg that sent the packet
            log.exception("a leg failed while it was written to")
            self._pipe.abort()


class Patchbay:
    """The legs of all calls. `witness`, if given, sees every packet before anything is done with it; `now`: seconds."""

    def __init__(
        self, witness: Callable[[bytes], None] | None = None, now: Callable[[], float] = clock.monotonic
    ) -> None:
        self._witness = witness
        self._now = now
        self._legs: dict[str, list[Leg]] = {}
        self._open: set[Leg] = set()
        self._past = Counters()

    @property
    def calls(self) -> int:
        """Calls with at least one leg."""
        return len(self._legs)

    @property
    def counters(self) -> Counters:
        """What came in on all legs that there ever were."""
        total = replace(self._past)
        for leg in self._open:
            total.add(leg.counters)
        return total

    def find(self, call: str, owner: str) -> Leg | None:
        """The leg that `owner` has in `call` now."""
        return next((leg for leg in self._legs.get(call, []) if leg.owner == owner), None)

    def join(self, call: str, pipe: Pipe) -> Leg:
        """A leg of `call` is here; with the second one, both are told and what waited goes on its way."""
        leg = Leg(call, pipe, self._witness, self._now)
        self._open.add(leg)
        legs = self._legs.setdefault(call, [])
        legs.append(leg)
        if len(legs) == 2:
            first = legs[0]
            first.joined(leg)
            leg.joined(first)
            for each in legs:
                each.flush()
        return leg

    def leave(self, leg: Leg) -> None:
        """The connection of `leg` is gone. The other one stays open until the switchboard closes the call."""
        if leg in self._open:
            self._open.remove(leg)
            self._past.add(leg.counters)
        legs = self._legs.get(leg.call, [])
        if leg in legs:
            legs.remove(leg)
            for each in (leg, *legs):
                each.part()
        if not legs:
            self._legs.pop(leg.call, None)

    def close(self, call: str) -> None:
        """The call is over: hang up both legs."""
        for leg in self._legs.pop(call, []):
            leg.part().hang_up()
