"""Which packets came, which came too late, and how the losses lie: alone, or in bursts (RFC 3611 §4.7.2).

    sequence numbers ──→ BurstMeter ──→ loss_rle()   what came since last asked: the sender chooses redundancy by it
                                    └─→ bursts()     loss, discards, bursts and gaps of the last packets

A burst begins and ends with a loss and holds no `GMIN` packets in a row that came; what lies between bursts is a gap,
and a gap may hold losses that stand alone. RFC 3611 counts from a call's beginning. Here the last 4096 packets count
(20 s of 5 ms, 80 s of 20 ms), for after an hour the whole call would hide what happens now.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from voip.wire.rtcp_xr import GMIN, LossRle

WINDOW = 4096
SETTLING = 25
"""Packets behind the newest that may still be on their way: nothing is said of them yet."""
_CYCLE = 1 << 16
_DROPOUT_MAX = 3_000
"""Packets ahead that still count as loss (RFC 3550 A.1)."""


class Fate(IntEnum):
    """What became of a packet."""

    LOST = 0
    RECEIVED = 1
    DISCARDED = 2


@dataclass(frozen=True, slots=True)
class Bursts:
    """How losses and discards lie. Shares are 0 to 1."""

    packets: int
    """That this is about."""
    loss_rate: float
    """Never came, before anything was recovered."""
    discard_rate: float
    """Came too late."""
    burst_density: float
    """Share lost or discarded within bursts; 0 without bursts."""
    gap_density: float
    """Share lost or discarded outside of bursts."""
    burst_packets: float
    """Mean length of a burst; 0 without bursts."""
    gap_packets: float
    """Mean length of a gap; 0 without gaps."""
    run: float
    """Mean number of losses in a row; 0 without losses. Not RFC 3611's: what redundancy has to bridge."""


class BurstMeter:
    """The fates of one stream's packets. Bounded; an array's cell per packet, and all else once per report."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self._fates: NDArray[np.uint8] = np.zeros(WINDOW, np.uint8)
        self._base: int | None = None
        self._highest = 0
        """Extended: cycles in the high bits."""
        self._told = 0
        """Extended number that the next `loss_rle` begins with."""

    def received(self, sequence_number: int) -> None:
        """An authentic packet came; whether in time is not said yet."""
        self._note(sequence_number, Fate.RECEIVED)

    def discarded(self, sequence_number: int) -> None:
        """It came, but too late to be of use."""
        self._note(sequence_number, Fate.DISCARDED)

    def _note(self, sequence_number: int, fate: Fate) -> None:
        if self._base is None:
            self._restart(sequence_number)
        number = self._highest + (sequence_number - self._highest + _CYCLE // 2) % _CYCLE - _CYCLE // 2
        if number > self._highest + _DROPOUT_MAX or number <= self._highest - WINDOW:
            # Too far to be loss or reordering: the sender began anew.
            self._restart(sequence_number)
            number = sequence_number
        if number > self._highest:
            self._fates[np.arange(self._highest + 1, number + 1) % WINDOW] = Fate.LOST
            self._highest = number
        self._fates[number % WINDOW] = fate
        assert self._base is not None  # noqa: S101 - set above
        self._base = min(self._base, number)

    def _restart(self, sequence_number: int) -> None:
        self._base = self._highest = self._told = sequence_number
        self._fates[:] = Fate.LOST

    def _between(self, first: int, last: int) -> NDArray[np.uint8]:
        """Fates of `first` to `last`, extended."""
        return self._fates[np.arange(max(first, self._highest - WINDOW + 1), last + 1) % WINDOW]

    def loss_rle(self) -> LossRle | None:
        """Which packets came since this was last asked; None when there is nothing to tell yet. Late ones came."""
        last = self._highest - SETTLING
        if self._base is None or last < self._told:
            return None
        begin = max(self._told, self._highest - WINDOW + 1)
        fates = self._between(begin, last)
        self._told = last + 1
        return LossRle(self.ssrc, begin & 0xFFFF, (fates != Fate.LOST).astype(np.uint8).tobytes())

    def bursts(self) -> Bursts:
        """Of the last packets; all zero before there are any."""
        first = self._highest + 1 if self._base is None else self._base
        return measure(self._between(first, self._highest - SETTLING))


def measure(fates: NDArray[np.uint8]) -> Bursts:
    """How the losses lie in `fates`, (n,) of `Fate`, in order of the packets' numbers."""
    packets = len(fates)
    if not packets:
        return Bursts(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    bad = np.flatnonzero(fates != Fate.RECEIVED)
    # Each piece is a run of losses with fewer than GMIN packets between them; one loss alone is no burst.
    pieces = np.split(bad, np.flatnonzero(np.diff(bad) > GMIN) + 1)
    found = [piece for piece in pieces if len(piece) > 1]
    in_bursts = sum(len(piece) for piece in found)
    length = sum(int(piece[-1] - piece[0]) + 1 for piece in found)
    gap_length = packets - length
    gaps = len(found) + 1
    if found:
        gaps -= (int(found[0][0]) == 0) + (int(found[-1][-1]) == packets - 1)
    return Bursts(
        packets=packets,
        loss_rate=float(np.mean(fates == Fate.LOST)),
        discard_rate=float(np.mean(fates == Fate.DISCARDED)),
        burst_density=in_bursts / length if length else 0.0,
        gap_density=(len(bad) - in_bursts) / gap_length if gap_length else 0.0,
        burst_packets=length / len(found) if found else 0.0,
        gap_packets=gap_length / gaps if gaps else 0.0,
        run=mean_run(fates == Fate.LOST),
    )


def mean_run(lost: NDArray[np.bool_]) -> float:
    """Mean number of losses in a row in `lost`, (n,); 0 without losses."""
    starts = int(np.count_nonzero(lost[1:] & ~lost[:-1])) + int(lost[:1].sum())
    return float(np.count_nonzero(lost)) / starts if starts else 0.0
