"""Mouth to ear beside others, in one run: Glasscall, Mumble, baresip, and the floor that all of them stand on.

each round, over the same null sinks, in turns:  floors · Glasscall in each mode · Mumble · baresip
all rounds ──→ ratios to the best peer ──→ targets

make bench-peers                     installs the peers, takes about 20 minutes
make bench-peers ARGS=--quick        one turn each, not judged
"""

import functools
import math
from typing import Any

from call_latency import LIMITS, Contestant, call, floors, glasscall, modes, rounds
from rig.virtual_sound import missing_programs
from rows import Table
from standing import TURNS, Limits, Standing, best, row
from village import village

from peers import baresip, mumble

SHARE = 0.8
"""Of the best peer's median, at most, in the mode `balanced`."""
CHIRPS, CHIRPS_QUICK = 30, 8


def peers() -> list[Contestant]:
    """Everybody else."""
    return [
        *(
            Contestant(f"Mumble, {variant}", functools.partial(mumble.talking, variant=variant))
            for variant in mumble.VARIANTS
        ),
        *(
            Contestant(f"baresip, {variant}", functools.partial(baresip.talking, variant=variant))
            for variant in baresip.VARIANTS
        ),
    ]


def limits(mode: str) -> Limits:
    """What is asked of Glasscall here: what is asked of it alone, and for `balanced` a share of the best peer."""
    alone = LIMITS[mode]
    return Limits(alone.p50, alone.p99, SHARE if mode == "balanced" else None, alone.turns)


def table(
    ours: dict[str, Standing], others: list[Standing], ground: list[Standing], how: str, *, judged: bool
) -> Table:
    """`ours`: by mode. Ratios are to the best peer's median."""
    rival = best(others)
    ranked = sorted(others, key=lambda peer: peer.p50 if peer.heard else math.inf)
    rows = [row(standing, rival, limits(mode) if judged else None, others) for mode, standing in ours.items()]
    rows += [row(standing, rival) for standing in [*ranked, *ground]]
    failed = any(not standing.heard for standing in [*ours.values(), *others, *ground])
    return Table("peers", "From mouth to ear, beside others", how, tuple(rows), failed=failed)


def measure(*, quick: bool) -> Table:
    """All of it."""
    missing = [*missing_programs(), *mumble.missing(), *baresip.missing()]
    if missing:
        said = f"Not installed: {', '.join(missing)}. `make bench-peers` installs what it needs."
        return Table("peers", "From mouth to ear, beside others", "", skipped=said, failed=True)
    turns, chirps = (1, CHIRPS_QUICK) if quick else (TURNS, CHIRPS)
    reports: list[dict[str, Any]] = []
    with village("alice", "bob") as place:
        callers = {
            mode: Contestant(glasscall(mode), functools.partial(call, place=place, mode=mode, reports=reports))
            for mode in modes()
        }
        grounds, others = floors(), peers()
        standings = rounds([*grounds, *callers.values(), *others], turns=turns, chirps=chirps)
    how = (
        f"{turns} × {chirps} chirps each, everybody in turns over the same PulseAudio null sinks, on loopback, no "
        f"acoustic path; ratios of medians. Glasscall's voice goes over TLS through its relay, Mumble's through its "
        "server, baresip's directly and in the clear."
    )
    return table(
        {mode: standings[caller.name] for mode, caller in callers.items()},
        [standings[peer.name] for peer in others],
        [standings[one.name] for one in grounds],
        how,
        judged=not quick,
    )
