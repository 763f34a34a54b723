"""alice, bob and the relay, each a machine of its own as far as the network goes, and a router between them.

    alice 10.71.1.2 ─── .1 ┐                         a cable: a veth pair
                           router ─── 10.71.3.2 relay
      bob 10.71.2.2 ─── .1 ┘                         a long line: `line.py` between two TUN devices

The addresses exist in these namespaces alone. The router's device towards a host is called after that host.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .faults import Faults
from .namespaces import Namespaces, inside, run

HOSTS = {"alice": 1, "bob": 2, "relay": 3}
"""Host → the third number of its addresses."""
FIRST, LAST = 2, 250
"""The last number of an address."""
_LINE = Path(__file__).with_name("line.py")
_WITHIN = 10.0


def address(host: str, number: int) -> str:
    """`host`'s address of that number."""
    return f"10.71.{HOSTS[host]}.{number}"


class Place:
    """What `with Place(lines={"alice": 0.03}) as place` gives. `lines`: host → seconds that its line takes each way."""

    def __init__(self, lines: Mapping[str, float] | None = None, *, seed: int = 1) -> None:
        self._lines = dict(lines or {})
        self._seed = seed
        self._spaces = Namespaces()
        self._at: dict[str, str] = {}
        self._numbers = dict.fromkeys(HOSTS, FIRST)
        self._carriers: list[subprocess.Popen[str]] = []
        self.carried: list[dict[str, Any]] = []
        """Of each long line, when the place is closed: what it carried, and how late it was."""
        self.faults: Faults

    def address(self, host: str) -> str:
        """Where `host` is now."""
        return address(host, self._numbers[host])

    def inside(self, host: str, command: list[str]) -> list[str]:
        """`command` as it is started on `host`."""
        return inside(self._at[host], command)

    def unplug(self, host: str) -> None:
        """`host` loses its address, and with it every way out. What it has open does not hear of it."""
        run("ip", "-n", self._at[host], "addr", "flush", "dev", "eth0")

    def renumber(self, host: str) -> str:
        """`host` gets an address that it has not had lately; the address. What came to the old one is lost."""
        self._numbers[host] = FIRST + (self._numbers[host] + 1 - FIRST) % (LAST - FIRST + 1)
        self._number(host)
        return self.address(host)

    # ── making it, and taking it down ──────────────────────────────────────────────────────────────────────────

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _build(self) -> None:
        for name in (*HOSTS, "router"):
            self._at[name] = self._spaces.add(name)
        router = self._at["router"]
        run(*inside(router, ["sysctl", "-q", "-w", "net.ipv4.ip_forward=1"]))
        for host in HOSTS:
            if host in self._lines:
                self._lay_line(host, self._lines[host])
            else:
                self._lay_cable(host)
            run("ip", "-n", router, "addr", "add", f"{address(host, 1)}/24", "dev", host)
            run("ip", "-n", router, "link", "set", host, "up")
            run("ip", "-n", self._at[host], "link", "set", "eth0", "up")
            self._number(host)
        self.faults = Faults(router)

    def _lay_cable(self, host: str) -> None:
        space, router = self._at[host], self._at["router"]
        run("ip", "link", "add", "eth0", "netns", space, "type", "veth", "peer", "name", host, "netns", router)
        # One packet is one packet: a veth pair would pass 64 KB of TCP at once, and one rule would lose all of it.
        run("ip", "-n", space, "link", "set", "eth0", "gso_max_segs", "1")
        run("ip", "-n", router, "link", "set", host, "gso_max_segs", "1")

    def _lay_line(self, host: str, delay: float) -> None:
        ends = [f"{self._at[host]}/eth0", f"{self._at['router']}/{host}"]
        command = [sys.executable, str(_LINE), "--delay", str(delay), "--seed", str(self._seed), "--ends", *ends]
        carrier = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self._carriers.append(carrier)
        assert carrier.stdout is not None
        if carrier.stdout.readline() != "ready\n":
            raise RuntimeError(f"{host}'s long line could not be laid (status {carrier.wait(_WITHIN)}).")

    def _number(self, host: str) -> None:
        space = self._at[host]
        run("ip", "-n", space, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
        run("ip", "-n", space, "route", "replace", "default", "via", address(host, 1), "dev", "eth0")

    def close(self) -> None:
        """Take all of it down."""
        try:
            while self._carriers:
                self._end(self._carriers.pop())
        finally:
            self._spaces.close()

    def _end(self, carrier: "subprocess.Popen[str]") -> None:
        carrier.terminate()
        try:
            said, _ = carrier.communicate(timeout=_WITHIN)
        except subprocess.TimeoutExpired:
            carrier.kill()
            carrier.communicate()
            return
        if said.strip():
            self.carried.append(json.loads(said.splitlines()[-1]))
