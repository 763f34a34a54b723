"""From a host's name to a connected TCP socket.

    name ──→ addresses, IPv6 and IPv4 in turn ──→ each begun 250 ms after the one before, or as soon as that failed
                                                  (RFC 8305, “happy eyeballs”) ──→ the first that answers
    through a proxy: the same to the proxy's name, then CONNECT (`io.proxy`)

Names are asked for at each try. While that takes long, the addresses that were good before are tried: a call that lost
its network must not wait for a name server that it lost as well.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Any

from voip.errors import RelayError
from voip.io.proxy import Proxy, Tunnel, where

STAGGER = 0.25
"""Seconds between the beginnings of two tries (RFC 8305 §5)."""
PATIENCE = 0.2
"""Seconds for a name's addresses, when some are known already."""
ADDRESSES_MAX = 8
"""Addresses of one name that are tried."""
_PIECE = 1024

Address = tuple[int, Any]
"""A family, and what `connect` wants in it."""


class Route:
    """The way to one host, for as long as somebody wants to go there."""

    def __init__(self, host: str, port: int, proxy: Proxy | None = None) -> None:
        self.host = host
        self.port = port
        self.proxy = proxy
        self._good: list[Address] = []
        """Where it was found the last time."""
        self._looking: asyncio.Task[list[Address]] | None = None
        """One look-up at a time: the system does it in a thread, and may take as long as it likes."""

    async def dial(self, within: float) -> socket.socket:
        """A connected TCP socket, after at most `within` seconds. Raises `RelayError` with what to look at."""
        first = self.proxy.where if self.proxy is not None else where(self.host, self.port)
        try:
            async with asyncio.timeout(within):
                sock = await race(await self._addresses())
                if self.proxy is not None:
                    await self._through(sock, self.proxy)
                return sock
        except TimeoutError:
            raise RelayError(f"{first} did not answer within {within:g} s.", code="relay-unreachable") from None
        except socket.gaierror as error:
            raise RelayError(
                f"No address is known for {first} ({error.strerror}). Is there a network, and is the name right?",
                code="relay-unreachable",
            ) from None
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            what = "the proxy" if self.proxy is not None else "the relay"
            raise RelayError(
                f"Nothing answers at {first} ({why}). Is {what} running, and is the address right?",
                code="relay-unreachable",
            ) from None

    async def _addresses(self) -> list[Address]:
        if self._looking is None or self._looking.done():
            target = (self.host, self.port) if self.proxy is None else (self.proxy.host, self.proxy.port)
            self._looking = asyncio.get_running_loop().create_task(look_up(*target))
        try:
            async with asyncio.timeout(PATIENCE if self._good else None):
                self._good = await asyncio.shield(self._looking)
        except (TimeoutError, OSError):
            if not self._good:
                raise
        return self._good

    async def _through(self, sock: socket.socket, proxy: Proxy) -> None:
        loop = asyncio.get_running_loop()
        try:
            tunnel = Tunnel(proxy, self.host, self.port)
            await loop.sock_sendall(sock, tunnel.request)
            while not tunnel.receive(await loop.sock_recv(sock, _PIECE)):
                pass
        except BaseException:
            sock.close()
            raise


async def look_up(host: str, port: int) -> list[Address]:
    """The host's addresses, in the order in which to try them; raises `OSError` when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return in_turn([(family, address) for family, _kind, _protocol, _name, address in found])


def in_turn(addresses: Sequence[Address]) -> list[Address]:
    """The families in turn, each in the order that the system prefers (RFC 8305 §4)."""
    unique = list(dict.fromkeys(addresses))
    first = [address for address in unique if address[0] == unique[0][0]]
    others = [address for address in unique if address[0] != unique[0][0]]
    pairs = chain.from_iterable(zip_longest(first, others))
    return [address for address in pairs if address is not None][:ADDRESSES_MAX]


async def race(addresses: Sequence[Address]) -> socket.socket:
    """The first connection that stands; the others are given up. Raises the last `OSError` when none does."""
    waiting = list(addresses)
    running: set[asyncio.Task[socket.socket]] = set()
    failure = OSError("there is no address")
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.get_running_loop().create_task(_connect(waiting.pop(0))))
            patience = STAGGER if waiting else None
            done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    running.discard(task)
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                running.discard(task)
                failure = error
        raise failure
    finally:
        for task in running:
            task.cancel()
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(outcome, socket.socket):  # it stood just as another one did
                outcome.close()


async def _connect(address: Address) -> socket.socket:
    family, target = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        await asyncio.get_running_loop().sock_connect(sock, target)
    except BaseException:
        with contextlib.suppress(OSError):
            sock.close()
        raise
    return sock
