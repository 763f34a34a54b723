"""More than a relay should be sent, by strangers and by one of its users. Each kind says what it got done.

half-open    TCP connections with half a ClientHello, held until the relay gives them up
slowloris    TLS without a certificate, then an HTTP request a byte at a time
garbage      connections that send random bytes, and random datagrams to the UDP port
stun         10,000 binding requests a second for flows that nobody has
invites      one user who invites as fast as it may, and then faster

python bench/load/flood.py HOST PORT UDP_PORT --people FOLDER --as 900 --seconds 10 stun garbage
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import socket
import ssl
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from load.people import RELAY_NAME, name, prepare  # noqa: E402
from load.phone import Phone, Place  # noqa: E402
from voip.errors import GlasscallError  # noqa: E402
from voip.wire.signals import Invite  # noqa: E402

HALF_OPEN, SLOWLORIS, GARBAGE_STREAMS = 300, 100, 20
"""Held at once."""
GARBAGE_DATAGRAMS, STUN = 2_000, 10_000
"""A second."""
INVITES = 45, 400
"""A second: what a user may send for long, and what they may not."""
STEP = 0.01
"""Seconds between two bursts of datagrams."""
STRANGERS = "127.9.{}.{}"
"""Where strangers come from: some, not thousands."""
SOME = 40
HALF_A_HELLO = bytes.fromhex("16030102000100 01fc0303".replace(" ", "")) + bytes(200)


class Flood:
    """What is done to one relay, and how often."""

    def __init__(self, place: Place, udp_port: int, user: int) -> None:
        self._place, self._udp_port, self._user = place, udp_port, user
        self._strangers = 0
        self.done: Counter[str] = Counter()
        self.kinds: dict[str, Callable[[], Awaitable[None]]] = {
            "half-open": lambda: self._many(HALF_OPEN, self._half_open),
            "slowloris": lambda: self._many(SLOWLORIS, self._slowloris),
            "garbage": self._garbage,
            "stun": lambda: self._datagrams("stun", STUN, _binding),
            "invites": self._invites,
        }

    async def run(self, kinds: list[str], seconds: float) -> None:
        """All of `kinds` at once for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(self.kinds[kind]() for kind in kinds))

    # ── TCP ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _stranger(self) -> str:
        self._strangers += 1
        return STRANGERS.format(0, self._strangers % SOME + 1)

    async def _connect(self, tls: ssl.SSLContext | None = None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            self._place.host, self._place.port, local_addr=(self._stranger(), 0), ssl=tls,
            server_hostname=RELAY_NAME if tls else None,
        )  # fmt: skip

    async def _many(self, count: int, one: Callable[[], Awaitable[None]]) -> None:
        """`count` of them, each begun anew when it has ended; a second until all have begun."""

        async def again(number: int) -> None:
            await asyncio.sleep(number / count)
            while True:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    await one()
                await asyncio.sleep(0.02)

        await asyncio.gather(*(again(number) for number in range(count)))

    async def _half_open(self) -> None:
        reader, writer = await self._connect()
        self.done["half-open connections"] += 1
        try:
            writer.write(HALF_A_HELLO)
            await reader.read()
        finally:
            writer.close()

    async def _slowloris(self) -> None:
        context = ssl.create_default_context(cafile=str(self._place.people.identities / "authority.pem"))
        reader, writer = await self._connect(context)
        self.done["slow requests"] += 1
        try:
            for byte in b"GET / HTTP/1.1\r\nX: " + b"a" * 4000:
                writer.write(bytes([byte]))
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        if not await reader.read(100):
                            return
        finally:
            writer.transport.abort()

    async def _garbage(self) -> None:
        await asyncio.gather(
            self._many(GARBAGE_STREAMS, self._garbage_stream),
            self._datagrams("garbage datagrams", GARBAGE_DATAGRAMS, lambda: os.urandom(1 + secrets.randbelow(400))),
        )

    async def _garbage_stream(self) -> None:
        reader, writer = await self._connect()
        self.done["garbage connections"] += 1
        try:
            writer.write(os.urandom(2000))
            await writer.drain()
            await reader.read()
        finally:
            writer.close()

    # ── UDP ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _datagrams(self, what: str, rate: int, make: Callable[[], bytes]) -> None:
        if not self._udp_port:
            return
        packets = [make() for _ in range(2000)]
        socks = [_udp(self._stranger(), self._place.host, self._udp_port) for _ in range(SOME)]
        began, sent = time.monotonic(), 0
        try:
            while True:
                due = int((time.monotonic() - began) * rate)
                for number in range(sent, due):
                    with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
                        socks[number % SOME].send(packets[number % len(packets)])
                        self.done[what] += 1
                sent = due
                await asyncio.sleep(STEP)
        finally:
            for sock in socks:
                sock.close()

    # ── a user ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _invites(self) -> None:
        allowed, too_fast = INVITES
        while True:
            for rate in (allowed, too_fast):
                with contextlib.suppress(GlasscallError, OSError, TimeoutError):
                    await self._invite(rate, 2.0)

    async def _invite(self, rate: int, seconds: float) -> None:
        """Invite somebody who is in a call, and so is busy."""
        phone = Phone(self._place, self._user)
        await phone.start()
        try:
            for number in range(int(rate * seconds)):
                if phone.lost:
                    self.done["sent away"] += 1
                    return
                phone.send(Invite(call=secrets.token_hex(16), to=name(number % 2)))
                self.done["invites"] += 1
                await asyncio.sleep(1 / rate)
        finally:
            await phone.stop()


def _binding() -> bytes:
    """A STUN Binding request for a flow that is not there, and with an integrity that nobody signed."""
    user = secrets.token_hex(16).encode()
    attributes = b"\x00\x06\x00\x20" + user + b"\x00\x1c\x00\x20" + os.urandom(32)
    return b"\x00\x01" + len(attributes).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + os.urandom(12) + attributes


def _udp(own: str, host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((own, 0))
    sock.connect((host, port))
    return sock


def main() -> int:
    """Flood, and say how much it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("udp_port", type=int, help="0: there is none")
    parser.add_argument("kinds", nargs="+")
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--as", type=int, required=True, dest="user", help="number of the user who invites")
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    flood = Flood(Place(args.host, args.port, prepare(args.people, args.user + 1)), args.udp_port, args.user)
    if unknown := [kind for kind in args.kinds if kind not in flood.kinds]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(flood.kinds)}")
    asyncio.run(flood.run(args.kinds, args.seconds))
    print(json.dumps({what: round(count / args.seconds, 1) for what, count in flood.done.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
