"""A call in virtual time: the true pipes, joined by a link each way.

    reel ──frames──→ Outbound ──SRTP──→ Link ──→ Inbound ──pull(240)──→ heard
                        ↑ Plan                      │ report block, losses
                    Adaptation ←── Inbound ←─ Link ←┘ once a second

The speaker's sound card may drift; time is the listener's. Encoding, decoding and the cards themselves take no time.
Reports have links of their own, with the same conditions, so that voice packets meet the same fate with and without.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from voip.config import SAMPLE_RATE
from voip.media.adaptation import Adaptation
from voip.media.inbound import Inbound
from voip.media.outbound import Outbound
from voip.media.plan import Mode, Plan
from voip.wire.rtcp import ntp_from_unix
from voip.wire.rtcp_xr import ExtendedReport

from .network import Link, Profile
from .reel import Sound

BLOCK = 240
"""Samples that the listener's sound card takes at once."""
REPORT_EVERY = 1.0
TAIL = 1.5
"""Seconds that are listened to after the last word was said."""
_THERE, _BACK, _REPORTS_THERE = 0, 1, 2


class Packet(NamedTuple):
    """One voice packet, for those who look at the same ones."""

    number: int
    timestamp: int
    frame: bytes
    """Of Opus, without redundancy."""
    samples: int
    arrivals: tuple[float, ...]


class Tally(NamedTuple):
    """Counters of a receiver: differences of two tell of what lies between."""

    pulled: int
    concealed: int
    stretched: int
    missing: int
    missing_runs: int
    lost: int
    lost_runs: int
    late: int


@dataclass(slots=True)
class Heard:
    """What came out at the other end."""

    pcm: Sound
    began: float
    """When its first sample was played."""
    profile: Profile
    tallies: tuple[Tally, Tally]
    """When judging begins, and when the last word was said."""
    transits: tuple[float, ...] = ()
    packets: tuple[Packet, ...] = ()
    plans: list[tuple[float, Plan]] = field(default_factory=list)
    """From when on each was used."""
    targets: list[float] = field(default_factory=list)
    """The jitter buffer's aim, each second."""

    @property
    def counted(self) -> Tally:
        """While it was judged."""
        before, after = self.tallies
        return Tally(*(b - a for a, b in zip(before, after, strict=True)))


def tally(inbound: Inbound) -> Tally:
    """As it now stands."""
    counts = inbound.counts
    return Tally(
        inbound.pulled_samples,
        inbound.concealed_samples,
        inbound.accelerated_samples + inbound.expanded_samples,
        counts.missing,
        counts.missing_runs,
        counts.lost,
        counts.lost_runs,
        counts.late,
    )


