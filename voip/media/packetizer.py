"""Numbers the frames: one Opus frame, one RTP packet (RFC 7587 §4.2: the clock is 48 kHz whatever is encoded).

frame ──→ packet ──→ RtpPacket: the frame alone (PT 111), or with earlier ones again (PT 112, RED)
            └ history: frames of the same length and size, as far back as any distance

Every packet has the size that its frame and the redundancy ask for, from the first on: sizes leak, and a shorter packet
would say that a plan begins. Where the history is still short the frame itself is put in its place, with offset 0: any
reader of RED sees a frame that it has already.
"""

from collections.abc import Iterator

from voip.config import FRAME_SAMPLES, OPUS_PAYLOAD_TYPE, RED_PAYLOAD_TYPE
from voip.media.plan import DISTANCE_MAX
from voip.wire import red
from voip.wire.rtp import RtpPacket

_TIME = 0xFFFF_FFFF


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
        self._frame_samples = FRAME_SAMPLES
        self._redundancy: tuple[int, ...] = ()
        self._history: list[bytes] = []
        """The newest first; all of one length and size. Kept without redundancy too, to be there when asked for."""

    def become(self, frame_samples: int, redundancy: tuple[int, ...] = ()) -> None:
        """From the next frame on: `frame_samples` ticks per frame, and these earlier ones with it, by their distance.

        Frames of another length are no whole distances away, so they are not sent again.
        """
        if frame_samples != self._frame_samples:
            self._history.clear()
        self._frame_samples = frame_samples
        self._redundancy = redundancy

    def packet(self, frame: bytes) -> RtpPacket:
        """The next packet, with `frame` in it. The first one of all is marked as a talkspurt's beginning."""
        if self._history and len(self._history[0]) != len(frame):
            self._history.clear()
        if self._redundancy:
            payload_type = RED_PAYLOAD_TYPE
            payload = red.pack(frame, self._redundant(frame), OPUS_PAYLOAD_TYPE)
        else:
            payload_type, payload = OPUS_PAYLOAD_TYPE, frame
        packet = RtpPacket(payload_type, self._first, self.sequence_number, self.timestamp, self.ssrc, payload)
        self._first = False
        self._history.insert(0, frame)
        del self._history[DISTANCE_MAX:]
        self.sequence_number = self.sequence_number + 1 & 0xFFFF
        self.timestamp = self.timestamp + self._frame_samples & _TIME
        return packet

    def _redundant(self, frame: bytes) -> Iterator[tuple[int, bytes]]:
        """Timestamp offset and frame of each copy, the oldest first."""
        for distance in reversed(self._redundancy):
            if distance <= len(self._history):
                yield distance * self._frame_samples, self._history[distance - 1]
            else:
                yield 0, frame
