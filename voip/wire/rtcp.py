"""RTCP (RFC 3550 §6): what the two ends tell each other about the stream; always as a compound packet.

    ┌ SR or RR ──────────────┐┌ SDES ─┐┌ XR (rtcp_xr) ─────────┐┌ BYE ───────┐
    │ sender's clock, counts ││ CNAME ││ losses one by one,    ││ (the last) │
    │ ReportBlock …          ││       ││ bursts, delay, quality││            │
    └────────────────────────┘└───────┘└───────────────────────┘└────────────┘

NTP timestamps are 64-bit integers: seconds since 1900 in the high half, their fraction in the low half.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voip.errors import LocalError, PacketError
from voip.wire import rtcp_xr
from voip.wire.rtcp_xr import XR, ExtendedReport

SR, RR, SDES, BYE = 200, 201, 202, 203
_CNAME = 1
_VERSION = 2
_HEADER = struct.Struct("!BBH")
_SENDER = struct.Struct("!QIII")
_BLOCK = struct.Struct("!IIIIII")
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix)."""


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How one stream is received (RFC 3550 §6.4.1)."""

    ssrc: int
    """The stream that this is about."""
    fraction_lost: int
    """Lost since the previous report, in 256ths."""
    cumulative_lost: int
    """Packets lost since the beginning; 24 bits, negative when there were duplicates."""
    extended_highest_sequence_number: int
    """Cycles in the high 16 bits, highest sequence number in the low."""
    interarrival_jitter: int
    """Mean deviation of the transit time, in timestamp units."""
    last_sr: int = 0
    """Middle 32 bits of the NTP timestamp of the last SR from that stream; 0: none yet."""
    delay_since_last_sr: int = 0
    """Since that SR came in, in 1/65536 s."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """From one who sends: its clocks and counters, and what it receives."""

    ssrc: int
    ntp: int
    """When this was sent, 64-bit NTP."""
    rtp_timestamp: int
    """The same instant on the stream's own clock."""
    packet_count: int
    octet_count: int
    """Payload bytes only."""
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """From one who only receives."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """SDES with the one item that every sender must give: its canonical name."""

    ssrc: int
    cname: str


@dataclass(frozen=True, slots=True)
class Bye:
    """These streams have ended."""

    ssrcs: tuple[int, ...]
    reason: str = ""


RtcpPacket = SenderReport | ReceiverReport | SourceDescription | Bye | ExtendedReport


# ── NTP time ───────────────────────────────────────────────────────────────────────────────────────────────────


def ntp_from_unix(seconds: float) -> int:
    """Unix time (s) as a 64-bit NTP timestamp of its era."""
    return int((seconds + _NTP_EPOCH) * 2**32) & 0xFFFF_FFFF_FFFF_FFFF


def unix_from_ntp(ntp: int) -> float:
    """A 64-bit NTP timestamp of the era that ends in 2036, as Unix time (s)."""
    return ntp / 2**32 - _NTP_EPOCH


def middle(ntp: int) -> int:
    """The middle 32 bits of a 64-bit NTP timestamp, as LSR carries them: units of 1/65536 s."""
    return ntp >> 16 & 0xFFFF_FFFF


# ── value → bytes ──────────────────────────────────────────────────────────────────────────────────────────────


def pack_compound(packets: Iterable[RtcpPacket]) -> bytes:
    """A compound packet; raises `LocalError` unless an SR or RR comes first and every field fits."""
    packets = tuple(packets)
    if not packets or not isinstance(packets[0], SenderReport | ReceiverReport):
        raise LocalError("A compound RTCP packet begins with SR or RR (RFC 3550 §6.1).", code="rtcp-order")
    try:
        return b"".join(_pack(packet) for packet in packets)
    except struct.error as error:
        raise LocalError(f"An RTCP field does not fit: {error}.", code="rtcp-field") from None


def _pack(packet: RtcpPacket) -> bytes:
    match packet:
        case SenderReport(ssrc, ntp, timestamp, packets, octets, blocks):
            body = struct.pack("!I", ssrc) + _SENDER.pack(ntp, timestamp, packets, octets) + _pack_blocks(blocks)
            return _with_header(SR, len(blocks), body)
        case ReceiverReport(ssrc, blocks):
            return _with_header(RR, len(blocks), struct.pack("!I", ssrc) + _pack_blocks(blocks))
        case SourceDescription(ssrc, cname):
            name = cname.encode()
            body = struct.pack("!IBB", ssrc, _CNAME, len(name)) + name
            # The item list ends with at least one null byte, and the chunk on a 32-bit boundary.
            return _with_header(SDES, 1, body + bytes(4 - len(body) % 4))
        case Bye(ssrcs, reason):
            body = struct.pack(f"!{len(ssrcs)}I", *ssrcs)
            if reason:
                text = reason.encode()
                body += struct.pack("!B", len(text)) + text
                body += bytes(-len(body) % 4)
            return _with_header(BYE, len(ssrcs), body)
        case ExtendedReport():
            return _with_header(XR, 0, rtcp_xr.pack_body(packet))


def _with_header(packet_type: int, count: int, body: bytes) -> bytes:
    if count > 31:
        raise LocalError(f"{count} items do not fit one RTCP packet; 31 do.", code="rtcp-field")
    return _HEADER.pack(_VERSION << 6 | count, packet_type, len(body) // 4) + body


def _pack_blocks(blocks: tuple[ReportBlock, ...]) -> bytes:
    return b"".join(_pack_block(block) for block in blocks)


def _pack_block(block: ReportBlock) -> bytes:
    if not (0 <= block.fraction_lost <= 255 and -(2**23) <= block.cumulative_lost < 2**23):
        raise LocalError("An RTCP loss figure does not fit its field.", code="rtcp-field")
    return _BLOCK.pack(
        block.ssrc,
        block.fraction_lost << 24 | block.cumulative_lost & 0xFFFFFF,
        block.extended_highest_sequence_number,
        block.interarrival_jitter,
        block.last_sr,
        block.delay_since_last_sr,
    )


# ── bytes → value ──────────────────────────────────────────────────────────────────────────────────────────────


def unpack_untrusted(data: bytes) -> tuple[RtcpPacket, ...]:
    """The packets of a compound packet that we know; raises `PacketError` when it is malformed (RFC 3550 A.2)."""
    found: list[RtcpPacket] = []
    for index, (packet_type, count, body) in enumerate(_split(data)):
        if index == 0 and packet_type not in (SR, RR):
            raise PacketError("An RTCP packet came in that does not begin with SR or RR.", code="rtcp-order")
        try:
            found.extend(_unpack(packet_type, count, body))
        except (struct.error, IndexError, UnicodeDecodeError):
            raise PacketError(
                f"An RTCP packet (type {packet_type}) came in that is cut off or garbled.", code="rtcp-bad"
            ) from None
    return tuple(found)


def _split(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Type, count and body of each packet of the compound."""
    if not data:
        raise PacketError("An empty RTCP packet came in.", code="rtcp-short")
    while data:
        if len(data) < _HEADER.size:
            raise PacketError("An RTCP packet came in whose header is cut off.", code="rtcp-short")
        first, packet_type, words = _HEADER.unpack_from(data)
        end = 4 * (words + 1)
        if first >> 6 != _VERSION or end > len(data):
            raise PacketError("An RTCP packet of wrong version or length came in.", code="rtcp-short")
        body, data = data[_HEADER.size : end], data[end:]
        if first & 0x20:
            # Only the last packet of a compound may be padded.
            if data or not body or not 0 < body[-1] <= len(body) or body[-1] % 4:
                raise PacketError("An RTCP packet with wrong padding came in.", code="rtcp-padding")
            body = body[: -body[-1]]
        yield packet_type, first & 0x1F, body


