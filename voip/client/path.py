"""How a leg's protected packets travel. A path carries bytes and knows nothing of what is in them."""

from typing import Literal, Protocol

from voip.client.connection import Connection
from voip.client.toll import Toll

BACKLOG_MAX = 8_192
"""Bytes that may wait in the leg before a packet is dropped instead: 0.3 s of `closest`, 0.6 s of `balanced`. Long
before that, at 0.1 s, less is sent (`media.congestion`)."""


class Path(Protocol):
    """A way for protected packets."""

    name: Literal["udp", "tls"]

    @property
    def toll(self) -> Toll:
        """What this way costs."""
        ...

    @property
    def backlog(self) -> int:
        """Bytes that wait to be taken."""
        ...

    dropped: int
    """Packets given up, because what waited would have made them stale."""

    def send(self, packet: bytes) -> bool:
        """Send `packet` now, or drop it; True when it went."""
        ...


class TlsPath:
    """Inside the leg's TLS connection, whichever leg that is: a lost segment holds up what follows."""

    name: Literal["udp", "tls"] = "tls"

    def __init__(self, connection: Connection) -> None:
        self._leg = connection
        self.dropped = 0

    @property
    def backlog(self) -> int:
        """Bytes that wait in the leg."""
        return self._leg.backlog

    @property
    def toll(self) -> Toll:
        """The account of all legs."""
        return self._leg.toll

    def send(self, packet: bytes) -> bool:
        """Send `packet` unless what waits already would make it stale."""
        if self._leg.backlog > BACKLOG_MAX:
            self.dropped += 1
            return False
        self._leg.send(packet)
        return True
