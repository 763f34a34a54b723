"""One TLS connection to a client, as the patchbay needs it.

Records of the end-to-end session are never dropped, and so must not wait for ever. Media that wait grow old where they
wait, and are left out there (`io.outbox`).
"""

import logging
from typing import Protocol

RECORD_BACKLOG_MAX = 256 * 1024
"""A leg that leaves this much unread has gone."""

_FAILED = "a leg failed while it was written to"
log = logging.getLogger(__name__)


class Pipe(Protocol):
    """A connection (`voip.io.stream.TlsStream` is one)."""

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them."""

    def send_packet(self, packet: bytes) -> None:
        """Send, never wait."""

    def send_media(self, packet: bytes) -> None:
        """Send, but rather drop it than let it wait for long; never wait."""

    def hang_up(self) -> None:
        """Say goodbye without waiting."""

    def abort(self) -> None:
        """Drop the connection now."""


class Line:
    """`pipe`, to which sending never waits and never raises: its fault must not reach whoever sent the packet."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe

    def take_media(self, packet: bytes) -> bool:
        """Send, if the other end takes it soon; False when there is none any more."""
        try:
            self.pipe.send_media(packet)
        except Exception:
            log.exception(_FAILED)
            self.pipe.abort()
            return False
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
        """Send, sooner or later."""
        try:
            self.pipe.send_packet(packet)
        except Exception:
            log.exception(_FAILED)
            self.pipe.abort()
