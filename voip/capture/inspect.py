"""The judge of a capture: `inspect(path, canaries) -> Report`.

    file ──reader──→ packets ──→ segments ──→ connections ──→ TLS streams, or plain and unknown ones
                        │    └─→ datagrams ─────────────────→ SRTP by its shape, or plain and unknown flows
                        └──────→ every payload, and every reassembled stream ──canaries──→ what was readable, and where

Reassembly finds a canary that packet borders cut in two; the single payloads find one in bytes that reassembly dropped.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voip.capture.canaries import Canary, Finder, Needle
from voip.capture.flows import Entropy, Kind, SrtpShape, entropy, is_stun, looks_like_text, srtp_shape
from voip.capture.handshake import TlsStream, read_tls
from voip.capture.packets import Datagram, Endpoint, Segment, dissect
from voip.capture.reader import Packet, parse_capture, read_capture
from voip.capture.streams import Connection, Reassembly
from voip.capture.verdict import verdict

FOUND_MAX = 10_000
"""Findings that a report lists; beyond, they are only counted."""
_BATCH = 1 << 24
_BORDER = b"\n\n\n\n"
"""Stands between payloads that are searched together, so that no canary seems to reach over."""


@dataclass(frozen=True, slots=True)
class Found:
    """A canary in the clear."""

    canary: str
    """Its label."""
    form: str
    """`plain`, `hex`, `base64`, …"""
    packet: int
    """The packet's number, as Wireshark counts; the first one when it was cut by a packet border."""
    stream: str
    """`tcp 127.0.0.1:40000 → 127.0.0.1:7443`, or empty for a packet that is neither TCP nor UDP."""


@dataclass(frozen=True, slots=True)
class OtherFlow:
    """Something that is not TLS: one TCP connection, or one UDP flow (both directions)."""

    transport: str
    """`tcp` or `udp`."""
    source: str
    destination: str
    kind: Kind
    """`plaintext`: readable text; `srtp`: RTP headers; `stun`: nothing but STUN; `unknown`: none of these."""
    first_packet: int
    packets: int
    bytes: int
    entropy: Entropy
    srtp: tuple[SrtpShape, ...]
    """One per direction that has media; empty unless `kind` is `srtp`."""
    stun: int = 0
    """Packets of STUN among them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an eavesdropper learns from a capture."""

    file: str
    packets: int
    bytes: int
    """Captured, with all headers."""
    seconds: float
    """From the first packet to the last."""
    cut_packets: int
    """Packets of which the capture kept only the beginning: they prove nothing."""
    other_packets: int
    """Packets that are neither TCP nor UDP; they were searched as well."""
    tls: tuple[TlsStream, ...]
    others: tuple[OtherFlow, ...]
    canaries: int
    """How many were looked for."""
    found: tuple[Found, ...]
    """At most `FOUND_MAX`, by packet."""
    found_total: int
    verdict: str
    """The judgement, as one or two sentences."""

    @property
    def clear(self) -> bool:
        """No canary was readable."""
        return self.found_total == 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def inspect(path: Path, canaries: Sequence[Canary] = ()) -> Report:
    """Judge the capture at `path`; raises `CaptureError` when it is no whole capture."""
    return judge(str(path), read_capture(path), canaries)


def inspect_bytes(data: bytes, canaries: Sequence[Canary] = ()) -> Report:
    """Judge a capture held in memory; raises `CaptureError` like `inspect`."""
    return judge("", parse_capture(data), canaries)


def judge(name: str, packets: Sequence[Packet], canaries: Sequence[Canary]) -> Report:
    """Judge packets that were read already."""
    contents = [dissect(packet) for packet in packets]
    reassembly = Reassembly()
    datagrams: dict[frozenset[Endpoint], list[Datagram]] = {}
    for content in contents:
        if isinstance(content, Segment):
            reassembly.add(content)
        elif isinstance(content, Datagram):
            datagrams.setdefault(frozenset((content.source, content.destination)), []).append(content)
    connections = reassembly.connections()
    tls: list[TlsStream] = []
    others: list[OtherFlow] = []
    for connection in connections:
        stream = read_tls(connection)
        if stream is not None:
            tls.append(stream)
        elif connection.sent.length + connection.received.length:
            others.append(_other_tcp(connection))
    others.extend(_udp(flow) for flow in datagrams.values())
    finder = Finder(canaries)
    findings = sorted(_search(finder, packets, contents, connections)) if canaries else []
    found = tuple(Found(needle[0], needle[1], packet, stream) for packet, stream, needle in findings[:FOUND_MAX])
    cut = sum(packet.length > len(packet.data) for packet in packets)
    times = [packet.at for packet in packets]
    return Report(
        file=name,
        packets=len(packets),
        bytes=sum(len(packet.data) for packet in packets),
        seconds=round(max(times) - min(times), 6) if times else 0.0,
        cut_packets=cut,
        other_packets=sum(content is None for content in contents),
        tls=tuple(tls),
        others=tuple(others),
        canaries=finder.count,
        found=found,
        found_total=len(findings),
        verdict=verdict(
            packets=len(packets),
            cut=cut,
            tls=tls,
            kinds=[other.kind for other in others],
            canaries=finder.count,
            readable=len({needle[0] for _, _, needle in findings}),
            first=found[0].packet if found else 0,
        ),
    )


