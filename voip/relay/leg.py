"""One party's side of a call's pipe. It outlives its connection: a call that talks waits for it to come back.

    the party's connection ─┬─ record ──→ (held until both are here) ──→ the other leg's connection
    its lanes ──────────────┼─ media ───→ witness, count ──→ the other leg: in UDP, or on its connection and lanes
    its flow ───────────────┘
                            └─ Receive, LegReady: what this party wants

It reads a packet's first byte and decrypts nothing. The records of the end-to-end session must all arrive, in order;
media must arrive soon or not at all. A user who asks is told what goes through their own leg (`sightings`).
"""

import hmac
import secrets
from collections.abc import Callable

from voip.config import ADMISSION
from voip.errors import ProtocolError, SignalError
from voip.relay.buckets import TokenBucket
from voip.relay.counters import Counters
from voip.relay.flows import Flow, Flows
from voip.relay.line import Line, Pipe
from voip.relay.sightings import Sightings
from voip.relay.twins import Twins
from voip.wire import signals
from voip.wire.framing import Kind, kind
from voip.wire.signals import FlowSilent, LaneJoined, LegJoined, LegReady, Receive, encode

HELD_MAX = 64 * 1024
"""Bytes of TLS records that wait for the other leg; a whole handshake needs a tenth of it."""
LANES_MAX = 2
"""Lanes beside a leg's own connection."""
SILENT_SWEEPS = 2
"""Sweeps of `flows.SWEEP_EVERY` without media, after which a leg whose media came by UDP is told."""

Witness = Callable[[bytes], None]


