"""Extended reports (RFC 3611): what a receiver saw of a call, closer than a report block of `rtcp` can say it.

    PT 207 │ SSRC of who reports │ block │ block …
                                     ├ BT 1, Loss RLE      which packets came, one by one (§4.1)
                                     └ BT 7, VoIP Metrics  loss, bursts, delay, quality (§4.7)

Other blocks are read past. `rtcp` puts these packets into its compounds and finds them there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from voip.errors import LocalError, PacketError

XR = 207
LOSS_RLE, VOIP_METRICS = 1, 7
GMIN = 16
"""Packets in a row that end a burst (RFC 3611 §4.7.2, the recommended value)."""
LOSS_RLE_MAX = 65_534
"""Packets that one block may tell of (RFC 3611 §4.1)."""
BLOCKS_MAX = 16
"""Blocks that we read from one packet; a peer of ours sends two."""
_BLOCK = struct.Struct("!BBH")
_METRICS = struct.Struct("!IBBBBHHHHbbBBBBBBBBHHH")
_RLE = struct.Struct("!IHH")
_UNKNOWN = 127
_VECTOR_BITS = 15


@dataclass(frozen=True, slots=True)
class LossRle:
    """Which packets of a stream came."""

    ssrc: int
    """The stream that this is about."""
    begin_seq: int
    """16 bits: the sequence number that `received` begins with."""
    received: bytes = field(repr=False)
    """One byte for each packet, in order of their numbers: 1 it came, 0 it did not."""


@dataclass(frozen=True, slots=True)
class VoipMetrics:
    """How a call sounds to its receiver, in the units of the wire. None: not known."""

    ssrc: int
    """The stream that this is about."""
    loss_rate: int = 0
    """256ths of the packets that never came, before anything was recovered."""
    discard_rate: int = 0
    """256ths of the packets that came too late."""
    burst_density: int = 0
    """256ths lost or discarded within bursts."""
    gap_density: int = 0
    """256ths lost or discarded between bursts."""
    burst_duration: int = 0
    """Mean, ms."""
    gap_duration: int = 0
    """Mean, ms."""
    round_trip_delay: int = 0
    """ms; 0: not known."""
    end_system_delay: int = 0
    """ms, of who reports: from sound to packet, and from packet to sound."""
    signal_level: int | None = None
    """dBm0 of the voice while it speaks, −127 to 126."""
    noise_level: int | None = None
    """dBm0 of the background while it does not, −127 to 126."""
    residual_echo_return_loss: int | None = None
    """dB, 0 to 126."""
    r_factor: int | None = None
    """G.107, 0 to 100."""
    external_r_factor: int | None = None
    """The same for a call that is continued outside of RTP."""
    mos_lq: int | None = None
    """Tenths, 10 to 50: listening quality."""
    mos_cq: int | None = None
    """Tenths, 10 to 50: conversational quality, delay included."""
    concealment: int = 0
    """2 bits: 0 unspecified, 1 none (silence), 2 enhanced, 3 standard (interpolation)."""
    adaptive: int = 0
    """2 bits: 0 unknown, 2 the jitter buffer is fixed, 3 it adapts."""
    jitter_buffer_rate: int = 0
    """4 bits: a fixed buffer's adjustment rate."""
    jitter_buffer_nominal: int = 0
    """ms that a packet which comes in time waits."""
    jitter_buffer_maximum: int = 0
    """ms that the earliest possible packet waits now."""
    jitter_buffer_abs_max: int = 0
    """ms that the buffer could ever grow to."""
    gmin: int = GMIN


Block = LossRle | VoipMetrics


@dataclass(frozen=True, slots=True)
class ExtendedReport:
    """One XR packet, with the blocks of it that we know."""

    ssrc: int
    """Of who reports."""
    blocks: tuple[Block, ...] = ()


# ── value → bytes ──────────────────────────────────────────────────────────────────────────────────────────────


def pack_body(report: ExtendedReport) -> bytes:
    """All after the RTCP header; raises `LocalError` when a field does not fit."""
    try:
        return struct.pack("!I", report.ssrc) + b"".join(_pack(block) for block in report.blocks)
    except struct.error as error:
        raise LocalError(f"A field of an RTCP extended report does not fit: {error}.", code="rtcp-field") from None


