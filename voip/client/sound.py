"""A call's voice: sound card ⇄ media ⇄ path. Everything here runs in the event loop, paced by the sound card's ticks.

    port.capture ──a frame──→ voice (echo, noise, gain) ──→ outbound (encode, packetize, protect) ──→ path
                                ↑ what is played
    port.playout ←──a block── inbound (unprotect, jitter, decode, stretch) ←──────────────────── receive()
                    tops up to one device block and a margin that grows when the ring ran dry

What is measured on the way goes to `soundreport`, which shows it, tells the peer, and steers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voip.client.desk import Equipment
from voip.client.margin import Margin
from voip.client.path import Path
from voip.client.soundreport import SoundReport
from voip.client.stages import Stages
from voip.client.toll import TolledProtector, TolledUnprotector
from voip.config import SAMPLE_RATE
from voip.io import clock
from voip.io.audio.news import DeviceNews
from voip.journal.observations import FirstAudio, Observation
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.pcm import Frame
from voip.media.plan import Mode
from voip.media.protector import Protector
from voip.media.steering import Steering
from voip.media.voice import Voice
from voip.wire.signals import Delay

BLOCK = SAMPLE_RATE // 200
"""Samples: 5 ms. Pulled at a time is the multiple of it that comes nearest to the device's own block: the jitter buffer
learns the rhythm of the pulls, and two at once are none."""
STALE = SAMPLE_RATE // 5
"""Samples, 200 ms. When the loop was held up, what was said meanwhile is sent all at once, and the peer's jitter buffer
sees to it. What is older would only be late: all but the last frame is given up then, and counted as an xrun."""


@dataclass(frozen=True, slots=True)
class Station:
    """The stations of one call's voice, and who is told."""

    outbound: Outbound
    inbound: Inbound
    voice: Voice
    steering: Steering
    path: Path
    observe: Callable[[Observation], None]
    tell: Callable[[Delay], object]
    """Sends a signal to the peer, inside the session."""


class Sound:
    """One call's audio, from `start` to `stop`."""

    def __init__(self, equipment: Equipment, station: Station) -> None:
        self._port = equipment.port
        self._copies = equipment
        self._station = station
        self._outbound, self._inbound, self._voice = station.outbound, station.inbound, station.voice
        self._stages = Stages()
        self._margin = Margin()
        self._stalls = 0
        """How often what was captured had to be given up unsent."""
        self._report = SoundReport(equipment, station, self._stages, lambda: self._stalls + self._margin.dry)
        self._heard = False
        self._running = False
        self.started_at = 0.0

    def start(self) -> None:
        """Open the devices and begin both directions. Raises `AudioError`."""
        self.started_at = clock.monotonic()
        self._margin.begin(self.started_at)
        self._port.listen(self._device_changed)
        self._port.start(self._tick)
        self._running = True
        toll = self._station.path.toll
        self._outbound.protector = TolledProtector(self._outbound.protector, toll)
        self._inbound.unprotector = TolledUnprotector(self._inbound.unprotector, toll)
        self._report.start()

    def stop(self) -> None:
        """End both directions, and enter the final counters."""
        if not self._running:
            return
        self._running = False
        self._port.stop()
        for copy in (self._copies.said, self._copies.heard):
            if copy is not None:
                copy.close()
        self._report.stop()

    def receive(self, packet: bytes) -> bool:
        """An SRTP or SRTCP packet came. Whether it was authentic."""
        now = clock.monotonic()
        self._inbound.receive(packet, now)
        return self._inbound.last_authentic_at == now

    def another_way(self) -> None:
        """The voice travels another way now: its round trip is another one."""
        self._outbound.round_trip.another_way()
        self._report.exchange_reports()

    def mute(self, on: bool) -> None:
        """Send silence instead of the microphone; the packets' size and pace stay the same.

        The microphone is still listened to, so that it can be said that somebody speaks into it.
        """
        self._outbound.muted = self._voice.muted = on

    def hear_also(self, key: bytes, in_use: Callable[[], None]) -> None:
        """The peer will change to `key`, 44 bytes; `in_use` is called with the first packet under it."""
        self._inbound.keys.add(key, in_use)

    def send_with(self, key: bytes) -> None:
        """Change to `key`, 44 bytes, which the peer has: stream and numbers go on, and no key is ever used anew."""
        self._outbound.rekey(TolledProtector(Protector(key), self._station.path.toll))

    def choose(self, mode: Mode) -> None:
        """The person wants this mode."""
        self._station.steering.choose(mode)
        self._report.show_choice()

    def process(self, *, on: bool) -> None:
        """Take echo and noise out of our microphone's sound, or leave it as it is."""
        self._report.process(on=on)

    def switch(self, kind: Literal["input", "output"], device: str) -> None:
        """Go over to another microphone or loudspeaker. Raises `AudioError`."""
        self._port.half(kind).switch(device)
        self._report.show_devices()

    def peer_delays(self, delay: Delay) -> None:
        """The peer says what its own end adds."""
        self._stages.peer = delay

    @property
    def last_authentic_at(self) -> float:
        """When something authentic last came from the peer, or when we began."""
        return max(self._inbound.last_authentic_at or 0.0, self.started_at)

    def _device_changed(self, news: DeviceNews) -> None:
        if news.kind == "output" and news.what != "returned":  # a device that is only offered changes nothing
            self._margin.begin(clock.monotonic())
        self._stages.another_device()
        self._report.device_changed(news)

    # ── both directions, at each tick of the sound card ────────────────────────────────────────────────────────

    def _tick(self) -> None:
        self._play()  # first: a loudspeaker waits for nobody
        self._speak()
        if not self._heard and self._inbound.played:
            self._heard = True
            self._station.observe(FirstAudio())

    def _speak(self) -> None:
        capture, size = self._port.capture, self._outbound.frame_samples
        capture.enough = size
        if len(capture) > STALE:
            self._stalls += 1
            self._keep(capture.read(len(capture) - size))
        # What comes while we work is for the next turn: a machine too slow for its voice must still play, and stop.
        for _ in range(len(capture) // size):
            began = clock.monotonic()
            pcm = capture.read(size)
            self._keep(pcm)
            clean = self._voice.process(pcm, self._echo_delay())
            processed = clock.monotonic()
            packet = self._outbound.push(clean, processed)
            encoded = clock.monotonic()
            self._station.path.send(packet)
            self._stages.sent(encoded - began, clock.monotonic() - encoded, len(capture))
            self._stages.processed(processed - began, size)

    def _keep(self, said: Frame) -> None:
        if self._copies.said is not None:
            self._copies.said.write(said)

    def _echo_delay(self) -> float:
        """Milliseconds from what is put into the playout ring now to the frame in hand, as rings and devices say."""
        port = self._port
        return self._stages.echo(len(port.playout) + len(port.capture), port.output_latency + port.input_latency)

    def _play(self) -> None:
        playout, inbound = self._port.playout, self._inbound
        now = clock.monotonic()
        device = self._port.playout_block
        level = self._margin.level(device, playout.underrun, now, heard=self._heard)
        size = max(1, round(device / BLOCK)) * BLOCK
        for _ in range(-(-level // size)):
            if (waiting := len(playout)) >= level:
                break
            block = inbound.pull(size, now)
            playout.write(block)
            self._voice.played(block, now)
            if self._copies.heard is not None:
                self._copies.heard.write(block)
            pulled = clock.monotonic()
            self._stages.played(pulled - now, waiting)
            now = pulled
