"""One TLS connection to a client, as the patchbay needs it: how much waits in it, and since when.

Media is dropped rather than late; records of the end-to-end session are never dropped.
"""

import logging
from collections.abc import Callable
from typing import Protocol

MEDIA_BACKLOG_MAX = 32 * 1024
MEDIA_STALE = 0.2
"""Seconds. Media is dropped when what waits already has waited for so long, whatever its packets' size and pace."""
SLICES = 10
"""Parts of that time in which bytes are counted: the age of what waits is known to one of them."""
PACKET_OVERHEAD = 2 + 5 + 17
"""What framing and a TLS 1.3 record add to a packet in the backlog."""
RECORD_BACKLOG_MAX = 256 * 1024
"""A leg that leaves this much unread has gone."""

log = logging.getLogger(__name__)


class Pipe(Protocol):
    """A connection (`voip.io.stream.TlsStream` is one)."""

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them."""

    def send_packet(self, packet: bytes) -> None:
        """Send, never wait."""

    def hang_up(self) -> None:
        """Say goodbye without waiting."""

    def abort(self) -> None:
        """Drop the connection now."""


class Lately:
    """How many bytes were given to a line in the last `MEDIA_STALE` seconds.

    A line is a queue: when more bytes wait than were put in lately, the first of them was put in before that. The
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


class Line:
    """`pipe`, and what was put into it lately. Sending never waits and never raises."""

    def __init__(self, pipe: Pipe, now: Callable[[], float]) -> None:
        self.pipe = pipe
        self._now = now
        self._lately = Lately()

    def take_media(self, packet: bytes) -> bool:
        """Send, or drop it (False) when this line is slow."""
        waiting = self.pipe.write_backlog
        if waiting and waiting > min(MEDIA_BACKLOG_MAX, self._lately.bytes(self._now())):
            return False
        self.send(packet)
        return True

    def take_record(self, packet: bytes) -> bool:
        """Send; a line that has left too much unread is given up (False)."""
        if self.pipe.write_backlog > RECORD_BACKLOG_MAX:
            log.warning("a leg does not take what it is sent; it is dropped")
            self.pipe.abort()
            return False
        self.send(packet)
        return True

    def send(self, packet: bytes) -> None:
        """Send. A fault of this connection must not reach whoever sent the packet."""
        self._lately.add(len(packet) + PACKET_OVERHEAD, self._now())
        try:
            self.pipe.send_packet(packet)
        except Exception:
            log.exception("a leg failed while it was written to")
            self.pipe.abort()
