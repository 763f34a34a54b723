"""A hundred calls run while somebody sends the relay more than they should: what the calls lose by it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from load.host import cores, our_relay
from load.pacer import ROOT, Load, build, drive
from load.people import prepare
from load.tally import Tally
from rows import Row, Table

from relay.contest import PEOPLE
from relay.verdict import Limits, figures, shortfalls

CALLS = 100
KINDS = ("half-open", "slowloris", "garbage", "stun", "invites")
LIMITS = Limits(loss=0.1)
SECONDS = 12.0
SLACK = 3.0
"""Seconds that the flood goes on longer than the calls are counted: it begins when they stand."""
STUN_AT_LEAST = 9_000
"""A second: a flood that did not come proves nothing."""
NAME, TITLE = "relay-floods", "The relay: floods while calls run"


def run(way: str, kinds: tuple[str, ...], seconds: float, calls: int = CALLS) -> tuple[Tally, dict[str, int]]:
    """One run; the calls' tally, and what the flood did each second."""
    people = prepare(PEOPLE, 2 * calls + 1)
    floods: list[subprocess.Popen[str]] = []
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-relay-") as folder,
        our_relay(people, Path(folder) / "relay.log") as (host, address, port),
    ):

        def begin(udp_port: int) -> None:
            command = [
                "taskset", "-c", str(cores()[1]), sys.executable, str(ROOT / "bench/load/flood.py"), address,
                str(port), str(udp_port), *kinds, "--people", str(people.folder), "--as", str(2 * calls),
                "--seconds", f"{seconds + SLACK:g}",
            ]  # fmt: skip
            floods.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

        try:
            load = Load(calls, seconds, people=people)
            tally = drive(host, way, address, port, load, begin if kinds else None)
            said = [flood.communicate(timeout=SLACK + 20)[0] for flood in floods]
        finally:
            for flood in floods:
                with flood:
                    flood.kill()
    return tally, json.loads(said[0]) if said and said[0] else {}


def row(way: str, kinds: tuple[str, ...], seconds: float) -> Row:
    """One kind of flood, or all of them; once more if the calls suffered."""
    tally, did = run(way, kinds, seconds)
    first = _why(tally, kinds, did, way)
    if first:
        tally, did = run(way, kinds, seconds)
    why = _why(tally, kinds, did, way)
    seen = figures([tally]) | {f"{what}/s": count for what, count in did.items()}
    if first:
        seen["the first try"] = ", ".join(first)
    if why:
        seen["fell short by"] = ", ".join(why)
    what = " and ".join(kinds) if len(kinds) < len(KINDS) else "all at once"
    return Row(f"{CALLS} calls over {way.upper()}: {what or 'nothing'}", figures=seen, target=str(LIMITS), met=not why)


def _why(tally: Tally, kinds: tuple[str, ...], did: dict[str, int], way: str) -> list[str]:
    why = shortfalls(tally, LIMITS)
    if kinds and not did:
        why.append("nothing was flooded")
    if way == "udp" and kinds == ("stun",) and did.get("stun", 0) < STUN_AT_LEAST:
        why.append(f"only {did.get('stun', 0)} STUN requests/s were sent")
    return why


def measure(*, quick: bool) -> Table:
    """Each kind alone, all at once; and all at once beside calls over TLS."""
    build()
    seconds = 5.0 if quick else SECONDS
    cases: list[tuple[str, tuple[str, ...]]] = [("udp", ()), *(("udp", (kind,)) for kind in KINDS)]
    cases += [("udp", KINDS), ("tls", KINDS)]
    rows = tuple(row(way, kinds, seconds) for way, kinds in cases)
    how = (
        f"{CALLS} calls through the relay for {seconds:g} s, and beside them on the load's core "
        "whoever floods: strangers from 40 addresses, and one user who invites people that are busy, now as fast as is "
        "allowed and now faster."
    )
    return Table(NAME, TITLE, how, rows)
