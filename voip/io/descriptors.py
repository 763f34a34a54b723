"""How many files and sockets this process may have open at once."""

import contextlib

SPARE = 128
"""Descriptors for everything but connections: listening sockets, epolls, files that are read, the log."""


def room_for(connections: int) -> int:
    """Ask the system for as many as `connections` take; how many it lets us have. No error: fewer are fewer."""
    try:
        import resource  # noqa: PLC0415 - it does not exist on every system
    except ImportError:  # pragma: no cover - Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless, wanted = resource.RLIM_INFINITY, connections + SPARE
    if soft != endless and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == endless else min(wanted, hard), hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return connections if soft == endless else max(0, min(connections, soft - SPARE))