class _Call:
    def __init__(
        self, said: Sound, profile: Profile, seed: int, plan: Plan | None, adaptation: Adaptation | None
    ) -> None:
        chance = np.random.default_rng([seed, 77])
        self.keys = chance.bytes(44), chance.bytes(44)
        self.said, self.profile = said, profile
        self.there, self.back, self.reports = (
            Link(profile, seed, direction=direction) for direction in (_THERE, _BACK, _REPORTS_THERE)
        )
        self.adaptation = adaptation
        first = adaptation.choice.plan if adaptation else plan
        if first is None:
            raise ValueError("a plan or a mode is needed")
        number, timestamp = int(chance.integers(1 << 15)), int(chance.integers(1 << 32))
        self.speaker = Outbound(self.keys[0], 1, first, sequence_number=number, timestamp=timestamp)
        self.speaker.on_frame = self._note
        self.hears_reports = Inbound(self.keys[1], self.speaker.round_trip)
        self.listener = Inbound(self.keys[0])
        self.reporter = Outbound(self.keys[1], 2, sequence_number=0, timestamp=0)
        self.number, self.timestamp = number, timestamp
        self.frame = b""
        self.at = 0
        """Samples that were said."""
        self.packets: list[Packet] = []
        self.plans = [(0.0, first)]
        self.coming: list[tuple[float, int, Callable[[float], None]]] = []
        self.order = 0
        self.phase = float(chance.random()) * BLOCK / SAMPLE_RATE

    def _note(self, frame: bytes) -> None:
        self.frame = frame

    def _later(self, at: float, what: Callable[[float], None]) -> None:
        self.order += 1
        heapq.heappush(self.coming, (at, self.order, what))

    def _due(self) -> float:
        """When the next frame is full."""
        end = self.at + self.speaker.frame_samples
        return end / (SAMPLE_RATE * (1 + self.profile.drift_ppm * 1e-6))

    def _say(self, now: float) -> None:
        samples = self.speaker.frame_samples
        sealed = self.speaker.push(self.said[self.at : self.at + samples], now)
        arrivals = self.there.carry(len(sealed), now)
        for arrival in arrivals:
            self._later(arrival, lambda at: self.listener.receive(sealed, at))
        self.packets.append(Packet(self.number & 0xFFFF, self.timestamp, self.frame, samples, tuple(arrivals)))
        self.at += samples
        self.number += 1
        self.timestamp = self.timestamp + samples & 0xFFFF_FFFF

    def _report(self, now: float) -> None:
        """Both ends report, as `client/sound` has them do."""
        ours = self.speaker.report(now, ntp_from_unix(1e9 + now), None)
        for arrival in self.reports.carry(len(ours), now):
            self._later(arrival, lambda at: self.listener.receive(ours, at))
        seen = self.listener.meter.loss_rle() if self.listener.meter is not None else None
        losses = ExtendedReport(self.reporter.ssrc, (seen,)) if seen is not None else None
        block = self.listener.report_block(now)
        theirs = self.reporter.report(now, ntp_from_unix(1e9 + now), block, losses)
        for arrival in self.back.carry(len(theirs), now):
            self._later(arrival, lambda at: self.hears_reports.receive(theirs, at))
        self._adapt(now)

    def _adapt(self, now: float) -> None:
        """Once a second, from what has come by then: as `media/steering` does, which knows no bound on the bits."""
        told = self.hears_reports.peer.take()
        if self.adaptation is None or told is None:
            return
        choice = self.adaptation.report(
            now, loss=told.loss, burst=told.burst, jitter=told.jitter, round_trip=self.speaker.round_trip.last
        )
        if choice.plan != self.speaker.plan:
            self.speaker.become(choice.plan)
            self.plans.append((now, choice.plan))

    def run(self, judged_from: float) -> Heard:
        blocks = int((len(self.said) / SAMPLE_RATE + TAIL) * SAMPLE_RATE) // BLOCK
        heard = np.zeros((blocks, BLOCK), np.int16)
        reported, first, targets = 0.0, tally(self.listener), []
        last = first
        for block in range(blocks):
            now = self.phase + block * BLOCK / SAMPLE_RATE
            while self.at + self.speaker.frame_samples <= len(self.said) and (due := self._due()) <= now:
                self._arrived_until(due)
                self._say(due)
            self._arrived_until(now)
            if now - reported >= REPORT_EVERY:
                reported = now
                self._report(now)
                targets.append(self.listener.target_delay)
            heard[block] = self.listener.pull(BLOCK, now)
            if now < judged_from:
                first = tally(self.listener)
            elif self.at + self.speaker.frame_samples <= len(self.said):
                last = tally(self.listener)
        return Heard(
            heard.reshape(-1),
            self.phase,
            self.profile,
            (first, last),
            tuple(self.there.transits),
            tuple(self.packets),
            self.plans,
            targets,
        )

    def _arrived_until(self, now: float) -> None:
        while self.coming and self.coming[0][0] <= now:
            at, _, what = heapq.heappop(self.coming)
            what(at)


def call(
    said: Sound, profile: Profile, seed: int, how: Plan | Mode, *, highest: int = 32_000, judged_from: float = 0.0
) -> Heard:
    """One call over `profile`. `how`: a plan that stays, or a mode that adapts within `highest` bit/s of Opus."""
    if isinstance(how, Plan):
        return _Call(said, profile, seed, how, None).run(judged_from)
    return _Call(said, profile, seed, None, Adaptation(how, highest=highest)).run(judged_from)
