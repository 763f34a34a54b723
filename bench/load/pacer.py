"""The C program that sends: started on its core, watched, its tally read; the relay's processor time around it.

drive(host, "tls", address, port, Load(calls=100, seconds=8, people=people)) ──→ Tally

python bench/load/pacer.py tls 100 --seconds 8       # against a relay of ours, from the command line
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(ROOT)]

from load.host import Host, cores, our_relay  # noqa: E402
from load.people import People, prepare  # noqa: E402
from load.tally import Tally  # noqa: E402

BUILD = ROOT / "build/bench"
OPEN_WITHIN = 400.0
"""Seconds for all calls to stand."""
FIRST = ("nice", "-n", "-10")
"""Where we may: whatever else runs on the generator's core must not make it late."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent."""

    calls: int
    seconds: float
    rate: float = 50
    """Packets a second from each end."""
    size: int = 172
    """Bytes of a packet: 160 of voice, and RTP's header."""
    people: People | None = None
    """For our relay."""
    slow: tuple[int, float, float] | None = None
    """(end, from, for): this end reads nothing for so many seconds."""

    def options(self) -> list[str]:
        """As the C program wants them."""
        options = ["-r", f"{self.rate:g}", "-b", str(self.size)]
        if self.people is not None:
            options += ["-p", str(self.people.identities)]
        if self.slow is not None:
            options += ["-s", ",".join(f"{value:g}" for value in self.slow)]
        return options


def build() -> None:
    """Makes the C programs, if they are not new; raises `RuntimeError`."""
    command = ["make", "-s", "-C", str(ROOT), "build/bench/load", "build/bench/forward"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"the load generator could not be built: {made.stderr[-600:]}")


def drive(
    host: Host | None, way: str, address: str, port: int, load: Load, on_open: Callable[[int], None] | None = None
) -> Tally:
    """One run. `on_open` is given the relay's UDP port (or 0) when all calls stand.

    Raises `RuntimeError` with the reason when they cannot.
    """
    command = [
        *(FIRST if os.geteuid() == 0 else ()), "taskset", "-c", str(cores()[1]), str(BUILD / "load"), *load.options(),
        way, address, str(port), str(load.calls), f"{load.seconds:g}",
    ]  # fmt: skip
    marks: dict[str, tuple[float, float]] = {}
    figures: dict[str, Any] | None = None
    opened = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(OPEN_WITHIN + load.seconds + 30, process.kill)
        watchdog.start()
        try:
            for line in process.stdout or ():
                if line.startswith("OPEN"):
                    opened = float(line.split()[1])
                    if on_open is not None:
                        on_open(int(line.split()[2]))
                elif line.startswith("{"):
                    figures = json.loads(line)
                else:
                    marks[line.strip()] = (host.cpu() if host is not None else 0.0, time.monotonic())
            said = process.stderr.read().strip() if process.stderr else ""
            status = process.wait()
        finally:
            watchdog.cancel()
            process.kill()
    if figures is None or status or not {"START", "STOP"} <= marks.keys():
        raise RuntimeError(f"{way}, {load.calls} calls: {said[-400:] or f'the generator ended with status {status}'}")
    (before, began), (after, over) = marks["START"], marks["STOP"]
    return Tally(figures, after - before, over - began, opened, host.memory() if host is not None else 0.0)


def main() -> int:
    """One run against a relay of ours, from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=("udp", "tls"))
    parser.add_argument("calls", type=int)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rate", type=float, default=50, help="packets a second from each end (default: %(default)s)")
    parser.add_argument("--size", type=int, default=172, help="bytes of a packet (default: %(default)s)")
    parser.add_argument("--people", type=Path, default=ROOT / "out/bench/load", help="default: %(default)s")
    parser.add_argument("--relay", default="", metavar="OPTIONS", help="options of `glasscall relay`")
    args = parser.parse_args()
    build()
    people = prepare(args.people, 2 * args.calls)
    load = Load(args.calls, args.seconds, args.rate, args.size, people)
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-load-") as folder,
        our_relay(people, Path(folder) / "relay.log", *args.relay.split()) as (host, address, port),
    ):
        sys.stderr.write(f"the relay is process {host.process.pid}\n")
        tally = drive(host, args.way, address, port, load)
    print("  ".join(f"{name} {value}" for name, value in tally.figures.items()))
    relay = f"{tally.per_million:.1f} CPU s per million packets, {tally.core:.0f} % of a core, {tally.memory:.0f} MB"
    print(f"opened in {tally.opened:.1f} s; relay: {relay}")
    if tally.late:
        print("the generator was late: no verdict on the relay")
    return 0


if __name__ == "__main__":
    sys.exit(main())
