"""What a record or a packet on our own wire was to us, and which one."""

import re

from voip.errors import FramingError
from voip.journal.coupling import Coupled
from voip.journal.tape import Meaning
from voip.session.tls.events import HandshakeMessage
from voip.wire import framing
from voip.wire.framing import Kind
from voip.wire.tls_names import CONTENT_NAMES

DETAILS_MAX = 4
"""Packets or messages of one record that are named."""
_REPORTS = {200: "sender report", 201: "receiver report"}
_BINDINGS = {b"\x00\x01": "request", b"\x01\x01": "answer", b"\x01\x11": "error"}
"""STUN's message types (RFC 8489 §5)."""
_TAG = re.compile(rb'\{"is":"([a-z-]{1,40})"')


def of_packet(packet: bytes) -> tuple[Meaning, str]:
    """What an RFC 4571 packet is, and which one: a signal's type, an RTP sequence number. Never raises."""
    try:
        kind = framing.kind(packet)
    except FramingError:
        return "other", ""
    if kind is Kind.MEDIA:
        # The header is not encrypted; its second byte tells RTP from RTCP (RFC 5761 §4).
        if len(packet) > 1 and 192 <= packet[1] <= 223:
            return "report", _REPORTS.get(packet[1], "")
        return "voice", str(int.from_bytes(packet[2:4], "big"))
    if kind is Kind.SIGNAL:
        tag = _TAG.match(packet)
        return "signal", tag[1].decode("ascii") if tag else ""
    if kind is Kind.STUN:
        return "binding", _BINDINGS.get(packet[:2], "")
    if kind is Kind.TLS:
        return "session", CONTENT_NAMES.get(packet[0], "")
    return "other", ""


def of_record(record: Coupled, packets: list[tuple[Meaning, str]]) -> tuple[Meaning, bytes, str]:
    """Meaning, plaintext and detail of a record whose packets are `packets` (`of_packet` of each)."""
    if packets:
        meanings = {meaning for meaning, _ in packets}
        return (
            packets[0][0] if len(meanings) == 1 else "other",
            record.packets[0],
            _listed([detail if len(meanings) == 1 else f"{meaning} {detail}" for meaning, detail in packets]),
        )
    if record.messages:
        shaking = any(isinstance(message, HandshakeMessage) for message in record.messages)
        first = record.messages[0]
        return (
            "handshake" if shaking else "other",
            first.raw if isinstance(first, HandshakeMessage) else b"",
            _listed([m.name if isinstance(m, HandshakeMessage) else f"alert {m.name}" for m in record.messages]),
        )
    if record.piece:
        return "other", b"", "piece of a packet"
    return "other", b"", "" if record.at is not None else "not read"


def _listed(names: list[str]) -> str:
    more = len(names) - DETAILS_MAX
    return ", ".join(names[:DETAILS_MAX]).strip() + (f" and {more} more" if more > 0 else "")
