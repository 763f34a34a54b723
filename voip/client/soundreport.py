"""What is seen of a call's voice: shown to the person, told to the peer, and used to steer how we send.

ten times a second   levels
twice a second       counters, delay by stages, quality
once a second        RTCP both ways, our share of the delay, what encrypting costs, how we send
as it happens        devices that go and come
"""

import asyncio
from typing import TYPE_CHECKING

from voip.client.desk import Equipment
from voip.client.stages import Stages
from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io import clock
from voip.io.audio.news import DeviceNews
from voip.journal.observations import (
    AudioState,
    DeviceChanged,
    Latency,
    Levels,
    MediaStats,
    Problem,
    Quality,
    VoiceChosen,
    VoiceProcessing,
)
from voip.media.adaptation import Choice
from voip.media.hearing import Hearing, Shares, judged
from voip.media.judgement import Judgement
from voip.media.processing import OFF, Processing
from voip.media.reports import metrics
from voip.wire.rtcp import ntp_from_unix
from voip.wire.rtcp_xr import Block, ExtendedReport

if TYPE_CHECKING:
    from voip.client.sound import Station

LEVELS_EVERY = 0.1
STATS_EVERY = 5
"""… of the above."""
REPORT_EVERY = 10
"""… of the above: RTCP (RFC 3550 §6.2 would allow five times as long), what encrypting costs, how we send."""
_MS = 1000 / SAMPLE_RATE


