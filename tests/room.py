"""A loudspeaker and a microphone in a room, in numbers: what the microphone hears of what was played.

played ──→ device delay ──→ room response (image method) ──→ + near voice, + noise ──→ microphone
"""

import math
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate, fftconvolve

from voip.media.voice import Voice

RATE = 48_000
BLOCK = RATE // 100
ASSETS = Path(__file__).resolve().parents[1] / "assets"
SOUND = 343.0
"""m/s."""
Sound = NDArray[np.float64]


def speech(name: str) -> Sound:
    """`alice` (14.9 s) or `bob` (15.8 s), in steps of 16 bit."""
    with wave.open(str(ASSETS / f"{name}.wav")) as wav:
        return np.frombuffer(wav.readframes(wav.getnframes()), "<i2").astype(np.float64)


def room_response(
    size: tuple[float, float, float] = (4.2, 3.4, 2.6),
    loudspeaker: tuple[float, float, float] = (1.2, 1.5, 0.9),
    microphone: tuple[float, float, float] = (1.75, 1.7, 0.95),
    rt60: float = 0.35,
) -> Sound:
    """Impulse response, of energy 1, of a shoebox room: mirror images as delayed, fainter copies (Allen, Berkley 1979).

    Metres, seconds; the walls all absorb alike, as much as Eyring's formula asks for at `rt60`.
    """
    samples = round(rt60 * RATE)
    width, depth, height = size
    surface = 2 * (width * depth + width * height + depth * height)
    reflection = math.exp(-0.5 * 0.161 * width * depth * height / (surface * rt60))
    distances, bounces = [], []
    for length, source, sink in zip(size, loudspeaker, microphone, strict=True):
        order = math.ceil(SOUND * rt60 / (2 * length))
        at = np.arange(-order, order + 1)
        distances.append(np.concatenate((2 * at * length + source - sink, 2 * at * length - source - sink)))
        bounces.append(np.concatenate((2 * np.abs(at), np.abs(2 * at - 1))))
    x, y, z = np.meshgrid(*distances, indexing="ij", sparse=True)
    distance = np.sqrt(x**2 + y**2 + z**2).ravel()
    count = sum(np.meshgrid(*bounces, indexing="ij", sparse=True)).ravel()
    arrival = distance / SOUND * RATE
    near = arrival < samples - 1
    arrival, strength = arrival[near], (reflection**count / distance.clip(0.01))[near]
    whole = arrival.astype(int)
    response = np.zeros(samples)
    np.add.at(response, whole, strength * (1 - (arrival - whole)))
    np.add.at(response, whole + 1, strength * (arrival - whole))
    return response / math.sqrt(float(np.dot(response, response)))


RESPONSE = room_response()


def echo(played: Sound, delay_ms: float, db: float = -6.0, drive: float = 0.0) -> Sound:
    """What the microphone hears of `played`, `db` against it; `drive`: how far a small loudspeaker is overdriven."""
    driven = np.tanh(played / 32768 * drive) / drive * 32768 if drive else played
    delay = round(delay_ms * RATE / 1000)
    heard = fftconvolve(driven, RESPONSE)[: played.size] * 10 ** (db / 20)
    return np.concatenate((np.zeros(delay), heard))[: played.size]


def noise(samples: int, dbfs: float = -75.0, seed: int = 4) -> Sound:
    """A quiet microphone's own."""
    return np.random.default_rng(seed).normal(0, 32768 * 10 ** (dbfs / 20), samples)


def call(voice: Voice, heard: Sound, played: Sound, reported: NDArray[np.float64] | float, frame: int = BLOCK) -> Sound:
    """`heard` through `voice`, while `played` goes to the loudspeaker, 10 ms at a time; `reported`: ms, by frame."""
    pcm, far = (np.clip(np.rint(signal), -32768, 32767).astype(np.int16) for signal in (heard, played))
    frames = pcm.size // frame
    delays = np.broadcast_to(reported, frames)
    out, handed = [], 0
    for index in range(frames):
        while handed < (index + 1) * frame:
            voice.played(far[handed : handed + BLOCK], handed / RATE)
            handed += BLOCK
        out.append(voice.process(pcm[index * frame : (index + 1) * frame], float(delays[index])))
    return np.concatenate(out).astype(np.float64)


def power(signal: Sound) -> float:
    """Mean square."""
    return float(np.mean(signal**2))


def erle(echo_alone: Sound, out: Sound, start: float, end: float) -> float:
    """dB by which the echo came out fainter, over those 10 ms from `start` to `end` (s) in which it is above −50 dBFS.

    Minus infinity where there is less than a fifth of it: nothing is shown by a pause.
    """
    begin, count = round(start * 100), round((end - start) * 100)
    before, after = (
        (signal[begin * BLOCK : (begin + count) * BLOCK].reshape(-1, BLOCK) ** 2).mean(axis=1)
        for signal in (echo_alone, out)
    )
    loud = before > (32768 * 10 ** (-50 / 20)) ** 2
    if np.count_nonzero(loud) < count / 5:
        return -math.inf
    return 10 * math.log10(before[loud].sum() / max(1e-3, after[loud].sum()))


def likeness(clean: Sound, out: Sound, start: float, end: float) -> tuple[float, float]:
    """(correlation of `out` with `clean` from `start` to `end`, in seconds; how many ms `out` is later)."""
    begin, reach = round(start * RATE), RATE // 20
    length = min(round(end * RATE), out.size) - begin - reach
    said = clean[begin : begin + length]
    lag = int(np.argmax(correlate(out[begin : begin + length + reach], said, "valid", method="fft")))
    came = out[begin + lag : begin + lag + length]
    return float(np.dot(said, came) / math.sqrt(np.dot(said, said) * np.dot(came, came))), 1000 * lag / RATE
