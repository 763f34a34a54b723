"""Frames that come too late over TLS, on a line of 60 ms round trip that loses packets: by one lane, and by all.

    alice ══ 30 ms each way, TUN ══ router (loses n % of everything, each way) ── relay ── bob
    each voice packet: protected at … ──→ came at the other phone, for the first time, at …      one clock for both

Late is what comes more than 100 ms after it could have come, or never; what was given up unsent counts, too.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rows import Figure, Row

from .pair import PEOPLE, Pair, other
from .place import Place
from .trace import delays, packets

ONE_WAY = 0.030
LATE = 0.100
"""Seconds after the line's own delay."""
LIMITS = {0.02: 0.002, 0.05: 0.005, 0.10: 0.04}
"""Share of packets that the line loses → share of frames that may be late."""
SECONDS, SECONDS_QUICK = 180.0, 30.0
SETTLE = 5.0
"""Seconds of loss that are not judged: lanes are opened when they are wanted."""
SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One call on one such line."""

    loss: float
    lanes: str
    """`one`, or `all`."""
    direction: str
    """`alice → bob`: from behind the line; `bob → alice`: to behind it."""
    frames: int
    late: float
    """Share of them, those that never came included."""
    lost: float
    """Share that never came."""
    p50: float
    p99: float
    """Seconds from protected to come, of those that did."""
    line_late: float
    """ms by which the line itself was late at worst: the measuring's own error."""


def call(loss: float, lanes: str, seconds: float, seed: int) -> list[Run]:
    """One call of `seconds` on a line that loses `loss`; both directions of it."""
    with tempfile.TemporaryDirectory(prefix="glasscall-network-") as folder:
        place = Place({"alice": ONE_WAY}, seed=seed)
        with place, Pair(Path(folder), place, ["--path", "tls"], packets=True, one_lane=lanes == "one") as pair:
            pair.talk()
            time.sleep(1.0)
            with place.faults.loss("alice", loss):
                time.sleep(SETTLE)
                begin = time.monotonic()
                _wait(pair, begin + seconds)
                end = time.monotonic()
                time.sleep(1.0)
            if not pair.talking:
                said = "; ".join(pair.log(who)[-300:] for who in PEOPLE)
                raise RuntimeError(f"the call at {100 * loss:g} % loss by {lanes} lane(s) ended: {said}")
            pair.hang_up()
            files = {who: pair.file(who, "packets") for who in PEOPLE}
            pair.drop()
            traced = {who: packets(path) for who, path in files.items()}
        line = max((carried["late most ms"] for carried in place.carried), default=0.0)
        return [
            _judge(loss, lanes, f"{who} → {other(who)}", delays(traced[who], traced[other(who)]), (begin, end), line)
            for who in PEOPLE
        ]


def _wait(pair: Pair, until: float) -> None:
    while time.monotonic() < until and pair.talking:
        time.sleep(0.2)


def _judge(
    loss: float, lanes: str, direction: str, seen: tuple[Any, Any], within: tuple[float, float], line: float
) -> Run:
    at, late = seen
    chosen = late[(at >= within[0]) & (at < within[1])]
    if not chosen.size:
        raise RuntimeError(f"{direction}: not one packet was sent.")
    came = chosen[np.isfinite(chosen)]
    p50, p99 = np.percentile(came, [50, 99]) if came.size else (np.nan, np.nan)
    return Run(
        loss, lanes, direction, int(chosen.size),
        late=float(np.mean(chosen > ONE_WAY + LATE)), lost=float(np.mean(np.isinf(chosen))),
        p50=float(p50), p99=float(p99), line_late=line,
    )  # fmt: skip


def take(*, quick: bool) -> list[Run]:
    """All of it; those that are compared run side by side."""
    seconds = SECONDS_QUICK if quick else SECONDS
    runs: list[Run] = []
    for loss in LIMITS:
        sys.stderr.write(f"  lossy: {100 * loss:g} % for {seconds:g} s, by one lane and by all\n")
        sys.stderr.flush()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for done in [pool.submit(call, loss, lanes, seconds, round(1000 * loss)) for lanes in ("one", "all")]:
                runs += done.result()
    return runs


def rows(runs: Sequence[Run]) -> list[Row]:
    """Each loss: all lanes against one."""
    found = []
    for loss, limit in LIMITS.items():
        alone, judged = ([run for run in runs if (run.loss, run.lanes) == (loss, lanes)] for lanes in ("one", "all"))
        if not judged or not alone:
            continue
        worst, worst_alone = max(run.late for run in judged), max(run.late for run in alone)
        found.append(
            Row(
                f"RTT {2000 * ONE_WAY:g} ms, {100 * loss:g} % loss, TLS alone, all lanes",
                round(worst / worst_alone, 2) if worst_alone else None,
                "one lane",
                figures=_figures(judged),
                target=f"frames later than the path + {1000 * LATE:g} ms ≤ {100 * limit:g} %, each way",
                met=worst <= limit,
            )
        )
        found.append(Row(f"… {100 * loss:g} % loss, one lane", figures=_figures(alone)))
    return found


def _figures(runs: Sequence[Run]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for run in runs:
        figures[f"{run.direction}: late %"] = round(100 * run.late, 2)
        figures[f"{run.direction}: never %"] = round(100 * run.lost, 2)
        figures[f"{run.direction}: p50, p99 ms"] = f"{1000 * run.p50:.0f}, {1000 * run.p99:.0f}"
    return figures | {"frames": sum(run.frames for run in runs), "line late ms": max(run.line_late for run in runs)}


def plain(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """For the report."""
    return [asdict(run) for run in runs]
