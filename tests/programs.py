"""`glasscall` as real processes, the way a user runs it. Whatever one says, a traceback is never part of it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-m", "voip.cli")
PATIENCE = 30.0
SPEECH = Path(__file__).parents[1] / "assets"


class Program:
    """One running `glasscall`; its output is collected as it comes."""

    def __init__(self, *arguments: str, env: dict[str, str] | None = None, command: Sequence[str] = COMMAND) -> None:
        self._process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )
        self.out, self.err = "", ""
        self._news = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(name,), daemon=True) for name in ("stdout", "stderr")
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str) -> None:
        for line in getattr(self._process, name):
            with self._news:
                if name == "stdout":
                    self.out += line
                else:
                    self.err += line
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def says(self, text: str, within: float = PATIENCE) -> str:
        """Wait until `text` was said; the line that has it."""
        with self._news:
            done = self._news.wait_for(lambda: text in self.out + self.err or not self._reading(), within)
        assert done, f"{text!r} was not said within {within:g} s, but: {self.out}{self.err}"
        assert text in self.out + self.err, f"it ended without {text!r}: {self.out}{self.err}"
        return next(line for line in (self.out + self.err).splitlines() if text in line)

    def _reading(self) -> bool:
        return any(reader.is_alive() for reader in self._readers if reader is not threading.current_thread())

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Ctrl-C, or another signal."""
        self._process.send_signal(number)

    def ends(self, within: float = PATIENCE) -> int:
        """Wait for the end; the exit status."""
        try:
            status = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"it did not end within {within:g} s: {self.out}{self.err}") from None
        for reader in self._readers:
            reader.join(5)
        for pipe in (self._process.stdout, self._process.stderr):
            pipe.close()
        assert "Traceback" not in self.out + self.err, self.err
        return status

    def kill(self) -> None:
        """End it, if it runs."""
        if self._process.poll() is None:
            self._process.kill()
        self.ends()


def glasscall(*arguments: str, env: dict[str, str] | None = None, within: float = PATIENCE) -> Program:
    """Run `glasscall` to its end; `.status` is its exit status."""
    program = Program(*arguments, env=env)
    program.status = program.ends(within)
    return program


def refuses(program: Program, status: int, *words: str) -> None:
    """`program` ended with `status` and one sentence that has all of `words`."""
    said = " ".join(program.err.split())
    assert program.status == status, said
    assert said.startswith("glasscall: "), said
    for word in words:
        assert word in said, f"{word!r} is not in: {said}"


class Village:
    """A running relay, and people who have joined it."""

    def __init__(self, folder: Path, relay: Program, port: int) -> None:
        self.folder, self.relay, self.port = folder, relay, port
        self._running: list[Program] = []

    @property
    def state(self) -> str:
        return str(self.folder / "relay")

    def home(self, name: str) -> str:
        return str(self.folder / name)

    def invite(self, name: str, *options: str) -> str:
        program = glasscall("invite", name, "--state", self.state, *options)
        assert program.status == 0, program.err
        return program.out.strip()

    def join(self, name: str) -> None:
        program = glasscall("join", self.invite(name), "--home", self.home(name))
        assert program.status == 0, program.err
        assert f"{name}@relay.test" in program.out

    def start(self, *arguments: str, env: dict[str, str] | None = None, command: Sequence[str] = COMMAND) -> Program:
        program = Program(*arguments, env=env, command=command)
        self._running.append(program)
        return program

    def answer(self, name: str, *options: str) -> Program:
        program = self.start("answer", "--home", self.home(name), *(options or ("--input", "none", "--output", "none")))
        program.says("ready ")
        return program

    def close(self) -> None:
        for program in reversed(self._running):
            program.kill()
        self.relay.interrupt(signal.SIGTERM)
        assert self.relay.ends() == 0


@contextmanager
def village(folder: Path, names: Sequence[str] = (), *options: str) -> Iterator[Village]:
    """A relay of its own in `folder`, ended whatever happens."""
    relay = Program(
        "relay", "--listen", "127.0.0.1:0", "--state", str(folder / "relay"), "--name", "relay.test", *options
    )
    ready = relay.says("ready ")
    place = Village(folder, relay, int(ready.rpartition(", CA")[0].rpartition(":")[2]))
    try:
        for name in names:
            place.join(name)
        yield place
    finally:
        place.close()


def until(happened, within: float = PATIENCE) -> None:
    """Wait for something that no program tells (a file, say)."""
    end = time.monotonic() + within
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
