"""RED (RFC 2198): one RTP payload that carries a voice frame and, again, frames that went before.

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    |1|  block PT   |   timestamp offset        |   block length    |   one for each redundant block, the oldest first
    |0|  block PT   |                                                   the primary's, whose length is what remains
    | redundant blocks, in the same order, then the primary …       |

A block's own timestamp is the packet's less its offset. A block with offset 0 repeats the primary and adds nothing: the
sender fills a packet with it whose history is still short, so that all packets have one size.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from voip.errors import LocalError, PacketError

OFFSET_MAX = (1 << 14) - 1
"""Ticks: 341 ms at 48 kHz."""
LENGTH_MAX = (1 << 10) - 1
"""Bytes of one redundant block."""
BLOCKS_MAX = 8
"""Blocks that we read from one packet, the primary among them; nobody sends more than three or four."""
HEADER_SIZE, PRIMARY_HEADER_SIZE = 4, 1
"""Bytes that a redundant block costs beside itself, and that the primary does."""
_HEADER = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Block:
    """One frame in a RED payload."""

    payload_type: int
    """7 bits; what the payload is, as in RTP."""
    timestamp_offset: int
    """14 bits; ticks by which this frame is older than the packet's timestamp. 0 for the primary."""
    payload: bytes = field(repr=False)
    """One encoded frame; may be empty."""


def pack(primary: bytes, redundant: Iterable[tuple[int, bytes]], payload_type: int) -> bytes:
    """The RED payload of `primary` and of `redundant`, (timestamp offset, frame) each, the oldest first.

    All are of one `payload_type`. Raises `LocalError` when a field does not fit.
    """
    redundant = tuple(redundant)
    if not 0 <= payload_type <= 127:
        raise LocalError(f"A payload type of {payload_type} does not fit 7 bits.", code="red-field")
    if len(redundant) >= BLOCKS_MAX:
        raise LocalError(f"{len(redundant)} redundant blocks are more than a peer reads.", code="red-field")
    headers = bytearray()
    for offset, payload in redundant:
        if not (0 <= offset <= OFFSET_MAX and len(payload) <= LENGTH_MAX):
            raise LocalError(
                f"A redundant block of {len(payload)} bytes, {offset} ticks old, does not fit RED.", code="red-field"
            )
        headers += _HEADER.pack(1 << 31 | payload_type << 24 | offset << 10 | len(payload))
    headers.append(payload_type)
    return bytes(headers) + b"".join(payload for _, payload in redundant) + primary


def unpack_untrusted(payload: bytes) -> tuple[Block, ...]:
    """The blocks of a RED payload, as sent: the oldest first, the primary last with offset 0.

    Raises `PacketError` when it is cut off, or says that it holds more than it does or than anybody needs. Nothing is
    said about the blocks' order, about empty ones, or about what is in them.
    """
    headers: list[tuple[int, int, int]] = []
    at = 0
    while True:
        if at >= len(payload):
            raise PacketError("A RED packet came in whose headers are cut off.", code="red-short")
        first = payload[at]
        if not first & 0x80:
            break
        if at + HEADER_SIZE > len(payload):
            raise PacketError("A RED packet came in whose headers are cut off.", code="red-short")
        if len(headers) + 1 >= BLOCKS_MAX:
            raise PacketError(f"A RED packet came in with more than {BLOCKS_MAX} blocks.", code="red-blocks")
        (word,) = _HEADER.unpack_from(payload, at)
        headers.append((word >> 24 & 0x7F, word >> 10 & OFFSET_MAX, word & LENGTH_MAX))
        at += HEADER_SIZE
    at += PRIMARY_HEADER_SIZE
    blocks = []
    for payload_type, offset, length in headers:
        if at + length > len(payload):
            raise PacketError("A RED packet came in that is shorter than its headers say.", code="red-short")
        blocks.append(Block(payload_type, offset, payload[at : at + length]))
        at += length
    return (*blocks, Block(first & 0x7F, 0, payload[at:]))
