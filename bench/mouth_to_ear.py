#!/usr/bin/env python3
"""From mouth to ear: how long a sound played into alice's microphone needs to bob's loudspeaker, measured acoustically.

    chirps ──→ mic_a ──.monitor──→ program a ═══ program b ──→ spk_b ──.monitor──→ recorder
                  └──────────.monitor───────────────────────────────────────────→ recorder, on the same clock

A chirp (100 ms, 300..3400 Hz, 0.8..1.2 s after the last one) survives any speech codec; a matched filter finds it in
both recordings, and the difference of the two times is the latency. There is no acoustic path, no sound card buffer and
no network here: a real call adds those.

    python bench/mouth_to_ear.py zero                          the error of the method (about 0)
    python bench/mouth_to_ear.py floor                         rows for a bare pass-through with sounddevice
    python bench/mouth_to_ear.py command --a 'CMD' --b 'CMD'   two programs, each in its side's environment
"""

import argparse
import json
import math
import shlex
import statistics
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from rig.virtual_sound import RATE, Recording, Side, VirtualSoundCards

Floats = NDArray[np.float64]
CHIRP_SECONDS = 0.1
SEARCH_SECONDS = 0.75
"""The next chirp is at least 0.8 s away, so none can be taken for another."""

PASS_THROUGH = """
import sys, time, sounddevice
def copy(indata, outdata, frames, when, status): outdata[:] = indata
latency = sys.argv[1] if sys.argv[1] in ("low", "high") else float(sys.argv[1])
with sounddevice.Stream(samplerate=48000, blocksize=int(sys.argv[2]), channels=1, dtype="int16", latency=latency,
                        callback=copy):
    time.sleep(3600)
"""
OWN_PORT = """
import asyncio
from voip.io.audio.opening import open_port
async def main():
    port = open_port(None, None)
    def tick():
        if len(port.capture):
            port.playout.write(port.capture.read(len(port.capture)))
    port.playout.write(__import__("numpy").zeros(port.playout_block, "int16"))
    port.start(tick)
    await asyncio.sleep(3600)
asyncio.run(main())
"""
FLOORS = {"sounddevice 0.010/240": ("0.010", "240"), "sounddevice 'low'": ("low", "480")}


def chirp() -> NDArray[np.complex128]:
    """The chirp as an analytic signal: a filter that knows it finds it whatever its phase has become."""
    t = np.arange(int(CHIRP_SECONDS * RATE)) / RATE
    phase = 2 * np.pi * (300 * t + (3400 - 300) * t * t / (2 * CHIRP_SECONDS))
    return np.asarray(np.exp(1j * phase) * np.hanning(t.size))


def write_chirps(path: Path, count: int) -> float:
    """`count` chirps at uneven distances over faint noise; returns the seconds that they take."""
    rng = np.random.default_rng(1)
    gaps = (rng.uniform(0.8, 1.2, count) * RATE).astype(int)
    signal = rng.normal(0, 3e-4, int(gaps.sum()) + RATE)
    sound, at = 0.5 * chirp().real, 0
    for gap in gaps:
        signal[at : at + sound.size] += sound
        at += gap
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((signal * 32767).astype("<i2").tobytes())
    return signal.size / RATE


def correlate(x: Floats) -> tuple[Floats, Floats]:
    """For each sample: how strong, and how like (0..1), is a chirp that begins there?"""
    sound = chirp()
    size = 1 << (x.size + sound.size).bit_length()
    strength = np.abs(np.fft.ifft(np.fft.fft(x, size) * np.conj(np.fft.fft(sound, size))))[: x.size]
    sums = np.concatenate([[0.0], np.cumsum(x * x), np.full(sound.size, np.sum(x * x))])
    energy = np.maximum(sums[sound.size : sound.size + x.size] - sums[: x.size], 1e-3)
    return strength, strength * np.sqrt(2 / (energy * np.sum(np.abs(sound) ** 2)))


