"""Reading pcap and pcapng files, of either byte order: bytes → packets. Whatever is wrong ends as a `CaptureError`."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from voip.capture.pcapng import BYTE_ORDER_MAGIC, ENHANCED_PACKET, INTERFACE, SECTION_HEADER, SIMPLE_PACKET
from voip.errors import CaptureError

CAPTURE_MAX = 2_000_000_000
"""Longest file that is read, bytes: it is held in memory."""
_PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 1e-6), b"\xa1\xb2\xc3\xd4": (">", 1e-6)} | {
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it was captured."""

    number: int
    """Its place in the file, from 1, as Wireshark counts."""
    at: float
    """Seconds since 1970; 0 when the file does not say."""
    link: int
    """LINKTYPE of its interface: 1 is Ethernet."""
    length: int
    """Bytes on the wire; more than `data` has when the capture cut it."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    snap: int
    tick: float


def read_capture(path: Path) -> list[Packet]:
    """All packets of a capture file. Raises `CaptureError` when it is missing, empty, cut short or no capture."""
    try:
        if path.stat().st_size > CAPTURE_MAX:
            raise CaptureError(f"{path} is too large to inspect; at most 2 GB are read.", code="capture-large")
        data = path.read_bytes()
    except OSError as error:
        raise CaptureError(
            f"The capture {path} cannot be read: {error.strerror or error}.", code="capture-unreadable"
        ) from error
    return parse_capture(data, str(path))


def parse_capture(data: bytes, name: str = "The capture") -> list[Packet]:
    """`data` as packets; `name` is for the error's sentence."""
    if not data:
        raise CaptureError(f"{name} is empty; nothing was captured.", code="capture-empty")
    if data[:4] in _PCAP:
        return list(_pcap(data, name))
    if data[:4] == struct.pack("<I", SECTION_HEADER):
        return list(_pcapng(data, name))
    raise CaptureError(f"{name} is no packet capture: it is neither pcap nor pcapng.", code="capture-unknown")


def _cut(name: str, packets: int) -> CaptureError:
    return CaptureError(
        f"{name} is cut short or damaged after packet {packets}; take the capture again.", code="capture-truncated"
    )


def _pcap(data: bytes, name: str) -> Iterator[Packet]:
    order, tick = _PCAP[data[:4]]
    if len(data) < 24:
        raise _cut(name, 0)
    link = struct.unpack_from(f"{order}I", data, 20)[0] & 0xFFFF
    at, number = 24, 0
    while at < len(data):
        if len(data) - at < 16:
            raise _cut(name, number)
        seconds, fraction, kept, length = struct.unpack_from(f"{order}IIII", data, at)
        at += 16
        if kept > len(data) - at:
            raise _cut(name, number)
        number += 1
        yield Packet(number, seconds + fraction * tick, link, max(kept, length), data[at : at + kept])
        at += kept


def _pcapng(data: bytes, name: str) -> Iterator[Packet]:
    order, at, number = "<", 0, 0
    interfaces: list[_Interface] = []
    while at < len(data):
        if len(data) - at < 12:
            raise _cut(name, number)
        kind = struct.unpack_from(f"{order}I", data, at)[0]
        if kind == SECTION_HEADER:
            order = "<" if struct.unpack_from("<I", data, at + 8)[0] == BYTE_ORDER_MAGIC else ">"
            interfaces = []
        length = struct.unpack_from(f"{order}I", data, at + 4)[0]
        if length < 12 or length % 4 or length > len(data) - at:
            raise _cut(name, number)
        body = data[at + 8 : at + length - 4]
        at += length
        try:
            if kind == INTERFACE:
                interfaces.append(_interface(order, body))
            elif kind in {ENHANCED_PACKET, SIMPLE_PACKET}:
                packet = _packet(order, kind, body, interfaces, number + 1)
                number += 1
                yield packet
        except (struct.error, IndexError, OverflowError) as error:
            raise _cut(name, number) from error


def _interface(order: str, body: bytes) -> _Interface:
    link, _, snap = struct.unpack_from(f"{order}HHI", body)
    at, tick = 8, 1e-6
    while len(body) - at >= 4:
        code, length = struct.unpack_from(f"{order}HH", body, at)
        if code == 0:
            break
        if code == 9 and length >= 1:  # if_tsresol: a power of ten, or of two when the top bit is set
            power = body[at + 4]
            tick = 2.0 ** -(power & 0x7F) if power & 0x80 else 10.0**-power
        at += 4 + length + (-length % 4)
    return _Interface(link, snap, tick)


def _packet(order: str, kind: int, body: bytes, interfaces: list[_Interface], number: int) -> Packet:
    if kind == SIMPLE_PACKET:
        length = struct.unpack_from(f"{order}I", body)[0]
        interface = interfaces[0]
        kept = min(length, interface.snap or length, len(body) - 4)
        return Packet(number, 0.0, interface.link, length, body[4 : 4 + kept])
    index, high, low, kept, length = struct.unpack_from(f"{order}IIIII", body)
    if kept > len(body) - 20:
        raise IndexError(kept)
    interface = interfaces[index]
    at = (high << 32 | low) * interface.tick
    return Packet(number, at, interface.link, max(kept, length), body[20 : 20 + kept])