def _unpack(packet_type: int, count: int, body: bytes) -> Iterator[RtcpPacket]:
    if packet_type == SR:
        (ssrc,) = struct.unpack_from("!I", body)
        ntp, timestamp, packets, octets = _SENDER.unpack_from(body, 4)
        blocks = _unpack_blocks(body, 4 + _SENDER.size, count)
        yield SenderReport(ssrc, ntp, timestamp, packets, octets, blocks)
    elif packet_type == RR:
        (ssrc,) = struct.unpack_from("!I", body)
        yield ReceiverReport(ssrc, _unpack_blocks(body, 4, count))
    elif packet_type == SDES:
        yield from _unpack_sdes(body, count)
    elif packet_type == BYE:
        ssrcs = struct.unpack_from(f"!{count}I", body)
        rest = body[4 * count :]
        yield Bye(ssrcs, _text(rest, 0) if rest else "")
    elif packet_type == XR:
        yield rtcp_xr.unpack_body_untrusted(body)


def _unpack_blocks(body: bytes, start: int, count: int) -> tuple[ReportBlock, ...]:
    blocks = []
    for index in range(count):
        ssrc, loss, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, start + index * _BLOCK.size)
        lost = loss & 0xFFFFFF
        signed = lost - (1 << 24) if lost & 0x800000 else lost
        blocks.append(ReportBlock(ssrc, loss >> 24, signed, highest, jitter, last_sr, delay))
    return tuple(blocks)


def _unpack_sdes(body: bytes, count: int) -> Iterator[SourceDescription]:
    """One value for each chunk that has a CNAME; other items are read past."""
    at = 0
    for _ in range(count):
        (ssrc,) = struct.unpack_from("!I", body, at)
        at += 4
        while item := body[at]:
            text = _text(body, at + 1) if item == _CNAME else None
            if text is not None:
                yield SourceDescription(ssrc, text)
            at += 2 + body[at + 1]
        at += 4 - at % 4


def _text(body: bytes, at: int) -> str:
    """The UTF-8 text whose length stands at `at`."""
    length = body[at]
    text = body[at + 1 : at + 1 + length]
    if len(text) < length:
        raise IndexError(at)
    return text.decode()
