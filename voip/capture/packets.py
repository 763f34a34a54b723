"""Link, IP, TCP and UDP headers, read off: a packet → a segment, a datagram, or None for anything else.

Ethernet (also with VLAN tags) · Linux cooked v1, v2 · loopback · raw IP   →   IPv4 · IPv6   →   TCP · UDP

Lengths inside the headers are a stranger's; slices stay within what was captured.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import NamedTuple

from voip.capture.reader import Packet

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

_IPV4, _IPV6 = 0x0800, 0x86DD
_VLAN = {0x8100, 0x88A8, 0x9100}
_FAMILIES = {2: _IPV4, 10: _IPV6, 24: _IPV6, 28: _IPV6, 30: _IPV6}
"""AF_INET and AF_INET6 as the systems number them, in front of a loopback packet."""
_IPV6_OPTIONS = {0, 43, 60}
"""Hop-by-hop, routing and destination options: skipped on the way to TCP or UDP."""


class Endpoint(NamedTuple):
    """One end of a flow."""

    host: str
    port: int

    def __str__(self) -> str:
        """`127.0.0.1:7443`, `[::1]:7443`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment."""

    number: int
    """The packet's number in the file."""
    at: float
    source: Endpoint
    destination: Endpoint
    sequence: int
    """Sequence number of its first byte (or of its SYN)."""
    flags: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram."""

    number: int
    at: float
    source: Endpoint
    destination: Endpoint
    payload: bytes = field(repr=False)


def dissect(packet: Packet) -> Segment | Datagram | None:
    """What `packet` carries; None when it is neither TCP nor UDP, or too short to tell."""
    network = _network(packet)
    if not network:
        return None
    version = network[0] >> 4
    if version == 4:
        return _ipv4(packet, network)
    return _ipv6(packet, network) if version == 6 else None


def _network(packet: Packet) -> bytes:
    """The IP packet inside the link's frame; empty when it carries something else."""
    data = packet.data
    match packet.link:
        case 1:
            at = 12
            while int.from_bytes(data[at : at + 2], "big") in _VLAN:
                at += 4
            protocol, start = int.from_bytes(data[at : at + 2], "big"), at + 2
        case 113:
            protocol, start = int.from_bytes(data[14:16], "big"), 16
        case 276:
            protocol, start = int.from_bytes(data[0:2], "big"), 20
        case 0 | 108:  # the family, in the byte order of whoever captured
            family = min(int.from_bytes(data[:4], "big"), int.from_bytes(data[:4], "little"))
            protocol, start = _FAMILIES.get(family, 0), 4
        case 12 | 14 | 101 | 228 | 229:
            return data
        case _:
            return b""
    return data[start:] if protocol in {_IPV4, _IPV6} else b""


def _ipv4(packet: Packet, data: bytes) -> Segment | Datagram | None:
    header = (data[0] & 0x0F) * 4
    if header < 20 or len(data) < header:
        return None
    # Segmentation offload leaves 0 there for packets over 64 kB; Ethernet pads short ones behind the IP packet.
    total = int.from_bytes(data[2:4], "big") or len(data)
    if int.from_bytes(data[6:8], "big") & 0x3FFF:  # a fragment
        return None
    source, destination = (str(ipaddress.IPv4Address(data[at : at + 4])) for at in (12, 16))
    return _transport(packet, data[9], data[header:total], source, destination)


def _ipv6(packet: Packet, data: bytes) -> Segment | Datagram | None:
    if len(data) < 40:
        return None
    length = int.from_bytes(data[4:6], "big")
    body = data[40 : 40 + length] if length else data[40:]
    protocol = data[6]
    while protocol in _IPV6_OPTIONS and len(body) >= 8:
        protocol, body = body[0], body[8 + 8 * body[1] :]
    source, destination = (str(ipaddress.IPv6Address(data[at : at + 16])) for at in (8, 24))
    return _transport(packet, protocol, body, source, destination)


def _transport(packet: Packet, protocol: int, data: bytes, source: str, destination: str) -> Segment | Datagram | None:
    if len(data) < 8:
        return None
    here = Endpoint(source, int.from_bytes(data[0:2], "big"))
    there = Endpoint(destination, int.from_bytes(data[2:4], "big"))
    if protocol == 17:
        length = int.from_bytes(data[4:6], "big") or len(data)
        return Datagram(packet.number, packet.at, here, there, data[8 : max(8, length)])
    if protocol != 6 or len(data) < 20:
        return None
    header = (data[12] >> 4) * 4
    if header < 20:
        return None
    sequence = int.from_bytes(data[4:8], "big")
    return Segment(packet.number, packet.at, here, there, sequence, data[13], data[header:])
