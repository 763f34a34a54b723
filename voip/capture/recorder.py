"""What passed on the phone's own sockets, kept in memory, so that a capture can be saved *afterwards*.

    begin(flow) → data("out", bytes, at) ──→ the first 16 KB each way: kept ─┐
                                        └──→ the rest: a ring, oldest goes ──┴─→ snapshot() ──→ Recording.save(FILE)
    secret(line) ──→ only of a phone that was told to keep its secrets ───────↗

The beginning of a connection holds its handshake, without which nothing after it can be judged: so it outlives the
data. A datagram stands by itself, so UDP has no beginning. What was dropped is said in the file: in its comment, and at
the first packet after each gap. `snapshot` is quick and belongs to the thread that records; a `Recording` may be saved
in another.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from voip.capture.packets import Endpoint
from voip.capture.tap import Direction, Tap, TappedFlow
from voip.errors import CaptureError

HEAD_MAX = 16_384
"""Bytes of each direction's beginning that are kept, with the pieces' own cost: a handshake with room to spare."""
FLOWS_MAX = 256
"""Connections whose beginning is kept; beyond it the one that was silent longest loses its own."""
RING_MAX = 24_000_000
"""Bytes of everything else. With the beginnings (8 MB at most) that makes 32 MB."""
CHUNK_COST = 250
"""What remembering one piece takes besides its bytes."""
SECRETS_MAX = 1_000_000
"""Bytes of key log: some thousand handshakes."""
HOW = (
    "This phone keeps no TLS secrets, so none can be saved. Start it with --key-log FILE, or with --tap FILE "
    "--tap-secrets: what passes from then on can be saved with its secrets."
)
WHOLE = "Nothing is missing: every byte that passed on these sockets is here."
DROPPED = (
    "NOT COMPLETE: to stay within its memory, Glasscall dropped the oldest {data} bytes of data and the beginnings of "
    "{flows} of {all} connections ({heads} bytes). Wireshark cannot decrypt a connection after a gap."
)


_Ends = tuple[str, int, str, int, Literal["tcp", "udp"]]
_Chunk = tuple[int, int, _Ends, Direction, int, bytes, float]
"""(order, connection, ends, direction, where in that direction it begins, bytes, seconds since 1970).

