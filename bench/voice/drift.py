"""An hour of two sound cards that disagree by 200 ppm: does the delay stay, and is there a click?

    reel, encoded once ──→ packets in the clear, over and over ──→ Inbound ──pull(240)──→ steps, lags

Encoding an hour would take minutes and show nothing, so the reel is encoded once and sent again and again; SRTP is left
out for the same reason. The listener is the true one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voip.config import OPUS_PAYLOAD_TYPE, SAMPLE_RATE
from voip.media.codec import Encoder
from voip.media.inbound import Inbound
from voip.media.plan import BALANCED
from voip.wire.rtp import RtpPacket

from .call import BLOCK, tally
from .ear import lags
from .network import Link
from .profiles import PROFILES
from .reel import RATE, Sound, reel

SETTLING = 20.0
"""Seconds at the beginning that are not judged."""
_NEAR = int(0.020 * RATE)
_MINUTE = 60.0
QUIET = 60.0
"""A step counts against the loudness around it, but no less than this: −55 dBFS."""


class Clear:
    """In the place of an `Unprotector`."""

    rejected = 0

    def unprotect_untrusted(self, packet: bytes) -> bytes:
        """As it came."""
        return packet


@dataclass(frozen=True, slots=True)
class Drifted:
    """One run."""

    ppm: float
    seconds: float
    delay_ms: float
    """Median, as `judged`."""
    away_ms: float
    """The most that the mean of five seconds was away from frame + look-ahead + the buffer's own aim at that time."""
    stretched: float
    """Share of samples left out or played twice."""
    concealed: float
    step: float
    """Largest difference of two neighbouring samples, steps of 16 bit."""
    step_relative: float
    """The 99.999th percentile of such differences over the loudness of the 20 ms around: clicks where it is quiet."""
    step_most_relative: float
    """The largest of those."""


def _steps(pcm: Sound) -> tuple[float, NDArray[np.float64]]:
    """The largest step, and the largest of each 5 ms over the loudness around it."""
    wave = pcm.astype(np.float64)
    step = np.abs(np.diff(wave, prepend=wave[0]))
    hop = _NEAR // 4
    whole = len(wave) // hop * hop
    power = np.square(wave[:whole]).reshape(-1, hop).mean(axis=1)
    loudness = np.sqrt(np.convolve(power, np.ones(4) / 4, "same"))
    most = step[:whole].reshape(-1, hop).max(axis=1)
    return float(step.max()), most / np.maximum(loudness, QUIET)


def hour(ppm: float, seconds: float, seed: int = 1) -> Drifted:
    """Speech for so long, spoken by a card that runs `ppm` faster than the listener's."""
    said = reel().pcm
    said = said[: len(said) // BALANCED.frame_samples * BALANCED.frame_samples]
    encoder = Encoder(BALANCED.bitrate, BALANCED.frame_ms)
    frames = [encoder.encode(pcm) for pcm in said.reshape(-1, BALANCED.frame_samples)]
    listener, link = Inbound(bytes(44)), Link(PROFILES["clean"], seed)
    listener.unprotector = Clear()
    sent = 0
    coming: list[tuple[float, bytes]] = []
    piece: list[Sound] = []
    began = 0.002
    lag_at, lag, steps, largest, aims = [], [], [], 0.0, []
    frame_seconds = BALANCED.frame_samples / SAMPLE_RATE / (1 + ppm * 1e-6)
    first = tally(listener)
    for block in range(int(seconds * SAMPLE_RATE) // BLOCK):
        now = 0.002 + block * BLOCK / SAMPLE_RATE
        while (due := (sent + 1) * frame_seconds) <= now:
            rtp = RtpPacket(
                OPUS_PAYLOAD_TYPE,
                False,
                sent & 0xFFFF,
                sent * BALANCED.frame_samples & 0xFFFF_FFFF,
                1,
                frames[sent % len(frames)],
            )
            coming += [(at, rtp.pack()) for at in link.carry(80, due)]
            sent += 1
        while coming and coming[0][0] <= now:
            at, packet = coming.pop(0)
            listener.receive(packet, at)
        if block % (SAMPLE_RATE // BLOCK) == 0:
            aims.append((now, listener.target_delay))
        if now < SETTLING:
            first = tally(listener)
        piece.append(listener.pull(BLOCK, now))
        if now - began >= _MINUTE:
            heard = np.concatenate(piece)
            # What was said while this was heard, as the drifting card counts samples.
            start = int(began * (1 + ppm * 1e-6) * SAMPLE_RATE)
            spoken = np.take(said, np.arange(start, start + len(heard)), mode="wrap")
            spoken_at = start / SAMPLE_RATE / (1 + ppm * 1e-6)
            where = lags(spoken, heard, began - spoken_at, ppm)
            lag_at.append(where.heard_at + spoken_at)
            lag.append(where.lag)
            if began > SETTLING:
                most, relative = _steps(heard)
                largest = max(largest, most)
                steps.append(relative)
            piece, began = [], now + BLOCK / SAMPLE_RATE
    counted = [b - a for a, b in zip(first, tally(listener), strict=True)]
    return _sum_up(ppm, seconds, np.concatenate(lag_at), np.concatenate(lag), aims, steps, largest, counted)


def _sum_up(
    ppm: float,
    seconds: float,
    at: NDArray[np.float64],
    lag: NDArray[np.float64],
    aims: list[tuple[float, float]],
    steps: list[NDArray[np.float64]],
    largest: float,
    counted: list[int],
) -> Drifted:
    delay = lag - PROFILES["clean"].at(0).delay
    aim_at, aim = np.array(aims).T
    own = delay - BALANCED.frame_samples / SAMPLE_RATE - 0.0065
    away = own - np.interp(at, aim_at, aim)
    bins = (at // 5).astype(int)
    settled = at >= SETTLING
    means = [float(np.mean(away[(bins == each) & settled])) for each in np.unique(bins[settled])]
    relative = np.concatenate(steps)
    return Drifted(
        ppm,
        seconds,
        1000 * float(np.median(delay[settled])),
        1000 * max(abs(mean) for mean in means),
        counted[2] / counted[0],
        counted[1] / counted[0],
        largest,
        float(np.quantile(relative, 0.999)),
        float(relative.max()),
    )
