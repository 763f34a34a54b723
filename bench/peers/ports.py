"""Ports that nobody listens on."""

import socket
from contextlib import ExitStack

TRIES = 50


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that are free on 127.0.0.1, for TCP and UDP; somebody may be quicker."""
    for _ in range(TRIES):
        with ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for port in range(first, first + count):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        if (port, kind) != (first, socket.SOCK_STREAM):
                            held.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return int(first)
    raise RuntimeError(f"no {count} free ports in a row were found on 127.0.0.1")
