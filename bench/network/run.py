"""`network` of bench/run.py: does a call survive its network? Each trial stands in out/bench/network/trials.json.

blackhole ─→ killed ─→ moved ─→ frozen ─→ lossy ─→ rows

It needs root (namespaces), nftables, and takes about an hour; with --quick six trials each, and half a minute of loss.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rows import Row, Table

from . import faulted, lossy, namespaces

NAME, TITLE = "network", "A call whose network breaks"
OUT = Path("out/bench/network/trials.json")


def measure(*, quick: bool) -> Table:
    """All of it."""
    if why := namespaces.missing():
        return Table(NAME, TITLE, "", skipped=why, failed=True)
    namespaces.clear()
    trials = faulted.TRIALS_QUICK if quick else faulted.TRIALS
    rows: list[Row] = []
    found: dict[str, Any] = {}
    for fault in faulted.FAULTS.values():
        series = faulted.take_all(fault, trials)
        rows.append(faulted.row(series))
        found[fault.name] = [asdict(outcome) for outcome in series.outcomes]
        _keep(found)
    runs = lossy.take(quick=quick)
    rows += lossy.rows(runs)
    found["lossy"] = lossy.plain(runs)
    _keep(found)
    how = (
        f"A real relay and two real phones, each in a network namespace, a router between them; {faulted.PAIRS} such "
        "places side by side; a fault is repeated in the same call as long as the call lives. Both phones say a tone "
        "that rises without a pause; missing is what is played and was not said: silence, and what was made up."
    )
    return Table(NAME, TITLE, how, tuple(rows))


def _keep(found: dict[str, Any]) -> None:
    """What is known so far: an hour's trials are not to be lost with the last of them."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
