"""What the window costs: the CPU of a phone with its window, and of the same phone without it, in the same call.

    glasscall phone --call bob   ⇄  glasscall phone --answer       two windows (Xvfb), and the same with every page
                                                                   looked at in turn
    glasscall call bob           ⇄  glasscall answer --once        two phones without

All speak from recordings and write what they hear to a file. CPU seconds are read from /proc between two moments within
the call, so that starting up and ending do not count; the two kinds of call take turns. Above one `lagwatch.py` each.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rows import Figure, Row, Table
from village import Village, ended, village, wait_until

Kind = Literal["bare", "window", "pages"]
SETTLE = 2.5
SHARE_MOST = 0.15
"""Of a core, that a window may take with its every page looked at …"""
STALL_MOST = 50.0
"""… and milliseconds that its loop may be held up."""
PEOPLE = ("alice", "bob")
HERE = Path(__file__).resolve().parent
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """One phone in one call."""

    cpu: float
    """CPU seconds per second of call."""
    display: float
    """The same, of the X server that drew for both windows."""
    lost: int
    concealed: int
    played: int
    lag: float
    """Longest delay of the phone's event loop, ms."""
    lag_p99: float
    stall: float
    """Longest delay of the window's own loop, ms; 0 where it was not watched."""
    page: str
    """What was looked at then."""


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, in user and system mode, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


