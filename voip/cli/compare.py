"""`glasscall compare`: TLS 1.2 and 1.3, full and resumed, measured now on this machine."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from voip.errors import UsageError
from voip.io.report import write_json
from voip.lab.comparison import RUNS_MAX, Column, Comparison, compare


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "compare",
        help="TLS 1.2 and 1.3, full and resumed, measured side by side",
        description="Shakes hands four ways over this machine's loopback, with mutual certificates, and measures each.",
    )
    parser.add_argument("--rtt", metavar="MS", type=float, default=0.0, help="round-trip time of the way, 0–300 ms")
    parser.add_argument("--runs", metavar="N", type=int, default=5, help="how often each; the medians are shown")
    parser.add_argument("--json", metavar="FILE", help="write the result to FILE as JSON; “-” is standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and show; raises `UsageError` for figures out of range, `StoreError` when FILE cannot be written."""
    if not 1 <= args.runs <= RUNS_MAX:
        raise UsageError(f"--runs takes a number from 1 to {RUNS_MAX}.")
    found = asyncio.run(compare(args.rtt, args.runs))
    if args.json == "-":
        sys.stdout.write(json.dumps(found.to_dict()) + "\n")
        return 0
    if args.json:
        write_json(Path(args.json), found.to_dict())
    show(Console(highlight=False), found)
    return 0


def show(console: Console, found: Comparison) -> None:
    """A table, one column for each kind."""
    table = Table("", *(title(column) for column in found.columns), box=box.SIMPLE_HEAD, pad_edge=False)
    lines: tuple[tuple[str, Callable[[Column], str]], ...] = (
        ("messages", lambda c: str(len(c.messages))),
        ("bytes, client → server", lambda c: f"{c.bytes_out:,}"),
        ("bytes, server → client", lambda c: f"{c.bytes_in:,}"),
        ("round trips before data", lambda c: str(c.round_trips)),
        ("CPU, client", lambda c: f"{c.client_cpu_ms:.2f} ms"),
        ("CPU, server", lambda c: f"{c.server_cpu_ms:.2f} ms"),
        ("time on the bare loopback", lambda c: f"{c.loopback_ms:.1f} ms"),
        (f"time at {found.rtt_ms:g} ms", lambda c: f"{c.time_ms:.1f} ms"),
    )
    for name, value in lines:
        table.add_row(name, *(value(column) for column in found.columns))
    console.print(table)
    console.print(f"Medians of {found.runs} runs each, taken in turns, over this machine's loopback.", markup=False)


def title(column: Column) -> str:
    """`TLS 1.3 resumed`."""
    return f"TLS {column.version} {'resumed' if column.resumed else 'full'}"
