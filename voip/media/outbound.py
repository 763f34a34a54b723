"""From the microphone to the leg: one frame in, one protected packet out. `inbound` is its mirror.

pcm, int16 (plan's samples,) ──→ [mute] ──→ codec ──→ packetizer, RED ──→ protector ──→ SRTP
                                    └ level    └ on_frame
once a second:     our clock, what inbound received (RR, XR) ──→ protector ──→ SRTCP
when the network changes:   adaptation ──→ become(plan)
"""

from collections.abc import Callable

import numpy as np

from voip.config import SAMPLE_RATE
from voip.media.codec import Encoder
from voip.media.packetizer import Packetizer
from voip.media.pcm import LEVEL_FLOOR, Frame, level, require_frame
from voip.media.plan import BALANCED, Plan
from voip.media.protector import Protector, Protects
from voip.media.quality import RoundTrip
from voip.wire.rtcp import ReportBlock, RtcpPacket, SenderReport, SourceDescription, pack_compound
from voip.wire.rtcp_xr import ExtendedReport

_REMEMBERED = SAMPLE_RATE // 50
_WRAP_IS_FAR = 2**16 - 2048
"""At least ten seconds before the sequence number begins anew."""


class Outbound:
    """What we say, on its way out. Not to be shared between threads."""

    def __init__(
        self, key: bytes, ssrc: int, plan: Plan | int = BALANCED, *, sequence_number: int, timestamp: int
    ) -> None:
        """`key`: 44 bytes for this direction. Draw `ssrc`, `sequence_number` (below 2^15) and `timestamp` at random.

        `plan`: how to send at first; a bit rate stands for frames of 20 ms at that rate.
        """
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
        self._next: Protects | None = None
        """Takes the protector's place, as soon as the numbers allow it."""
        self._plan = Plan(20, plan) if isinstance(plan, int) else plan
        self._encoder = _encoder(self._plan)
        self._packetizer = Packetizer(ssrc, sequence_number=sequence_number, timestamp=timestamp)
        self._packetizer.become(self._plan.frame_samples, self._plan.redundancy)
        self._said: Frame = np.zeros(0, np.int16)
        """The last 20 ms as sent: what a new encoder must have heard."""
        self._payload_bytes = 0
        self._pushed_at: float | None = None

    @property
    def ssrc(self) -> int:
        """Our stream's."""
        return self._packetizer.ssrc

    @property
    def plan(self) -> Plan:
        """How the next frame is sent."""
        return self._plan

    @property
    def frame_samples(self) -> int:
        """Samples of the next frame."""
        return self._plan.frame_samples

    @property
    def lookahead(self) -> int:
        """Samples by which the encoder holds back what is said, beyond the frame."""
        return self._encoder.lookahead

    def become(self, plan: Plan) -> None:
        """Send as `plan` says from the next frame on. The sound goes on, and so do numbers and time.

        One encoder serves all plans but for low delay: libopus makes an encoder for that or for anything else. A new
        one hears the last 20 ms before it begins; the sound then moves by the difference of the look-aheads, 4 ms.
        """
        if plan == self._plan:
            return
        if plan.low_delay != self._plan.low_delay:
            self._encoder = _encoder(plan)
            self._encoder.hear(self._said)
        else:
            self._encoder.become(plan.bitrate, plan.frame_ms)
        self._packetizer.become(plan.frame_samples, plan.redundancy)
        self._plan = plan

    def rekey(self, protector: Protects) -> None:
        """Send with another key from one of the next packets on; stream, numbers and sound go on.

        The receiver's rollover counter begins at 0 with each key (RFC 3711 §3.3.1), so the change waits while the
        numbers are about to wrap: the packets just before that could get lost.
        """
        self._next = protector

    def push(self, pcm: Frame, now: float) -> bytes:
        """The SRTP packet for `pcm`, int16 (frame_samples,), 48 kHz mono; raises `LocalError` for another shape."""
        pcm = require_frame(pcm, self.frame_samples)
        if self.muted:
            pcm = np.zeros_like(pcm)
        frame = self._encoder.encode(pcm)
        self.level = level(pcm)
        if self.on_frame is not None:
            self.on_frame(frame)
        if self._next is not None and self._packetizer.sequence_number < _WRAP_IS_FAR:
            self.protector, self._next = self._next, None
        rtp = self._packetizer.packet(frame)
        packet = self.protector.protect_rtp(rtp.pack())
        self._said = np.concatenate((self._said, pcm))[-_REMEMBERED:]
        self._pushed_at = now
        self._payload_bytes += len(rtp.payload)
        self.frames_sent += 1
        self.bytes_sent += len(packet)
        return packet

    def report(
        self, now: float, wall_ntp: int, receiver_report: ReportBlock | None, xr: ExtendedReport | None = None
    ) -> bytes:
        """The SRTCP packet of this second: SR with `receiver_report` (from `Inbound.report_block`), SDES, and `xr`.

        `wall_ntp`: the wall clock, 64-bit NTP (`rtcp.ntp_from_unix`); it must differ from one report to the next.
        """
        packets: list[RtcpPacket] = [
            SenderReport(
                self.ssrc,
                wall_ntp,
                self._timestamp_at(now),
                self.frames_sent & 0xFFFF_FFFF,
                self._payload_bytes & 0xFFFF_FFFF,
                (receiver_report,) if receiver_report is not None else (),
            ),
            # The CNAME says nothing about the person: it only binds streams of one sender together (RFC 7022).
            SourceDescription(self.ssrc, f"{self.ssrc:08x}"),
        ]
        if xr is not None:
            packets.append(xr)
        packet = self.protector.protect_rtcp(pack_compound(packets))
        self.round_trip.sent(wall_ntp, now)
        self.bytes_sent += len(packet)
        return packet

    def _timestamp_at(self, now: float) -> int:
        """The stream's clock at `now`, told from the last frame: what `wall_ntp` corresponds to."""
        since = 0.0 if self._pushed_at is None else now - self._pushed_at
        return self._packetizer.timestamp + round(since * SAMPLE_RATE) & 0xFFFF_FFFF


def _encoder(plan: Plan) -> Encoder:
    return Encoder(plan.bitrate, plan.frame_ms, low_delay=plan.low_delay)
