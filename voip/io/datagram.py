"""asyncio ⇄ UDP: one connected socket, which takes packets from nobody but the address that it is connected to.

    send ──→ the kernel, or nowhere: what cannot go now is late already
    on_datagram ←── every datagram · on_trouble ←── what the system says of the other end, in a word

Nothing raises once it is open: that nobody is there, or that the network is gone, is news and no accident.
"""

import asyncio
import errno
import os
from collections.abc import Callable
from typing import Self, cast

from voip.errors import RelayError
from voip.io.stream import Tap

WAITING_MAX = 16_384
"""Bytes that may wait for the kernel; what comes then is dropped."""
SIZE_MAX = 2_048
"""Bytes of a datagram that is looked at; nothing of ours is longer than `MEDIA_MAX`."""


class Datagrams(asyncio.DatagramProtocol):
    """One connected UDP socket. Made by `open`, never directly."""

    def __init__(self, on_datagram: Callable[[bytes], None], on_trouble: Callable[[str], None]) -> None:
        self._on_datagram = on_datagram
        self._on_trouble = on_trouble
        self._transport: asyncio.DatagramTransport
        self._waiting: asyncio.WriteTransport
        """The same, as what can say how much waits: the type of the other forgets it."""
        self._tap: Tap | None = None
        self._open = True
        self.dropped = 0
        """Datagrams that could not be sent, or were too long to be ours."""

    @classmethod
    async def open(
        cls,
        host: str,
        port: int,
        on_datagram: Callable[[bytes], None],
        on_trouble: Callable[[str], None],
        *,
        tap: Callable[[tuple[str, int], tuple[str, int]], Tap] | None = None,
    ) -> Self:
        """A socket connected to `port` of the address `host`, IPv4 or IPv6. Raises `RelayError` when there is none.

        Neither callback may raise. `tap`: given our address and theirs, where to copy each datagram.
        """
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.create_datagram_endpoint(
                lambda: cls(on_datagram, on_trouble), remote_addr=(host, port)
            )
        except OSError as error:
            raise RelayError(f"There is no way to {host} by UDP ({word(error)}).", code="udp-unreachable") from None
        if tap is not None:
            here, there = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
            protocol._tap = tap(here[:2], there[:2])  # noqa: SLF001 - our own class
        return protocol

    @property
    def local_port(self) -> int:
        """Our UDP port."""
        return int(self._transport.get_extra_info("sockname")[1])

    def send(self, datagram: bytes) -> bool:
        """Send it now or drop it; True when it went."""
        if not self._open or self._waiting.get_write_buffer_size() > WAITING_MAX:
            self.dropped += 1
            return False
        if self._tap is not None:
            self._tap("out", datagram)
        self._transport.sendto(datagram)
        return True

    def close(self) -> None:
        """Let the socket go; nothing is told any more."""
        if self._open:
            self._open = False
            self._transport.abort()

    # ── what asyncio calls ─────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self._waiting = cast("asyncio.WriteTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - it is connected
        """A datagram came."""
        if not self._open:
            return
        if len(data) > SIZE_MAX:
            self.dropped += 1
            return
        if self._tap is not None:
            self._tap("in", data)
        self._on_datagram(data)

    def error_received(self, exc: Exception) -> None:
        """The system says that what was sent did not get there."""
        if self._open:
            self._on_trouble(word(exc))

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        if self._open:
            self._open = False
            self._on_trouble(word(exc) if exc is not None else "closed")


def word(error: Exception) -> str:
    """`ECONNREFUSED`, `ENETUNREACH`, … with what the system has to say of it."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None:
        return str(error) or type(error).__name__
    return f"{errno.errorcode.get(number, number)}: {os.strerror(number)}"
