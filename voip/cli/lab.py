"""`glasscall lab`: attacks on a real relay and real phones, on this machine only, and what stopped each.

Exit status: 0 when everything was as it must be (all held, and the control in the clear did not); 1 otherwise.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from voip.errors import UsageError
from voip.io import clock
from voip.io.report import write_json
from voip.lab.catalogue import SCENARIOS, chosen
from voip.lab.catalogue import run as attack
from voip.lab.leak import SECONDS, SECONDS_LEAST, SECONDS_MOST, traces
from voip.lab.result import Result, Scenario


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "lab",
        help="attack it, and see what stops the attack",
        description="Attacks on a real relay and real phones, all in this process, over this machine's loopback only.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="name the scenarios")
    listing.set_defaults(run=list_scenarios)
    running = actions.add_parser("run", help="run one scenario, or all of them")
    running.add_argument("name", metavar="NAME", help="a scenario, or “all”")
    running.add_argument("--json", type=Path, metavar="FILE", help="write the results here")
    running.add_argument(
        "--progress", choices=("text", "json"), default="text",
        help="json: a line for each scenario that begins and that is done, for another program to read",
    )  # fmt: skip
    running.set_defaults(run=run)
    leaking = actions.add_parser("leak", help="what the sizes of packets tell of the voice: ours, and a variable rate")
    leaking.add_argument(
        "--seconds", type=float, metavar="N", default=SECONDS, help="say so much, in real time (default: %(default)g)"
    )
    leaking.add_argument("--json", type=Path, metavar="FILE", help="write both traces and the figures here")
    leaking.set_defaults(run=run_leak)


def list_scenarios(_args: argparse.Namespace) -> int:
    """Name every scenario with its title."""
    table = Table("scenario", "what Mallory tries", box=box.SIMPLE_HEAD, pad_edge=False)
    for scenario in SCENARIOS:
        table.add_row(scenario.name, escape(scenario.title))
    Console(highlight=False).print(table)
    return 0


def run(args: argparse.Namespace) -> int:
    """Run what was chosen; raises `UsageError` for an unknown name, `StoreError` when the report cannot be written."""
    console = Console(highlight=False)
    scenarios = chosen(args.name)
    began = clock.monotonic()
    with _relay_kept_quiet():
        done = asyncio.run(_tell(scenarios) if args.progress == "json" else _run(scenarios, console))
    if args.json:
        write_json(args.json, [result.to_dict() for _, result in done])
    wrong = [result.name for scenario, result in done if not scenario.as_it_must_be(result)]
    if args.progress == "json":
        return 1 if wrong else 0
    held = sum(result.held for _, result in done)
    console.print(
        f"{len(done)} scenario{'' if len(done) == 1 else 's'} in {clock.monotonic() - began:.0f} s: {held} held. "
        + (f"Not as it must be: {', '.join(wrong)}." if wrong else "Everything is as it must be."),
        style="bold red" if wrong else "bold",
        markup=False,
    )
    return 1 if wrong else 0


async def _run(scenarios: Sequence[Scenario], console: Console) -> list[tuple[Scenario, Result]]:
    done = []
    async for scenario, result in attack(scenarios):
        console.print(shown(scenario, result, with_story=len(scenarios) == 1))
        done.append((scenario, result))
    return done


async def _tell(scenarios: Sequence[Scenario]) -> list[tuple[Scenario, Result]]:
    """One JSON object a line: `{"is": "began", "name"}`, then `{"is": "done"}` with all that a `Result` has."""
    done = []
    for scenario in scenarios:
        _say({"is": "began", "name": scenario.name})
        async for told in attack((scenario,)):
            _say({"is": "done", **told[1].to_dict()})
            done.append(told)
    return done


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stdout.flush()  # whoever reads does so now, not when it is all over


def shown(scenario: Scenario, result: Result, *, with_story: bool) -> Group:
    """One result, for a terminal."""
    good = scenario.as_it_must_be(result)
    mark = "✓ held" if result.held else "✗ not held, as it must be" if good else "✗ not held"
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows = (("attempt", result.attempt), ("stopped by", result.stopped_by or "nothing"), ("evidence", result.evidence))
    for label, text in rows:
        table.add_row(label, escape(text))
    head = f"[{'green' if good else 'red'}]{mark}[/]  [bold]{escape(result.name)}[/]"
    story = [Padding(escape(scenario.story), (0, 0, 1, 2))] if with_story else []
    title = "" if with_story else f"  {escape(scenario.title)}"
    return Group(head + title, *story, Padding(table, (0, 0, 1, 2)))


def run_leak(args: argparse.Namespace) -> int:
    """Watch one recording pass twice; raises `UsageError` for a length that it has not, `StoreError` as `run`."""
    if not SECONDS_LEAST <= args.seconds <= SECONDS_MOST:
        raise UsageError(
            f"The lab can say {SECONDS_LEAST:g} to {SECONDS_MOST:g} seconds of speech, not {args.seconds:g}.",
            code="no-such-length",
        )
    console = Console(highlight=False)
    leak = asyncio.run(traces(args.seconds, lambda second: console.print(f"{second} of {args.seconds:g} s")))
    if args.json:
        write_json(args.json, leak.to_dict())
    table = Table("sent as", "packets", "sizes", "bits each", "speech or pause?", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, reading in (("our constant rate", leak.ours), ("variable rate, pauses left out", leak.theirs)):
        table.add_row(
            name, str(reading.packets), str(reading.sizes), f"{reading.bits:.1f}", f"right in {reading.accuracy:.0%}"
        )
    console.print(table, "Guessing is right in 50%.")
    return 0 if leak.flat and leak.telling else 1


@contextmanager
def _relay_kept_quiet() -> Iterator[None]:
    """The relay warns of everything that it refuses; here that is its daily bread, and told by the results."""
    logger = logging.getLogger("voip")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
