"""A UDP socket by the batch: many packets in one system call where the system can, one by one elsewhere."""

import contextlib
import socket
import struct
import sys
from typing import Protocol

from voip.io import mmsg
from voip.io.mmsg import BATCH, SLOT

BUFFER = 4 << 20
"""Bytes that the kernel is asked to hold for us, each way."""
_FORCE = (33, 32) if sys.platform == "linux" else ()
"""SO_RCVBUFFORCE and SO_SNDBUFFORCE (socket(7)), for whoever may."""
_V4, _V6 = struct.Struct("=H2s4s8x"), struct.Struct("=H2sI16sI")


class Batch(Protocol):
    """One non-blocking socket. What it gives out is valid until the next `receive`. Nothing here waits or raises."""

    stride: int
    """Bytes of an address, which is a `sockaddr`."""
    data: memoryview
    """Slots of `SLOT` bytes, the first packet in the first."""
    lengths: memoryview
    """Of what came, by slot; `SLOT` where it did not fit."""

    def receive(self) -> int:
        """Take what is there, at most `BATCH`; how many."""

    def addresses(self, count: int) -> bytes:
        """Whence the first `count` came, `stride` bytes each."""

    def put(self, slot: int, length: int, address: bytes) -> None:
        """Send the first `length` bytes of `slot` to `address` with the next `flush`; at most once a slot."""

    def flush(self) -> int:
        """Send what was put; how many the kernel would not take."""

    def send(self, packet: bytes, address: bytes) -> bool:
        """Send `packet` now, past what was put; False when the kernel would not take it."""


def batch(sock: socket.socket) -> Batch:
    """The best that there is for `sock`."""
    return mmsg.MessageBatch(sock) if mmsg.AVAILABLE else SingleBatch(sock)


def bind(family: int, address: tuple[str, int]) -> socket.socket:
    """A non-blocking UDP socket at `address`, with room for a pause of ours. Raises `OSError`."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF, *_FORCE):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        sock.bind(address)
        sock.settimeout(0)
    except BaseException:
        sock.close()
        raise
    return sock


class SingleBatch:
    """`recvfrom` and `sendto`, as every system has them."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._v4 = sock.family == socket.AF_INET
        self.stride = _V4.size if self._v4 else _V6.size
        self.data = memoryview(bytearray(BATCH * SLOT))
        self.lengths = memoryview(bytearray(BATCH * 4)).cast("I")
        self._addresses = b""
        self._out: list[tuple[int, int, bytes]] = []

    def receive(self) -> int:
        """See `Batch`."""
        count, addresses = 0, list[bytes]()
        with contextlib.suppress(OSError):  # nothing more is there
            while count < BATCH:
                at = count * SLOT
                self.lengths[count], address = self._sock.recvfrom_into(self.data[at : at + SLOT])
                addresses.append(self._pack(*address))
                count += 1
        self._addresses = b"".join(addresses)
        return count

    def addresses(self, count: int) -> bytes:
        """See `Batch`."""
        return self._addresses[: count * self.stride]

    def put(self, slot: int, length: int, address: bytes) -> None:
        """See `Batch`."""
        self._out.append((slot, length, address))

    def flush(self) -> int:
        """See `Batch`."""
        out, self._out = self._out, []
        return sum(not self._send(self.data[slot * SLOT : slot * SLOT + length], to) for slot, length, to in out)

    def send(self, packet: bytes, address: bytes) -> bool:
        """See `Batch`."""
        return self._send(packet, address)

    def _send(self, packet: bytes | memoryview, address: bytes) -> bool:
        try:
            self._sock.sendto(packet, self._unpack(address))
        except OSError:
            return False
        return True

    def _pack(self, host: str, port: int, flow: int = 0, scope: int = 0) -> bytes:
        family, number = self._sock.family, port.to_bytes(2, "big")
        if self._v4:
            return _V4.pack(family, number, socket.inet_pton(family, host))
        return _V6.pack(family, number, flow, socket.inet_pton(family, host.partition("%")[0]), scope)

    def _unpack(self, address: bytes) -> tuple[str, int] | tuple[str, int, int, int]:
        family = self._sock.family
        if self._v4:
            _, number, host = _V4.unpack(address)
            return socket.inet_ntop(family, host), int.from_bytes(number, "big")
        _, number, flow, host, scope = _V6.unpack(address)
        return socket.inet_ntop(family, host), int.from_bytes(number, "big"), flow, scope
