"""Numbers the frames: one Opus frame, one RTP packet (RFC 7587 §4.2: the clock is 48 kHz whatever is encoded)."""

from voip.config import FRAME_SAMPLES, OPUS_PAYLOAD_TYPE
from voip.wire.rtp import RtpPacket


class Packetizer:
    """Frames in, RTP packets out, for one stream."""

    def __init__(self, ssrc: int, *, sequence_number: int, timestamp: int) -> None:
        """The first packet's numbers, which the caller draws at random.

        Draw `sequence_number` below 2^15 (RFC 3711 §3.3.1): when the first packets of a stream that starts near the
        wrap get lost, the receiver's rollover counter would begin one too low and nothing would ever authenticate.
        """
        self.ssrc = ssrc
        self.sequence_number = sequence_number
        """Of the next packet."""
        self.timestamp = timestamp
        """Of the next packet."""
        self._first = True

    def packet(self, frame: bytes) -> RtpPacket:
        """The next packet, with `frame` in it. The first one of all is marked as a talkspurt's beginning."""
        packet = RtpPacket(OPUS_PAYLOAD_TYPE, self._first, self.sequence_number, self.timestamp, self.ssrc, frame)
        self._first = False
        self.sequence_number = self.sequence_number + 1 & 0xFFFF
        self.timestamp = self.timestamp + FRAME_SAMPLES & 0xFFFF_FFFF
        return packet
