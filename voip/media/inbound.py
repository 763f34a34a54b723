"""From the leg to the loudspeaker: packets in, one frame out whenever it is asked for. `outbound` is its mirror.

SRTP  ──→ protector ──→ jitter ──→ codec ──→ [quiet frames left out or doubled] ──→ pcm, int16 (960,)
              │            └ nothing there: codec.conceal      └ level
SRTCP ──→ protector ──→ quality: what the peer received of us, round trip
"""

from voip.config import OPUS_PAYLOAD_TYPE
from voip.errors import PacketError
from voip.media.codec import Decoder
from voip.media.jitter import Counts, JitterBuffer, Kind, Wish
from voip.media.pcm import FRAME_SECONDS, LEVEL_FLOOR, QUIET, SILENCE, Frame, level
from voip.media.protector import Unprotector, Unprotects, is_rtcp
from voip.media.quality import ReceptionStatistics, RoundTrip
from voip.wire import rtcp, rtp
from voip.wire.rtcp import ReportBlock

_SMOOTHING = 1 / 16


class Inbound:
    """What we hear, on its way in. Never raises on a peer's bytes. Not to be shared between threads."""

    def __init__(self, key: bytes, round_trip: RoundTrip | None = None) -> None:
        """`key`: 44 bytes for this direction; `round_trip`: our `Outbound`'s, fed with the peer's answers."""
        self.round_trip = round_trip
        self.received = 0
        """Authentic RTP packets."""
        self.malformed = 0
        """Authentic packets that were not what the protocol says."""
        self.played = 0
        """Frames decoded and played."""
        self.concealed = 0
        """Frames made up in place of missing ones."""
        self.left_out = 0
        """Quiet frames decoded but not played, to shorten the delay."""
        self.doubled = 0
        """Quiet frames made up to lengthen the delay."""
        self.bytes_received = 0
        """SRTP and SRTCP, authentic or not."""
        self.level = LEVEL_FLOOR
        """dBFS of the last frame played."""
        self.jitter_delay = 0.0
        """Seconds between a packet's arrival and its pull, smoothed over about 16 frames."""
        self.last_authentic_at: float | None = None
        """When the peer was last heard of, by a packet that only it can have made."""
        self.peer_block: ReportBlock | None = None
        """The peer's last word about how it receives us."""
        self.unprotector: Unprotects = Unprotector(key)
        """May be replaced by one that measures it; media has no clock."""
        self._counts = Counts()
        self._reception: ReceptionStatistics | None = None
        self._jitter = JitterBuffer(self._counts)
        self._decoder = Decoder()
        self._double_next = False

    @property
    def rejected(self) -> int:
        """Packets that failed authentication or were replayed."""
        return self.unprotector.rejected

    @property
    def lost(self) -> int:
        """Sequence numbers that never came in time."""
        return self._counts.lost

    @property
    def late(self) -> int:
        """Packets that came when their slot was over."""
        return self._counts.late

    @property
    def target_delay(self) -> float:
        """Seconds that the jitter buffer now aims at."""
        return self._jitter.target_delay

    @property
    def interarrival_jitter(self) -> float:
        """RFC 3550's, in seconds."""
        return self._reception.jitter if self._reception is not None else 0.0

    # ── packets in ─────────────────────────────────────────────────────────────────────────────────────────────

    def receive(self, packet: bytes, now: float) -> None:
        """An SRTP or SRTCP packet came from the leg (RFC 5761 tells which). What is not authentic is only counted."""
        self.bytes_received += len(packet)
        clear = self.unprotector.unprotect_untrusted(packet)
        if clear is None:
            return
        self.last_authentic_at = now
        try:
            if is_rtcp(packet):
                self._receive_rtcp(clear, now)
            else:
                self._receive_rtp(clear, now)
        except PacketError:
            self.malformed += 1

    def _receive_rtp(self, clear: bytes, now: float) -> None:
        packet = rtp.unpack_untrusted(clear)
        self.received += 1
        if packet.payload_type != OPUS_PAYLOAD_TYPE:
            self.malformed += 1
            return
        reception = self._reception
        if reception is None or reception.ssrc != packet.ssrc:
            reception = self._begin(packet.ssrc)
        reception.arrived(packet.sequence_number, packet.timestamp, now)
        self._jitter.push(packet.sequence_number, packet.timestamp, packet.payload, now)

    def _receive_rtcp(self, clear: bytes, now: float) -> None:
        for packet in rtcp.unpack_untrusted(clear):
            if not isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
                continue
            reception = self._reception
            if isinstance(packet, rtcp.SenderReport) and reception is not None and reception.ssrc == packet.ssrc:
                reception.sender_report(packet.ntp, now)
            for block in packet.blocks:
                self.peer_block = block
                if self.round_trip is not None:
                    self.round_trip.answered_untrusted(block, now)

    def _begin(self, ssrc: int) -> ReceptionStatistics:
        """A stream begins, or the sender began anew: nothing of the old one fits the new one."""
        self._reception = ReceptionStatistics(ssrc)
        self._jitter = JitterBuffer(self._counts)
        self._decoder = Decoder()
        self._double_next = False
        return self._reception

    def report_block(self, now: float) -> ReportBlock | None:
        """For `Outbound.report`, once per report; None before the first packet."""
        return self._reception.report_block(now) if self._reception is not None else None

    # ── frames out ─────────────────────────────────────────────────────────────────────────────────────────────

    def pull(self, now: float) -> Frame:
        """The next 20 ms, int16 (960,); silence before the first packet. Never fails."""
        if self._double_next:
            self._double_next = False
            self._jitter.stretched(FRAME_SECONDS)
            self.doubled += 1
            return self._heard(self._decoder.conceal())
        return self._pull(now, may_leave_out=True)

    def _pull(self, now: float, *, may_leave_out: bool) -> Frame:
        played = self._jitter.pull(now)
        if played.kind is Kind.SILENCE:
            return self._heard(SILENCE)
        if played.kind is Kind.CONCEAL:
            return self._conceal()
        try:
            pcm = self._decoder.decode(played.payload)
        except PacketError:
            self.malformed += 1
            return self._conceal()
        quiet = self.level < QUIET and level(pcm) < QUIET
        if played.wish is Wish.SHORTEN and quiet and may_leave_out:
            self.left_out += 1
            self._jitter.stretched(-FRAME_SECONDS)
            return self._pull(now, may_leave_out=False)
        self._double_next = played.wish is Wish.LENGTHEN and quiet
        self.played += 1
        self.jitter_delay += (played.delay - self.jitter_delay) * (_SMOOTHING if self.played > 1 else 1)
        return self._heard(pcm)

    def _conceal(self) -> Frame:
        self.concealed += 1
        return self._heard(self._decoder.conceal())

    def _heard(self, pcm: Frame) -> Frame:
        self.level = level(pcm)
        return pcm
