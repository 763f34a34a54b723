"""The floor: a C program of one recvfrom and one sendto for each packet (`forward.c`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.host import Host, hosted
from load.pacer import BUILD
from peers.ports import free_ports


@contextmanager
def forwarder(folder: Path) -> Iterator[tuple[Host, str, int]]:
    """It runs, at the address and port that come with it."""
    port = free_ports(1)
    with hosted([str(BUILD / "forward"), str(port)], folder / "forward.log", lambda said: "listens" in said) as host:
        yield host, "127.0.0.1", port
