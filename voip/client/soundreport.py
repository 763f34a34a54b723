"""What is seen of a call's voice: shown to the person, told to the peer, and used to steer how we send.

ten times a second   levels
twice a second       counters, delay by stages, quality
once a second        RTCP both ways, our share of the delay, what encrypting costs, how we send
as it happens        devices that go and come
"""

import asyncio
from collections.abc import Callable
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
from voip.media.hearing import Hearing, Shares, judged
from voip.media.judgement import Judgement
from voip.media.plan import Mode, Plan
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
TOO_SLOW, TOO_LONG = 0.7, 3
"""Share of the time that processing may take, and for how many seconds it may take more."""
_MS = 1000 / SAMPLE_RATE


class SoundReport:
    """One call's. `start` and `stop` with its sound. `gaps`: how often the loop was too late for a ring."""

    def __init__(
        self, equipment: Equipment, station: "Station", stages: Stages, gaps: Callable[[], int] = lambda: 0
    ) -> None:
        self._gaps = gaps
        self._slow = 0
        """Seconds in a row for which processing has taken too long."""
        self._port = equipment.port
        self._writers = tuple(filter(None, (equipment.said, equipment.heard)))
        self._station = station
        self._stages = stages
        self._hearing = Hearing()
        self._judgement: Judgement | None = None
        self._choice: tuple[Mode, Plan, str] | None = None
        self._problem = ""
        self._processing_shown: tuple[AudioError | None, float] | None = None
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
                self.exchange_reports()
            if beat % REPORT_EVERY == 0:
                self._show_cost()
                self._steer()
                self._spare_the_machine()
            if beat % STATS_EVERY == 0:
                self._station.observe(self._stats())
                self._measure()
                self._watch_port()
            await asyncio.sleep(LEVELS_EVERY)

    # ── told to the peer ───────────────────────────────────────────────────────────────────────────────────────

    def exchange_reports(self) -> None:
        """Tell the peer how it is received, what our end adds, and ask for the round trip."""
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
        station.steering.look(station.inbound.peer, clock.monotonic(), backlog=path.backlog, dropped=path.dropped)
        self.show_choice()

    def show_choice(self) -> None:
        """Enter how we send, when it has changed."""
        steering = self._station.steering
        choice, plan, reason = steering.choice, steering.choice.plan, steering.choice.reason
        shown = (steering.wanted, plan, reason.code)
        if shown == self._choice:
            return
        self._choice = shown
        self._station.observe(
            VoiceChosen(
                steering.wanted.value, choice.mode.value, plan.frame_ms, plan.bitrate, plan.low_delay, plan.redundancy,
                reason.code, reason.loss, reason.burst,
            )
        )  # fmt: skip

    # ── what is done to our sound ──────────────────────────────────────────────────────────────────────────────

    def process(self, *, on: bool) -> None:
        """Switch all that is done to the microphone's sound."""
        self._station.voice.switch(Processing() if on else OFF)
        self._show_processing()

    def _spare_the_machine(self) -> None:
        """Processing that takes longer than the sound itself would end the voice altogether: do without it."""
        self._slow = self._slow + 1 if self._stages.load > TOO_SLOW else 0
        if self._slow < TOO_LONG or not self._station.voice.processing.anything:
            return
        self._slow = 0
        self._station.voice.switch(OFF)
        self._show_processing(
            AudioError(
                "This machine is too slow to take echo and noise out of your voice, so it is sent as it is. "
                "Use headphones.",
                code="voice-processing-slow",
            )
        )

    def _show_processing(self, why: AudioError | None = None) -> None:
        voice = self._station.voice
        done, self._processing_shown = voice.processing, (voice.problem, voice.delay)
        why = why or voice.problem
        code, sentence = (why.code, why.sentence) if why is not None else ("", "")
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
        if (station.voice.problem, station.voice.delay) != self._processing_shown:
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
            xruns=port.half("input").xruns + port.half("output").xruns + self._gaps(),
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
