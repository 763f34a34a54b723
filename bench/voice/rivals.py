"""What other receivers do with the same packets at the same moments.

    packets by arrival ──→ Rival.receive ──→ … ──→ Rival.next_frame: a frame, the next one (for LBRR), or nothing
                                                       └─→ Opus: decode | recover | conceal ──→ blocks

- `Fixed`: plays each frame so long after the first packet came; what is later is lost.
- `Adaptive`: the same, but in pauses the delay is set anew, to mean + 4 × mean deviation of the transit (Ramjee et al.,
  INFOCOM 1994, algorithm 1), as phones did before they could stretch. With LBRR a frame more: what is lost comes with
  the next packet, so whoever does not wait for that has no use of it.
- `Aiortc`: aiortc's JitterBuffer with the figures of its receiver (16 packets, 4 ahead); it hands frames out when
  packets come in, and whoever plays them takes them as they come. Where there is none, Opus conceals; aiortc does not.

A rival's missing sound is concealed by Opus. Redundancy of ours is not theirs; LBRR is where frames carry it.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from voip.config import SAMPLE_RATE
from voip.media.pcm import level

from .call import BLOCK, TAIL, Heard, Packet, Tally
from .lbrr import Opus
from .network import Profile

_QUIET_DB = -50.0


class Rival(Protocol):
    """A receiver."""

    late: int
    """Packets that came too late."""
    samples: int
    """Of the frame that was asked for last, there or not."""

    def receive(self, packet: Packet, now: float) -> None:
        """It came."""

    def next_frame(self, now: float) -> Packet | None:
        """The frame that is to be played now, or None: not there."""

    def following(self) -> bytes | None:
        """When it is not there: the frame right after it, if that is."""

    def ready(self, now: float) -> bool:
        """Whether playing has begun."""

    def played(self, loudness: float) -> int:
        """A frame so loud (dBFS) was played; returns by how many frames to wait (1) or to skip (-1)."""


class Fixed:
    """A buffer of one length for ever."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._frames: dict[int, Packet] = {}
        self._next: int | None = None
        self.samples = 0
        self._begin = 0.0
        self.late = 0

    def receive(self, packet: Packet, now: float) -> None:
        """See `Rival`."""
        if self._next is None:
            self._next, self.samples, self._begin = packet.timestamp, packet.samples, now + self._delay
        if _after(packet.timestamp, self._next) < 0:
            self.late += 1
        else:
            self._frames[packet.timestamp] = packet

    def ready(self, now: float) -> bool:
        """See `Rival`."""
        return self._next is not None and now >= self._begin

    def next_frame(self, now: float) -> Packet | None:  # noqa: ARG002
        """See `Rival`."""
        assert self._next is not None
        packet = self._frames.pop(self._next, None)
        if packet is not None:
            self.samples = packet.samples
        elif self._frames:
            # After a change of frame length the next one need not be a whole frame away.
            ahead = min(_after(timestamp, self._next) for timestamp in self._frames)
            self.samples = min(self.samples, ahead)
        self._next = self._next + self.samples & 0xFFFF_FFFF
        self._frames = {at: held for at, held in self._frames.items() if _after(at, self._next) >= 0}
        return packet

    def following(self) -> bytes | None:
        """See `Rival`."""
        packet = self._frames.get(self._next) if self._next is not None else None
        return packet.frame if packet is not None else None

    def played(self, loudness: float) -> int:  # noqa: ARG002
        """See `Rival`."""
        return 0


class Adaptive(Fixed):
    """A buffer that is set anew in pauses."""

    def __init__(self, more: float = 0.0, gain: float = 0.01) -> None:
        super().__init__(0.040)
        self._more, self._gain = more, gain
        self._mean: float | None = None
        self._deviation = 0.0
        self._first_timestamp = 0
        self._wanted = self._now = 0.0

    def receive(self, packet: Packet, now: float) -> None:
        """See `Rival`."""
        super().receive(packet, now)
        if self._mean is None:
            self._first_timestamp = packet.timestamp
        transit = now - _after(packet.timestamp, self._first_timestamp) / SAMPLE_RATE
        if self._mean is None:
            self._mean = transit
        self._mean += self._gain * (transit - self._mean)
        self._deviation += self._gain * (abs(transit - self._mean) - self._deviation)
        self._wanted = self._mean + 4 * self._deviation + self._more

    def next_frame(self, now: float) -> Packet | None:
        """See `Rival`."""
        assert self._next is not None
        self._now = now - _after(self._next, self._first_timestamp) / SAMPLE_RATE
        return super().next_frame(now)

    def played(self, loudness: float) -> int:
        """See `Rival`."""
        if loudness > _QUIET_DB or self._next is None:
            return 0
        frame = self.samples / SAMPLE_RATE
        if self._now < self._wanted - frame / 2:
            return 1
        if self._now > self._wanted + frame:
            self._frames.pop(self._next, None)
            self._next = self._next + self.samples & 0xFFFF_FFFF
            return -1
        return 0


