"""One turn of one contestant: its programs, each in a home of its own, over sound cards that all contestants share.

with Turn(cards, "mumble") as turn:
    program = turn.start("client-a", [...], "a")
    turn.wait_until(lambda: "connected" in turn.log("client-a"), 20, "the client")
    …                                        measured here
    turn.check()                             all of them still there, and none has left this machine
                                             whatever was started here has ended
"""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rig.virtual_sound import Side, VirtualSoundCards
from witness import beyond_loopback, is_open_udp

POLL = 0.05
END_WITHIN = 8.0
_numbers = itertools.count(1)


class Turn:
    """What the head of this file shows."""

    def __init__(self, cards: VirtualSoundCards, name: str) -> None:
        self.cards = cards
        self.folder = cards.dir / f"turn-{next(_numbers)}-{name}"
        self.folder.mkdir()
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._open_udp: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def home(self, side: Side) -> Path:
        """The home folder of `side`'s programs."""
        return self.folder / f"home_{side}"

    def env(self, side: Side, **extra: str) -> dict[str, str]:
        """As the rig's, with a home that nobody has used, and no session bus: one would be started and stay."""
        home = self.home(side)
        (home / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
        own = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            "LC_ALL": "C.UTF-8",
        }
        return self.cards.env(side, **own, **extra)

    def start(
        self,
        name: str,
        command: list[str],
        side: Side,
        *,
        descriptors: Sequence[int] = (),
        open_udp: bool = False,
        **extra: str,
    ) -> "subprocess.Popen[bytes]":
        """Start a program on `side`; `extra` goes into its environment.

        `descriptors`: those that it inherits. `open_udp`: it cannot be told to take datagrams from here alone.
        """
        if open_udp:
            self._open_udp.add(name)
        label = f"{self.folder.name}-{name}"
        self._programs[name] = self.cards.start(
            label, command, side, env=self.env(side, **extra), pass_fds=tuple(descriptors)
        )
        return self._programs[name]

    def log(self, name: str) -> str:
        """What a program has said so far."""
        return self.cards.log(f"{self.folder.name}-{name}")

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for `ready()`; raises `RuntimeError` with the logs when it takes longer or a program has ended."""
        deadline = time.monotonic() + seconds
        while not ready():
            self._all_alive(what)
            if time.monotonic() > deadline:
                said = {name: self.log(name)[-600:] for name in self._programs}
                raise RuntimeError(f"{what}: not there within {seconds:g} s; {said}")
            time.sleep(POLL)

    def check(self) -> None:
        """Raises `RuntimeError` if a program has ended, or has a socket that reaches beyond 127.0.0.1."""
        self._all_alive("the turn")
        for name, program in self._programs.items():
            found = beyond_loopback(program.pid)
            if outside := [one for one in found if not (name in self._open_udp and is_open_udp(one))]:
                raise RuntimeError(f"{name} reaches beyond this machine: {outside}")

    def _all_alive(self, what: str) -> None:
        for name, program in self._programs.items():
            if program.poll() is not None:
                raise RuntimeError(f"{what}: {name} ended with {program.returncode}: {self.log(name)[-1200:]}")

    def close(self) -> None:
        """End the programs, the last first, each with its children: the rig gave each a process group."""
        for program in reversed(self._programs.values()):
            for how in (signal.SIGTERM, signal.SIGKILL):
                if program.poll() is not None:
                    break
                os.killpg(program.pid, how)
                try:
                    program.wait(END_WITHIN)
                except subprocess.TimeoutExpired:
                    continue
        self._programs.clear()
