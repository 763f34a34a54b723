"""A relay, ours or a peer's, as processes of its own on one core, and what the kernel says of them.

with hosted(command, folder / "relay.log") as host:
    host.cpu(), host.memory(), host.descriptors()
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from load.people import RELAY_NAME, People

ROOT = Path(__file__).resolve().parents[2]
RELAY_CORE, LOAD_CORE = 0, 1
UP_WITHIN = 30.0
END_WITHIN = 8.0
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Host:
    """The processes of one command: its session."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self.log = log

    def said(self) -> str:
        """What it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def cpu(self) -> float:
        """Seconds of the processor that all of its processes used, those that have ended included."""
        total = 0
        for pid, fields in self._stats():
            total += int(fields[11]) + int(fields[12])
            if pid == self.process.pid:
                total += int(fields[13]) + int(fields[14])
        return total / _TICK

    def memory(self) -> float:
        """MB that are resident."""
        return sum(int(fields[21]) for _, fields in self._stats()) * _PAGE / 1e6

    def descriptors(self) -> int:
        """Open files and sockets."""
        count = 0
        for pid, _ in self._stats():
            try:
                count += sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
            except OSError:  # it has just ended
                continue
        return count

    def threads(self) -> int:
        """Of all its processes."""
        return sum(int(fields[17]) for _, fields in self._stats())

    def _stats(self) -> Iterator[tuple[int, list[str]]]:
        """/proc/PID/stat of each of its processes, from the state on."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                yield int(entry.name), fields


def cores() -> tuple[int, int]:
    """(the relay's, the load's); raises `RuntimeError` where there are not two."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise RuntimeError("A relay and its load need a core each; this machine has one.")
    return usable[RELAY_CORE], usable[LOAD_CORE]


@contextmanager
def hosted(
    command: Sequence[str],
    log: Path,
    ready: Callable[[str], bool] | None = None,
    core: int | None = None,
    cwd: Path | None = None,
) -> Iterator[Host]:
    """`command` on the relay's core, from when `ready` likes what it has printed to the end of the block."""
    pinned = ["taskset", "-c", str(cores()[0] if core is None else core), *command]
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, start_new_session=True
        )
    host = Host(process, log)
    try:
        _await(host, ready)
        yield host
    finally:
        _end(process)


def _await(host: Host, ready: Callable[[str], bool] | None) -> None:
    deadline = time.monotonic() + UP_WITHIN
    while ready is not None and not ready(host.said()):
        if time.monotonic() > deadline or host.process.poll() is not None:
            raise RuntimeError(f"{host.process.args} did not come up: {host.said()[-800:]}")
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(END_WITHIN)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def our_relay(people: People, log: Path, *options: str) -> Iterator[tuple[Host, str, int]]:
    """`glasscall relay` with `people`; with it the address and port on which it listens."""
    command = [
        sys.executable, "-m", "voip.cli", "relay", "--listen", "127.0.0.1:0", "--state", str(people.state.resolve()),
        "--name", RELAY_NAME, *options,
    ]  # fmt: skip

    def ready(said: str) -> bool:
        return "\n" in said[said.find("ready ") :] and "ready " in said

    with hosted(command, log, ready, cwd=ROOT) as host:
        said = host.said()
        address, _, port = said[said.find("ready ") :].split(" on ")[1].split(", CA")[0].rpartition(":")
        yield host, address, int(port)