class SoundReport:
    """One call's. `start` and `stop` with its sound."""

    def __init__(self, equipment: Equipment, station: "Station", stages: Stages) -> None:
        self._port = equipment.port
        self._writers = tuple(filter(None, (equipment.said, equipment.heard)))
        self._station = station
        self._stages = stages
        self._hearing = Hearing()
        self._judgement: Judgement | None = None
        self._choice: Choice | None = None
        self._problem = ""
        self._processing_problem: AudioError | None = None
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self.show_devices()
        self.show_choice()
        self._show_processing()
        self._work = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """Look once more, and no more."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._watch_port()
        self._station.observe(self._stats())
        self._show_cost()

    async def _run(self) -> None:
        beat = 0
        while True:
            beat += 1
            self._show_levels()
            if beat % REPORT_EVERY == 2:  # the first soon, so that a round trip is known soon
                self._exchange_reports()
            if beat % REPORT_EVERY == 0:
                self._show_cost()
                self._steer()
            if beat % STATS_EVERY == 0:
                self._station.observe(self._stats())
                self._measure()
                self._watch_port()
            await asyncio.sleep(LEVELS_EVERY)

    # ── told to the peer ───────────────────────────────────────────────────────────────────────────────────────

    def _exchange_reports(self) -> None:
        station, now = self._station, clock.monotonic()
        ntp = ntp_from_unix(clock.wall().timestamp())
        station.path.send(station.outbound.report(now, ntp, station.inbound.report_block(now), self._extended()))
        outbound, voice = station.outbound, station.voice
        station.tell(
            self._stages.own(self._port.input_latency, outbound.frame_samples, outbound.lookahead, voice.delay)
        )

    def _extended(self) -> ExtendedReport | None:
        inbound, outbound = self._station.inbound, self._station.outbound
        meter = inbound.meter
        if meter is None:
            return None
        told = metrics(
            meter.ssrc,
            meter.bursts(),
            inbound.frame_samples * _MS,
            self._judgement.score if self._judgement is not None else None,
            round_trip=outbound.round_trip.last,
            own_ms=1000 * inbound.jitter_delay + self._stages.playout_ms(self._port.output_latency),
            buffer_ms=1000 * inbound.jitter_delay,
            target_ms=1000 * inbound.target_delay,
        )
        rle = meter.loss_rle()
        blocks: tuple[Block, ...] = (told,) if rle is None else (rle, told)
        return ExtendedReport(outbound.ssrc, blocks)

    # ── how we send ────────────────────────────────────────────────────────────────────────────────────────────

    def _steer(self) -> None:
        station = self._station
        path = station.path
        station.steering.look(
            station.inbound.peer, clock.monotonic(), backlog=path.backlog, dropped=path.dropped
        )  # fmt: skip
        self.show_choice()

    def show_choice(self) -> None:
        """Enter how we send, when it has changed."""
        steering = self._station.steering
        choice = steering.choice
        if (
            self._choice is not None
            and choice.plan == self._choice.plan
            and choice.reason.code == self._choice.reason.code
        ):
            return
        self._choice = choice
        plan, reason = choice.plan, choice.reason
        self._station.observe(
            VoiceChosen(
                steering.wanted.value, choice.mode.value, plan.frame_ms, plan.bitrate, plan.low_delay, plan.redundancy,
                reason.code, reason.loss, reason.burst,
            )
        )  # fmt: skip

    def process(self, *, on: bool) -> None:
        """Switch all that is done to the microphone's sound."""
        self._station.voice.switch(Processing() if on else OFF)
        self._show_processing()

    def _show_processing(self) -> None:
        voice = self._station.voice
        done, self._processing_problem = voice.processing, voice.problem
        code, sentence = ("", "") if voice.problem is None else (voice.problem.code, voice.problem.sentence)
        self._station.observe(VoiceProcessing(done.echo, done.noise, done.gain, round(voice.delay, 1), code, sentence))

    # ── shown to the person ────────────────────────────────────────────────────────────────────────────────────

    def _show_levels(self) -> None:
        station = self._station
        reading = station.voice.reading
        station.observe(
            Levels(
                station.outbound.level, station.inbound.level, round(reading.clipped, 4), reading.muted_but_speaking
            )
        )  # fmt: skip
        if station.voice.problem is not self._processing_problem:
            self._show_processing()

    def _measure(self) -> None:
        inbound, now = self._station.inbound, clock.monotonic()
        latency = self._stages.latency(
            self._station.outbound.round_trip.last, inbound.jitter_delay, self._port.output_latency
        )
        if latency is not None:
            self._station.observe(latency)
        shares = self._hearing.note(inbound.counted(), now)
        if shares is not None and latency is not None:
            self._judge(shares, latency)

    def _judge(self, shares: Shares, latency: Latency) -> None:
        inbound = self._station.inbound
        found = self._judgement = judged(
            shares,
            bitrate=inbound.bitrate,
            delay_ms=latency.mouth_to_ear,
            network_ms=latency.stages["network"],
            buffer_ms=latency.stages["jitter"],
        )
        self._station.observe(
            Quality(
                found.word,
                found.cause,
                round(found.score.mos, 2),
                round(found.score.listening, 2),
                loss=round(shares.loss, 2),
                recovered=round(shares.recovered, 2),
                concealed=round(shares.concealed, 2),
                late=round(shares.late, 2),
                jitter_ms=round(1000 * inbound.interarrival_jitter, 1),
                buffer_ms=round(1000 * inbound.target_delay, 1),
            )
        )

    def _stats(self) -> MediaStats:
        inbound, outbound, port = self._station.inbound, self._station.outbound, self._port
        return MediaStats(
            sent=outbound.frames_sent,
            received=inbound.received,
            rejected=inbound.rejected,
            played=inbound.played,
            lost=inbound.lost,
            concealed=inbound.concealed,
            bytes_sent=outbound.bytes_sent,
            bytes_received=inbound.bytes_received,
            recovered=inbound.recovered,
            late=inbound.late,
            xruns=port.half("input").xruns + port.half("output").xruns,
            stretched_ms=(round(inbound.accelerated_samples * _MS, 1), round(inbound.expanded_samples * _MS, 1)),
        )

    def _show_cost(self) -> None:
        cost = self._station.path.toll.cost()
        if cost is not None:
            self._station.observe(cost)

    # ── devices ────────────────────────────────────────────────────────────────────────────────────────────────

    def show_devices(self) -> None:
        """Enter which devices carry the call, and how they are reached."""
        microphone, loudspeaker = self._port.half("input"), self._port.half("output")
        self._station.observe(
            AudioState(
                microphone.name,
                loudspeaker.name,
                input_how=microphone.description,
                output_how=loudspeaker.description,
                offered=microphone.offered or loudspeaker.offered,
            )
        )

    def device_changed(self, news: DeviceNews) -> None:
        """A device went, was replaced, came back, or has another buffer."""
        self._station.observe(DeviceChanged(news.kind, news.what, news.device, news.sentence, round(news.gap, 3)))
        self.show_devices()

    def _watch_port(self) -> None:
        problem = self._port.problem or next((writer.problem for writer in self._writers if writer.problem), "")
        if problem != self._problem:
            self._problem = problem
            if problem:
                self._station.observe(Problem("audio", "audio-device", problem))
