"""How many calls a second can begin: invite, two legs, end-to-end handshake, words, answer, a packet each way."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from load.host import cores, our_relay
from load.pacer import ROOT
from load.people import prepare
from rows import Figure, Row, Table

from relay.contest import PEOPLE

RATE = 50.0
SUSTAINED = 0.99
"""Of the calls begun, so many must have stood."""
RING_P95 = 100.0
"""ms from invite to ring at half that rate."""
PAIRS = 60
SECONDS = 20.0
NAME, TITLE = "relay-setup", "The relay: calls that begin"


def run(rate: float, seconds: float, pairs: int = PAIRS) -> dict[str, Any]:
    """One run of `load/calls.py` against a fresh relay; its figures, and the relay's share of a core."""
    people = prepare(PEOPLE, 2 * pairs)
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-relay-") as folder,
        our_relay(people, Path(folder) / "relay.log") as (host, address, port),
    ):
        command = [
            "taskset", "-c", str(cores()[1]), sys.executable, str(ROOT / "bench/load/calls.py"), address, str(port),
            "--people", str(people.folder), "--rate", f"{rate:g}", "--seconds", f"{seconds:g}", "--pairs", str(pairs),
        ]  # fmt: skip
        marks: list[float] = []
        figures: dict[str, Any] = {}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                for line in process.stdout or ():
                    if line.startswith("{"):
                        figures = json.loads(line)
                    else:
                        marks.append(host.cpu())
            finally:
                process.kill()
        if not figures:
            raise RuntimeError(f"{rate:g} calls a second: the generator ended with status {process.returncode}")
    figures["relay_cpu_ms"] = 1000 * (marks[1] - marks[0]) / (rate * seconds)
    return figures


def shortfalls(found: dict[str, Any]) -> list[str]:
    """What it fell short of."""
    why = []
    if not found["sustained"] >= SUSTAINED * found["rate"]:
        failed = {reason: count for reason, count in found["ended"].items() if reason != "well"}
        why.append(
            f"{found['sustained']:.1f} calls/s, {found['starved']} had no free phone, failed: {failed or 'none'}"
        )
    if found["late"]:
        why.append("the load had no time left, which proves nothing")
    return why


def row(found: dict[str, Any], target: str, why: list[str]) -> Row:
    """Its line of the table."""
    seen: dict[str, Figure] = {
        "calls/s": found["sustained"],
        "relay's CPU ms per call": round(found["relay_cpu_ms"], 1),
    }
    for name, spread in found["steps"].items():
        seen |= {f"{name} p50 ms": spread["p50"], f"{name} p95 ms": spread["p95"]}
    seen |= {"load's core %": found["core_pct"], "people": found["people"]}
    if why:
        seen["fell short by"] = ", ".join(why)
    return Row(f"{found['rate']:g} calls a second for {found['seconds']:g} s", figures=seen, target=target, met=not why)


def measure(*, quick: bool) -> Table:
    """At the whole rate, and at half of it."""
    seconds = 6.0 if quick else SECONDS
    full, half = run(RATE, seconds), run(RATE / 2, seconds)
    ring = half["steps"].get("invite to ring", {}).get("p95", float("inf"))
    late = [] if ring < RING_P95 else [f"invite to ring p95 {ring:g} ms"]
    rows = (
        row(full, f"{RATE:g} calls/s sustained", shortfalls(full)),
        row(half, f"p95 of invite to ring < {RING_P95:g} ms", shortfalls(half) + late),
    )
    how = (
        f"{2 * PAIRS} people with a link each; a call is an invite, two legs that resume their links' sessions, a TLS "
        "handshake and the word exchange from end to end, the answer, a packet each way, and hanging up."
    )
    return Table(NAME, TITLE, how, rows)
