"""Which TLS record carried what: the bytes on the wire, held against what TLS told and what was in it.

    bytes in, bytes out ──→ RecordReader ──→ whole records ─┐
    TLS events ──→ Record · what came after it until the next ─┴─→ `Coupled`, one for each whole record

A record is known by its place: the engine tells of records in the order in which they pass, and of what was in each
before it tells of the next. A record that the engine never told of (after the end of a connection) has no content.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from voip.errors import FramingError
from voip.session.tls.events import Alert, Direction, HandshakeMessage, Received, Record, TlsEvent
from voip.wire.framing import Deframer
from voip.wire.tls_records import RecordReader, WireRecord

TOLD_MAX = 64
"""Records that may be told of and have not passed: one is usual, more only when nothing is written any more."""
_NOTHING = WireRecord(0, 0, 0, 0, b"")


@dataclass(slots=True)
class Coupled:
    """One record and what was in it."""

    direction: Direction
    at: float | None = None
    """When TLS told of it, in seconds; None when it never did."""
    length: int = 0
    wire: WireRecord = _NOTHING
    """The record as it passed."""
    packets: list[bytes] = field(default_factory=list)
    """RFC 4571 packets that *end* in this record: usually one; none when it held only a piece of one."""
    messages: list[HandshakeMessage | Alert] = field(default_factory=list)
    """Likewise."""
    piece: bool = False
    """It held application data, and no packet ended in them."""


class _Way:
    """One direction. What is told and has not passed whole, or has passed and is not told, waits here."""

    def __init__(self, direction: Direction) -> None:
        self.told: deque[Coupled] = deque()
        self.last = Coupled(direction)
        self._direction = direction
        self._reader = RecordReader()
        self._passed: deque[WireRecord] = deque()

    def tell(self, record: Record) -> None:
        self.last = Coupled(self._direction, record.at, record.length)
        self.told.append(self.last)

    def passed(self, data: bytes) -> None:
        try:
            self._passed.extend(self._reader.feed(data))
        except FramingError:  # no TLS, or no more: the engine says so in its own words
            return

    def whole(self) -> Iterator[Coupled]:
        """Records that have passed whole, since last asked."""
        while self._passed:
            wire = self._passed.popleft()
            coupled = self.told.popleft() if self.told else Coupled(self._direction)
            if coupled.at is not None and coupled.length != wire.length:  # not the one that it was taken for
                coupled = Coupled(self._direction)
            coupled.wire = wire
            yield coupled
        while len(self.told) > TOLD_MAX:
            self.told.popleft()


class Coupling:
    """Both directions of one connection, from its first byte on. Holds two unfinished records and one packet."""

    def __init__(self) -> None:
        self._in, self._out = _Way("in"), _Way("out")
        self._deframer: Deframer | None = Deframer()

    def turn(self, came: bytes, events: list[TlsEvent], went: bytes, packet: bytes) -> Iterator[Coupled]:
        """The engine took one turn: `came` was given to it, `events` it told, `went` it wrote; `packet` was to be sent.

        The records that are whole now, those that came before those that went.
        """
        if came:
            self._in.passed(came)
        if went:
            self._out.passed(went)
        for event in events:
            if isinstance(event, Record):
                (self._out if event.direction == "out" else self._in).tell(event)
            elif isinstance(event, Received):
                self._receive(event.data)
            elif isinstance(event, HandshakeMessage | Alert):
                (self._out if event.direction == "out" else self._in).last.messages.append(event)
        if packet and self._out.told:
            for piece in self._out.told:
                piece.piece = not piece.messages
            self._out.last.piece = False
            self._out.last.packets.append(packet)
        yield from self._in.whole()
        yield from self._out.whole()

    def _receive(self, data: bytes) -> None:
        record = self._in.last
        if self._deframer is not None:
            try:
                record.packets += self._deframer.feed(data)
            except FramingError:  # whoever reads the connection is told, and ends it
                self._deframer = None
        record.piece = not record.packets