@contextmanager
def display() -> Iterator[tuple[dict[str, str], "subprocess.Popen[bytes] | None"]]:
    """A virtual display; where there is no Xvfb, Qt draws offscreen."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "2560x1440x24", "-nolisten", "tcp"]
    try:
        process = subprocess.Popen(
            command, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        os.close(reading)
        os.close(writing)
        yield {"QT_QPA_PLATFORM": "offscreen"}, None
        return
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb ended with {process.wait(5)} before it had a display.")
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}, process
    finally:
        process.terminate()
        process.wait(10)


def one_call(
    place: Village,
    number: int,
    kind: Kind,
    seconds: float,
    env: dict[str, str],
    server: "subprocess.Popen[bytes] | None",
) -> dict[str, Load]:
    """A call of `seconds` measured seconds."""
    folder = place.folder / f"call-{number}"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        running = {}
        for who in reversed(PEOPLE):
            log = folder / f"{who}.log"
            process = stack.enter_context(ended(_command(place, folder, who, kind), log, os.environ | env))
            running[who] = process
            if who == "bob" and kind == "bare":
                wait_until(partial(_says_ready, log), 30, who, process, log)
        for who, process in running.items():  # a phone makes this file when the call has its sound
            heard = folder / f"{who}-heard.wav"
            wait_until(heard.exists, 60, f"{who}'s call", process, folder / f"{who}.log")
        watched = running | ({"display": server} if server else {})
        time.sleep(SETTLE)
        began, before = time.monotonic(), {name: cpu_seconds(process.pid) for name, process in watched.items()}
        time.sleep(seconds)
        took = time.monotonic() - began
        used = {name: (cpu_seconds(process.pid) - before[name]) / took for name, process in watched.items()}
        running["alice"].terminate()  # she hangs up
        running["alice"].wait(15)
    loads = {}
    for who in PEOPLE:
        report: dict[str, Any] = json.loads((folder / f"{who}.json").read_text(encoding="utf-8"))
        lag: dict[str, float] = json.loads((folder / f"{who}-lag.json").read_text(encoding="utf-8"))
        audio = report["audio"]
        watched_qt = folder / f"{who}-lag.json.qt"
        pages: dict[str, float] = {"": 0.0}
        if kind == "pages":
            pages = json.loads(watched_qt.read_text(encoding="utf-8"))["pages"]
        page = max(pages, key=lambda name: pages[name])
        loads[who] = Load(
            used[who],
            used.get("display", 0.0),
            audio["lost"],
            audio["concealed"],
            audio["frames_played"],
            lag["longest"],
            lag["p99"],
            pages[page],
            page,
        )
    return loads


def _says_ready(log: Path) -> bool:
    return "ready " in log.read_text(encoding="utf-8", errors="replace")


def _command(place: Village, folder: Path, who: str, kind: Kind) -> list[str]:
    if kind != "bare":
        act = ["phone", *(["--call", "bob"] if who == "alice" else ["--answer"])]
    else:
        act = ["call", "bob"] if who == "alice" else ["answer", "--once"]
    voice = HERE.parent / "assets" / f"{who}.wav"
    files = ["--input", str(voice), "--output", str(folder / f"{who}-heard.wav"), "--json", str(folder / f"{who}.json")]
    watch = [
        sys.executable,
        str(HERE / ("pagewatch.py" if kind == "pages" else "lagwatch.py")),
        str(folder / f"{who}-lag.json"),
    ]
    return [*watch, *act, "--home", str(place.home(who)), *files]


def _row(what: str, loads: list[Load], bare: float, server: bool) -> Row:
    cpu = statistics.mean(load.cpu for load in loads)
    figures: dict[str, Figure] = {
        "% of a core": round(100 * cpu, 1),
        "lost": sum(load.lost for load in loads),
        "concealed": sum(load.concealed for load in loads),
        "of frames": sum(load.played for load in loads),
        "longest loop lag ms": max(load.lag for load in loads),
        "p99 lag ms": max(load.lag_p99 for load in loads),
    }
    if server:
        figures["X server for both, % of a core"] = round(100 * statistics.mean(load.display for load in loads), 1)
    return Row(what, round(cpu / bare, 2), "without a window", figures)


def measure(*, quick: bool) -> Table:
    """All of it."""
    seconds, rounds = (8.0, 1) if quick else (18.0, 2)
    kinds: tuple[Kind, ...] = ("bare", "window", "pages")
    found: dict[Kind, list[Load]] = {kind: [] for kind in kinds}
    with village(*PEOPLE) as place, display() as (env, server):
        for number in range(rounds):
            for step, kind in enumerate(kinds):
                windowed = kind != "bare"
                loads = one_call(
                    place, 3 * number + step, kind, seconds, env if windowed else {}, server if windowed else None
                )
                found[kind] += loads.values()
    bare, still, turning = (statistics.mean(load.cpu for load in found[kind]) for kind in kinds)
    worst = max(found["pages"], key=lambda load: load.stall)
    lost = sum(load.lost + load.concealed for load in found["pages"])
    lost_bare = sum(load.lost + load.concealed for load in found["bare"])
    rows = (
        Row("the window's share", round((still - bare) / still, 3), "all of a phone with its window",
            {"% of a core": round(100 * (still - bare), 1)}),
        Row("the window's share, every page looked at", round((turning - bare) / turning, 3),
            "all of that phone", {"% of a core": round(100 * (turning - bare), 1)},
            target=f"at most {SHARE_MOST:.0%} of a core", met=turning - bare <= SHARE_MOST),
        Row("the longest stall of the window's loop", None, "",
            {"ms": round(worst.stall, 1), "while looking at": worst.page},
            target=f"below {STALL_MOST:g} ms", met=worst.stall < STALL_MOST),
        Row("frames lost or concealed, every page looked at", None, "", {"frames": lost, "without a window": lost_bare},
            target="none beyond the phone's own", met=lost <= lost_bare),
        _row("a phone with its window", found["window"], bare, server is not None),
        _row("… every page looked at", found["pages"], bare, server is not None),
        _row("a phone without a window", found["bare"], bare, server=False),
    )  # fmt: skip
    how = (
        f"CPU seconds per second of call, {rounds} call(s) of {seconds:g} s of each kind in turns, mean of both ends; "
        f"{'drawn by Xvfb' if server else 'drawn offscreen (no Xvfb here)'}."
    )
    return Table("window", "The window's share of the CPU in a call", how, rows)