_Finding = tuple[int, str, tuple[str, str]]
"""Packet number, stream, (label, form): sortable, and equal when two searches found the same."""


def _search(
    finder: Finder,
    packets: Sequence[Packet],
    contents: Sequence[Segment | Datagram | None],
    connections: Iterable[Connection],
) -> set[_Finding]:
    found: set[_Finding] = set()
    pieces = (
        (packet.number, _stream(content), packet.data if content is None else content.payload)
        for packet, content in zip(packets, contents, strict=True)
    )
    for batch in _batches(pieces):
        found |= _search_batch(finder, batch)
    for connection in connections:
        there = _named(connection.client, connection.server)
        back = _named(connection.server, connection.client)
        for stream, flow in ((there, connection.sent), (back, connection.received)):
            for run in flow.runs:
                for at, needle in finder.scan(bytes(run.data)):
                    found.add((run.packet_at(at), stream, _key(needle)))
    return found


def _batches(pieces: Iterable[tuple[int, str, bytes]]) -> Iterator[list[tuple[int, str, bytes]]]:
    batch: list[tuple[int, str, bytes]] = []
    size = 0
    for piece in pieces:
        if not piece[2]:
            continue
        batch.append(piece)
        size += len(piece[2])
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _search_batch(finder: Finder, batch: list[tuple[int, str, bytes]]) -> set[_Finding]:
    found: set[_Finding] = set()
    starts: list[int] = []
    at = 0
    for _, _, payload in batch:
        starts.append(at)
        at += len(payload) + len(_BORDER)
    haystack = _BORDER.join(payload for _, _, payload in batch)
    for at, needle in finder.scan(haystack):
        index = bisect_right(starts, at) - 1
        number, stream, payload = batch[index]
        if at + len(needle.data) <= starts[index] + len(payload):
            found.add((number, stream, _key(needle)))
    return found


def _key(needle: Needle) -> tuple[str, str]:
    return needle.label, needle.form


def _stream(content: Segment | Datagram | None) -> str:
    if content is None:
        return ""
    transport = "tcp" if isinstance(content, Segment) else "udp"
    return _named(content.source, content.destination, transport)


def _named(source: Endpoint, destination: Endpoint, transport: str = "tcp") -> str:
    return f"{transport} {source} → {destination}"


def _other_tcp(connection: Connection) -> OtherFlow:
    data = b"".join(bytes(run.data) for flow in (connection.sent, connection.received) for run in flow.runs)
    return OtherFlow(
        transport="tcp",
        source=str(connection.client),
        destination=str(connection.server),
        kind="plaintext" if looks_like_text(data) else "unknown",
        first_packet=connection.first_packet,
        packets=connection.sent.packets + connection.received.packets,
        bytes=len(data),
        entropy=entropy(data),
        srtp=(),
    )


def _udp(datagrams: list[Datagram]) -> OtherFlow:
    first = datagrams[0]
    rest = [datagram for datagram in datagrams if not is_stun(datagram.payload)]
    data = b"".join(datagram.payload for datagram in datagrams)
    there = [datagram for datagram in rest if datagram.source == first.source]
    back = [datagram for datagram in rest if datagram.source != first.source]
    shapes = tuple(shape for shape in (srtp_shape(there), srtp_shape(back)) if shape)
    kind: Kind = "unknown"
    if shapes or not rest:
        kind = "srtp" if shapes else "stun"
    elif looks_like_text(b"".join(datagram.payload for datagram in rest)):
        kind = "plaintext"
    return OtherFlow(
        transport="udp",
        source=str(first.source),
        destination=str(first.destination),
        kind=kind,
        first_packet=first.number,
        packets=len(datagrams),
        bytes=len(data),
        # RTP's own headers are regular; what they carry is what counts.
        entropy=entropy(b"".join(datagram.payload[12:] for datagram in rest) if shapes else data),
        srtp=shapes,
        stun=len(datagrams) - len(rest),
    )
