"""coturn, one process with one relay thread, no authentication: UDP alone, or TLS.

It is told of loopback in every way it can be; its log says nothing of a user. The load's packets are channel data.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.host import Host, hosted
from peers.ports import free_ports

from relay.certificate import self_signed

UNPACKED = Path(__file__).resolve().parents[2] / ".venv/peers"
"""Where tools/setup unpacks Debian's package: installed, it would start at every boot, for everybody to reach."""
RELAYED = (2000, 18999)
"""Its own ports, one for each allocation."""


def program() -> str | None:
    """coturn, installed or unpacked; None where it is neither."""
    return shutil.which("turnserver") or shutil.which(str(UNPACKED / "usr/bin/turnserver"))


@contextmanager
def coturn(folder: Path, *, over_tls: bool) -> Iterator[tuple[Host, str, int]]:
    """It runs, at the address and port that come with it."""
    found = program()
    if found is None:
        raise RuntimeError("coturn is not installed; `make bench-relay` installs it.")
    certificate, key = self_signed(folder)
    port = free_ports(2)
    first, last = RELAYED
    command = [
        found, "-n", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", str(port),
        "--tls-listening-port", str(port + 1), "--min-port", str(first), "--max-port", str(last), "--no-auth",
        "--allow-loopback-peers", "--no-cli", "--realm", "bench", "--relay-threads", "1", "--no-dtls",
        "--no-software-attribute", "--log-file", "stdout", "--simple-log", "--pidfile", str(folder / "turn.pid"),
        "--userdb", str(folder / "turn.sqlite"), "--cert", str(certificate), "--pkey", str(key),
        *([] if over_tls else ["--no-tls"]),
    ]  # fmt: skip
    with hosted(command, folder / "coturn.log", lambda said: "Total General servers" in said, cwd=folder) as host:
        yield host, "127.0.0.1", port + over_tls
