"""Many datagrams in one system call: Linux's `recvmmsg` and `sendmmsg`, without a copy between them.

    recvmmsg ──→ [ slot 0 │ slot 1 │ … │ slot 127 ] ──→ sendmmsg
                   addresses, lengths: read in Python
                   what goes out names a slot, a length and an address

The arrays that the kernel reads and writes are laid out once and live as long as the `MessageBatch`.
"""

import ctypes
import errno
import socket
import sys

BATCH = 128
"""Datagrams in one call."""
SLOT = 2048
"""Bytes for each of them."""

ADDRESS_BYTES = {int(socket.AF_INET): 16, int(socket.AF_INET6): 28}
"""Of a `sockaddr` (Linux writes the rest of IPv4's as zeros)."""


class _Iovec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("len", ctypes.c_size_t))


class _Msghdr(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32), ("iov", ctypes.c_void_p), ("iovlen", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t), ("flags", ctypes.c_int),
    )  # fmt: skip


class _Mmsghdr(ctypes.Structure):
    _fields_ = (("hdr", _Msghdr), ("len", ctypes.c_uint32))


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
AVAILABLE = _libc is not None and hasattr(_libc, "recvmmsg") and ctypes.sizeof(_Mmsghdr) == 64
"""Whether this system has them, in the layout that is written here (64 bits)."""


class MessageBatch:
    """One non-blocking UDP socket; see `voip.io.datagrams.Batch`."""

    def __init__(self, sock: socket.socket) -> None:
        if _libc is None:  # pragma: no cover - the caller asks AVAILABLE
            raise OSError(errno.ENOSYS, "recvmmsg")
        self._sock = sock
        self.stride = ADDRESS_BYTES[sock.family]
        """Bytes of an address."""
        self._data = (ctypes.c_char * (BATCH * SLOT))()
        self._in = _Vector(self._data, self.stride)
        self._out = _Vector(self._data, self.stride)
        self.data = memoryview(self._data).cast("B")
        """The slots."""
        self.lengths = memoryview(self._in.headers).cast("B").cast("I")[ctypes.sizeof(_Msghdr) // 4 :: 16]
        """Of what came, by slot."""
        self._base = ctypes.addressof(self._data)
        self._iov = memoryview(self._out.iovecs).cast("B").cast("Q")
        self._names = memoryview(self._out.names).cast("B")
        self._count = 0

    def receive(self) -> int:
        """Take what is there, at most `BATCH`; how many."""
        return max(0, int(_recvmmsg(self._sock.fileno(), self._in.pointer, BATCH, 0, None)))

    def addresses(self, count: int) -> bytes:
        """Whence the first `count` came, `stride` bytes each."""
        return ctypes.string_at(self._in.names, count * self.stride)

    def put(self, slot: int, length: int, address: bytes) -> None:
        """Send the first `length` bytes of `slot` to `address`, with the next `flush`."""
        count = self._count
        self._iov[2 * count] = self._base + slot * SLOT
        self._iov[2 * count + 1] = length
        at = count * self.stride
        self._names[at : at + self.stride] = address
        self._count = count + 1

    def send(self, packet: bytes, address: bytes) -> bool:
        """Send `packet` now, past what was put; False when the kernel would not take it."""
        return int(_sendto(self._sock.fileno(), packet, len(packet), 0, address, self.stride)) >= 0

    def flush(self) -> int:
        """Send what was put; how many the kernel would not take."""
        sent, count, lost = 0, self._count, 0
        self._count = 0
        while sent < count:
            done = _sendmmsg(self._sock.fileno(), self._out.at(sent), count - sent, 0)
            if done > 0:
                sent += done
            elif ctypes.get_errno() == errno.EAGAIN:
                return lost + count - sent
            elif ctypes.get_errno() != errno.EINTR:
                sent += 1  # this one cannot go; the next may go elsewhere
                lost += 1
        return lost


class _Vector:
    """`BATCH` message headers, each with its iovec and its address, over the slots of `data`."""

    def __init__(self, data: "ctypes.Array[ctypes.c_char]", stride: int) -> None:
        self.headers = (_Mmsghdr * BATCH)()
        self.iovecs = (_Iovec * BATCH)()
        self.names = (ctypes.c_char * (BATCH * stride))()
        for number, header in enumerate(self.headers):
            iovec = self.iovecs[number]
            iovec.base, iovec.len = ctypes.addressof(data) + number * SLOT, SLOT
            header.hdr.name = ctypes.addressof(self.names) + number * stride
            header.hdr.namelen = stride
            header.hdr.iov, header.hdr.iovlen = ctypes.addressof(iovec), 1
        self.pointer = ctypes.addressof(self.headers)

    def at(self, number: int) -> int:
        """The address of a header."""
        return self.pointer + number * ctypes.sizeof(_Mmsghdr)


def _function(name: str, *types: type) -> "ctypes._NamedFuncPointer":
    function: ctypes._NamedFuncPointer = getattr(_libc, name)
    function.argtypes = (ctypes.c_int, *types)
    function.restype = ctypes.c_int
    return function


if AVAILABLE:
    _recvmmsg = _function("recvmmsg", ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
    _sendmmsg = _function("sendmmsg", ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    _sendto = _function("sendto", ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
