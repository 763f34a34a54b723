"""A relay process on loopback and people who have joined it, for measurements of whole calls."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

GLASSCALL = [sys.executable, "-m", "voip.cli"]
START_WITHIN = 30.0


class Village:
    """What `village` gives."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder = folder
        self.host = host
        self.port = port

    def home(self, name: str) -> Path:
        """The folder of `name`'s client."""
        return self.folder / name


@contextmanager
def village(*people: str, name: str = "relay.bench") -> Iterator[Village]:
    """A relay of this `name` that is up, with `people` enrolled; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="glasscall-bench-") as made:
        folder = Path(made)
        state = str(folder / "relay")
        with ended(
            [*GLASSCALL, "relay", "--listen", "127.0.0.1:0", "--state", state, "--name", name],
            folder / "relay.log",
        ) as relay:
            log = folder / "relay.log"
            wait_until(lambda: "\n" in _ready(log), START_WITHIN, "the relay", relay, log)
            host, _, port = _ready(log).split(" on ")[1].split(", CA")[0].rpartition(":")
            for person in people:
                invite = subprocess.run(
                    [*GLASSCALL, "invite", person, "--state", state], check=True, capture_output=True, timeout=30
                )
                url = invite.stdout.decode().split()[0]
                subprocess.run(
                    [*GLASSCALL, "join", url, "--home", str(folder / person)],
                    check=True, capture_output=True, timeout=30,
                )  # fmt: skip
            yield Village(folder, host, int(port))


def _ready(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    return text[text.find("ready ") :] if "ready " in text else ""


@contextmanager
def ended(command: list[str], log: Path, env: dict[str, str] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that prints to `log` and is gone after the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(
    ready: Callable[[], bool], within: float, what: str, process: "subprocess.Popen[bytes]", log: Path
) -> None:
    """Poll `ready()`; raises `RuntimeError` with the log's end when it takes too long or the process has ended."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline or (process.poll() is not None and not ready()):
            said = log.read_text(encoding="utf-8", errors="replace")[-800:]
            raise RuntimeError(f"{what}: not there within {within:g} s (status {process.poll()}): {said}")
        time.sleep(0.02)