def latencies(said: Recording, heard: Recording, settle: float) -> list[float]:
    """Milliseconds for each chirp said later than `settle` seconds; not a number where it was not heard."""
    strength, _ = correlate(said.samples)
    heard_strength, likeness = correlate(heard.samples)
    found: list[float] = []
    at, threshold = 0, 0.5 * float(strength.max())
    while at < strength.size:
        if strength[at] < threshold:
            at += 1
            continue
        at += int(np.argmax(strength[at : at + RATE // 10]))
        spoken = said.when(at)
        begin = int((spoken - heard.when(0)) * RATE)
        begin += int((spoken - heard.when(begin)) * RATE)  # again, with the clock of that moment
        low, high = max(0, begin - RATE // 20), min(heard.samples.size, begin + int(SEARCH_SECONDS * RATE))
        if at > settle * RATE and high - low >= 0.9 * SEARCH_SECONDS * RATE:
            best = low + int(np.argmax(heard_strength[low:high]))
            found.append((heard.when(best) - spoken) * 1e3 if likeness[best] > 0.5 else math.nan)
        at += RATE // 2
    return found


def listen(cards: VirtualSoundCards, *, chirps: int, settle: float, ear: str = "spk_b.monitor") -> list[float]:
    """Play chirps into `mic_a` and find them at `ear`; the first `settle` seconds do not count."""
    wav = cards.dir / "chirps.wav"
    seconds = write_chirps(wav, chirps + int(settle) + 2)
    recorder = cards.record("mic_a.monitor", ear)
    cards.play(wav, "mic_a").wait(seconds + 20)
    time.sleep(SEARCH_SECONDS)
    said, heard = recorder.stop()
    return latencies(said, heard, settle)[-chirps:]


def summary(found: list[float]) -> dict[str, float]:
    """p50, p95, min in milliseconds; chirps played and missed."""
    good = [value for value in found if not math.isnan(value)]
    row: dict[str, float] = {"chirps": len(found), "missed": len(found) - len(good)}
    if good:
        row |= {
            "p50": round(statistics.median(good), 1),
            "p95": round(float(np.percentile(good, 95)), 1),
            "min": round(min(good), 1),
        }
    return row


def measure(
    start_a: list[str],
    start_b: list[str],
    *,
    cards: VirtualSoundCards | None = None,
    ready: float | Callable[[], bool] = 5.0,
    chirps: int = 20,
    settle: float = 3.0,
    env: dict[str, str] | None = None,
) -> dict[str, float]:
    """Start `start_b`, then `start_a`, each in its side's environment; alice's side speaks, bob's side is listened to.

    `ready`: seconds until the call is up, or a function that says so. `cards`: a rig that is already running; without
    it, one is made and ended here. Raises `RuntimeError` when a program ends before its time.
    """
    if cards is None:
        with VirtualSoundCards() as own:
            return measure(start_a, start_b, cards=own, ready=ready, chirps=chirps, settle=settle, env=env)
    began = time.monotonic()
    sides: list[tuple[Side, list[str]]] = [("b", start_b), ("a", start_a)]
    programs = {
        f"side-{side}": cards.start(f"side-{side}", command, side, env=cards.env(side, **(env or {})))
        for side, command in sides
        if command
    }
    is_up = ready if callable(ready) else lambda: time.monotonic() - began > ready
    cards.wait_until(is_up, 60.0, "the call")
    found = listen(cards, chirps=chirps, settle=settle)
    for name, program in programs.items():
        if program.poll() is not None:
            raise RuntimeError(f"{name} ended with {program.returncode}: {cards.log(name)[-1500:]}")
        program.terminate()
        program.wait(10)
    return summary(found)


def floor(name: str, *, chirps: int = 20) -> dict[str, float]:
    """A bare pass-through from alice's microphone to bob's loudspeaker: no call can be faster here."""
    with VirtualSoundCards() as cards:
        if name == "zero":
            return summary(listen(cards, chirps=chirps, settle=2.0, ear="mic_a.monitor"))
        if name == "own port":
            command = [sys.executable, "-c", OWN_PORT]
        else:
            command = [sys.executable, "-c", PASS_THROUGH, *FLOORS[name]]
        return measure(command, [], cards=cards, ready=2.0, chirps=chirps, env={"PULSE_SINK": "spk_b"})


def main() -> int:
    """Run what the command line asks for; one JSON line per row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["zero", "floor", "command"])
    parser.add_argument("--a", default="", help="command of the side that speaks")
    parser.add_argument("--b", default="", help="command of the side that listens")
    parser.add_argument("--ready", type=float, default=5.0, help="seconds until the call is up")
    parser.add_argument("--chirps", type=int, default=20)
    parser.add_argument("--only", default="", help="floor: only the row of this name")
    options = parser.parse_args()
    if options.what == "command":
        row = measure(shlex.split(options.a), shlex.split(options.b), ready=options.ready, chirps=options.chirps)
        print(json.dumps({"row": "command", **row}))
        return 0 if "p50" in row else 1
    names = ["zero"] if options.what == "zero" else [*FLOORS, "own port"]
    for name in [options.only] if options.only else names:
        print(json.dumps({"row": name, **floor(name, chirps=options.chirps)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
