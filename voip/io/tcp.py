"""What a TCP connection of ours asks of the kernel, and what the kernel says of it.

Voice is worth nothing late, so as little as possible may wait where nobody can take it back: TCP_NODELAY sends each
record at once, TCP_NOTSENT_LOWAT keeps the kernel from taking more while some of it is not on its way yet, and
BBR keeps the queues in the network short. What a system does not know, it is not asked for.
"""

import contextlib
import socket
import struct
import sys
from dataclasses import dataclass

NOTSENT_LOWAT = 1
"""Bytes that may be unsent for the kernel to take more: none. The next record is taken when the last one is on its
way, so what waits waits with us, where it can still be dropped."""
_TCP_NOTSENT_LOWAT = {"linux": 25, "darwin": 0x201}.get(sys.platform)
_SIOCOUTQNSD = 0x894B
"""Linux: how many bytes in the send queue were never sent (linux/sockios.h)."""
BBR = b"bbr"
_INFO_BYTES = 104
_RTT, _TOTAL_RETRANS = 68, 100
"""Offsets in Linux's `struct tcp_info` (linux/tcp.h), which only ever grows at its end."""

if sys.platform == "linux":
    import fcntl


def prepare(sock: socket.socket) -> None:
    """Set what there is of the above."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if _TCP_NOTSENT_LOWAT is not None:
        with contextlib.suppress(OSError):  # a kernel older than the option
            sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, NOTSENT_LOWAT)
    if hasattr(socket, "TCP_CONGESTION"):
        with contextlib.suppress(OSError):  # a kernel without BBR, or one that keeps it for root
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, BBR)


def congestion(sock: socket.socket) -> str:
    """The congestion control that the kernel uses: `bbr`, `cubic`, …; empty where it does not say."""
    if not hasattr(socket, "TCP_CONGESTION"):  # pragma: no cover - not on Linux
        return ""
    with contextlib.suppress(OSError):
        return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0").decode("ascii", "replace")
    return ""


def notsent_lowat(sock: socket.socket) -> int | None:
    """TCP_NOTSENT_LOWAT as the kernel has it, bytes; None where there is no such thing."""
    if _TCP_NOTSENT_LOWAT is None:  # pragma: no cover - not on Linux
        return None
    with contextlib.suppress(OSError):
        return sock.getsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT)
    return None


def unsent(sock: socket.socket) -> int:
    """Bytes that were given to the kernel and never sent; 0 where it does not say, and for a closed socket."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError):
            answer: int = struct.unpack("i", fcntl.ioctl(sock, _SIOCOUTQNSD, b"\0\0\0\0"))[0]
            return max(answer, 0)
    return 0


@dataclass(frozen=True, slots=True)
class TcpState:
    """One look at a connection."""

    round_trip: float
    """Smoothed, seconds."""
    retransmissions: int
    """Segments sent again since it began."""


def look(sock: socket.socket) -> TcpState | None:
    """What the kernel knows of the way; None where it does not say, and for a closed socket."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
            if len(info) == _INFO_BYTES:
                micros, again = (struct.unpack_from("=I", info, at)[0] for at in (_RTT, _TOTAL_RETRANS))
                return TcpState(micros / 1e6, again)
    return None
