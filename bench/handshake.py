"""How long a handshake takes: full and resumed, TLS 1.2 and 1.3, and what our engine adds to bare OpenSSL.

One round shakes hands once with every contestant, so that what disturbs the machine disturbs all; the order turns from
round to round. First in memory, then over real loopback sockets with `voip.io.stream` at both ends.
"""

import asyncio
import contextlib
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from contestants import Bare, Contestant, Ours, Shake, Stdlib
from people import RELAY, House
from rows import Figure, Row, Table, paired, spread

from voip.io.serving import serve
from voip.io.stream import TlsStream, connect
from voip.pki.certificates import Identity
from voip.session.tls import Resumption, TlsContext, link_context, relay_context
from voip.session.tls.context import Version

PAIRS = (
    ("ours 1.3 resumed", "ours 1.3 full"),
    ("ours 1.2 resumed", "ours 1.2 full"),
    ("ours 1.3 full", "ours 1.2 full"),
    ("ours 1.3 resumed", "ours 1.2 resumed"),
    ("ours 1.3 full", "bare pyOpenSSL 1.3 full"),
    ("ours 1.3 resumed", "bare pyOpenSSL 1.3 resumed"),
    ("ours 1.2 full", "bare pyOpenSSL 1.2 full"),
    ("bare pyOpenSSL 1.3 full", "bare pyOpenSSL 1.3 full, P-256 alone"),
    ("ours 1.3 full", "stdlib ssl 1.3 full (no ML-KEM)"),
    ("ours 1.2 full", "stdlib ssl 1.2 full"),
)
SOCKET_PAIRS = (("1.3", True, "1.3", False), ("1.2", True, "1.2", False), ("1.3", False, "1.2", False))


def contestants(folder: Path) -> dict[str, Contestant]:
    """Everybody, by name."""
    house = House()
    alice = house.person("alice")
    return {
        "ours 1.3 full": Ours(house, alice, "1.3"),
        "ours 1.3 resumed": Ours(house, alice, "1.3", resume=True),
        "ours 1.2 full": Ours(house, alice, "1.2"),
        "ours 1.2 resumed": Ours(house, alice, "1.2", resume=True),
        "bare pyOpenSSL 1.3 full": Bare(house, alice, "1.3"),
        "bare pyOpenSSL 1.3 full, P-256 alone": Bare(house, alice, "1.3", classical=True),
        "bare pyOpenSSL 1.3 resumed": Bare(house, alice, "1.3", resume=True),
        "bare pyOpenSSL 1.2 full": Bare(house, alice, "1.2"),
        "stdlib ssl 1.3 full (no ML-KEM)": Stdlib(house, alice, "1.3", folder),
        "stdlib ssl 1.2 full": Stdlib(house, alice, "1.2", folder),
    }


def in_memory(rounds: int) -> dict[str, list[Shake]]:
    """Every contestant, `rounds` times."""
    with tempfile.TemporaryDirectory(prefix="glasscall-bench-") as folder:
        everybody = contestants(Path(folder))
        names = list(everybody)
        found: dict[str, list[Shake]] = {name: [] for name in names}
        for count in range(-3, rounds):  # the first three warm up
            gc.collect()
            for name in names[count % len(names) :] + names[: count % len(names)]:
                shake = everybody[name].shake()
                if count >= 0:
                    found[name].append(shake)
        return found


def _cpu(shakes: list[Shake]) -> list[float]:
    return [1000 * (shake.client_cpu + shake.server_cpu) for shake in shakes]


def _figures(shakes: list[Shake]) -> dict[str, Figure]:
    def middle(values: list[float]) -> float:
        return round(1000 * statistics.median(values), 2)

    return {
        "CPU ms": round(statistics.median(_cpu(shakes)), 2),
        "client ms": middle([shake.client_cpu for shake in shakes]),
        "server ms": middle([shake.server_cpu for shake in shakes]),
        "elapsed ms": middle([shake.wall for shake in shakes]),
        "client bytes": int(statistics.median(shake.client_bytes for shake in shakes)),
        "server bytes": int(statistics.median(shake.server_bytes for shake in shakes)),
        **({"group": shakes[-1].group} if shakes[-1].group and not shakes[-1].resumed else {}),
    }


