"""TCP connections put together from their segments: out of order, sent twice, joined late, with holes.

    segments ──→ Reassembly.add ──→ connections() ──→ Connection: client ⇄ server, each direction as runs of bytes

A *run* is contiguous. There is one per direction, unless the capture lost packets; then a new run begins behind each
hole. Each run knows which packet brought which byte, so that a finding can be shown in Wireshark.
Memory is bounded by the capture's own size: every payload is kept once.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from voip.capture.packets import ACK, SYN, Endpoint, Segment

_WRAP = 1 << 32


@dataclass(slots=True)
class Run:
    """Contiguous bytes of one direction."""

    missing: int
    """Bytes that the capture lost just before (0 for the first run)."""
    data: bytearray = field(default_factory=bytearray, repr=False)
    _offsets: list[int] = field(default_factory=list, repr=False)
    _numbers: list[int] = field(default_factory=list, repr=False)

    def append(self, number: int, data: bytes) -> None:
        """`data`, brought by packet `number`."""
        self._offsets.append(len(self.data))
        self._numbers.append(number)
        self.data += data

    def packet_at(self, offset: int) -> int:
        """The number of the packet that brought the byte at `offset`."""
        return self._numbers[bisect_right(self._offsets, offset) - 1]


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction of a connection."""

    runs: tuple[Run, ...]
    late: bool
    """The capture missed its SYN, so the first run may begin in the middle of something."""
    packets: int

    @property
    def length(self) -> int:
        """Bytes of payload, without repetitions."""
        return sum(len(run.data) for run in self.runs)

    @property
    def missing(self) -> int:
        """Bytes that the capture lost."""
        return sum(run.missing for run in self.runs)


@dataclass(frozen=True, slots=True)
class Connection:
    """A TCP connection, as far as it was captured."""

    client: Endpoint
    """Who sent the SYN; when none was seen, the end with the higher port."""
    server: Endpoint
    sent: Flow
    """Client to server."""
    received: Flow
    """Server to client."""
    first_packet: int
    began: float


class _Half:
    """Segments of one direction, sorted out at the end."""

    def __init__(self) -> None:
        self.start: int | None = None
        self.packets = 0
        self._last: int | None = None
        self._pieces: list[tuple[int, int, bytes]] = []

    def add(self, segment: Segment) -> None:
        self.packets += 1
        # 32-bit sequence numbers wrap; the nearest to the last one is meant.
        if self._last is None:
            position = segment.sequence + _WRAP
        else:
            position = self._last + (segment.sequence - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
        self._last = position
        if segment.flags & SYN:
            position += 1
            self.start = position
        if segment.payload:
            self._pieces.append((position, segment.number, segment.payload))

    def flow(self) -> Flow:
        runs: list[Run] = []
        self._pieces.sort(key=lambda piece: piece[:2])
        position = self.start
        for begin, number, payload in self._pieces:
            if position is None:
                position = begin
            if not runs or begin > position:
                # A capture may also begin behind the SYN and before the first byte: that is a hole as well.
                runs.append(Run(missing=max(0, begin - position)))
                position = max(begin, position)
            fresh = payload[position - begin :]
            if fresh:
                runs[-1].append(number, fresh)
                position += len(fresh)
        return Flow(tuple(run for run in runs if run.data), self.start is None, self.packets)


class _Building:
    def __init__(self, segment: Segment) -> None:
        self.first = segment
        self.halves: dict[Endpoint, _Half] = {segment.source: _Half(), segment.destination: _Half()}
        self.client: Endpoint | None = None
        self.syn: int | None = None

    def add(self, segment: Segment) -> None:
        if segment.flags & SYN:
            self.client = segment.destination if segment.flags & ACK else segment.source
            if not segment.flags & ACK:
                self.syn = segment.sequence
        self.halves[segment.source].add(segment)

    def connection(self) -> Connection:
        ends = (self.first.source, self.first.destination)
        client = self.client or max(ends, key=lambda end: end.port)
        server = ends[0] if client == ends[1] else ends[1]
        sent, received = self.halves[client].flow(), self.halves[server].flow()
        return Connection(client, server, sent, received, self.first.number, self.first.at)


class Reassembly:
    """Segments in, in the order of the file; connections out, in the order in which they began."""

    def __init__(self) -> None:
        self._open: dict[frozenset[Endpoint], _Building] = {}
        self._all: list[_Building] = []

    def add(self, segment: Segment) -> None:
        """One more segment. A SYN with another sequence number on known ports begins a new connection."""
        key = frozenset((segment.source, segment.destination))
        building = self._open.get(key)
        opening = segment.flags & SYN and not segment.flags & ACK
        if building is None or (opening and building.syn != segment.sequence):
            building = self._open[key] = _Building(segment)
            self._all.append(building)
        building.add(segment)

    def connections(self) -> list[Connection]:
        """What has come together so far."""
        return [building.connection() for building in self._all]
