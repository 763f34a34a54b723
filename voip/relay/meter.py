"""How much one connection of a leg may bring: packets and bytes, in the long run and at once."""

from voip.config import Admission
from voip.errors import ProtocolError
from voip.relay.buckets import TokenBucket

SLICE = 0.25
"""Seconds between two looks at the buckets; between them it is only added up, because this is asked for each packet."""


class Meter:
    """One connection's."""

    __slots__ = ("_bytes", "_bytes_bucket", "_next", "_packets", "_packets_bucket")

    def __init__(self, admission: Admission, now: float) -> None:
        packets, size = admission.packets_of_leg, admission.bytes_of_leg
        self._packets_bucket = TokenBucket(packets.per_second, packets.at_once, now)
        self._bytes_bucket = TokenBucket(size.per_second, size.at_once, now)
        self._packets = self._bytes = 0
        self._next = now + SLICE

    def count(self, size: int, now: float) -> None:
        """A packet of `size` bytes came; raises `ProtocolError` (`leg-flood`) when that is too much."""
        self._packets += 1
        self._bytes += size
        if now >= self._next:
            self._look(now)

    def _look(self, now: float) -> None:
        within = self._packets_bucket.take(now, self._packets) and self._bytes_bucket.take(now, self._bytes)
        self._packets = self._bytes = 0
        self._next = now + SLICE
        if not within:
            raise ProtocolError("You send more than any call needs; this leg is closed.", code="leg-flood")
