"""Calls that come and go for twenty minutes, as many as a small firm makes in eight hours: does anything grow?

20 calls run all the time ──┐
8 calls a second begin,     ├──→ relay ──→ each 2 s: memory, descriptors, threads, tasks, what its page says
each lasts two seconds    ──┘              first quarter (after warming up) ←──→ last quarter; and after all have left
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load.host import Host, cores, our_relay
from load.pacer import ROOT, Load, build, drive
from load.page import gauges
from load.people import People, prepare
from load.tally import Tally
from rows import Figure, Row, Table

from relay.contest import PEOPLE

WAY = "udp"
STANDING = 20
"""Calls that run from beginning to end."""
RATE, HOLD = 8.0, 2.0
PAIRS = 40
EVERY = 2.0
GROWTH_MB, GROWTH_COUNT = 3.0, 4
"""What the last quarter may lie above the first: MB; descriptors, threads, tasks."""
SETTLE = 4.0
"""Seconds for everybody to have left."""
NAME, TITLE = "relay-soak", "The relay: calls coming and going"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the relay."""

    at: float
    memory: float
    counts: dict[str, int]
    """Descriptors, threads, and the gauges of its page."""


def look(host: Host, place: tuple[str, int], people: People) -> Look:
    """Now."""
    counts = {"descriptors": host.descriptors(), "threads": host.threads(), **gauges(*place, people)}
    return Look(time.monotonic(), host.memory(), counts)


@contextmanager
def looking(host: Host, place: tuple[str, int], people: People, every: float) -> Iterator[list[Look]]:
    """Looks during the block."""
    looks: list[Look] = []
    ended = threading.Event()

    def go() -> None:
        while not ended.wait(every):
            looks.append(look(host, place, people))

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        ended.set()
        thread.join()


def quarters(looks: list[Look]) -> tuple[list[Look], list[Look]]:
    """The second eighth to the third (what is warm by then), and the last quarter."""
    eighth = max(1, len(looks) // 8)
    return looks[eighth : 3 * eighth], looks[-2 * eighth :]


def growth(looks: list[Look]) -> dict[str, float]:
    """How much the medians of the last quarter lie above those of the first; memory in MB."""
    first, last = quarters(looks)
    found = {"memory MB": statistics.median(x.memory for x in last) - statistics.median(x.memory for x in first)}
    for name in looks[0].counts:
        found[name] = statistics.median(x.counts.get(name, 0) for x in last) - statistics.median(
            x.counts.get(name, 0) for x in first
        )
    return {name: round(value, 1) for name, value in found.items()}


def shortfalls(grown: dict[str, float], before: Look, after: Look) -> list[str]:
    """What grew, or was still there when everybody had left."""
    why = []
    for name, value in grown.items():
        most = GROWTH_MB if name == "memory MB" else GROWTH_COUNT
        if value > most:
            why.append(f"{name} grew by {value:g}")
    for name, count in after.counts.items():
        if count > before.counts.get(name, 0) + GROWTH_COUNT:
            why.append(f"{count} {name} are left, {before.counts.get(name, 0)} were there before")
    return why


def run(seconds: float, rate: float = RATE) -> tuple[list[Look], Look, Look, Tally, dict[str, Any]]:
    """(looks, before, after, the standing calls' tally, the figures of those that came and went)."""
    build()
    people = prepare(PEOPLE, 2 * (STANDING + PAIRS))
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-relay-") as folder,
        our_relay(people, Path(folder) / "relay.log") as (host, address, port),
    ):
        place = (address, port)
        before = look(host, place, people)
        command = [
            "taskset", "-c", str(cores()[1]), sys.executable, str(ROOT / "bench/load/calls.py"), address, str(port),
            "--people", str(people.folder), "--rate", f"{rate:g}", "--seconds", f"{seconds:g}", "--pairs", str(PAIRS),
            "--first", str(2 * STANDING), "--hold", f"{HOLD:g}",
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as coming:
            try:
                with looking(host, place, people, min(EVERY, seconds / 20)) as looks:
                    load = Load(STANDING, seconds, people=people)
                    tally = drive(host, WAY, address, port, load, lambda _port: looks.clear())
                said = coming.communicate(timeout=HOLD + 60)[0]
            finally:
                coming.kill()
        time.sleep(SETTLE)
        after = look(host, place, people)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"the calls that come and go ended with status {coming.returncode}")
    return looks, before, after, tally, json.loads(lines[0])


def measure(*, quick: bool, minutes: float = 20.0) -> Table:
    """One soak; `quick`: of a minute."""
    minutes = min(minutes, 1.0) if quick else minutes
    looks, before, after, tally, coming = run(60 * minutes)
    grown = growth(looks)
    why = shortfalls(grown, before, after)
    ended = coming["ended"]
    failed = {reason: count for reason, count in ended.items() if reason != "well"}
    poor = [f"{reason} {count}" for reason, count in failed.items()]
    if coming["starved"]:
        poor.append(f"{coming['starved']} had no free phone")
    if coming["late"]:
        poor.append("the load had no time left, which proves nothing")
    seen: dict[str, Figure] = {f"{name} grew by": value for name, value in grown.items()}
    seen |= {"memory MB at first": round(looks[0].memory, 1), "at the end": round(after.memory, 1), "looks": len(looks)}
    if why:
        seen["fell short by"] = ", ".join(why)
    calls: dict[str, Figure] = {
        "calls": sum(ended.values()),
        "loss of the standing %": round(tally.loss, 4),
        "their p99 ms": tally.p99,
    }
    if poor:
        calls["fell short by"] = ", ".join(poor)
    rows = (
        Row("the relay", figures=seen, target="no growth of memory, descriptors, tasks", met=not why),
        Row("the calls", figures=calls, target="all of them began and ended well", met=not poor),
    )
    how = (
        f"{minutes:g} min: {STANDING} calls over UDP all the time, and {RATE:g} a second that begin, last {HOLD:g} s, "
        f"and end. Growth: medians of the last quarter less those of the first, warm: at most {GROWTH_MB:g} MB, "
        f"{GROWTH_COUNT} of anything else; and nothing left when all have gone."
    )
    return Table(NAME, TITLE, how, rows)