class Aiortc:
    """aiortc's own class, and a queue behind it."""

    def __init__(self) -> None:
        # A rival is installed for the bench alone: whoever runs the tests need not have it.
        from aiortc.jitterbuffer import JitterBuffer  # noqa: PLC0415
        from aiortc.rtp import RtpPacket  # noqa: PLC0415

        self._packet = RtpPacket
        self._buffer = JitterBuffer(capacity=16, prefetch=4)
        self._queue: deque[tuple[bytes, int]] = deque()
        self._lengths: dict[int, int] = {}
        self.samples = 0
        self.late = 0

    def receive(self, packet: Packet, now: float) -> None:  # noqa: ARG002
        """See `Rival`."""
        self._lengths[packet.timestamp] = packet.samples
        rtp = self._packet(111, 0, packet.number, packet.timestamp, 1, packet.frame)
        rtp._data = packet.frame  # noqa: SLF001 - as its receiver does before `add`
        _, frame = self._buffer.add(rtp)
        if frame is not None:
            self._queue.append((frame.data, self._lengths.get(frame.timestamp, packet.samples)))

    def ready(self, now: float) -> bool:  # noqa: ARG002
        """See `Rival`."""
        return self.samples > 0 or bool(self._queue)

    def next_frame(self, now: float) -> Packet | None:  # noqa: ARG002
        """See `Rival`."""
        if not self._queue:
            return None
        data, self.samples = self._queue.popleft()
        return Packet(0, 0, data, self.samples, ())

    def following(self) -> bytes | None:
        """See `Rival`."""
        return None

    def played(self, loudness: float) -> int:  # noqa: ARG002
        """See `Rival`."""
        return 0


def listen(
    rival: Rival,
    packets: Sequence[Packet],
    profile: Profile,
    *,
    said: int,
    judged_from: float,
    fec: bool = False,
    phase: float = 0.002,
) -> Heard:
    """What `rival` makes of `packets`, pulled in blocks as ours is. `said`: samples that were spoken."""
    arrivals = [(at, order, packet) for order, packet in enumerate(packets) for at in packet.arrivals]
    heapq.heapify(arrivals)
    opus, sound = Opus(), np.zeros(0, np.int16)
    blocks = int((said / SAMPLE_RATE + TAIL) * SAMPLE_RATE) // BLOCK
    heard = np.zeros((blocks, BLOCK), np.int16)
    pulled = concealed = moved = 0
    first = last = Tally(*(0,) * 8)
    missing = runs = 0
    was_missing = False
    for block in range(blocks):
        now = phase + block * BLOCK / SAMPLE_RATE
        while arrivals and arrivals[0][0] <= now:
            at, _, packet = heapq.heappop(arrivals)
            rival.receive(packet, at)
        if not rival.ready(now):
            continue
        while len(sound) < BLOCK:
            frame = rival.next_frame(now)
            following = rival.following() if fec and frame is None else None
            if frame is not None:
                pcm = opus.decode(frame.frame, frame.samples)
            elif following is not None:
                pcm = opus.recover(following, rival.samples)
            else:
                pcm = opus.conceal(rival.samples)
                concealed += len(pcm)
                missing += 1
                runs += not was_missing
            was_missing = frame is None and following is None
            change = rival.played(level(pcm))
            moved += abs(change) * len(pcm)
            sound = np.concatenate((sound, pcm, np.zeros(len(pcm) if change > 0 else 0, np.int16)))
        heard[block], sound = sound[:BLOCK], sound[BLOCK:]
        pulled += BLOCK
        if now > said / SAMPLE_RATE:
            continue
        last = Tally(pulled, concealed, moved, missing, runs, missing, runs, rival.late)
        if now < judged_from:
            first = last
    return Heard(heard.reshape(-1), phase, profile, (first, last))


def _after(timestamp: int, other: int) -> int:
    """Ticks from `other` to `timestamp`, across the wrap (RFC 1982)."""
    return (timestamp - other + 2**31) % 2**32 - 2**31
