"""A call's voice: sound card ⇄ media ⇄ path. Everything here runs in the event loop, paced by the sound card's ticks.

    port.capture ──20 ms──→ outbound (encode, packetize, protect) ──→ path
    port.playout ←──────── inbound (unprotect, jitter, decode) ←──── receive()
                    tops up to one device block + a margin that grows when the loop was late

Each station's delay is measured here, so that the sum from mouth to ear can be shown by its parts.
"""

import asyncio
from collections.abc import Callable

from voip.client.desk import Equipment
from voip.client.path import Path
from voip.client.toll import TolledProtector, TolledUnprotector
from voip.config import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE
from voip.io import clock
from voip.journal.observations import AudioState, FirstAudio, Latency, Levels, MediaStats, Observation, Problem
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.wire.rtcp import ntp_from_unix
from voip.wire.signals import Delay

LEVELS_EVERY = 0.1
STATS_EVERY = 5
"""… of the above: counters and delays, twice a second."""
REPORT_EVERY = 10
"""… of the above: RTCP, once a second (RFC 3550 §6.2 would allow five times as long)."""
COST_EVERY = 10
"""… of the above: what encrypting costs, once a second."""
OPUS_LOOKAHEAD_MS = 6.5
"""What the encoder waits beyond the frame (RFC 6716 §2)."""
MARGIN_MIN, MARGIN_MAX = FRAME_SAMPLES // 2, 3 * FRAME_SAMPLES
SMOOTHING = 0.05


class Sound:
    """One call's audio, from `start` to `stop`."""

    def __init__(
        self,
        equipment: Equipment,
        outbound: Outbound,
        inbound: Inbound,
        path: Path,
        *,
        observe: Callable[[Observation], None],
        tell: Callable[[Delay], None],
    ) -> None:
        self._port = equipment.port
        self._copies = equipment
        self._outbound = outbound
        self._inbound = inbound
        self._path = path
        self._observe = observe
        self._tell = tell
        self._margin = MARGIN_MIN
        self._underruns = 0
        self._heard = False
        self._problem = ""
        self._reporting: asyncio.Task[None] | None = None
        self._encode = self._send = self._decode = self._playout = 0.0
        self.peer_delay: Delay | None = None
        """What the peer says its own end adds."""
        self.started_at = 0.0

    def start(self) -> None:
        """Open the devices and begin both directions. Raises `AudioError`."""
        self.started_at = clock.monotonic()
        self._port.start(self._tick)
        toll = self._path.toll
        self._outbound.protector = TolledProtector(self._outbound.protector, toll)
        self._inbound.unprotector = TolledUnprotector(self._inbound.unprotector, toll)
        self._observe(AudioState(self._port.input_name, self._port.output_name))
        self._reporting = asyncio.get_running_loop().create_task(self._report())

    def stop(self) -> None:
        """End both directions, and enter the final counters."""
        if self._reporting is not None:
            self._reporting.cancel()
            self._reporting = None
            self._port.stop()
            for copy in (self._copies.said, self._copies.heard):
                if copy is not None:
                    copy.close()
            self._watch_port()
            self._observe(self._stats())
            self._show_cost()

    def receive(self, packet: bytes) -> None:
        """An SRTP or SRTCP packet came."""
        self._inbound.receive(packet, clock.monotonic())

    def mute(self, on: bool) -> None:
        """Send silence instead of the microphone; the packets' size and pace stay the same."""
        self._outbound.muted = on

    @property
    def last_authentic_at(self) -> float:
        """When something authentic last came from the peer, or when we began."""
        return max(self._inbound.last_authentic_at or 0.0, self.started_at)

    # ── both directions, at each tick of the sound card ────────────────────────────────────────────────────────

    def _tick(self) -> None:
        capture, playout = self._port.capture, self._port.playout
        now = clock.monotonic()
        while len(capture) >= FRAME_SAMPLES:
            pcm = capture.read(FRAME_SAMPLES)
            packet = self._outbound.push(pcm, now)
            encoded = clock.monotonic()
            self._path.send(packet)
            self._encode += SMOOTHING * (encoded - now - self._encode)
            now = clock.monotonic()
            if self._copies.said is not None:
                self._copies.said.write(pcm)
            self._send += SMOOTHING * (now - encoded - self._send)
        if playout.underrun > self._underruns and self._heard:
            self._margin = min(self._margin + FRAME_SAMPLES // 4, MARGIN_MAX)
        self._underruns = playout.underrun
        while len(playout) < self._port.playout_block + self._margin:
            waiting = len(playout)
            frame = self._inbound.pull(now)
            playout.write(frame)
            if self._copies.heard is not None:
                self._copies.heard.write(frame)
            pulled = clock.monotonic()
            self._decode += SMOOTHING * (pulled - now - self._decode)
            self._playout += SMOOTHING * (waiting / SAMPLE_RATE - self._playout)
            now = pulled
        if not self._heard and self._inbound.played:
            self._heard = True
            self._observe(FirstAudio())

    # ── what is shown and told ─────────────────────────────────────────────────────────────────────────────────

    async def _report(self) -> None:
        beat = 0
        while True:
            beat += 1
            self._observe(Levels(self._outbound.level, self._inbound.level))
            if beat % REPORT_EVERY == 2:  # the first soon, so that a round trip is known soon
                self._exchange_reports()
            if beat % COST_EVERY == 0:
                self._show_cost()
            if beat % STATS_EVERY == 0:
                self._observe(self._stats())
                self._measure()
                self._watch_port()
            await asyncio.sleep(LEVELS_EVERY)

    def _exchange_reports(self) -> None:
        now = clock.monotonic()
        ntp = ntp_from_unix(clock.wall().timestamp())
        self._path.send(self._outbound.report(now, ntp, self._inbound.report_block(now)))
        self._tell(self._own_delay())

    def _own_delay(self) -> Delay:
        # What waits in the ring now belongs to the next frame: its time there is that frame's own filling.
        return Delay(
            capture=round(self._port.input_latency * 1000 + FRAME_MS, 3),
            encode=round(self._encode * 1000 + OPUS_LOOKAHEAD_MS, 3),
            send=round(self._send * 1000, 3),
        )

    def _measure(self) -> None:
        trip = self._outbound.round_trip.last
        if trip is None or self.peer_delay is None:
            return
        stages = {
            "capture": self.peer_delay.capture,
            "encode": self.peer_delay.encode,
            "send": self.peer_delay.send,
            "network": trip * 1000 / 2,
            "jitter": self._inbound.jitter_delay * 1000,
            "decode": self._decode * 1000,
            "playout": (self._playout + self._port.output_latency) * 1000,
        }
        stages = {name: round(value, 3) for name, value in stages.items()}
        self._observe(Latency(round(trip * 1000, 3), round(sum(stages.values()), 3), stages))

    def _stats(self) -> MediaStats:
        inbound, outbound = self._inbound, self._outbound
        return MediaStats(
            sent=outbound.frames_sent,
            received=inbound.received,
            rejected=inbound.rejected,
            played=inbound.played,
            lost=inbound.lost,
            concealed=inbound.concealed,
            bytes_sent=outbound.bytes_sent,
            bytes_received=inbound.bytes_received,
        )

    def _show_cost(self) -> None:
        cost = self._path.toll.cost()
        if cost is not None:
            self._observe(cost)

    def _watch_port(self) -> None:
        writers = (self._copies.said, self._copies.heard)
        problem = self._port.problem or next((writer.problem for writer in writers if writer and writer.problem), "")
        if problem and problem != self._problem:
            self._problem = problem
            self._observe(Problem("audio", "audio-device", self._problem))
