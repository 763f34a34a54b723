"""From the leg to the loudspeaker: packets in, a block of sound out whenever it is asked for. `outbound` is its mirror.

SRTP  ──→ protector ──→ [RED: frames again] ──→ jitter ──→ playout: codec, concealment, stretch ──→ pcm, int16 (n,)
              │                                                                             └ level
SRTCP ──→ protector ──→ quality: what the peer received of us, round trip     └ bursts: which packets came
                  └ on_rtcp
"""

from voip.config import OPUS_PAYLOAD_TYPE, RED_PAYLOAD_TYPE, SAMPLE_RATE
from voip.errors import PacketError
from voip.media.bursts import BurstMeter
from voip.media.codec import duration_untrusted
from voip.media.hearing import Counted
from voip.media.jitter import Counts
from voip.media.pcm import LEVEL_FLOOR, level
from voip.media.playout import Playout
from voip.media.protector import Unprotects, is_rtcp
from voip.media.quality import ReceptionStatistics, RoundTrip
from voip.media.rekeying import Unprotectors
from voip.media.reports import PeerReports
from voip.media.stretch import Samples
from voip.wire import red, rtcp, rtp
from voip.wire.rtcp import ReportBlock


class Inbound:
    """What we hear, on its way in. Never raises on a peer's bytes. Not to be shared between threads."""

    def __init__(self, key: bytes, round_trip: RoundTrip | None = None) -> None:
        """`key`: 44 bytes for this direction; `round_trip`: our `Outbound`'s, fed with the peer's answers."""
        self.round_trip = round_trip
        self.received = 0
        """Authentic RTP packets."""
        self.bytes_received = 0
        """SRTP and SRTCP, authentic or not."""
        self.level = LEVEL_FLOOR
        """dBFS of the last block played."""
        self.last_authentic_at: float | None = None
        """When the peer was last heard of, by a packet that only it can have made."""
        self.peer_block: ReportBlock | None = None
        """The peer's last word about how it receives us."""
        self.peer = PeerReports(round_trip.ssrc if round_trip is not None else 0)
        """All that it says of that, for whoever steers."""
        self.meter: BurstMeter | None = None
        """Which packets came, for our own reports; None before the first."""
        self.bitrate = 0.0
        """Of the peer's Opus, bit/s, as its last packet has it."""
        self.keys = Unprotectors(key)
        """Those of the peer's direction: when it is to change, add the next one here."""
        self.unprotector: Unprotects = self.keys
        """May be replaced by one that measures it; media has no clock."""
        self._malformed = 0
        self._reception: ReceptionStatistics | None = None
        self._playout = Playout()

    # ── counters ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def rejected(self) -> int:
        """Packets that failed authentication or were replayed."""
        return self.unprotector.rejected

    @property
    def malformed(self) -> int:
        """Authentic packets that were not what the protocol says."""
        return self._malformed + self._playout.malformed

    @property
    def counts(self) -> Counts:
        """What became of the packets, in full: loss before and after recovery, and in how many runs."""
        return self._playout.counts

    @property
    def played(self) -> int:
        """Frames decoded and played."""
        return self._playout.played

    @property
    def lost(self) -> int:
        """Frames that were never played: loss after recovery."""
        return self.counts.lost

    @property
    def recovered(self) -> int:
        """Frames played from a redundant copy."""
        return self.counts.recovered

    @property
    def late(self) -> int:
        """Packets that came when their time was over."""
        return self.counts.late

    def counted(self) -> Counted:
        """All that loss is judged by, since the call began."""
        playout, counts = self._playout, self.counts
        return Counted(
            samples=playout.pulled,
            concealed=playout.concealed_samples,
            frames=playout.played + playout.malformed + counts.lost,
            missing=counts.missing,
            missing_runs=counts.missing_runs,
            lost=counts.lost,
            lost_runs=counts.lost_runs,
            recovered=counts.recovered,
            late=counts.late,
        )

    @property
    def mean_burst(self) -> float:
        """Mean length of a run of frames missing before recovery, in frames; 0 when none was."""
        return self.counts.missing / self.counts.missing_runs if self.counts.missing_runs else 0.0

    @property
    def frame_samples(self) -> int:
        """Samples of the peer's last frame."""
        return self._playout.frame_samples

    @property
    def concealed_samples(self) -> int:
        """Samples made up in place of missing ones."""
        return self._playout.concealed_samples

    @property
    def concealment_events(self) -> int:
        """Gaps in which something was made up, however long."""
        return self._playout.concealment_events

    @property
    def concealed(self) -> int:
        """The same samples, in frames of the stream's length."""
        return -(-self._playout.concealed_samples // self._playout.frame_samples)

    @property
    def pulled_samples(self) -> int:
        """Samples handed out since the first frame: what shares are shares of."""
        return self._playout.pulled

    @property
    def accelerated_samples(self) -> int:
        """Samples left out to shorten the delay."""
        return self._playout.accelerated_samples

    @property
    def expanded_samples(self) -> int:
        """Samples played twice to lengthen the delay."""
        return self._playout.expanded_samples

    @property
    def jitter_delay(self) -> float:
        """Seconds between a packet's arrival and its being heard, smoothed over about 16 frames."""
        return self._playout.jitter_delay

    @property
    def target_delay(self) -> float:
        """Seconds that the jitter buffer now aims at, for the fastest packet."""
        return self._playout.jitter.target_delay

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
            self._malformed += 1

    def _receive_rtp(self, clear: bytes, now: float) -> None:
        packet = rtp.unpack_untrusted(clear)
        self.received += 1
        if packet.payload_type == OPUS_PAYLOAD_TYPE:
            copies: tuple[red.Block, ...] = ()
            payload = packet.payload
        elif packet.payload_type == RED_PAYLOAD_TYPE:
            *older, primary = red.unpack_untrusted(packet.payload)
            copies = tuple(block for block in older if block.timestamp_offset and block.payload)
            payload = primary.payload
            if any(block.payload_type != OPUS_PAYLOAD_TYPE for block in (*copies, primary)):
                self._malformed += 1
                return
        else:
            self._malformed += 1
            return
        samples = duration_untrusted(payload)
        reception, meter = self._reception, self.meter
        if reception is None or meter is None or reception.ssrc != packet.ssrc:
            reception, meter = self._begin(packet.ssrc)
        reception.arrived(packet.sequence_number, packet.timestamp, now)
        self.bitrate = 8.0 * len(payload) * SAMPLE_RATE / samples
        jitter = self._playout.jitter
        in_time = jitter.push(packet.sequence_number, packet.timestamp, payload, now, samples=samples)
        note = meter.received if in_time else meter.discarded
        note(packet.sequence_number)
        # The newest copy first: it costs the least delay to have waited for.
        for copy in reversed(copies):
            length, offset = duration_untrusted(copy.payload), copy.timestamp_offset
            number = packet.sequence_number - max(1, offset // length)
            jitter.push(number, packet.timestamp - offset, copy.payload, now, samples=length, distance=offset)

    def _receive_rtcp(self, clear: bytes, now: float) -> None:
        for packet in rtcp.unpack_untrusted(clear):
            self.peer.heard_untrusted(packet)
            if not isinstance(packet, rtcp.SenderReport | rtcp.ReceiverReport):
                continue
            reception = self._reception
            if isinstance(packet, rtcp.SenderReport) and reception is not None and reception.ssrc == packet.ssrc:
                reception.sender_report(packet.ntp, now)
            for block in packet.blocks:
                self.peer_block = block
                if self.round_trip is not None:
                    self.round_trip.answered_untrusted(block, now)

    def _begin(self, ssrc: int) -> tuple[ReceptionStatistics, BurstMeter]:
        """A stream begins, or the sender began anew: nothing of the old one fits the new one."""
        if self._reception is not None:
            self._playout.restart()
        self._reception, self.meter = ReceptionStatistics(ssrc), BurstMeter(ssrc)
        return self._reception, self.meter

    def report_block(self, now: float) -> ReportBlock | None:
        """For `Outbound.report`, once per report; None before the first packet."""
        return self._reception.report_block(now) if self._reception is not None else None

    # ── sound out ──────────────────────────────────────────────────────────────────────────────────────────────

    def pull(self, samples: int, now: float) -> Samples:
        """The next block, int16 (samples,), 48 kHz mono; silence before the first packet. Never fails.

        Any number will do, best the sound card's own and always the same: the rhythm of the pulls is learnt.
        """
        pcm = self._playout.pull(samples, now)
        self.level = level(pcm)
        return pcm