async def over_sockets(rounds: int) -> dict[tuple[Version, bool], list[float]]:
    """Milliseconds from `connect()` to an authenticated stream, TCP included; both ends in this thread."""
    house = House()
    alice = house.person("alice")
    found: dict[tuple[Version, bool], list[float]] = {}
    turns: list[tuple[tuple[Version, bool], Callable[[], Awaitable[float]]]] = []
    async with contextlib.AsyncExitStack() as stack:
        for version in ("1.3", "1.2"):
            shake, close = await _socket_pair(house, alice, version)
            stack.push_async_callback(close)
            turns += [((version, resume), partial(shake, resume)) for resume in (False, True)]
        for count in range(-2, rounds):
            for key, turn in turns:
                took = await turn()
                if count >= 0:
                    found.setdefault(key, []).append(took)
    return found


async def _socket_pair(
    house: House, alice: Identity, version: Version
) -> tuple[Callable[[bool], Awaitable[float]], Callable[[], Awaitable[None]]]:
    client: TlsContext = link_context(alice.certificate, alice.key, house.ca, (version,))
    relay = relay_context(house.relay.certificate, house.relay.key, house.ca, (version,))

    async def greet(stream: TlsStream) -> None:
        stream.send_packet(b"{}")  # after the tickets, so that a client that has read it has those
        await stream.receive_packet()
        stream.hang_up()

    server = await serve("127.0.0.1", 0, relay, greet)
    port = server.sockets[0].getsockname()[1]
    ticket: Resumption | None = None

    async def shake(resume: bool) -> float:
        nonlocal ticket
        began = time.perf_counter()
        stream = await connect("127.0.0.1", port, client, server_name=RELAY, resume=ticket if resume else None)
        took = time.perf_counter() - began
        if stream.established.resumed != resume:
            raise RuntimeError(f"TLS {version}: resumed is {stream.established.resumed}, not {resume}")
        await stream.receive_packet()
        ticket = stream.resumption
        await stream.close()
        return 1000 * took

    async def close() -> None:
        server.close()
        await server.wait_closed()

    return shake, close


def measure(*, quick: bool) -> Table:
    """All of it."""
    rounds = 40 if quick else 250
    found = in_memory(rounds)
    rows = [Row(a, paired(_cpu(found[a]), _cpu(found[b])), b, _figures(found[a])) for a, b in PAIRS]
    shown = {a for a, _ in PAIRS}
    rows += [Row(name, figures=_figures(shakes)) for name, shakes in found.items() if name not in shown]
    sockets = asyncio.run(over_sockets(rounds))

    def name(version: str, resumed: bool) -> str:
        return f"over sockets {version} {'resumed' if resumed else 'full'}"

    for one, resumed, other, other_resumed in SOCKET_PAIRS:
        mine, theirs = sockets[one, resumed], sockets[other, other_resumed]  # type: ignore[index]
        rows.append(Row(name(one, resumed), paired(mine, theirs), name(other, other_resumed), spread(mine, digits=2)))
    full = [1000 * shake.wall for shake in found["ours 1.3 full"]]
    rows.append(
        Row(
            name("1.3", False),
            paired(sockets["1.3", False], full),
            "ours 1.3 full, in memory",
            spread(sockets["1.3", False], digits=2),
        )
    )
    how = (
        f"Mutual certificates (P-256), both ends in one thread, {rounds} interleaved rounds; CPU of both, medians; "
        "a ratio is the median of the rounds' ratios. Tickets included. Over sockets: connect() to authenticated, TCP "
        "included."
    )
    return Table("handshake", "TLS handshake", how, tuple(rows))
