#!/usr/bin/env python3
"""`make bench`: measures what Glasscall costs on this machine, and names the machine.

machine ─→ handshake ─→ setup ─→ mouth-to-ear ─→ voice ─→ echo ─→ window ─→ newcomer ─→ out/bench/report.json, tables

    python bench/run.py [NAME…] [--quick] [--markdown] [--out DIR]

Exit status 1 when a measurement failed or a target was missed. What each row means: `bench/README.md`.
"""

import argparse
import importlib
import json
import signal
import sys
import time
import traceback
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

# opuslib compares an integer with `is`; nothing here can change that, and it says so at each first import.
warnings.filterwarnings("ignore", category=SyntaxWarning, message='"is not" with a literal')

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]  # what is measured is the program beside this file, whichever one is installed
sys.path += [str(HERE), str(HERE.parent / "tests")]

from machine import machine  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table as Shown  # noqa: E402
from rows import Row, Table  # noqa: E402

MEASUREMENTS = {
    "handshake": "handshake",
    "setup": "setup",
    "mouth-to-ear": "call_latency",
    "voice": "voice.measurement",
    "echo": "echo",
    "window": "window",
    "newcomer": "newcomer",
}
"""Name on the command line → file."""
RELAY = {
    "relay-udp": "relay.udp",
    "relay-tls": "relay.tls",
    "relay-setup": "relay.setup",
    "relay-slow": "relay.slow",
    "relay-floods": "relay.floods",
    "relay-soak": "relay.soak",
}
"""All of them: `relay` (`make bench-relay`)."""
ON_DEMAND = {"peers": "peers.run", "endurance": "endurance", **RELAY}
"""What is measured only when it is named: it needs other people's programs (`make bench-peers`), or half an hour."""


def chosen(names: list[str]) -> list[str]:
    """What `names` ask for; all of `MEASUREMENTS` when there are none."""
    return [one for name in names for one in (RELAY if name == "relay" else [name])] or list(MEASUREMENTS)


def take(name: str, *, quick: bool, **options: float) -> Table:
    """One measurement; a failure becomes a table that says so."""
    try:
        table: Table = importlib.import_module({**MEASUREMENTS, **ON_DEMAND}[name]).measure(quick=quick, **options)
    except Exception as error:  # noqa: BLE001 - the others are still worth having
        traceback.print_exc()
        return Table(name, name, "", skipped=f"Failed: {error}", failed=True)
    return table


def figures(row: Row) -> str:
    """The absolute values, on one line."""
    return " · ".join(f"{name} {value}" for name, value in row.figures.items())


def verdict(row: Row) -> str:
    """The target and whether it was met."""
    return "" if row.met is None else f"{row.target}: {'met' if row.met else 'MISSED'}"


def against(row: Row) -> str:
    """What the ratio is to."""
    return f"× {row.against}" if row.ratio is not None else ""


def show(console: Console, table: Table) -> None:
    """One table on a terminal."""
    console.print(f"\n[bold]{table.title}[/bold]")
    console.print(table.skipped or table.how, style="yellow" if table.skipped else "dim", markup=False)
    if table.skipped:
        return
    shown = Shown(box=None, pad_edge=False, show_header=False)
    for justify in ("right", "left"):
        shown.add_column(justify=justify, overflow="fold")
    for row in table.rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        shown.add_row(f"[bold]{ratio}[/bold]", f"[bold]{row.what}[/bold] {against(row)} {verdict(row)}")
        if row.figures:
            shown.add_row("", f"[dim]{figures(row)}[/dim]")
    console.print(shown)


def markdown(seen: dict[str, str], tables: list[Table]) -> str:
    """The same as Markdown, for `bench/README.md`."""
    lines = [" · ".join(f"{name}: {value}" for name, value in seen.items())]
    for table in tables:
        lines += ["", f"### {table.title}", "", table.skipped or table.how]
        if not table.skipped:
            lines += ["", "| what | ratio | against | figures |", "|---|---:|---|---|"]
        for row in table.rows:
            ratio = "" if row.ratio is None else f"**{row.ratio:.2f}**"
            said = " · ".join(filter(None, (figures(row), verdict(row))))
            lines.append(f"| {row.what} | {ratio} | {against(row)} | {said} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME",
        help=f"which: {', '.join(MEASUREMENTS)} (default: all of these), {', '.join(ON_DEMAND)}",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="fewer rounds: under 90 s, and rougher")
    parser.add_argument("--minutes", type=float, default=20.0, help="of relay-soak (default: %(default)g)")
    parser.add_argument("--markdown", action="store_true", help="print Markdown instead of tables")
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("out/bench"), help="default: %(default)s")
    args = parser.parse_args()
    known = {**MEASUREMENTS, **ON_DEMAND, "relay": ""}
    if unknown := [name for name in args.names if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that each measurement ends what it has started
    console, progress = Console(highlight=False), Console(stderr=True, highlight=False)
    seen, began = machine(), time.monotonic()
    if not args.markdown:
        console.print(" · ".join(f"{name}: {value}" for name, value in seen.items()), markup=False)
    tables = []
    for name in chosen(args.names):
        progress.print(f"measuring {name} …", style="dim")
        tables.append(take(name, quick=args.quick, **({"minutes": args.minutes} if name == "relay-soak" else {})))
        if not args.markdown:
            show(console, tables[-1])
    if args.markdown:
        sys.stdout.write(markdown(seen, tables))
    ok = not any(table.failed or any(row.met is False for row in table.rows) for table in tables)
    report: dict[str, Any] = {
        "ok": ok,
        "quick": args.quick,
        "seconds": round(time.monotonic() - began, 1),
        "machine": seen,
        "tables": [asdict(table) for table in tables],
    }
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "report.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    progress.print(f"\n{report['seconds']:g} s; everything is in {path}", markup=False)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
