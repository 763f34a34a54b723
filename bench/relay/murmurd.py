"""murmurd, its limits out of the way of many clients on one address."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.host import Host, hosted
from peers.mumble import SERVERS, UNPACKED
from peers.ports import free_ports

from relay.certificate import self_signed

SETTINGS = """database={folder}/murmur.sqlite
host=127.0.0.1
port={port}
uname=root
bandwidth=2000000
users=10000
timeout=3600
autobanAttempts=0
bonjour=false
allowping=false
logdays=-1
sslCert={certificate}
sslKey={key}
"""


def program() -> str | None:
    """murmurd, installed or unpacked; None where it is neither."""
    names = [*SERVERS, *(str(UNPACKED / name.lstrip("/")) for name in SERVERS if name.startswith("/"))]
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def murmurd(folder: Path) -> Iterator[tuple[Host, str, int]]:
    """It runs, at the address and port that come with it."""
    found = program()
    if found is None:
        raise RuntimeError("murmurd is not installed; `make bench-relay` installs it.")
    certificate, key = self_signed(folder)
    port = free_ports(1)
    settings = folder / "murmur.ini"
    settings.write_text(SETTINGS.format(folder=folder, port=port, certificate=certificate, key=key), encoding="utf-8")
    command = [found, "-fg", "-ini", str(settings)]
    with hosted(command, folder / "murmurd.log", lambda said: "listening on" in said, cwd=folder) as host:
        yield host, "127.0.0.1", port
