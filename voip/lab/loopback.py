"""The one door to the network. It opens to this machine only: an attack that leaves it would be no exercise.

Every address that the lab listens on or connects to, also those given to the relay and to phones, passes here first.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable

from voip.errors import UsageError

LOOPBACK = "127.0.0.1"

Attend = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def require_loopback(host: str) -> str:
    """`host`, if it is an address of this machine's loopback; raises `UsageError` (`not-loopback`) for anything else.

    A name is refused as well, whatever it may mean today: names can be made to mean something else.
    """
    try:
        good = ipaddress.ip_address(host).is_loopback
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            f"The lab attacks nothing but this machine: {host[:60]!r} is not an address of its loopback "
            "(127.0.0.1 or ::1).",
            code="not-loopback",
        )
    return host


async def listen(attend: Attend, host: str = LOOPBACK) -> asyncio.Server:
    """Listen on a free port of the loopback."""
    return await asyncio.start_server(attend, require_loopback(host), 0)


async def dial(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a port of the loopback."""
    return await asyncio.open_connection(require_loopback(host), port)
