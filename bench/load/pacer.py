"""The C program that sends: started, watched, its tally read, and the relay's processor time taken around it.

drive(host, "tls", address, port, calls=100, seconds=8, people=people) ──→ Tally

python bench/load/pacer.py tls 100 --seconds 8       # the same from the command line, with a relay of ours
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(ROOT)]

from load.host import Host, cores, our_relay  # noqa: E402
from load.people import People, prepare  # noqa: E402

BUILD = ROOT / "build/bench"
OPEN_WITHIN = 400.0
"""Seconds for all calls to stand."""
LATE = 2.0
"""Milliseconds. If the generator sent one packet in a hundred later than this, it was not the relay that was measured."""
HIGH = -10
"""The generator's priority, where we may choose it: whatever else runs on its core must not make it late."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run gave. Delays are from the generator's sending to its receiving, in ms."""

    figures: dict[str, Any]
    """The program's own: sent, got, loss_pct, p50_ms, p99_ms, …, late_p99_ms."""
    cpu: float
    """Seconds of the processor that the relay used while it counted."""
    seconds: float
    opened: float
    """Seconds until all calls stood."""
    memory: float = 0.0
    """MB of the relay at the end."""
    during: dict[str, float] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return int(self.figures["calls"])

    @property
    def loss(self) -> float:
        """% of the packets sent."""
        return float(self.figures["loss_pct"])

    @property
    def p99(self) -> float:
        return float(self.figures["p99_ms"])

    @property
    def late(self) -> bool:
        """Whether the generator was the bottleneck."""
        return float(self.figures["late_p99_median_ms"]) > LATE or self.blocked > self.sent * 0.001

    @property
    def blocked(self) -> int:
        return int(self.figures["blocked"])

    @property
    def sent(self) -> int:
        return int(self.figures["sent"])

    @property
    def per_million(self) -> float:
        """CPU seconds of the relay for a million packets that it forwarded."""
        got = int(self.figures["got"])
        return self.cpu / got * 1e6 if got else float("inf")

    @property
    def core(self) -> float:
        """% of a core."""
        return 100 * self.cpu / self.seconds


def build() -> Path:
    """The programs' folder, after `make` has seen to it that they are new. Raises `RuntimeError`."""
    made = subprocess.run(
        ["make", "-s", "-C", str(ROOT), "build/bench/load", "build/bench/forward"], capture_output=True, text=True
    )
    if made.returncode:
        raise RuntimeError(f"the load generator could not be built: {made.stderr[-600:]}")
    return BUILD


def _settle() -> None:
    os.sched_setaffinity(0, {cores()[1]})
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, HIGH)


def drive(
    host: Host | None, way: str, address: str, port: int, *, calls: int, seconds: float,
    rate: float = 50, size: int = 172, people: People | None = None, slow: tuple[int, float, float] | None = None,
    on_open: Callable[[], None] | None = None, each_second: Callable[[float], None] | None = None,
) -> Tally:  # fmt: skip
    """One run; `slow`: (end, from, for). `on_open` is called when all calls stand, `each_second` until the end.

    Raises `RuntimeError` with the program's last words when calls could not be made.
    """
    command = [
        str(BUILD / "load"),
        way,
        address,
        str(port),
        str(calls),
        f"{seconds:g}",
        "-r",
        f"{rate:g}",
        "-b",
        str(size),
    ]
    if people is not None:
        command[1:1] = ["-p", str(people.identities)]
    if slow is not None:
        command[1:1] = ["-s", ",".join(f"{value:g}" for value in slow)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_settle)
    watchdog = threading.Timer(OPEN_WITHIN + seconds + 30, process.kill)
    watchdog.start()
    marks: dict[str, tuple[float, float]] = {}
    figures: dict[str, Any] | None = None
    opened = 0.0
    ended = threading.Event()
    watcher = threading.Thread(target=_tell, args=(each_second, ended), daemon=True) if each_second else None
    try:
        assert process.stdout is not None
        for line in process.stdout:
            word = line.split()[0] if line.split() else ""
            if word == "OPEN":
                opened = float(line.split()[1])
                if on_open is not None:
                    on_open()
                if watcher is not None:
                    watcher.start()
            elif word in {"START", "STOP"}:
                marks[word] = (host.cpu() if host is not None else 0.0, time.monotonic())
            elif word.startswith("{"):
                figures = json.loads(line)
        status = process.wait()
    finally:
        watchdog.cancel()
        ended.set()
        if process.poll() is None:
            process.kill()
            process.wait()
    if figures is None or status or len(marks) != 2:
        said = process.stderr.read() if process.stderr else ""
        raise RuntimeError(
            f"{way}, {calls} calls: {said.strip()[-400:] or f'the generator ended with status {status}'}"
        )
    (before, began), (after, over) = marks["START"], marks["STOP"]
    return Tally(figures, after - before, over - began, opened, host.memory() if host is not None else 0.0)


def _tell(each_second: Callable[[float], None], ended: threading.Event) -> None:
    began = time.monotonic()
    while not ended.wait(1.0):
        each_second(time.monotonic() - began)


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
    with (
        tempfile.TemporaryDirectory(prefix="glasscall-load-") as folder,
        our_relay(people, Path(folder) / "relay.log", *args.relay.split()) as (host, address, port),
    ):
        sys.stderr.write(f"the relay is process {host.process.pid}\n")
        tally = drive(
            host,
            args.way,
            address,
            port,
            calls=args.calls,
            seconds=args.seconds,
            rate=args.rate,
            size=args.size,
            people=people,
        )
    for key, value in tally.figures.items():
        print(f"{key} {value}", end="  ")
    print(f"\nopened in {tally.opened:.1f} s  relay: {tally.per_million:.1f} CPU s per million packets, {tally.core:.0f} % of a core, "
          f"{tally.memory:.0f} MB{'  THE GENERATOR WAS LATE: no verdict on the relay' if tally.late else ''}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