def _pack(block: Block) -> bytes:
    match block:
        case LossRle(ssrc, begin, received):
            if len(received) > LOSS_RLE_MAX:
                raise LocalError(f"{len(received)} packets do not fit a Loss RLE block.", code="rtcp-field")
            chunks = list(_chunks(received))
            # An even number of chunks fills the words; one that is 0 says that there is no more.
            chunks += [0] * (len(chunks) % 2)
            body = _RLE.pack(ssrc, begin, begin + len(received) & 0xFFFF) + struct.pack(f"!{len(chunks)}H", *chunks)
            return _BLOCK.pack(LOSS_RLE, 0, len(body) // 4) + body
        case VoipMetrics():
            return _BLOCK.pack(VOIP_METRICS, 0, _METRICS.size // 4) + _pack_metrics(block)


def _chunks(received: bytes) -> Iterator[int]:
    """Long runs as a length, all else as a picture of 15 packets. The last picture may show more than there are."""
    at = 0
    while at < len(received):
        kind = received[at : at + 1]
        run = len(received) - at - len(received[at:].lstrip(kind))
        if run > _VECTOR_BITS:
            run = min(run, 0x3FFF)
            yield kind[0] << 14 | run
            at += run
        else:
            bits = received[at : at + _VECTOR_BITS].ljust(_VECTOR_BITS, b"\0")
            yield 0x8000 | int(bits.translate(_AS_DIGITS), 2)
            at += _VECTOR_BITS


_AS_DIGITS = b"0" + b"1" * 255


def _pack_metrics(m: VoipMetrics) -> bytes:
    if not (0 <= m.concealment < 4 and 0 <= m.adaptive < 4 and 0 <= m.jitter_buffer_rate < 16):
        raise LocalError("An extended report's receiver configuration does not fit.", code="rtcp-field")
    return _METRICS.pack(
        m.ssrc,
        m.loss_rate,
        m.discard_rate,
        m.burst_density,
        m.gap_density,
        m.burst_duration,
        m.gap_duration,
        m.round_trip_delay,
        m.end_system_delay,
        _or_unknown(m.signal_level, -127, 126),
        _or_unknown(m.noise_level, -127, 126),
        _or_unknown(m.residual_echo_return_loss, 0, 126),
        m.gmin,
        _or_unknown(m.r_factor, 0, 100),
        _or_unknown(m.external_r_factor, 0, 100),
        _or_unknown(m.mos_lq, 10, 50),
        _or_unknown(m.mos_cq, 10, 50),
        m.concealment << 6 | m.adaptive << 4 | m.jitter_buffer_rate,
        0,
        m.jitter_buffer_nominal,
        m.jitter_buffer_maximum,
        m.jitter_buffer_abs_max,
    )


def _or_unknown(value: int | None, least: int, most: int) -> int:
    if value is None:
        return _UNKNOWN
    if not least <= value <= most:
        raise LocalError(f"An extended report's figure of {value} is not within {least} to {most}.", code="rtcp-field")
    return value


# ── bytes → value ──────────────────────────────────────────────────────────────────────────────────────────────


def unpack_body_untrusted(body: bytes) -> ExtendedReport:
    """What stands after the RTCP header; raises `PacketError` when it is garbled."""
    try:
        (ssrc,) = struct.unpack_from("!I", body)
        return ExtendedReport(ssrc, tuple(_unpack_blocks(body, 4)))
    except struct.error:
        raise PacketError("An RTCP extended report came in that is cut off.", code="rtcp-bad") from None


def _unpack_blocks(body: bytes, at: int) -> Iterator[Block]:
    for _ in range(BLOCKS_MAX):
        if at >= len(body):
            return
        block_type, _specific, words = _BLOCK.unpack_from(body, at)
        at += _BLOCK.size
        content = body[at : at + 4 * words]
        if len(content) < 4 * words:
            raise PacketError("An RTCP extended report came in that is shorter than it says.", code="rtcp-bad")
        if block_type == LOSS_RLE:
            yield _unpack_loss(content)
        elif block_type == VOIP_METRICS:
            yield _unpack_metrics(content)
        at += 4 * words
    raise PacketError(f"An RTCP extended report came in with {BLOCKS_MAX} blocks or more.", code="rtcp-bad")


def _unpack_loss(content: bytes) -> LossRle:
    ssrc, begin, end = _RLE.unpack_from(content)
    count = (end - begin) & 0xFFFF
    received = bytearray()
    for (chunk,) in struct.iter_unpack("!H", content[_RLE.size :]):
        if not chunk or len(received) >= count:
            break
        if chunk & 0x8000:
            received += f"{chunk & 0x7FFF:015b}".encode().translate(_AS_BYTES)
        else:
            received += bytes((chunk >> 14 & 1,)) * (chunk & 0x3FFF)
    if len(received) < count:
        raise PacketError("A Loss RLE block came in that does not tell of all its packets.", code="rtcp-bad")
    return LossRle(ssrc, begin, bytes(received[:count]))


_AS_BYTES = bytes(int(digit == ord("1")) for digit in range(256))


def _unpack_metrics(content: bytes) -> VoipMetrics:
    if len(content) != _METRICS.size:
        raise PacketError("A VoIP Metrics block of wrong length came in.", code="rtcp-bad")
    figures = _METRICS.unpack(content)
    signal, noise, echo, gmin, r_factor, external, mos_lq, mos_cq, configuration = figures[9:18]
    fields = [
        *figures[:9],
        _known(signal, -127, 126),
        _known(noise, -127, 126),
        _known(echo, 0, 126),
        _known(r_factor, 0, 100),
        _known(external, 0, 100),
        _known(mos_lq, 10, 50),
        _known(mos_cq, 10, 50),
        configuration >> 6,
        configuration >> 4 & 3,
        configuration & 0x0F,
        *figures[19:],
        gmin,
    ]
    return VoipMetrics(*fields)


def _known(value: int, least: int, most: int) -> int | None:
    """What is out of range must be ignored (RFC 3611 §4.7.5)."""
    return value if least <= value <= most else None
