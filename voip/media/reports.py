"""Reports both ways, once a second: what the peer tells of our stream, and what we tell of the peer's.

peer's RR, XR ──→ PeerReports ──→ take(): loss, burst, jitter since last taken ──→ steering: how we send
sequence numbers, counters, score ──→ metrics(): VoIP Metrics of RFC 3611, beside Loss RLE and RR ──→ the peer
"""

from dataclasses import dataclass

import numpy as np

from voip.config import SAMPLE_RATE
from voip.media.bursts import Bursts, mean_run
from voip.media.emodel import Score
from voip.wire.rtcp import ReceiverReport, ReportBlock, RtcpPacket, SenderReport
from voip.wire.rtcp_xr import ExtendedReport, LossRle, VoipMetrics

FATES_MAX = 4096
"""Packets of which we remember what the peer told, until somebody asks."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the peer received us since it was last asked."""

    loss: float
    """Share of our packets that did not come, before anything was recovered; 0 to 1."""
    burst: float
    """Mean number of losses in a row; 1 when there was none, or none is known."""
    jitter: float
    """Interarrival jitter, seconds."""


class PeerReports:
    """The peer's reports about our stream. Never raises on what they claim."""

    def __init__(self, ssrc: int) -> None:
        """`ssrc`: our own stream's; what is said of others is ignored."""
        self._ssrc = ssrc
        self.metrics: VoipMetrics | None = None
        """The peer's last word about how we sound."""
        self._block: ReportBlock | None = None
        self._fates = bytearray()

    def heard_untrusted(self, packet: RtcpPacket) -> None:
        """One packet of the peer's compound."""
        if isinstance(packet, SenderReport | ReceiverReport):
            for block in packet.blocks:
                if block.ssrc == self._ssrc:
                    self._block = block
        elif isinstance(packet, ExtendedReport):
            for found in packet.blocks:
                if found.ssrc != self._ssrc:
                    continue
                if isinstance(found, LossRle):
                    self._fates += found.received
                    del self._fates[:-FATES_MAX]
                else:
                    self.metrics = found

    def take(self) -> Told | None:
        """What was told since the last time; None when nothing was."""
        block, self._block = self._block, None
        if block is None:
            return None
        fates = np.frombuffer(bytes(self._fates), np.uint8)
        self._fates.clear()
        jitter = block.interarrival_jitter / SAMPLE_RATE
        if not fates.size:  # an older peer, or too soon to tell packet by packet
            return Told(block.fraction_lost / 256, 1.0, jitter)
        lost = fates == 0
        return Told(float(np.mean(lost)), max(1.0, mean_run(lost)), jitter)


def metrics(
    ssrc: int, seen: Bursts, frame_ms: float, score: Score | None, *, round_trip: float | None, own_ms: float,
    buffer_ms: float, target_ms: float,
) -> VoipMetrics:  # fmt: skip
    """What we tell of the peer's stream `ssrc`. `own_ms`: what our end adds from packet to ear.

    `score`: the E-model's, None before there is one; `round_trip`: seconds.
    """
    return VoipMetrics(
        ssrc=ssrc,
        loss_rate=_256ths(seen.loss_rate),
        discard_rate=_256ths(seen.discard_rate),
        burst_density=_256ths(seen.burst_density),
        gap_density=_256ths(seen.gap_density),
        burst_duration=_ms(seen.burst_packets * frame_ms),
        gap_duration=_ms(seen.gap_packets * frame_ms),
        round_trip_delay=_ms(1000 * (round_trip or 0.0)),
        end_system_delay=_ms(own_ms),
        r_factor=round(score.r) if score is not None else None,
        mos_lq=round(10 * score.listening) if score is not None else None,
        mos_cq=round(10 * score.mos) if score is not None else None,
        concealment=2,
        adaptive=3,
        jitter_buffer_nominal=_ms(buffer_ms),
        jitter_buffer_maximum=_ms(target_ms),
        jitter_buffer_abs_max=1000,
    )


def _256ths(share: float) -> int:
    return min(255, max(0, round(256 * share)))


def _ms(value: float) -> int:
    return min(0xFFFF, max(0, round(value)))
