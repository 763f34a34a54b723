"""Which calls are made, and how often; side by side on all cores.

profiles × who × seeds ──→ judged, in processes ──→ medians ──→ tables ──→ rows
                                                └─→ out/bench/voice.json: every run
"""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from rows import Table

from . import tables
from .drift import Drifted, hour
from .judged import OURS, Judged, judge
from .profiles import PROFILES, SIGNAL
from .reel import RATE, reel

SEEDS, SEEDS_OF_OTHERS, SEEDS_QUICK = tuple(range(1, 7)), (1, 2), (1,)
"""`OTHERS`: the plans that do not adapt; they have no targets, and are shown to compare."""
QUICK = ("clean", "random-10", "gilbert-10", "jitter-15", "moderate", "international", "spiky", "bursty-20-r50")
DRIFT_PPM = (0.0, 200.0, -200.0)
HOUR, HOUR_QUICK = 3600.0, 180.0
OUT = Path("out/bench/voice.json")


def _judge(profile: str, who: str, seed: int, rivals: bool, visqol: bool) -> list[Judged]:
    return judge(profile, who, seed, rivals=rivals, visqol=visqol)


def jobs(*, quick: bool) -> list[tuple[str, str, int, bool, bool]]:
    """(profile, who, seed, with rivals, with ViSQOL): the longest first."""
    names = QUICK if quick else tuple(PROFILES)
    signal = {profile.name for profile in SIGNAL}
    seeds = SEEDS_QUICK if quick else SEEDS
    wanted = [(name, "auto", seed, name in signal, seed == 1 and not quick) for seed in seeds for name in names]
    if not quick:
        wanted += [(name, who, seed, False, False) for seed in SEEDS_OF_OTHERS for name in names for who in OURS[1:]]
    return sorted(wanted, key=lambda job: (job[4], job[3]), reverse=True)


def take(*, quick: bool) -> tuple[list[Judged], list[Drifted]]:
    """All of it."""
    seconds = HOUR_QUICK if quick else HOUR
    with ProcessPoolExecutor(initializer=os.nice, initargs=(5,)) as pool:
        drifting = [pool.submit(hour, ppm, seconds) for ppm in DRIFT_PPM]
        judging = [pool.submit(_judge, *job) for job in jobs(quick=quick)]
        judged = [one for done in judging for one in done.result()]
        return judged, [done.result() for done in drifting]


def measure(*, quick: bool) -> Table:
    """Everything, as rows; every run in `out/bench/voice.json`."""
    judged, drifted = take(quick=quick)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    runs = {"judged": [asdict(one) for one in judged], "drifted": [asdict(one) for one in drifted]}
    OUT.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
    said = reel()
    people = ", ".join(dict.fromkeys(part.who.removesuffix(" 1").removesuffix(" 2") for part in said.parts))
    seeds = len(SEEDS_QUICK if quick else SEEDS)
    how = (
        f"The true pipes over a simulated network in virtual time; {seeds} seed(s), medians; "
        f"{(len(said.pcm) / RATE - said.judged_from):.0f} s of speech judged ({people}), WB-PESQ for each turn of 5 to "
        "13 s, mean of the turns. At most 32 kb/s of Opus, redundancy extra. Delay: mouth to ear, measured in the "
        "sound, less the network's mean; no sound cards."
    )
    rows = (
        *tables.loss(judged),
        *tables.contest(judged),
        *tables.jitter(judged),
        *tables.drift(drifted),
        *tables.emodel(judged),
        *tables.others(judged),
    )
    return Table("voice", "How a call sounds, and how late", how, rows)