class Leg:
    """See above. `flows`: None when this relay has no UDP; `now`: seconds."""

    def __init__(
        self, call: str, owner: str, flows: Flows | None, witness: Witness | None, now: Callable[[], float]
    ) -> None:
        self.call = call
        self.owner = owner
        """Whose leg it is; only they may ask about it."""
        self.counters = Counters()
        self._flows = flows
        self._witness = witness
        self._now = now
        self._sightings: Sightings | None = None
        self._line: Line | None = None
        self._bucket = _bucket(now())
        self._lanes: list[Line] = []
        self._lane_tokens: list[str] = []
        self._twins: Twins | None = None
        self._flow: Flow | None = None
        self._flow_before: Flow | None = None
        """Of a connection that was lost: taken from until the new one is bound."""
        self._udp = False
        """Whether the party wants its media in UDP."""
        self._other: Leg | None = None
        self._held: list[bytes] | None = []
        """Records for a leg that is to come; None when it is here, or was."""
        self._held_bytes = 0
        self._awaited: int | None = None
        """The pairing of which this party has not said yet that it heard."""
        self._streamed = 0
        """Media packets that came by TLS."""
        self._seen = (0, 0)
        self._quiet: int | None = None
        """Sweeps since media came; None when it comes by TLS, or was told."""

    # ── its connection and its lanes ───────────────────────────────────────────────────────────────────────────

    @property
    def is_here(self) -> bool:
        """Whether it has a connection."""
        return self._line is not None

    def open(self, pipe: Pipe) -> Line:
        """The party is here on `pipe`; an earlier connection and its lanes are dropped."""
        former, self._line = self._line, Line(pipe)
        self._bucket = _bucket(self._now())
        line = self._line
        if former is not None:
            former.pipe.abort()
        for lane in self._lanes:
            lane.pipe.hang_up()
        self._lanes, self._lane_tokens = [], []
        self._udp = False
        if self._flows is not None:
            self._drop_flow_before()
            self._flow_before = self._flow
            self._flow = self._flows.open(self.counters, self._take_datagram, self._moved)
            if self._flow_before is not None:
                self._flow_before.route(None)
        self._changed()
        return line

    def lose(self, line: Line) -> bool:
        """The connection is gone; False when it was not (any more) this leg's."""
        if self._line is not line:
            return False
        self._line = None
        return True

    def open_lane(self, pipe: Pipe, token: str) -> Line:
        """One more connection for media. Raises `SignalError` (`leg-token`) unless `token` is good and unused."""
        good = [each for each in self._lane_tokens if hmac.compare_digest(each, token)]
        if not good or len(self._lanes) >= LANES_MAX:
            raise SignalError("This leg token is unknown, used already or somebody else's.", code="leg-token")
        self._lane_tokens.remove(good[0])
        if self._twins is None:
            self._twins = Twins()
        lane = Line(pipe)
        self._lanes.append(lane)
        lane.send(encode(LaneJoined(call=self.call)))
        return lane

    def lose_lane(self, lane: Line) -> None:
        """A lane is gone; nothing else is."""
        self._lanes = [each for each in self._lanes if each is not lane]

    def close(self) -> None:
        """The call is over."""
        self.part()
        for line in (self._line, *self._lanes):
            if line is not None:
                line.pipe.hang_up()
        self._line, self._lanes, self._lane_tokens, self._sightings = None, [], [], None
        if self._flows is not None:
            self._drop_flow_before()
            if self._flow is not None:
                self._flows.close(self._flow)
                self._flow = None

    # ── the other leg ──────────────────────────────────────────────────────────────────────────────────────────

    def pair(self, other: "Leg", pairing: int, again: str | None, port: int) -> None:
        """Both legs are here, for the `pairing`th time after the first; `port`: of UDP."""
        self._other = other
        if pairing:
            self._awaited, self._held = pairing, None
        missing = LANES_MAX - len(self._lanes) - len(self._lane_tokens)
        self._lane_tokens += [secrets.token_hex(16) for _ in range(missing)]
        flow = None if self._flow is None else signals.Flow(id=self._flow.id, key=self._flow.key.hex(), port=port)
        joined = LegJoined(
            call=self.call, pairing=pairing, again=again, lanes=tuple(self._lane_tokens), flow=flow
        )  # fmt: skip
        if self._line is not None:
            self._line.send(encode(joined))
        self._changed()

    def flush(self) -> None:
        """Give the other leg what waited for it."""
        held, self._held = self._held or [], None
        for packet in held:
            if self._other is not None:
                self._other.take_record(packet)

    def part(self) -> None:
        """There is no other leg; what comes now is dropped."""
        self._other, self._held = None, None
        self._changed()

    # ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, packet: bytes) -> None:
        """`packet` came on the connection; raises `FramingError` or `SignalError` when it has no place here."""
        what = kind(packet)
        if what is Kind.MEDIA:
            self._take_streamed(packet)
        elif what is Kind.TLS:
            self._take_record_in(packet)
        elif what is Kind.SIGNAL:
            self._take_signal(packet)
        else:
            raise _misplaced(what)

    def receive_lane(self, packet: bytes) -> None:
        """`packet` came on a lane; raises like `receive`."""
        what = kind(packet)
        if what is not Kind.MEDIA:
            raise _misplaced(what)
        self._take_streamed(packet)

    def _take_datagram(self, packet: bytes) -> None:
        """Media came by UDP."""
        self.counters.datagrams += 1
        self._take(packet)

    def _take_streamed(self, packet: bytes) -> None:
        """Media came by TLS, on the connection or a lane."""
        self._streamed += 1
        if self._twins is None or self._twins.is_new(packet):
            self._take(packet)
        else:
            self.counters.packets += 1
            self.counters.bytes += len(packet)
            self.counters.twins += 1

    def _take(self, packet: bytes) -> None:
        """Media, by whatever way."""
        if self._witness is not None:
            self._witness(packet)
        counters = self.counters
        counters.packets += 1
        counters.bytes += len(packet)
        if self._other is None or not self._other.take_media(packet):
            counters.dropped += 1
        elif self._sightings is not None:
            self._sightings.saw("out", packet)

    def _take_record_in(self, packet: bytes) -> None:
        if self._witness is not None:
            self._witness(packet)
        self.counters.packets += 1
        self.counters.bytes += len(packet)
        if self._other is None and self._held is not None:
            self._hold(self._held, packet)
        elif self._other is None or self._awaited is not None or not self._other.take_record(packet):
            self.counters.dropped += 1  # the other leg is away, or it is of a session that is no more
            return
        if self._sightings is not None:
            self._sightings.saw("out", packet)

    def _hold(self, held: list[bytes], packet: bytes) -> None:
        if self._held_bytes + len(packet) > HELD_MAX:
            raise ProtocolError("Too much was sent before the other leg was here.", code="leg-flood")
        held.append(packet)
        self._held_bytes += len(packet)

    def _take_signal(self, packet: bytes) -> None:
        if not self._bucket.take(self._now()):
            raise SignalError("You send messages faster than a phone ever needs to.", code="too-fast")
        match signals.decode_untrusted(packet, signals.leg_decoder):
            case Receive(path=path):
                self._udp = path == "udp"
                self._changed()
            case LegReady(pairing=pairing):
                if pairing == self._awaited:
                    self._awaited = None
            case _:
                raise _misplaced(Kind.SIGNAL)

    # ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────

    def take_media(self, packet: bytes) -> bool:
        """Send it the way that the party wants; False when that is slow, or there is none."""
        taken = self._udp and self._flow is not None and self._flow.send(packet)
        if not taken:
            taken = self._line is not None and self._line.take_media(packet)
            for lane in self._lanes:
                taken = lane.take_media(packet) or taken
        if taken and self._sightings is not None:
            self._sightings.saw("in", packet)
        return taken

    def take_record(self, packet: bytes) -> bool:
        """Send it on the connection; False when there is none."""
        taken = self._line is not None and self._line.take_record(packet)
        if taken and self._sightings is not None:
            self._sightings.saw("in", packet)
        return taken

    # ── UDP ────────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Bring `counters` up to now."""
        if self._flow is not None:
            self._flow.settle()

    def sweep(self) -> None:
        """Every `flows.SWEEP_EVERY` seconds: has media that came by UDP ceased?"""
        self.settle()
        datagrams, streamed = self._seen
        self._seen = self.counters.datagrams, self._streamed
        if self.counters.datagrams != datagrams:
            self._quiet = 0
        elif self._streamed != streamed:
            self._quiet = None
        elif self._quiet is not None:
            self._quiet += 1
            if self._quiet >= SILENT_SWEEPS:
                self._quiet = None
                if self._line is not None:
                    self._line.send(encode(FlowSilent()))

    @property
    def sightings(self) -> Sightings | None:
        """Told what is forwarded from and to this leg, while its owner asks; gone when the call is."""
        return self._sightings

    @sightings.setter
    def sightings(self, sightings: Sightings | None) -> None:
        self._sightings = sightings
        self._changed()

    def _moved(self, flow: Flow) -> None:
        """A flow of ours has another address, or none."""
        if flow is self._flow:
            self._drop_flow_before()
        self._changed()

    def _drop_flow_before(self) -> None:
        if self._flows is not None and self._flow_before is not None:
            self._flows.close(self._flow_before)
            self._flow_before = None

    def _changed(self) -> None:
        """Something on which the quickest way depends."""
        self._route()
        if self._other is not None:
            self._other._route()  # noqa: SLF001 - our own class

    def _route(self) -> None:
        """Let what comes by our flow go straight on where nobody needs to look at it."""
        if self._flow is None:
            return
        other = self._other
        watched = other is None or self._witness or self._sightings is not None or other.sightings is not None
        self._flow.route(other._flow if other is not None and other._udp and not watched else None)  # noqa: SLF001


def _bucket(now: float) -> TokenBucket:
    """For the signals of one connection."""
    rate = ADMISSION.signals_of_link
    return TokenBucket(rate.per_second, rate.at_once, now)


def _misplaced(what: Kind) -> SignalError:
    return SignalError(f"A {what.name} packet has no place on an open leg.", code="leg-kind")
