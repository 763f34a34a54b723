"""Writes a connection of ours on the tape, record by record, and a leg's cost into its account.

stream ──each turn of its TLS engine──→ [ a few turns of media ] ──→ Coupling ──records, packets──→ Tape
                                                                                             └──→ Toll (a leg's)

Media are looked at a few packets at once: between two packets the processor has been elsewhere, and what it does first
is slow. Everything else is looked at as it passes.
"""

from typing import Literal

from voip.client.toll import Toll
from voip.io import clock
from voip.journal.coupling import Coupled, Coupling
from voip.journal.meaning import of_packet, of_record
from voip.journal.observations import Channel
from voip.journal.tape import Meaning, Tape
from voip.session.tls.events import Direction, Received, TlsEvent
from voip.wire.tls_records import HEADER

RAW = 64
"""Bytes of a record that are kept as they were."""
BATCH = 6
"""Turns of media that are looked at together: 60 ms of a call."""
STANDS = ("signal", "leg-joined")
"""What comes in when a leg stands."""
_TYPES: dict[int, Literal["change_cipher_spec", "alert", "handshake", "application_data"]] = {
    20: "change_cipher_spec",
    21: "alert",
    22: "handshake",
    23: "application_data",
}
Turn = tuple[bytes, list[TlsEvent], bytes, bytes, float, float]


class Recorder:
    """A `voip.io.stream.Recorder` for one link or leg."""

    def __init__(self, tape: Tape, channel: Channel, toll: Toll | None = None) -> None:
        self._tape = tape
        self._channel = channel
        self._toll = toll
        self._coupling = Coupling()
        self._pending: list[Turn] = []
        if toll is not None:
            toll.settle = self.flush

    def turn(self, came: bytes, events: list[TlsEvent], went: bytes, packet: bytes, *, cpu: float, held: float) -> None:
        """See `voip.io.stream.Recorder`."""
        self._pending.append((came, events, went, packet, cpu, held))
        if len(self._pending) >= BATCH or not _only_media(events, packet):
            self.flush()

    def flush(self) -> None:
        """Look at what has passed until now."""
        pending, self._pending = self._pending, []
        for turn in pending:
            self._look(*turn)

    def _look(self, came: bytes, events: list[TlsEvent], went: bytes, packet: bytes, cpu: float, held: float) -> None:
        toll = self._toll
        counting = toll is not None and toll.counting
        for record in self._coupling.turn(came, events, went, packet):
            meanings = [of_packet(one) for one in record.packets]
            self._put(record, meanings)
            if toll is None:
                continue
            if toll.counting:
                toll.carried(record.direction, HEADER + record.wire.length, meanings, record.packets)
            elif STANDS in meanings:
                toll.begin()
        if toll is not None and counting:
            toll.turned(cpu, held)

    def _put(self, record: Coupled, meanings: list[tuple[Meaning, str]]) -> None:
        meaning, plain, detail = of_record(record, meanings)
        wire = record.wire
        header = bytes((wire.type,)) + wire.version.to_bytes(2, "big") + wire.length.to_bytes(2, "big")
        self._tape.put(
            clock.monotonic() if record.at is None else record.at,
            self._channel,
            record.direction,
            _TYPES.get(wire.type, "application_data"),
            header + wire.payload[: RAW - HEADER],
            size=HEADER + wire.length,
            meaning=meaning,
            body=wire.payload,
            plain=plain,
            detail=detail,
        )


class DatagramRecorder:
    """Writes a leg's datagrams on the tape. SRTP is all that is around what they carry."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def passed(self, direction: Direction, datagram: bytes) -> None:
        """One datagram of ours, or for us."""
        meaning, detail = of_packet(datagram)
        self._tape.put(
            clock.monotonic(),
            "leg",
            direction,
            "datagram",
            datagram[:RAW],
            size=len(datagram),
            meaning=meaning,
            body=datagram,
            detail=detail,
        )


def _only_media(events: list[TlsEvent], packet: bytes) -> bool:
    """Whether a turn was, as far as a glance can tell, one SRTP or SRTCP packet's."""
    last = events[-1] if events else None
    first = packet[:1] if packet else last.data[2:3] if isinstance(last, Received) else b""
    return b"\x80" <= first <= b"\xbf" and len(events) <= 2
