"""A network in virtual time: joins a sender to an Inbound, with delay, jitter, loss and reordering from a seed."""

import random
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voip.config import RED_PAYLOAD_TYPE, SAMPLE_RATE
from voip.media.codec import Encoder
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.wire import red
from voip.wire.rtp import RtpPacket

KEY = bytes(range(44))
ASSETS = Path(__file__).parents[2] / "assets"
BEGIN = 5.0
"""The virtual time of the first frame, seconds."""


def make_outbound(key: bytes = KEY, *, ssrc: int = 0x1234_5678, sequence_number: int = 1000) -> Outbound:
    return Outbound(key, ssrc, 32_000, sequence_number=sequence_number, timestamp=2**32 - 48_000)


class Plain:
    """In the place of an Unprotector: packets travel in the clear, as an hour of SRTP would cost minutes."""

    rejected = 0

    def unprotect_untrusted(self, packet: bytes) -> bytes:
        return packet


def plain_inbound() -> Inbound:
    inbound = Inbound(KEY)
    inbound.unprotector = Plain()
    return inbound


@dataclass
class Talker:
    """Packets in the clear, of any frame length, with RED where asked for. Says its speech again and again."""

    speech: NDArray[np.int16]
    frame_ms: int = 10
    redundancy: tuple[int, ...] = ()
    """Distances in frames."""
    low_delay: bool = False
    ssrc: int = 7
    sequence_number: int = 65_500
    timestamp: int = 2**32 - 48_000

    def __post_init__(self) -> None:
        encoder = Encoder(32_000, self.frame_ms, low_delay=self.low_delay)
        self.samples = encoder.frame_samples
        whole = self.speech[: self.speech.size // self.samples * self.samples]
        self.frames = [encoder.encode(frame) for frame in whole.reshape(-1, self.samples)]

    def packet(self, index: int) -> bytes:
        payload, kind = self.frames[index % len(self.frames)], 111
        if self.redundancy:
            distances = sorted((d for d in self.redundancy if d <= index), reverse=True)
            older = [(d * self.samples, self.frames[(index - d) % len(self.frames)]) for d in distances]
            payload, kind = red.pack(payload, older, 111), RED_PAYLOAD_TYPE
        number, timestamp = self.sequence_number + index, self.timestamp + index * self.samples
        return RtpPacket(kind, False, number & 0xFFFF, timestamp & 0xFFFF_FFFF, self.ssrc, payload).pack()


@dataclass
class Network:
    """`delay(index, random)`: seconds that the index-th packet travels, or None to lose it."""

    delay: Callable[[int, random.Random], float | None] = lambda _index, _random: 0.03
    seed: int = 7
    drift: float = 0.0
    """How much slower the receiver's sound card runs, as a share."""
    phase: float = 0.002
    """Between the sender's frames and the receiver's pulls, seconds."""
    block: int = 240
    """Samples of each pull."""
    outbound: Outbound = field(default_factory=make_outbound)
    inbound: Inbound = field(default_factory=lambda: Inbound(KEY))
    delays: list[float] = field(default_factory=list)
    """`Inbound.jitter_delay` after each pull, and below the target."""
    targets: list[float] = field(default_factory=list)

    def carry(self, speech: NDArray[np.int16]) -> NDArray[np.int16]:
        """Say `speech`; return what was heard from the first pull on."""
        frames = speech[: speech.size // 960 * 960].reshape(-1, 960)
        packets = [self.outbound.push(frame, BEGIN + index * 0.02) for index, frame in enumerate(frames)]
        return self.run(packets, 0.02, len(frames) * 0.02 + 0.2)

    def talk(self, talker: Talker, seconds: float, *, until: float | None = None) -> NDArray[np.int16]:
        """Let `talker` speak in the clear for so many seconds; listen `until` then, or as long."""
        count = int(seconds * SAMPLE_RATE / talker.samples)
        self.inbound.unprotector = Plain()
        packets = [talker.packet(index) for index in range(count)]
        return self.run(packets, talker.samples / SAMPLE_RATE, until or seconds)

    def run(self, packets: Sequence[bytes], every: float, seconds: float) -> NDArray[np.int16]:
        chance = random.Random(self.seed)
        on_the_way: list[tuple[float, int]] = []
        for index in range(len(packets)):
            travel = self.delay(index, chance)
            if travel is not None:
                heappush(on_the_way, (BEGIN + index * every + travel, index))
        heard = []
        for tick in range(int(seconds * SAMPLE_RATE / self.block)):
            now = BEGIN + self.phase + tick * self.block / SAMPLE_RATE * (1 + self.drift)
            while on_the_way and on_the_way[0][0] <= now:
                arrived, index = heappop(on_the_way)
                self.inbound.receive(packets[index], arrived)
            heard.append(self.inbound.pull(self.block, now))
            self.delays.append(self.inbound.jitter_delay)
            self.targets.append(self.inbound.target_delay)
        return np.concatenate(heard)


def speech(name: str = "alice", seconds: float = 100.0) -> NDArray[np.int16]:
    with wave.open(str(ASSETS / f"{name}.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        return np.frombuffer(file.readframes(int(seconds * SAMPLE_RATE)), np.int16)


def tone(seconds: float, amplitude: int = 8000) -> NDArray[np.int16]:
    time = np.arange(int(seconds * 48_000)) / 48_000
    return (amplitude * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
