"""RFC 4571 framing: a 16-bit length, then the packet, whose first byte says what it is (after RFC 7983).

first byte   packet
0–3          STUN
20–23        a TLS record of the end-to-end session
123 `{`      a JSON signal
128–191      SRTP or SRTCP
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from voip.config import FRAME_MAX, MEDIA_MAX, SIGNAL_MAX, TLS_RECORD_MAX
from voip.errors import FramingError


class Kind(Enum):
    """What a packet is, told by its first byte; the value is its longest permitted size."""

    STUN = 548
    TLS = TLS_RECORD_MAX
    SIGNAL = SIGNAL_MAX
    MEDIA = MEDIA_MAX


def kind(packet: bytes) -> Kind:
    """What `packet` is; raises `FramingError` for an empty, unknown or over-long one."""
    if not packet:
        raise FramingError("An empty frame came in; the other end does not speak this protocol.", code="frame-empty")
    first = packet[0]
    if 128 <= first <= 191:
        found = Kind.MEDIA
    elif first == 0x7B:
        found = Kind.SIGNAL
    elif 20 <= first <= 23:
        found = Kind.TLS
    elif first <= 3:
        found = Kind.STUN
    else:
        raise FramingError(f"A frame of unknown kind came in (first byte {first}).", code="frame-unknown")
    # STUN and TLS share no value with the others, so the enum keeps four members.
    if len(packet) > found.value:
        raise FramingError(
            f"A {found.name} frame of {len(packet)} bytes came in; {found.value} are allowed.", code="frame-long"
        )
    return found


def frame(packet: bytes) -> bytes:
    """`packet` with its length before it; raises `FramingError` when it is longer than any frame may be."""
    if not 0 < len(packet) <= FRAME_MAX:
        raise FramingError(f"A frame of {len(packet)} bytes cannot be sent.", code="frame-long")
    return len(packet).to_bytes(2, "big") + packet


class Deframer:
    """Bytes in, packets out. Holds at most one unfinished frame (`FRAME_MAX` bytes)."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Each packet that `data` completes; raises `FramingError`, behind them, on a length that is not allowed."""
        length = len(data) - 2
        if not self._buffer and 0 < length <= FRAME_MAX and length == data[0] << 8 | data[1]:
            return (data[2:],)  # one whole frame, as nearly always: nothing to remember
        return self._feed(data)

    def _feed(self, data: bytes) -> Iterator[bytes]:
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= 2:
                length = buffer[start] << 8 | buffer[start + 1]
                if not 0 < length <= FRAME_MAX:
                    raise FramingError(
                        f"The other end announced a frame of {length} bytes; 1 to {FRAME_MAX} are allowed.",
                        code="frame-long",
                    )
                end = start + 2 + length
                if len(buffer) < end:
                    break
                packet = bytes(buffer[start + 2 : end])
                start = end
                yield packet
        finally:
            del buffer[:start]
