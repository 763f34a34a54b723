"""How a leg's protected packets travel. A path carries bytes and knows nothing of what is in them.

    send(packet) ──→ UdpPath: now or never
    send(packet) ──→ TlsPath ──a copy each──→ Outlet of the leg, and of each lane ──→ encrypted, written
                                              while the other end takes nothing, they wait here, still in SRTP alone;
                                              what has waited for `MEDIA_STALE` is dropped

Which of the two a packet takes, `ways` decides.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from voip.client.flow import Flow
from voip.client.toll import Toll
from voip.config import MEDIA_STALE
from voip.io import clock

WAITING_MAX = 64
"""Packets that may wait in one outlet, whatever their age: 0.3 s of the smallest."""


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
    """One TLS connection, as an outlet needs it (`voip.io.stream.TlsStream` is one)."""

    @property
    def write_backlog(self) -> int:
        """Bytes that wait because the other end does not take them."""

    def send_packet(self, packet: bytes) -> None:
        """Encrypt and send."""

    def keep_time(self, on_room: Callable[[], None]) -> None:
        """Say when nothing waits any more."""


@dataclass(slots=True)
class Copies:
    """What becomes of a packet that goes into several outlets."""

    packet: bytes
    at: float
    left: int
    """Outlets that have neither sent nor dropped it."""
    went: bool = False


class Outlet:
    """The way into one TLS connection. What has to wait waits here unencrypted, so that it can still be dropped."""

    def __init__(self, pipe: Pipe, on_drop: Callable[[Copies], None], now: Callable[[], float]) -> None:
        self._pipe = pipe
        self._on_drop = on_drop
        self._now = now
        self._waiting: deque[Copies] = deque()
        pipe.keep_time(self._flush)

    @property
    def backlog(self) -> int:
        """Bytes that wait, here and in the connection."""
        return self._pipe.write_backlog + sum(len(copies.packet) for copies in self._waiting)

    def send(self, copies: Copies) -> None:
        """Send, or keep for a moment."""
        self._waiting.append(copies)
        self._flush()
        if len(self._waiting) > WAITING_MAX:
            self._drop(self._waiting.popleft())

    def close(self) -> None:
        """The connection is gone, and what waited with it."""
        while self._waiting:
            self._drop(self._waiting.popleft())

    def _flush(self) -> None:
        oldest = self._now() - MEDIA_STALE
        waiting = self._waiting
        while waiting:
            if waiting[0].at < oldest:
                self._drop(waiting.popleft())
            elif self._pipe.write_backlog:
                return
            else:
                copies = waiting.popleft()
                copies.left -= 1
                copies.went = True
                self._pipe.send_packet(copies.packet)

    def _drop(self, copies: Copies) -> None:
        copies.left -= 1
        if not copies.left and not copies.went:
            self._on_drop(copies)


class TlsPath:
    """Inside the leg's TLS connection, and its lanes': always there, but a lost segment holds up what follows."""

    def __init__(self, now: Callable[[], float] = clock.monotonic) -> None:
        self._now = now
        self._outlets: dict[Pipe, Outlet] = {}
        self.dropped = 0
        """Packets that grew stale in every connection."""

    def open(self, pipe: Pipe) -> None:
        """One more connection."""
        self._outlets[pipe] = Outlet(pipe, self._dropped, self._now)

    def close(self, pipe: Pipe) -> None:
        """One less."""
        outlet = self._outlets.pop(pipe, None)
        if outlet is not None:
            outlet.close()

    @property
    def backlog(self) -> int:
        """Bytes that wait where the fewest wait: that is when a packet arrives."""
        return min((outlet.backlog for outlet in self._outlets.values()), default=0)

    def send(self, packet: bytes) -> bool:
        """Send `packet` into every connection."""
        if not self._outlets:  # nothing is full; there is nothing
            return False
        copies = Copies(packet, self._now(), len(self._outlets))
        for outlet in list(self._outlets.values()):
            outlet.send(copies)
        return bool(copies.left or copies.went)

    def _dropped(self, _copies: Copies) -> None:
        self.dropped += 1
