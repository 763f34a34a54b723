"""What bytes look like from outside, when they are no TLS: their entropy, text, or the shape of SRTP."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from voip.capture.packets import Datagram
from voip.wire.stun import COOKIE

Kind = Literal["plaintext", "unknown", "srtp", "stun"]
TEXT_SHARE = 0.85
"""From this share of printable bytes on, a flow is plaintext (random bytes: 0.38)."""


@dataclass(frozen=True, slots=True)
class Entropy:
    """Shannon entropy of single bytes."""

    bits: float
    """Bits per byte as measured."""
    ceiling: float
    """What truly random bytes of this length would measure: few bytes cannot reach 8."""
    size: int
    """Bytes it was measured on."""


def entropy(data: bytes | bytearray) -> Entropy:
    """The entropy of `data`; the ceiling is the expectation for random bytes (Miller–Madow for 256 values)."""
    if not data:
        return Entropy(0.0, 0.0, 0)
    size = len(data)
    counts = np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)
    share = counts[counts > 0] / size
    bits = float(-(share * np.log2(share)).sum())
    ceiling = min(math.log2(size), 8 - 255 / (2 * size * math.log(2))) if size >= 256 else math.log2(size)
    return Entropy(round(abs(bits), 3), round(ceiling, 3), size)


def looks_like_text(data: bytes | bytearray) -> bool:
    """Whether most of it is readable: ASCII, or valid UTF-8."""
    if not data:
        return False
    values = np.frombuffer(data, dtype=np.uint8)
    printable = ((values >= 0x20) & (values < 0x7F)) | (values == 9) | (values == 10) | (values == 13)
    if float(printable.mean()) >= TEXT_SHARE:
        return True
    try:
        text = bytes(data).decode()
    except UnicodeDecodeError:
        return False
    return sum(character.isprintable() or character.isspace() for character in text) >= TEXT_SHARE * len(text)


def is_stun(packet: bytes) -> bool:
    """Whether a datagram has the header of STUN (RFC 8489 §5): what keeps a flow open, and carries nothing."""
    return (
        len(packet) >= 20
        and packet[0] < 4
        and packet[4:8] == COOKIE
        and int.from_bytes(packet[2:4], "big") == len(packet) - 20
    )


@dataclass(frozen=True, slots=True)
class SrtpShape:
    """RTP headers, which SRTP leaves in clear. Whether what follows is encrypted, only canaries can tell."""

    ssrcs: tuple[str, ...]
    payload_types: tuple[int, ...]
    sizes: tuple[int, ...]
    """The RTP packets' sizes in bytes, most frequent first, at most eight."""
    constant_size: bool
    """One size alone: what is said does not show in it (RFC 6562)."""
    rtcp: int
    """RTCP packets among them (RFC 5761)."""


def srtp_shape(datagrams: Sequence[Datagram]) -> SrtpShape | None:
    """The RTP in one direction of a UDP flow, or None when it is none: version 2, few SSRCs, counting upwards."""
    media: list[bytes] = []
    rtcp = 0
    for datagram in datagrams:
        packet = datagram.payload
        if len(packet) < 12 or packet[0] >> 6 != 2:
            continue
        if 192 <= packet[1] <= 223:
            rtcp += 1
        else:
            media.append(packet)
    if len(media) < 3 or (len(media) + rtcp) < 0.9 * len(datagrams):
        return None
    sources = Counter(packet[8:12] for packet in media)
    if len(sources) > 4:
        return None
    steps = [
        (int.from_bytes(after[2:4], "big") - int.from_bytes(before[2:4], "big")) % 65536
        for before, after in pairwise(media)
    ]
    if sum(step < 50 or step > 65486 for step in steps) < 0.9 * len(steps):
        return None
    sizes = Counter(len(packet) for packet in media)
    return SrtpShape(
        ssrcs=tuple(f"0x{source.hex()}" for source in sources),
        payload_types=tuple(sorted({packet[1] & 0x7F for packet in media})),
        sizes=tuple(size for size, _ in sizes.most_common(8)),
        constant_size=len(sizes) == 1,
        rtcp=rtcp,
    )
