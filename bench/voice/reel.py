"""What is said in a call: people one after another, with a breath between, and where each begins.

assets/alice, bob (cut in two at a pause), scots, russian ─┐
out/speech/*.wav, where `make_speech.sh` has made them ────┴─→ 48 kHz ──→ pcm, int16 (n,), and its parts
"""

import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

Sound = NDArray[np.int16]

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
BREATH = 0.6
"""Seconds of near silence between two."""
LEAD_IN = 10.0
"""Seconds that are spoken but not judged: what is adaptive may adapt."""
_ROOM = 1.5
"""Noise of the room, standard deviation in steps of 16 bit: −87 dBFS. No microphone gives true zeros."""
_SHIPPED = ("alice", "bob", "scots", "russian")
_CUT_IN_TWO = 12.0
"""Seconds from which a recording makes two parts: PESQ wants 8 to 12."""


@dataclass(frozen=True, slots=True)
class Part:
    """One person's turn, in samples of the reel."""

    who: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reel:
    """All of it. The first turn is the lead-in."""

    pcm: Sound
    parts: tuple[Part, ...]
    """Those that are judged."""

    @property
    def judged_from(self) -> float:
        """Seconds."""
        return self.parts[0].start / RATE


def load(path: Path) -> Sound:
    """A mono 16-bit WAV file at 48 kHz."""
    with wave.open(str(path)) as wav:
        if wav.getnchannels() != 1 or wav.getsampwidth() != 2:
            raise ValueError(f"{path} is not mono with 16 bits")
        pcm = np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
        rate = wav.getframerate()
    return pcm if rate == RATE else soxr.resample(pcm, rate, RATE, "VHQ")


def _turns(who: str, pcm: Sound) -> list[tuple[str, Sound]]:
    """The recording, or its two halves, cut where it is quietest near the middle."""
    if len(pcm) < _CUT_IN_TWO * RATE:
        return [(who, pcm)]
    hop = RATE // 50
    power = np.square(pcm[: len(pcm) // hop * hop].astype(np.float64)).reshape(-1, hop).sum(axis=1)
    around = np.convolve(power, np.ones(9), "same")
    third = len(around) // 3
    cut = (third + int(np.argmin(around[third:-third]))) * hop
    return [(f"{who} 1", pcm[:cut]), (f"{who} 2", pcm[cut:])]


@cache
def reel() -> Reel:
    """The same each time. Everybody who is there speaks; the lead-in is made of the first two turns."""
    made = sorted((ROOT / "out" / "speech").glob("*.wav"))
    paths = [ROOT / "assets" / f"{name}.wav" for name in _SHIPPED]
    paths += [path for path in made if path.stem not in _SHIPPED]
    turns = [turn for path in paths for turn in _turns(path.stem, load(path))]
    chance = np.random.default_rng(1)
    breath = int(BREATH * RATE)
    lead_in = np.concatenate([pcm for _, pcm in turns])[: int(LEAD_IN * RATE)]
    pieces, parts, at = [lead_in, np.zeros(breath, np.int16)], [], len(lead_in) + breath
    for who, pcm in turns:
        parts.append(Part(who, at, at + len(pcm)))
        pieces += [pcm, np.zeros(breath, np.int16)]
        at += len(pcm) + breath
    pieces.append(np.zeros(RATE, np.int16))
    spoken = np.concatenate(pieces)
    heard = np.rint(spoken + chance.normal(0, _ROOM, len(spoken)))
    return Reel(np.clip(heard, -32768, 32767).astype(np.int16), tuple(parts))