A plain tuple of plain values: Python's collector leaves those alone, and would else stop a call to look at them all.
"""


@dataclass(slots=True)
class _Kept:
    """The beginning of one connection."""

    chunks: list[_Chunk] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is not there any more."""

    data: int = 0
    """Bytes of the ring."""
    heads: int = 0
    """Bytes of beginnings."""
    flows: int = 0
    """Connections whose beginning was dropped."""

    def __bool__(self) -> bool:
        return self != Dropped()


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded up to one moment."""

    heads: tuple[_Chunk, ...] = field(repr=False)
    ring: tuple[_Chunk, ...] = field(repr=False)
    secrets: tuple[bytes, ...] | None = field(repr=False)
    """None: this phone keeps none."""
    connections: int
    dropped: Dropped

    def save(self, path: Path, *, secrets: bool) -> None:
        """Write a capture that only this user may read. Raises `CaptureError`; then nothing stays at `path`."""
        if secrets and self.secrets is None:
            raise CaptureError(HOW, code="no-secrets")
        with Tap(path, embed=secrets, private=True, comment=self.comment) as tap:
            for line in (self.secrets or ()) if secrets else ():
                tap.secret(line)
            self._write(tap)
        if tap.problem:
            if path.is_file():
                path.unlink()
            raise CaptureError(f"{tap.problem} Nothing was saved; choose another place.", code="capture-unwritable")

    @property
    def comment(self) -> str:
        """What the file says of itself."""
        lost = self.dropped
        told = DROPPED.format(data=lost.data, flows=lost.flows, all=self.connections, heads=lost.heads)
        return (
            f"Glasscall, from its own sockets; Ethernet, IP, TCP and UDP headers are made up. {told if lost else WHOLE}"
        )

    def _write(self, tap: Tap) -> None:
        current: dict[_Ends, int] = {}
        reached: dict[tuple[int, Direction], int] = {}
        # To sort all at once would hold Python up, and with it the call that goes on.
        for _, connection, ends, direction, offset, data, at in heapq.merge(sorted(self.heads), self.ring):
            flow = TappedFlow(Endpoint(*ends[:2]), Endpoint(*ends[2:4]), ends[4])
            if current.setdefault(ends, connection) != connection:
                tap.end(flow, at)  # the system gave the same port again
                current[ends] = connection
            gap = offset - reached.get((connection, direction), 0)
            if gap:
                tap.missing(flow, direction, gap)
            reached[connection, direction] = offset + len(data)
            tap.data(flow, direction, data, at)


class Recorder:
    """Bounded, whatever passes. `keep_secrets`: only when the user asked for a key log. No method waits."""

    def __init__(self, *, keep_secrets: bool = False, ring: int = RING_MAX, flows: int = FLOWS_MAX) -> None:
        self._ring_left = ring
        self._flows_max = flows
        self._ring: deque[_Chunk] = deque()
        self._heads: dict[int, _Kept] = {}
        self._order = self._connections = 0
        self._dropped = Dropped()
        self._secrets: list[bytes] | None = [] if keep_secrets else None
        self._secrets_left = SECRETS_MAX

    def begin(self, flow: TappedFlow) -> Callable[[Direction, bytes, float], None]:
        """A new connection: where its bytes go (direction, bytes, seconds since 1970)."""
        self._connections += 1
        ends: _Ends = (flow.client.host, flow.client.port, flow.server.host, flow.server.port, flow.transport)
        # A datagram stands by itself: the first ones are worth no more than others, and none is cut in two.
        head = HEAD_MAX if flow.transport == "tcp" else 0
        number, passed, left = self._connections, {"out": 0, "in": 0}, {"out": head, "in": head}

        def data(direction: Direction, data: bytes, at: float) -> None:
            offset = passed[direction]
            passed[direction] = offset + len(data)
            early = data[: max(0, left[direction] - CHUNK_COST)]
            left[direction] -= len(early) + CHUNK_COST
            if number in self._heads:
                self._heads[number] = self._heads.pop(number)  # it is alive: not the next to lose its beginning
            if early:
                self._keep((self._next(), number, ends, direction, offset, early, at))
            if len(early) < len(data):
                rest = data[len(early) :]
                self._roll((self._next(), number, ends, direction, offset + len(early), rest, at))

        return data

    def secret(self, line: bytes) -> None:
        """A line of a key log. Forgotten at once unless this recorder keeps secrets."""
        if self._secrets is not None and self._secrets_left > len(line):
            self._secrets_left -= len(line) + 1
            self._secrets.append(line)

    def snapshot(self) -> Recording:
        """Everything kept so far; later bytes do not change it."""
        heads = tuple(chunk for kept in self._heads.values() for chunk in kept.chunks)
        secrets = None if self._secrets is None else tuple(self._secrets)
        return Recording(heads, tuple(self._ring), secrets, self._connections, self._dropped)

    def save(self, path: Path, *, secrets: bool) -> None:
        """Save what is there now; see `Recording.save`."""
        self.snapshot().save(path, secrets=secrets)

    def _next(self) -> int:
        self._order += 1
        return self._order

    def _keep(self, chunk: _Chunk) -> None:
        kept = self._heads.get(chunk[1])
        if kept is None:
            if len(self._heads) >= self._flows_max:
                self._forget_oldest()
            kept = self._heads[chunk[1]] = _Kept()
        kept.chunks.append(chunk)
        kept.size += _size(chunk)

    def _forget_oldest(self) -> None:
        lost, before = self._heads.pop(next(iter(self._heads))), self._dropped
        self._dropped = Dropped(before.data, before.heads + lost.size, before.flows + 1)

    def _roll(self, chunk: _Chunk) -> None:
        self._ring.append(chunk)
        self._ring_left -= _size(chunk) + CHUNK_COST
        while self._ring_left < 0:
            size, before = _size(self._ring.popleft()), self._dropped
            self._ring_left += size + CHUNK_COST
            self._dropped = Dropped(before.data + size, before.heads, before.flows)


def _size(chunk: _Chunk) -> int:
    return len(chunk[5])
