"""What `glasscall compare` measured, ready to be painted: four columns whose messages stand on common lines. Pure.

JSON ──→ read_untrusted ──→ Compared(columns) ──→ lines(version): (way, name, size in full, size in resumed or a gap)
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from gui.flights import CLASSIC
from voip.errors import ProtocolError


class Message(msgspec.Struct, frozen=True):
    """One message."""

    direction: str
    name: str
    size: int


class Column(msgspec.Struct, frozen=True):
    """One kind of handshake; see `voip.lab.comparison.Column`."""

    version: str
    resumed: bool
    messages: tuple[Message, ...]
    bytes_out: int
    bytes_in: int
    round_trips: int
    client_cpu_ms: float
    server_cpu_ms: float
    time_ms: float
    loopback_ms: float


class Compared(msgspec.Struct, frozen=True):
    """All four, in the order 1.2 full, 1.2 resumed, 1.3 full, 1.3 resumed."""

    rtt_ms: float
    runs: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One message on the common lines of a full handshake and its resumed one."""

    direction: str
    name: str
    full: int | None
    """Its size there; None: it is not sent."""
    resumed: int | None
    number: int = 0
    """Its place in TLS 1.2's classic diagram; 0 beside it, and in TLS 1.3."""

    @property
    def title(self) -> str:
        """`3 · Certificate`, `Certificate`."""
        return f"{self.number} · {self.name}" if self.number else self.name


def read_untrusted(data: bytes) -> Compared:
    """What the child process wrote; raises `ProtocolError` when it is something else."""
    try:
        return msgspec.json.decode(data, type=Compared)
    except msgspec.MsgspecError as error:
        raise ProtocolError(f"The measurement cannot be read: {error}.", code="compare-bad") from None


def lines(full: Column, resumed: Column) -> tuple[Line, ...]:
    """Both on common lines: what only one of them sends leaves a gap in the other. The order of each is kept."""
    table = _common(full.messages, resumed.messages)
    old = full.version == "1.2"

    def line(message: Message, one: int | None, other: int | None) -> Line:
        side = "client" if message.direction == "out" else "server"
        number = CLASSIC.get((side, message.name), 0) if old else 0
        return Line(message.direction, message.name, one, other, number)

    found: list[Line] = []
    i = j = 0
    while i < len(full.messages) or j < len(resumed.messages):
        one = full.messages[i] if i < len(full.messages) else None
        other = resumed.messages[j] if j < len(resumed.messages) else None
        if one is not None and other is not None and _same(one, other):
            found.append(line(one, one.size, other.size))
            i, j = i + 1, j + 1
        elif other is None or (one is not None and table[i + 1][j] >= table[i][j + 1]):
            assert one is not None  # noqa: S101 - one of the two is left
            found.append(line(one, one.size, None))
            i += 1
        else:
            found.append(line(other, None, other.size))
            j += 1
    return tuple(found)


def _same(one: Message, other: Message) -> bool:
    return (one.direction, one.name) == (other.direction, other.name)


def _common(one: tuple[Message, ...], other: tuple[Message, ...]) -> list[list[int]]:
    """How many messages the rests of both have in common (longest common subsequence)."""
    table: list[list[Any]] = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            same = _same(one[i], other[j])
            table[i][j] = table[i + 1][j + 1] + 1 if same else max(table[i + 1][j], table[i][j + 1])
    return table
