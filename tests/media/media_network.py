"""A network in virtual time: joins an Outbound to an Inbound, with delay, jitter, loss and reordering from a seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.pcm import FRAME_SECONDS

KEY = bytes(range(44))


def make_outbound(key: bytes = KEY, *, ssrc: int = 0x1234_5678, sequence_number: int = 1000) -> Outbound:
    return Outbound(key, ssrc, 32_000, sequence_number=sequence_number, timestamp=2**32 - 48_000)


@dataclass
class Network:
    """`delay(index, random)`: seconds that the index-th packet travels, or None to lose it."""

    delay: Callable[[int, random.Random], float | None] = lambda _index, _random: 0.03
    seed: int = 7
    drift: float = 0.0
    """How much slower the receiver's sound card runs, as a share."""
    phase: float = 0.007
    """Between the sender's frames and the receiver's pulls, seconds."""
    outbound: Outbound = field(default_factory=make_outbound)
    inbound: Inbound = field(default_factory=lambda: Inbound(KEY))
    delays: list[float] = field(default_factory=list)
    """`Inbound.jitter_delay` after each pull."""

    def carry(self, speech: NDArray[np.int16]) -> NDArray[np.int16]:
        """Say `speech`; return what was heard from the first pull on."""
        chance = random.Random(self.seed)
        on_the_way: list[tuple[float, int, bytes]] = []
        frames = speech[: speech.size // 960 * 960].reshape(-1, 960)
        for index, frame in enumerate(frames):
            sent = 5.0 + index * FRAME_SECONDS
            packet = self.outbound.push(frame, sent)
            travel = self.delay(index, chance)
            if travel is not None:
                heappush(on_the_way, (sent + travel, index, packet))
        heard = []
        for tick in range(len(frames) + 10):
            now = 5.0 + self.phase + tick * FRAME_SECONDS * (1 + self.drift)
            while on_the_way and on_the_way[0][0] <= now:
                arrived, _, packet = heappop(on_the_way)
                self.inbound.receive(packet, arrived)
            heard.append(self.inbound.pull(now))
            self.delays.append(self.inbound.jitter_delay)
        return np.concatenate(heard)


def tone(seconds: float, amplitude: int = 8000) -> NDArray[np.int16]:
    time = np.arange(int(seconds * 48_000)) / 48_000
    return (amplitude * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
