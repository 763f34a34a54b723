"""`glasscall measure`: how late a call really is, from mouth to ear, found by the sound itself.

    chirps ──→ --play ))) microphone of one phone ══ call ══ loudspeaker of the other ))) --listen ──→ the same chirps
                   └──────────────))) --listen, or --reference ──→ when they were played

With one microphone it hears each chirp twice: as it is played, and as it comes out of the call. Where that cannot be (a
virtual sound card, two rooms), a second device hears what is played: --reference.
"""

import argparse
import asyncio
import json
import math
import statistics
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from voip.config import SAMPLE_RATE
from voip.errors import AudioError, UsageError
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.io.report import write_json
from voip.media.chirp import SEARCH_SECONDS, Recording, chirps, latencies

CHIRPS_MAX = 600
SETTLE = 0.5
"""Seconds at the beginning that do not count: devices wake up."""
AHEAD = SAMPLE_RATE // 10
"""Samples of what is to be played that wait for the device."""


class Ear:
    """What a microphone hears, with the time at which each block was there."""

    def __init__(self, name: str | None) -> None:
        self._port = open_port(name, "none")
        self._blocks: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        self._stamps: list[float] = []

    def start(self) -> None:
        """Raises `AudioError`."""
        self._port.start(self._tick)

    def _tick(self) -> None:
        ring = self._port.capture
        if waiting := len(ring):
            self._stamps.append(clock.monotonic())
            self._blocks.append(ring.read(waiting))

    def stop(self) -> Recording:
        """What was heard; raises `AudioError` when nothing was."""
        self._port.stop()
        if not self._blocks:
            raise AudioError(f"Nothing came from “{self._port.input_name}”. {self._port.problem}", code="device-silent")
        samples = np.concatenate(self._blocks).astype(np.float64) / 32768
        return Recording(samples, np.cumsum([block.size for block in self._blocks]), np.array(self._stamps))


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "measure",
        help="how late a call is, from mouth to ear, measured by its sound",
        description="Plays chirps to the microphone of one phone, finds them at the loudspeaker of another, and tells "
        "the delay between. Start a call between the two phones first. Devices as for “glasscall phone”.",
    )
    parser.add_argument("--play", metavar="Y", help="loudspeaker that one phone's microphone hears")
    parser.add_argument("--listen", metavar="X", help="microphone that hears the other phone's loudspeaker")
    parser.add_argument("--reference", metavar="X", help="microphone that hears what --play plays (default: --listen)")
    parser.add_argument(
        "--chirps", metavar="N", type=int, default=20, help="how many (default: 20, about a second each)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the result to FILE as JSON; “-” is standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and show; 1 when no chirp was found again. Raises `UsageError` and `AudioError`."""
    if not 1 <= args.chirps <= CHIRPS_MAX:
        raise UsageError(f"--chirps takes a number from 1 to {CHIRPS_MAX}.")
    console = Console(highlight=False, stderr=args.json == "-")
    console.print(f"Playing {args.chirps} chirps; this takes about {args.chirps + 3} s.")
    found = asyncio.run(measure(args.play, args.listen, args.reference, args.chirps))
    result = summary(found)
    if args.json == "-":
        sys.stdout.write(json.dumps(result) + "\n")
    elif args.json:
        write_json(Path(args.json), result)
    if not result["heard"]:
        console.print("No chirp came out of the call. Is it on, is nobody muted, and do --play and --listen reach it?")
        return 1
    console.print(
        f"Mouth to ear: {result['p50_ms']:.1f} ms (95 %: {result['p95_ms']:.1f}, least {result['min_ms']:.1f}), "
        f"{result['heard']} of {result['chirps']} chirps. The window of the phone that hears shows its own sum beside."
    )
    return 0


async def measure(play: str | None, listen: str | None, reference: str | None, count: int) -> list[float]:
    """Milliseconds for each chirp, not a number for those that were not heard again. Raises `AudioError`."""
    sound = chirps(count + 1)  # the first one wakes everything up
    mouth = open_port("none", play)
    ears = [Ear(listen)] + ([Ear(reference)] if reference is not None else [])
    done = asyncio.Event()
    at = 0

    def feed() -> None:
        nonlocal at
        while at < sound.size and len(mouth.playout) < AHEAD:
            at += mouth.playout.write(sound[at : at + AHEAD // 4])
        if at >= sound.size and not len(mouth.playout):
            done.set()

    started: list[Ear] = []
    try:
        for ear in ears:
            ear.start()
            started.append(ear)
        mouth.start(feed)
        async with asyncio.timeout(sound.size / SAMPLE_RATE + 20):
            await done.wait()
        await asyncio.sleep(SEARCH_SECONDS)  # the last chirp is still on its way
    except TimeoutError:
        raise AudioError(f"“{mouth.output_name}” does not play. {mouth.problem}", code="device-silent") from None
    finally:
        mouth.stop()
        recordings = [ear.stop() for ear in started]
    heard = recordings[0]
    return latencies(recordings[-1], heard, SETTLE)[-count:]


def summary(found: list[float]) -> dict[str, float]:
    """Figures in milliseconds, and how many chirps were played and heard again."""
    good = [value for value in found if not math.isnan(value)]
    result: dict[str, float] = {"chirps": len(found), "heard": len(good)}
    if good:
        result |= {
            "p50_ms": round(statistics.median(good), 1),
            "p95_ms": round(float(np.percentile(good, 95)), 1),
            "p99_ms": round(float(np.percentile(good, 99)), 1),
            "min_ms": round(min(good), 1),
        }
    return result
