"""How a leg's protected packets travel. A path carries bytes and knows nothing of what is in them.

    send(packet) ──→ UdpPath: now or never
    send(packet) ──→ TlsPath ──a copy each──→ the leg's connection, and each lane's: `io.stream` keeps it until the
                                              kernel takes it, and drops it before it is encrypted when it is stale

Which of the two a packet takes, `ways` decides.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from voip.client.flow import Flow
from voip.client.toll import Toll


class Path(Protocol):
    """A way for protected packets."""

    @property
    def name(self) -> Literal["udp", "tls"]:
        """Which one."""
        ...

    @property
    def toll(self) -> Toll:
        """What this way costs."""
        ...

    @property
    def backlog(self) -> int:
        """Bytes that wait to be taken."""
        ...

    @property
    def dropped(self) -> int:
        """Packets given up, because they had grown stale."""
        ...

    def send(self, packet: bytes) -> bool:
        """Send `packet` now, keep it for a moment, or drop it; False when it was dropped."""
        ...


class UdpPath:
    """By a flow: nothing holds a packet up, and nothing sends it again."""

    def __init__(self, flow: Flow, transmit: Callable[[bytes], bool]) -> None:
        self._flow = flow
        self._transmit = transmit

    def send(self, packet: bytes) -> bool:
        """Send `packet` now, or drop it."""
        if not self._transmit(packet):
            return False
        self._flow.media_sent()
        return True


class Pipe(Protocol):
    """One TLS connection, as a path needs it (`voip.io.stream.TlsStream` is one)."""

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them."""

    @property
    def media_dropped(self) -> int:
        """Packets that had waited too long to be encrypted at all."""

    def send_media(self, packet: bytes) -> None:
        """Encrypt and send it, unless it has to wait too long for that."""


class TlsPath:
    """Inside the leg's TLS connection, and its lanes': always there, but a lost segment holds up what follows."""

    def __init__(self) -> None:
        self._pipes: dict[Pipe, int] = {}
        """With what each had dropped when the set of them changed last."""
        self._dropped_before = 0

    def open(self, pipe: Pipe) -> None:
        """One more connection."""
        self._settle()
        self._pipes[pipe] = pipe.media_dropped

    def close(self, pipe: Pipe) -> None:
        """One less."""
        self._settle()
        self._pipes.pop(pipe, None)

    @property
    def backlog(self) -> int:
        """Bytes that wait where the fewest wait: that is when a packet arrives."""
        return min((pipe.write_backlog for pipe in self._pipes), default=0)

    @property
    def dropped(self) -> int:
        """Packets that grew stale, counted where the fewest did: no more than these can have gone nowhere."""
        fewest = min((pipe.media_dropped - then for pipe, then in self._pipes.items()), default=0)
        return self._dropped_before + fewest

    def send(self, packet: bytes) -> bool:
        """Send `packet` into every connection; False when there is none."""
        for pipe in list(self._pipes):
            pipe.send_media(packet)
        return bool(self._pipes)

    def _settle(self) -> None:
        self._dropped_before = self.dropped
        self._pipes = {pipe: pipe.media_dropped for pipe in self._pipes}
