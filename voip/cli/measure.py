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
PATIENCE = 20.0
"""Seconds beyond what the chirps take in which a loudspeaker must have played them."""


class Ear:
    """What a microphone hears, with the time at which each block was there."""

    def __init__(self, name: str | None) -> None:
        self._port = open_port(name, "none")
        self._blocks: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        self._stamps: list[float] = []
        self._latency = 0.0

    def start(self) -> None:
        """Raises `AudioError`."""
        self._port.start(self._tick)

    def _tick(self) -> None:
        ring = self._port.capture
        if waiting := len(ring):
            self._stamps.append(clock.monotonic())
            self._blocks.append(ring.read(waiting))

    def stop(self) -> None:
        """Hear no more. Never raises; safe to call twice, and before `start`."""
        self._latency = self._port.input_latency or self._latency
        self._port.stop()

    def recording(self) -> Recording:
        """What was heard, and when it was in the air; raises `AudioError` when nothing was."""
        if not self._blocks:
            silent = f"Nothing came from “{self._port.input_name}”. {self._port.problem}"
            raise AudioError(silent.strip(), code="device-silent")
        samples = np.concatenate(self._blocks).astype(np.float64) / 32768
        # Two microphones need not be equally late; one by itself is as late both times.
        stamps = np.array(self._stamps) - self._latency
        return Recording(samples, np.cumsum([block.size for block in self._blocks]), stamps)


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
    result = summary(found, args.chirps)
    if args.json == "-":
        sys.stdout.write(json.dumps(result) + "\n")
    elif args.json:
        write_json(Path(args.json), result)
    if not result["heard"]:
        console.print(
            "No chirp came out of the call. Is it on, is nobody muted, and do --play and --listen reach it?"
            if found
            else "The microphone does not hear what --play plays. Name one that does with --reference."
        )
        return 1
    console.print(
        f"Mouth to ear: {result['p50_ms']:.1f} ms (95 %: {result['p95_ms']:.1f}, least {result['min_ms']:.1f}), "
        f"{result['heard']} of {result['chirps']} chirps. The window of the phone that hears shows its own sum beside."
    )
    return 0


async def measure(play: str | None, listen: str | None, reference: str | None, count: int) -> list[float]:
    """Milliseconds for each chirp that was played, not a number for those that were not heard again.

    Empty when the playing was not heard in the first place. Raises `AudioError`.
    """
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

    try:
        for ear in ears:
            ear.start()
        mouth.start(feed)
        async with asyncio.timeout(sound.size / SAMPLE_RATE + PATIENCE):
            await done.wait()
        await asyncio.sleep(SEARCH_SECONDS)  # the last chirp is still on its way
    except TimeoutError:
        silent = f"“{mouth.output_name}” does not play. {mouth.problem}"
        raise AudioError(silent.strip(), code="device-silent") from None
    finally:
        mouth.stop()
        for ear in ears:
            ear.stop()
    heard, *others = (ear.recording() for ear in ears)
    return latencies(others[0] if others else heard, heard, SETTLE)[-count:]


def summary(found: list[float], count: int) -> dict[str, float]:
    """Figures in milliseconds, and how many of `count` chirps were heard again."""
    good = [value for value in found if not math.isnan(value)]
    result: dict[str, float] = {"chirps": count, "heard": len(good)}
    if good:
        result |= {
            "p50_ms": round(statistics.median(good), 1),
            "p95_ms": round(float(np.percentile(good, 95)), 1),
            "p99_ms": round(float(np.percentile(good, 99)), 1),
            "min_ms": round(min(good), 1),
        }
    return result
