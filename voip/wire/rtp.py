"""RTP (RFC 3550 §5.1): one voice frame with its number and its time.

 0               1               2               3
 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7
|V=2|P|X|  CC   |M|     PT      |        sequence number        |
|                           timestamp                           |
|                             SSRC                              |
|               CSRC list, extension: read past                 |
|                            payload                            |
"""

import struct
from dataclasses import dataclass, field

from voip.errors import LocalError, PacketError

_HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_VERSION = 2


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet, without what we neither send nor use (CSRCs, header extension, padding)."""

    payload_type: int
    """7 bits; what the payload is."""
    marker: bool
    """For voice: the first packet of a talkspurt (RFC 3551 §4.1)."""
    sequence_number: int
    """16 bits, one more for each packet, wraps."""
    timestamp: int
    """32 bits, the sampling instant of the payload's first sample, in ticks of the payload's clock, wraps."""
    ssrc: int
    """32 bits; the stream that this packet belongs to."""
    payload: bytes = field(repr=False)
    """One encoded frame."""

    def pack(self) -> bytes:
        """The packet's bytes; raises `LocalError` when a field does not fit."""
        if not 0 <= self.payload_type <= 127:
            raise LocalError(f"An RTP payload type of {self.payload_type} does not fit 7 bits.", code="rtp-field")
        try:
            header = _HEADER.pack(
                _VERSION << 6, self.marker << 7 | self.payload_type, self.sequence_number, self.timestamp, self.ssrc
            )
        except struct.error as error:
            raise LocalError(f"An RTP header field does not fit: {error}.", code="rtp-field") from None
        return header + self.payload


def unpack_untrusted(data: bytes) -> RtpPacket:
    """The packet in `data`; raises `PacketError` for anything that is not RTP version 2 of consistent length."""
    if len(data) < _HEADER.size:
        raise PacketError(f"An RTP packet of {len(data)} bytes came in; 12 is the least.", code="rtp-short")
    first, second, sequence_number, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != _VERSION:
        raise PacketError(f"An RTP packet of version {first >> 6} came in; only 2 exists.", code="rtp-version")
    start = _HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        start = _after_extension(data, start)
    end = len(data)
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            raise PacketError("An RTP packet came in that claims padding of no bytes.", code="rtp-padding")
        end -= padding
    if start > end:
        raise PacketError("An RTP packet came in that is shorter than its own header says.", code="rtp-short")
    return RtpPacket(second & 0x7F, bool(second & 0x80), sequence_number, timestamp, ssrc, data[start:end])


def _after_extension(data: bytes, start: int) -> int:
    """Where the header extension that begins at `start` ends (RFC 3550 §5.3.1)."""
    if len(data) < start + _EXTENSION.size:
        raise PacketError("An RTP packet came in whose header extension is cut off.", code="rtp-short")
    _, words = _EXTENSION.unpack_from(data, start)
    return start + _EXTENSION.size + 4 * int(words)
