"""From the microphone to the leg: one frame in, one protected packet out. `inbound` is its mirror.

pcm, int16 (960,) ──→ [mute] ──→ codec ──→ packetizer ──→ protector ──→ SRTP
                         └ level    └ on_frame
once a second:            our clock, what inbound received ──→ protector ──→ SRTCP
"""

from collections.abc import Callable

from voip.config import BITRATE, SAMPLE_RATE
from voip.media.codec import Encoder
from voip.media.packetizer import Packetizer
from voip.media.pcm import LEVEL_FLOOR, SILENCE, Frame, level
from voip.media.protector import Protector, Protects
from voip.media.quality import RoundTrip
from voip.wire.rtcp import ReportBlock, SenderReport, SourceDescription, pack_compound


class Outbound:
    """What we say, on its way out. Not to be shared between threads."""

    def __init__(self, key: bytes, ssrc: int, bitrate: int = BITRATE, *, sequence_number: int, timestamp: int) -> None:
        """`key`: 44 bytes for this direction. Draw `ssrc`, `sequence_number` (below 2^15) and `timestamp` at random."""
        self.muted = False
        """Silence is sent in place of the microphone; sizes and rhythm stay the same, so that nobody can tell."""
        self.on_frame: Callable[[bytes], None] | None = None
        """Called with each encoded Opus frame before it is protected: a witness for tests and demonstrations."""
        self.frames_sent = 0
        self.bytes_sent = 0
        """SRTP and SRTCP, as handed to the leg."""
        self.level = LEVEL_FLOOR
        """dBFS of the last frame as sent."""
        self.round_trip = RoundTrip(ssrc)
        """Hand this to `Inbound`, which sees the answers."""
        self.protector: Protects = Protector(key)
        """May be replaced by one that measures it; media has no clock."""
        self._encoder = Encoder(bitrate)
        self._packetizer = Packetizer(ssrc, sequence_number=sequence_number, timestamp=timestamp)
        self._payload_bytes = 0
        self._pushed_at: float | None = None

    @property
    def ssrc(self) -> int:
        """Our stream's."""
        return self._packetizer.ssrc

    def push(self, pcm: Frame, now: float) -> bytes:
        """The SRTP packet for `pcm`, int16 (960,), 48 kHz mono; raises `LocalError` for another shape."""
        pcm = SILENCE if self.muted else pcm
        frame = self._encoder.encode(pcm)
        self.level = level(pcm)
        if self.on_frame is not None:
            self.on_frame(frame)
        packet = self.protector.protect_rtp(self._packetizer.packet(frame).pack())
        self._pushed_at = now
        self._payload_bytes += len(frame)
        self.frames_sent += 1
        self.bytes_sent += len(packet)
        return packet

    def report(self, now: float, wall_ntp: int, receiver_report: ReportBlock | None) -> bytes:
        """The SRTCP packet of this second: SR with `receiver_report` (from `Inbound.report_block`), and SDES.

        `wall_ntp`: the wall clock, 64-bit NTP (`rtcp.ntp_from_unix`); it must differ from one report to the next.
        """
        # The CNAME says nothing about the person: it only binds streams of one sender together (RFC 7022).
        compound = pack_compound(
            (
                SenderReport(
                    self.ssrc,
                    wall_ntp,
                    self._timestamp_at(now),
                    self.frames_sent & 0xFFFF_FFFF,
                    self._payload_bytes & 0xFFFF_FFFF,
                    (receiver_report,) if receiver_report is not None else (),
                ),
                SourceDescription(self.ssrc, f"{self.ssrc:08x}"),
            )
        )
        packet = self.protector.protect_rtcp(compound)
        self.round_trip.sent(wall_ntp, now)
        self.bytes_sent += len(packet)
        return packet

    def _timestamp_at(self, now: float) -> int:
        """The stream's clock at `now`, told from the last frame: what `wall_ntp` corresponds to."""
        since = 0.0 if self._pushed_at is None else now - self._pushed_at
        return self._packetizer.timestamp + round(since * SAMPLE_RATE) & 0xFFFF_FFFF
