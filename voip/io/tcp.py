"""What the kernel knows of a TCP connection, and how it is asked to keep time. Where it knows nothing, so do we.

keep_time(socket)    little unsent data, so that what is stale can still be thrown away; BBR where it is offered
look(socket) ──→ round trip, retransmissions
"""

import asyncio.trsock
import contextlib
import socket
import struct
from dataclasses import dataclass

NOTSENT_LOWAT = 512
"""Bytes that the kernel takes beyond what it may send now: two or three packets. What waits longer, waits with us."""
_CONGESTION = getattr(socket, "TCP_CONGESTION", None)
_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", None)
_INFO = getattr(socket, "TCP_INFO", None)
_INFO_BYTES = 104
_RTT, _TOTAL_RETRANS = 68, 100
"""Offsets in Linux's `struct tcp_info` (linux/tcp.h), which only ever grows at its end."""

Socket = socket.socket | asyncio.trsock.TransportSocket


@dataclass(frozen=True, slots=True)
class TcpState:
    """One look at a connection."""

    round_trip: float
    """Smoothed, seconds."""
    retransmissions: int
    """Segments sent again since it began."""


def keep_time(sock: Socket) -> None:
    """Ask the kernel to let nothing grow old in it; what it does not know, it does not do."""
    if _LOWAT is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, _LOWAT, NOTSENT_LOWAT)
    if _CONGESTION is not None:
        with contextlib.suppress(OSError):  # not built in, or not for everybody
            sock.setsockopt(socket.IPPROTO_TCP, _CONGESTION, b"bbr")


def look(sock: Socket) -> TcpState | None:
    """What the kernel knows; None where it does not tell."""
    if _INFO is None:
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _INFO, _INFO_BYTES)
    except OSError:
        return None
    if len(info) < _INFO_BYTES:
        return None
    (micros,), (again,) = struct.unpack_from("=I", info, _RTT), struct.unpack_from("=I", info, _TOTAL_RETRANS)
    return TcpState(micros / 1e6, again)
