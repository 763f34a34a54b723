#!/usr/bin/env python3
"""From mouth to ear: how long a sound played into alice's microphone needs to bob's loudspeaker, measured acoustically.

    chirps ──→ mic_a ──.monitor──→ program a ═══ program b ──→ spk_b ──.monitor──→ recorder
                  └──────────.monitor───────────────────────────────────────────→ recorder, on the same clock

Chirp and matched filter are those of `glasscall measure` (`voip/media/chirp.py`); the difference of the two times is
the latency. There is no acoustic path, no sound card buffer and no network here: a real call adds those.

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

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from rig.virtual_sound import Side, VirtualSoundCards

from voip.config import SAMPLE_RATE
from voip.media.chirp import SEARCH_SECONDS, chirps, latencies

PASS_THROUGH = """
import sys, time, sounddevice
def copy(indata, outdata, frames, when, status): outdata[:] = indata
latency = sys.argv[1] if sys.argv[1] in ("low", "high") else float(sys.argv[1])
with sounddevice.Stream(samplerate=48000, blocksize=int(sys.argv[2]), channels=1, dtype="int16", latency=latency,
                        callback=copy):
    time.sleep(3600)
"""
OWN_PORT = """
import asyncio, numpy
from voip.io.audio.opening import open_port
RESERVE = 480
async def main():
    port = open_port(None, None)
    def tick():
        if late := max(0, len(port.capture) + len(port.playout) - port.playout_block - RESERVE):
            port.capture.read(min(late, len(port.capture)))   # or a pause at the start would be heard for ever
        if len(port.capture):
            port.playout.write(port.capture.read(len(port.capture)))
    port.playout.write(numpy.zeros(port.playout_block, "int16"))
    port.start(tick)
    await asyncio.sleep(3600)
asyncio.run(main())
"""
FLOORS = {"sounddevice 0.010/240": ("0.010", "240"), "sounddevice 'low'": ("low", "480")}


def write_chirps(path: Path, count: int) -> float:
    """`count` chirps as a WAV file; returns the seconds that they take."""
    signal = chirps(count)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        out.writeframes(signal.astype("<i2").tobytes())
    return signal.size / SAMPLE_RATE


def listen(cards: VirtualSoundCards, *, count: int, settle: float, ear: str = "spk_b.monitor") -> list[float]:
    """Play chirps into `mic_a` and find them at `ear`; the first `settle` seconds do not count."""
    wav = cards.dir / "chirps.wav"
    seconds = write_chirps(wav, count + int(settle) + 2)
    recorder = cards.record("mic_a.monitor", ear)
    cards.play(wav, "mic_a").wait(seconds + 20)
    time.sleep(SEARCH_SECONDS)
    said, heard = recorder.stop()
    return latencies(said, heard, settle)[-count:]


def summary(found: list[float]) -> dict[str, float]:
    """p50, p95, p99, min in milliseconds; chirps played and missed."""
    good = [value for value in found if not math.isnan(value)]
    row: dict[str, float] = {"chirps": len(found), "missed": len(found) - len(good)}
    if good:
        row |= {
            "p50": round(statistics.median(good), 1),
            "p95": round(float(np.percentile(good, 95)), 1),
            "p99": round(float(np.percentile(good, 99)), 1),
            "min": round(min(good), 1),
        }
    return row


def measure(
    start_a: list[str],
    start_b: list[str],
    *,
    cards: VirtualSoundCards | None = None,
    ready: float | Callable[[], bool] = 5.0,
    count: int = 20,
    settle: float = 3.0,
    env: dict[str, str] | None = None,
) -> dict[str, float]:
    """Start `start_b`, then `start_a`, each in its side's environment; alice's side speaks, bob's side is listened to.

    `ready`: seconds until the call is up, or a function that says so. `cards`: a rig that is already running; without
    it, one is made and ended here. Raises `RuntimeError` when a program ends before its time.
    """
    if cards is None:
        with VirtualSoundCards() as own:
            return measure(start_a, start_b, cards=own, ready=ready, count=count, settle=settle, env=env)
    began = time.monotonic()
    sides: list[tuple[Side, list[str]]] = [("b", start_b), ("a", start_a)]
    programs = {
        f"side-{side}": cards.start(f"side-{side}", command, side, env=cards.env(side, **(env or {})))
        for side, command in sides
        if command
    }
    is_up = ready if callable(ready) else lambda: time.monotonic() - began > ready
    cards.wait_until(is_up, 60.0, "the call")
    found = listen(cards, count=count, settle=settle)
    for name, program in programs.items():
        if program.poll() is not None:
            raise RuntimeError(f"{name} ended with {program.returncode}: {cards.log(name)[-1500:]}")
        program.terminate()
        program.wait(10)
    return summary(found)


def floor(name: str, *, count: int = 20) -> dict[str, float]:
    """A bare pass-through from alice's microphone to bob's loudspeaker: no call can be faster here."""
    with VirtualSoundCards() as cards:
        if name == "zero":
            return summary(listen(cards, count=count, settle=2.0, ear="mic_a.monitor"))
        if name == "own port":
            command = [sys.executable, "-c", OWN_PORT]
        else:
            command = [sys.executable, "-c", PASS_THROUGH, *FLOORS[name]]
        return measure(command, [], cards=cards, ready=2.0, count=count, env={"PULSE_SINK": "spk_b"})


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
        row = measure(shlex.split(options.a), shlex.split(options.b), ready=options.ready, count=options.chirps)
        print(json.dumps({"row": "command", **row}))
        return 0 if "p50" in row else 1
    names = ["zero"] if options.what == "zero" else [*FLOORS, "own port"]
    for name in [options.only] if options.only else names:
        print(json.dumps({"row": name, **floor(name, count=options.chirps)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
