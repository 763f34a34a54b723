"""A sound card in the hand, and two calls' sounds that are joined back to back, for tests of `client.sound`.

Card.turn: the clock goes on 5 ms, the loudspeaker takes a block, the microphone gives one, the call has its tick
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest

from voip.client.desk import Equipment
from voip.client.sound import Sound, Station
from voip.client.toll import Toll
from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io import clock
from voip.io.audio.news import DeviceNews
from voip.io.audio.ring import Ring
from voip.journal.observations import Observation
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.plan import Mode
from voip.media.processing import OFF, Processing
from voip.media.steering import Steering
from voip.media.voice import Voice
from voip.wire.signals import Delay

KEYS = bytes(range(44)), bytes(range(100, 144))
SRTP = 12 + 16


class Clock:
    """In place of the machine's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(clock, "monotonic", lambda: self.now)


class FakeHalf:
    """What a device says of itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.xruns = 0
        self.offered = ""
        self.description = f"by hand, {name}"
        self.switched: list[str | None] = []

    def switch(self, wanted: str | None) -> None:
        self.switched.append(wanted)


class Card:
    """An `AudioPort` whose turns the test takes."""

    def __init__(self, time: Clock, *, block: int = 240, mouth: Callable[[int, int], np.ndarray] | None = None) -> None:
        self.capture, self.playout = Ring(SAMPLE_RATE), Ring(SAMPLE_RATE)
        self.input_name, self.output_name = "mic", "spk"
        self.input_latency, self.output_latency = 0.004, 0.006
        self.playout_block = block
        self.problem = ""
        self.refuses = False
        self.running = False
        self.heard: list[np.ndarray] = []
        self._halves = {"input": FakeHalf("mic"), "output": FakeHalf("spk")}
        self._time = time
        self._mouth = mouth or (lambda at, size: np.zeros(size, np.int16))
        self.said = 0

    def half(self, kind: Literal["input", "output"]) -> FakeHalf:
        return self._halves[kind]

    def listen(self, on_news: Callable[[DeviceNews], None]) -> None:
        self.tell = on_news

    def start(self, on_tick: Callable[[], None]) -> None:
        if self.refuses:
            raise AudioError("The microphone is refused.", code="device-refused")
        self.running, self._tick = True, on_tick

    def stop(self) -> None:
        self.running = False

    def move(self) -> None:
        """One block each way, and nobody is told."""
        out = np.empty(self.playout_block, np.int16)
        self.playout.read_into(out)
        self.heard.append(out)
        self.capture.write(self._mouth(self.said, self.playout_block))
        self.said += self.playout_block

    def tick(self) -> None:
        self._tick()

    def turn(self) -> None:
        self._time.now += self.playout_block / SAMPLE_RATE
        self.move()
        self.tick()


class Wire:
    """A path into the other end's ear; `deaf` while nothing is to come through."""

    name: Literal["udp", "tls"] = "tls"

    def __init__(self) -> None:
        self.toll = Toll()
        self.backlog = self.dropped = 0
        self.packets: list[bytes] = []
        self.deaf = False
        self.to: Sound | None = None

    def send(self, packet: bytes) -> bool:
        self.packets.append(packet)
        if self.to is not None and not self.deaf:
            self.to.receive(packet)
        return True

    @property
    def voice(self) -> list[bytes]:
        """Its SRTP packets, without RTCP's."""
        return [packet for packet in self.packets if packet[1] & 0x7F in (111, 112)]


class End:
    """One end of a call: its sound, and all that stands around it."""

    def __init__(
        self,
        time: Clock,
        side: Literal[0, 1] = 0,
        *,
        mode: Mode = Mode.BALANCED,
        processing: Processing = OFF,
        voice: Voice | None = None,
        block: int = 240,
        mouth: Callable[[int, int], np.ndarray] | None = None,
        **copies: object,
    ) -> None:
        self.card, self.wire = Card(time, block=block, mouth=mouth), Wire()
        self.seen: list[Observation] = []
        self.told: list[Delay] = []
        self.outbound = Outbound(KEYS[side], 1 + side, sequence_number=10, timestamp=77)
        self.inbound = Inbound(KEYS[1 - side], self.outbound.round_trip)
        self.voice = voice if voice is not None else Voice(processing)
        self.sound = Sound(
            Equipment(self.card, **copies),
            Station(
                self.outbound,
                self.inbound,
                self.voice,
                Steering(self.outbound, mode),
                self.wire,
                self.seen.append,
                self.told.append,
            ),
        )

    def of(self, kind: type) -> list:
        return [what for what in self.seen if isinstance(what, kind)]


def join(first: End, second: End) -> None:
    """A call between the two."""
    first.wire.to, second.wire.to = second.sound, first.sound
    for end in (first, second):
        end.sound.start()
    first.inbound.unprotector.unprotect_untrusted(b"")  # the tolled ones, from here on


def tone(at: int, size: int) -> np.ndarray:
    """A voice of one pitch that never pauses."""
    t = np.arange(at, at + size) / SAMPLE_RATE
    return np.rint(6000 * np.sin(2 * np.pi * 300 * t)).astype(np.int16)
