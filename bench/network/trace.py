"""What a traced phone told: its observations, and its packets.

    Trace(path).since(at, "PathChanged")        what it observed of that kind from then on
    packets(path) ──→ arrays; delays(sent, received) ──→ of each packet sent: seconds until it first came, inf: never

Times are of the machine's monotonic clock, which all namespaces share.
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKET = struct.Struct("<d4s2sH")
"""When, SSRC, sequence number (both as on the wire), `SENT` or `RECEIVED`."""
SENT, RECEIVED = 0, 1
PACKETS = np.dtype([("at", "<f8"), ("ssrc", ">u4"), ("number", ">u2"), ("kind", "<u2")])
Packets = NDArray[np.void]
Floats = NDArray[np.float64]
_WRAP = 1 << 16


class Trace:
    """The observations of one phone, read as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._seen: list[dict[str, Any]] = []

    @property
    def seen(self) -> list[dict[str, Any]]:
        """All that was told so far, the oldest first."""
        if self._path.exists():
            with self._path.open("rb") as source:
                source.seek(self._read)
                data = source.read()
            whole = data[: data.rfind(b"\n") + 1]  # the last line may be half written
            self._read += len(whole)
            self._seen += [json.loads(line) for line in whole.splitlines()]
        return self._seen

    def since(self, at: float, kind: str = "") -> list[dict[str, Any]]:
        """What was observed from `at` on, of one kind or of all."""
        return [one for one in self.seen if one["at"] >= at and kind in {"", one["is"]}]

    def last(self, kind: str) -> dict[str, Any] | None:
        """The newest of a kind."""
        return next((one for one in reversed(self.seen) if one["is"] == kind), None)

    @property
    def phase(self) -> str:
        """Of the call that it is in, or was."""
        call = self.last("CallChanged")
        return str(call["phase"]) if call else ""


def packets(path: Path) -> Packets:
    """What `tracedphone.py --packets` wrote; a record that is half written is left out."""
    data = path.read_bytes()
    return np.frombuffer(data[: len(data) // PACKETS.itemsize * PACKETS.itemsize], PACKETS)


def first_arrivals(received: Packets) -> Floats:
    """When each packet came for the first time; `received`: in the order in which they came."""
    _, first = np.unique(received[["ssrc", "number"]], return_index=True)
    return np.sort(received["at"][first].astype(np.float64))


def delays(sent: Packets, received: Packets) -> tuple[Floats, Floats]:
    """When each packet was sent, and how many seconds later it came for the first time (inf: never).

    `sent`: one phone's, `received`: the other's, whole files; any number of streams.
    """
    mine, theirs = sent[sent["kind"] == SENT], received[received["kind"] == RECEIVED]
    late = np.full(len(mine), np.inf)
    for ssrc in np.unique(mine["ssrc"]):
        of = np.flatnonzero(mine["ssrc"] == ssrc)
        came = theirs[theirs["ssrc"] == ssrc]
        first: dict[int, float] = {}
        for number, at in zip(_counted(came["number"], int(mine["number"][of[0]])), came["at"], strict=True):
            first.setdefault(int(number), float(at))
        numbers = _counted(mine["number"][of], int(mine["number"][of[0]]))
        late[of] = [first.get(int(number), np.inf) for number in numbers] - mine["at"][of]
    return mine["at"].astype(np.float64), late


def _counted(numbers: NDArray[np.uint16], begin: int) -> NDArray[np.int64]:
    """16-bit `numbers` as they would be without a wrap: each lies nearest to the one before, the first to `begin`."""
    found, last = [], begin
    for number in numbers.tolist():
        last += (number - last + _WRAP // 2) % _WRAP - _WRAP // 2
        found.append(last)
    return np.array(found, np.int64)
