"""Machines without hardware: the kernel's network namespaces. Each run's are its own, and they go when it goes.

with Namespaces() as spaces:
    alice = spaces.add("alice")                 a network of its own, with nothing in it but a loopback
    subprocess.Popen(inside(alice, [...]))      a program in it
                                                all of them are gone, however the block was left

What a run that was killed has left behind is cleared away at the next start: a namespace's name tells whose it was.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

PREFIX = "glasscall"
"""A namespace is called `glasscall-PROCESS-NUMBER-ROLE`."""
_WITHIN = 20.0
_numbers = itertools.count(1)


def missing() -> str:
    """Why no network can be made here, as a sentence, or empty."""
    if absent := [program for program in ("ip", "nft", "sysctl") if shutil.which(program) is None]:
        return (
            f"Not installed: {', '.join(absent)} (Debian: iproute2, nftables, procps). "
            "`make bench-network` installs what it needs."
        )
    if os.geteuid() != 0:
        return "Networks can only be made by root: run `sudo make bench-network`."
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "This kernel offers no TUN devices (/dev/net/tun), without which there is no long line."
    name = f"{PREFIX}-{os.getpid()}-0-trial"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, timeout=_WITHIN, check=False)
    if tried.returncode:
        return f"This system makes no network namespaces: {tried.stderr.strip()}."
    nft = inside(name, ["nft", "add table inet trial"])
    tried = subprocess.run(nft, capture_output=True, text=True, timeout=_WITHIN, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=_WITHIN, check=False)
    if tried.returncode:
        return f"This kernel takes no nftables rules: {tried.stderr.strip().splitlines()[0]}."
    return ""


def run(*command: str, text: str = "") -> str:
    """What `command` says; raises `RuntimeError` with its own words when it fails."""
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=_WITHIN, check=False
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command)}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def inside(namespace: str, command: list[str]) -> list[str]:
    """`command` as it is started within `namespace`; it becomes the very process that is started."""
    return ["ip", "netns", "exec", namespace, *command]


def owner(name: str) -> int | None:
    """The process that made the namespace `name`, or None: it is none of ours."""
    prefix, _, rest = name.partition("-")
    number = rest.partition("-")[0]
    return int(number) if prefix == PREFIX and number.isascii() and number.isdigit() else None


def names(listed: str) -> list[str]:
    """The names in what `ip netns list` says (`name (id: 3)`)."""
    return [line.split()[0] for line in listed.splitlines() if line.strip()]


def clear() -> list[str]:
    """Remove what runs that are no more have left, and end what still runs in it; the names that were removed."""
    left = [name for name in names(run("ip", "netns", "list")) if (pid := owner(name)) is not None and not _alive(pid)]
    for name in left:
        _remove(name)
    return left


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _remove(name: str) -> None:
    for pid in run("ip", "netns", "pids", name).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    run("ip", "netns", "del", name)


class Namespaces:
    """What the head of this file shows."""

    def __init__(self) -> None:
        self._number = next(_numbers)
        self._made: list[str] = []

    def add(self, role: str) -> str:
        """A new namespace; its name."""
        name = f"{PREFIX}-{os.getpid()}-{self._number}-{role}"
        run("ip", "netns", "add", name)
        self._made.append(name)
        for setting in ("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"):
            run(*inside(name, ["sysctl", "-q", "-w", setting]))
        run("ip", "-n", name, "link", "set", "lo", "up")
        return name

    def close(self) -> None:
        """Remove all of them; one that cannot be removed keeps none of the others, and is told at the end."""
        failed: list[str] = []
        while self._made:
            try:
                _remove(self._made.pop())
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                failed.append(str(error))
        if failed:
            raise RuntimeError("; ".join(failed))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
