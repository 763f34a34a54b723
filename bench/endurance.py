"""A long call between two real processes: does anything grow, does a device run dry, what does it cost?

    glasscall call bob ⇄ relay ⇄ glasscall answer      over null sinks, with a voice in each microphone
    every few seconds: resident memory, CPU                    from /proc
    at the end: delay, underruns, what was concealed           from each phone's journal

30 minutes, or 2 with --quick. Delay and memory are compared between the sixth and the last tenth of the call.
"""

import json
import math
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from call_latency import UP_WITHIN
from rig.virtual_sound import VirtualSoundCards, missing_programs
from rows import Row, Table
from turn import Turn
from village import GLASSCALL, Village, village
from window import cpu_seconds

ROOT = Path(__file__).resolve().parents[1]
SECONDS, QUICK_SECONDS = 1800.0, 120.0
LOOK_EVERY = 5.0
CPU_MOST = 8.0
"""Percent of a core, for each phone."""
MEMORY_MOST = 4.0
"""MB that a phone may grow by in the last four tenths."""
DELAY_MOST = 5.0
"""ms that the delay may grow by."""
_PAGE = os.sysconf("SC_PAGE_SIZE") / 1e6


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def tenths(values: list[float]) -> tuple[float, float]:
    """Medians of the sixth and of the last tenth of a series.

    Until then what is bounded fills up: of its traffic a phone keeps the last 24 MB, a quarter of an hour.
    """
    size = max(1, len(values) // 10)
    return statistics.median(values[5 * size : 6 * size]), statistics.median(values[-size:])


def observed(path: Path, what: str) -> list[dict[str, Any]]:
    """A phone's observations of one kind."""
    entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
    return [entry for entry in entries if entry["what"] == what]


def measure(*, quick: bool) -> Table:
    """All of it."""
    name, title = "endurance", "A long call"
    if missing := missing_programs():
        return Table(name, title, "", skipped=f"Not installed: {', '.join(missing)} (Debian: pulseaudio).")
    seconds = QUICK_SECONDS if quick else SECONDS
    with village("alice", "bob") as place, VirtualSoundCards() as cards, Turn(cards, "endurance") as turn:
        found = talk(turn, place, seconds)
        rows = tuple(row for who in ("alice", "bob") for row in rows_of(turn, who, seconds, **found[who]))
    how = (
        f"One call of {seconds / 60:g} minutes between two processes without windows, in mode auto, over PulseAudio "
        "null sinks and a relay process on loopback; both speak all the time; echo, noise and gain are on."
    )
    return Table(name, title, how, rows)


def talk(turn: Turn, place: Village, seconds: float) -> dict[str, dict[str, list[float]]]:
    """The call; for each phone the series of its memory and of its CPU."""

    def command(who: str, *act: str) -> list[str]:
        return [*GLASSCALL, *act, "--home", str(place.home(who)), "--journal", str(turn.folder / f"{who}.journal")]

    bob = turn.start("bob", command("bob", "answer", "--once"), "b")
    turn.wait_until(lambda: "ready " in turn.log("bob"), UP_WITHIN, "bob")
    alice = turn.start("alice", command("alice", "call", "bob"), "a")
    turn.wait_until(lambda: all("Talking with" in turn.log(who) for who in ("alice", "bob")), UP_WITHIN, "the call")
    for side in ("a", "b"):
        wav = ROOT / "assets" / ("alice.wav" if side == "a" else "bob.wav")
        loop = f"while :; do paplay --device=mic_{side} {wav}; done"
        turn.start(f"voice-{side}", ["sh", "-c", loop], side)
    found: dict[str, dict[str, list[float]]] = {who: {"memory": [], "cpu": []} for who in ("alice", "bob")}
    pids = {"alice": alice.pid, "bob": bob.pid}
    began, last = time.monotonic(), {who: (time.monotonic(), cpu_seconds(pid)) for who, pid in pids.items()}
    while time.monotonic() - began < seconds:
        time.sleep(LOOK_EVERY)
        turn.check()
        for who, pid in pids.items():
            at, cpu = last[who]
            last[who] = (time.monotonic(), cpu_seconds(pid))
            found[who]["cpu"].append(100 * (last[who][1] - cpu) / (last[who][0] - at))
            found[who]["memory"].append(resident(pid))
        print(f"  {time.monotonic() - began:5.0f} s of {seconds:.0f}", file=sys.stderr, end="\r", flush=True)
    alice.terminate()  # she hangs up, and bob ends by himself
    for process in (alice, bob):
        process.wait(15)
    return found


def rows_of(turn: Turn, who: str, seconds: float, *, memory: list[float], cpu: list[float]) -> tuple[Row, ...]:
    """What one phone's series and journal say."""
    journal = turn.folder / f"{who}.journal"
    delays = [entry["mouth_to_ear"] for entry in observed(journal, "Latency")]
    stats = observed(journal, "MediaStats")
    first, end = stats[0]["at"], stats[-1]
    settled = next((entry for entry in stats if entry["at"] - first >= 10.0), stats[0])
    grown, later = (b - a for a, b in (tenths(memory), tenths(delays)))
    dry = end["xruns"] - settled["xruns"]
    used = statistics.median(cpu)
    return (
        Row(f"{who}: memory", None, "", {"MB": round(memory[-1], 1), "grown by": round(grown, 2)},
            target=f"grows by at most {MEMORY_MOST:g} MB", met=grown <= MEMORY_MOST),
        Row(f"{who}: delay, as shown", None, "", {"p50 ms": round(statistics.median(delays), 1),
            "grown by": round(later, 1), "samples": len(delays)},
            target=f"grows by at most {DELAY_MOST:g} ms", met=not math.isnan(later) and later <= DELAY_MOST),
        Row(f"{who}: devices run dry after the first ten seconds", None, "", {"xruns": dry,
            "in the first ten": settled["xruns"]}, target="none", met=dry == 0),
        Row(f"{who}: CPU", None, "", {"% of a core": round(used, 1)},
            target=f"at most {CPU_MOST:g} %", met=used <= CPU_MOST),
        Row(f"{who}: heard", None, "", {"played": end["played"], "lost": end["lost"], "concealed": end["concealed"],
            "seconds": seconds}),
    )  # fmt: skip
