"""TLS 1.2 and 1.3, full and resumed, side by side: measured now, on this machine, with our own engine and sockets.

in memory:     TlsEngine ⇄ TlsEngine           → messages, bytes each way, round trips, CPU of each end
over sockets:  connect ⇄ serve                 → time until the client may speak, on the bare loopback
               connect ⇄ delay (rtt) ⇄ serve   → the same, over a long way

Mutual certificates, as a client's link to its relay. Nothing here is remembered from another run.
"""

import statistics
from dataclasses import asdict, dataclass
from typing import Any

from voip.config import LIMITS
from voip.errors import LocalError
from voip.io import clock
from voip.io.serving import serve
from voip.io.stream import TlsStream, connect
from voip.lab.delay import delayed
from voip.lab.loopback import LOOPBACK, require_loopback
from voip.pki.ca import issue_client, issue_relay, make_authority
from voip.pki.certificates import Identity, load_csr_untrusted, make_csr, new_key
from voip.session.tls import Resumption, TlsContext, TlsEngine, link_context, relay_context
from voip.session.tls.context import Version
from voip.session.tls.events import HandshakeMessage

RELAY = "relay.example"
KINDS: tuple[tuple[Version, bool], ...] = (("1.2", False), ("1.2", True), ("1.3", False), ("1.3", True))
RUNS_MAX = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as the client saw it."""

    direction: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of handshake. Times in milliseconds, medians of the runs."""

    version: str
    resumed: bool
    messages: tuple[Message, ...]
    bytes_out: int
    """From the client, records with their headers, tickets included."""
    bytes_in: int
    round_trips: int
    """That the client waits for before it may send its first data."""
    client_cpu_ms: float
    server_cpu_ms: float
    time_ms: float
    """From the first byte to the client's first data, over the delayed way; TCP's opening left out."""
    loopback_ms: float
    """The same without a proxy between: what the computing alone takes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All four."""

    rtt_ms: float
    runs: int
    columns: tuple[Column, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Shake:
    messages: tuple[Message, ...]
    sizes: tuple[int, int]
    round_trips: int
    cpu: tuple[float, float]
    resumption: Resumption | None


class _Parties:
    """A client and a relay, made for this comparison only."""

    def __init__(self, version: Version) -> None:
        now = clock.wall()
        authority = make_authority(RELAY, now)
        relay, key = issue_relay(authority, RELAY, now), new_key()
        alice = Identity(issue_client(authority, load_csr_untrusted(make_csr(key, "alice")), "alice", RELAY, now), key)
        self.client = link_context(alice.certificate, key, authority.certificate, (version,))
        self.server = relay_context(relay.certificate, relay.key, authority.certificate, (version,))


async def compare(rtt_ms: float = 0.0, runs: int = 5) -> Comparison:
    """Measure; raises `UsageError` for a round-trip time outside 0–300 ms."""
    parties = {version: _Parties(version) for version in ("1.2", "1.3")}
    shakes: dict[tuple[Version, bool], list[_Shake]] = {kind: [] for kind in KINDS}
    times: dict[tuple[Version, bool], list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    for run in range(-1, runs):  # the first one warms up
        for version, resumed in KINDS:
            pair = parties[version]
            before = _shake(pair.client, pair.server, None).resumption if resumed else None
            shake = _shake(pair.client, pair.server, before)
            took = await _over_sockets(pair, rtt_ms, resumed=resumed)
            if run >= 0:
                shakes[version, resumed].append(shake)
                times[version, resumed].append(took)
    columns = tuple(_column(kind, shakes[kind], times[kind]) for kind in KINDS)
    return Comparison(rtt_ms, runs, columns)


def _column(kind: tuple[Version, bool], shakes: list[_Shake], times: list[tuple[float, float]]) -> Column:
    first = shakes[0]
    client, server = (1000 * statistics.median(shake.cpu[end] for shake in shakes) for end in (0, 1))
    near, far = (1000 * statistics.median(pair[end] for pair in times) for end in (0, 1))
    return Column(
        version=kind[0],
        resumed=kind[1],
        messages=first.messages,
        bytes_out=first.sizes[0],
        bytes_in=first.sizes[1],
        round_trips=first.round_trips,
        client_cpu_ms=round(client, 3),
        server_cpu_ms=round(server, 3),
        time_ms=round(far, 2),
        loopback_ms=round(near, 2),
    )


def _shake(client_side: TlsContext, server_side: TlsContext, resume: Resumption | None) -> _Shake:
    """One handshake in memory, to the last ticket."""
    client = TlsEngine(client_side, clock=clock.monotonic, server_name=RELAY, resume=resume)
    server = TlsEngine(server_side, clock=clock.monotonic)
    cpu, sizes = [0.0, 0.0], [0, 0]
    messages: list[Message] = []
    round_trips = 0
    server.start()
    began = clock.cpu()
    events = client.start()
    cpu[0] += clock.cpu() - began
    while True:
        messages += [Message(e.direction, e.name, len(e.raw)) for e in events if isinstance(e, HandshakeMessage)]
        out = client.take_output()
        sizes[0] += len(out)
        began = clock.cpu()
        server.receive(out)
        back = server.take_output()
        cpu[1] += clock.cpu() - began
        sizes[1] += len(back)
        if not back:
            break
        round_trips += client.established is None
        began = clock.cpu()
        events = client.receive(back)
        cpu[0] += clock.cpu() - began
    if client.established is None or server.established is None:
        raise LocalError("The handshake that was to be measured did not come to its end.")
    if (resume is not None) is not client.established.resumed:
        raise LocalError("A handshake was resumed, or not, against what was asked.")
    resumption = client.resumption
    client.close()
    server.close()
    return _Shake(tuple(messages), (sizes[0], sizes[1]), round_trips, (cpu[0], cpu[1]), resumption)


async def _over_sockets(pair: _Parties, rtt_ms: float, *, resumed: bool) -> tuple[float, float]:
    """Seconds from the client's first byte to its first data: on the bare loopback, and over the delayed way."""

    async def attend(stream: TlsStream) -> None:
        while (packet := await stream.receive_packet()) is not None:
            stream.send_packet(packet)
        await stream.close()

    server = await serve(LOOPBACK, 0, pair.server, attend)
    try:
        port = int(server.sockets[0].getsockname()[1])
        near = await _until_data(pair, port, await _ticket(pair, port) if resumed else None)
        resume = await _ticket(pair, port) if resumed else None
        async with delayed(LOOPBACK, port, rtt_ms) as far:
            return near, await _until_data(pair, far, resume)
    finally:
        server.close()


async def _ticket(pair: _Parties, port: int) -> Resumption | None:
    """What one connection leaves for the next."""
    first = await connect(require_loopback(LOOPBACK), port, pair.client, server_name=RELAY)
    first.send_packet(b"{}")
    await first.receive_packet()  # the server's tickets came before its answer
    await first.close()
    return first.resumption


async def _until_data(pair: _Parties, port: int, resume: Resumption | None) -> float:
    began = clock.monotonic()
    stream = await connect(
        require_loopback(LOOPBACK), port, pair.client, server_name=RELAY, resume=resume, limits=LIMITS
    )
    took = stream.established.at - began
    if stream.established.resumed is not (resume is not None):
        raise LocalError("A handshake was resumed, or not, against what was asked.")
    await stream.close()
    return took
