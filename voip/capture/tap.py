"""The client's own tap: a capture of its socket bytes, for machines on which no sniffer may run.

    data(flow, "out", bytes, at) ──→ Ethernet · IP · TCP around them, numbers and checksums right ──→ pcapng
    … of a flow in UDP ───────────→ Ethernet · IP · UDP: each datagram by itself ────────────────────↗
    secret(line) ─────────────────→ a Decryption Secrets Block, before the packets that it opens ────────↗

Each TCP flow begins with a made-up SYN handshake, so that Wireshark reassembles it like any other. The tap never
breaks a call: what cannot be written is counted in `dropped`, and `problem` says why.

Bytes come from the socket before TLS has made the keys that open them, and Wireshark wants the keys first. So a tap
that embeds secrets holds the latest bytes back until the next ones come: by then their keys are here.
"""

import ipaddress
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from voip.capture.packets import ACK, FIN, SYN, Endpoint
from voip.capture.pcapng import PcapngWriter

PSH = 0x08
SEGMENT = 1_448
"""Bytes of payload in a packet, as on an Ethernet with TCP timestamps."""
TAP_MAX = 500_000_000
"""Longest file, bytes."""
FLOWS_MAX = 4_096
SECRETS_MAX = 1_000_000
"""Bytes of key log: some thousand handshakes."""
BUFFER = 1 << 20
"""Bytes that wait to be written, where that is done beside a call. A thread that writes more often than every half
millisecond takes Python's lock back each time before the call gets it: 8 KB held the voice up for 200 ms, this for 4.
"""
GAP = "Glasscall: {count} bytes that went this way before this packet are not in the capture."


Direction = Literal["out", "in"]
STEP = 10_000_000
"""Between the first numbers of one connection and the next."""
_ISN: dict[Direction, int] = {"out": 1_000_000, "in": 2_000_000}


@dataclass(frozen=True, slots=True)
class TappedFlow:
    """A TCP connection or a UDP flow, named by its two ends. `out` is from client to server."""

    client: Endpoint
    server: Endpoint
    transport: Literal["tcp", "udp"] = "tcp"


class Tap:
    """Writes the capture at `path`. No method raises; look at `problem` when it is closed.

    `embed`: take secrets, too; the file is then for this user's eyes only. `private`: it is so without them, and is
    written at once, perhaps beside a call.
    `comment`: on the whole file.
    """

    def __init__(
        self, path: Path, *, limit: int = TAP_MAX, embed: bool = False, private: bool = False, comment: str = ""
    ) -> None:
        self.problem = ""
        """Why bytes are missing from the capture, as a sentence; or empty."""
        self.dropped = 0
        """Payload bytes that were not written."""
        self._path = path
        self._left = limit
        self._ended = 0
        self._embed = embed
        self._secrets = bytearray()
        self._secrets_left = SECRETS_MAX
        self._held: tuple[TappedFlow, Direction, bytes, float] | None = None
        self._gaps: dict[tuple[TappedFlow, Direction], int] = {}
        self._next: dict[TappedFlow, dict[Direction, int]] = {}
        self._file: BinaryIO | None = None
        self._writer: PcapngWriter | None = None
        try:
            self._file = open_private(path, BUFFER if private else -1) if private or embed else path.open("wb")
            self._writer = PcapngWriter(self._file, comment=comment)
        except OSError as error:
            self._fail(error)

    @property
    def packets(self) -> int:
        """Packets written."""
        return self._writer.packets if self._writer else 0

    def data(self, flow: TappedFlow, direction: Direction, data: bytes, at: float) -> None:
        """Bytes that went over `flow`'s socket at `at` (seconds since 1970)."""
        if self._embed:
            self._let_go()
            self._held = (flow, direction, data, at)
        else:
            self._put(flow, direction, data, at)

    def missing(self, flow: TappedFlow, direction: Direction, count: int) -> None:
        """`count` bytes that went over `flow` are not known any more; the next packet says so in a comment."""
        self._let_go()
        self._gaps[flow, direction] = self._gaps.get((flow, direction), 0) + count

    def _let_go(self) -> None:
        """Write the secrets that have come, and then what was held back for them."""
        secrets, self._secrets = self._secrets, bytearray()
        if secrets and self._file is not None and self._writer is not None:
            try:
                self._left -= self._writer.secrets(bytes(secrets))
            except (OSError, ValueError) as error:
                self._fail(error)
        held, self._held = self._held, None
        if held is not None:
            self._put(*held)

    def _put(self, flow: TappedFlow, direction: Direction, data: bytes, at: float) -> None:
        if flow.transport == "udp":
            if not self._send_datagram(flow, direction, data, at):
                self.dropped += len(data)
            return
        if self._file is None or not self._open(flow, at):
            self.dropped += len(data)
            return
        for start in range(0, len(data), SEGMENT):
            if not self._send(flow, direction, PSH | ACK, data[start : start + SEGMENT], at):
                self.dropped += len(data) - start
                return

    def end(self, flow: TappedFlow, at: float) -> None:
        """The connection was closed."""
        self._let_go()
        if flow in self._next:
            self._send(flow, "out", FIN | ACK, b"", at)
            self._send(flow, "in", FIN | ACK, b"", at)
            self._send(flow, "out", ACK, b"", at)
            del self._next[flow]
            self._ended += 1
        for direction in _ISN:
            self._gaps.pop((flow, direction), None)

    def secret(self, line: bytes) -> None:
        """A line of an NSS key log, to be embedded. Whoever has the file can then read what it holds."""
        if self._embed and self._secrets_left > len(line):
            self._secrets_left -= len(line) + 1
            self._secrets += line + b"\n"

    def close(self) -> None:
        """Complete the file. Safe to call twice."""
        self._let_go()
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                self._fail(error)

    def __enter__(self) -> Self:
        """The tap itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _fail(self, error: Exception) -> None:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        self.problem = self.problem or f"The capture {self._path} is not complete: {reason}."

    def _open(self, flow: TappedFlow, at: float) -> bool:
        if flow in self._next:
            return True
        if len(self._next) >= FLOWS_MAX:
            self._fail(OverflowError(f"more than {FLOWS_MAX} connections"))
            return False
        # Another number tells a reader that it is another connection, when a port is given again.
        self._next[flow] = {way: (first + STEP * self._ended) % (1 << 32) for way, first in _ISN.items()}
        sent = (
            self._send(flow, "out", SYN, b"", at)
            and self._send(flow, "in", SYN | ACK, b"", at)
            and self._send(flow, "out", ACK, b"", at)
        )
        if not sent:
            del self._next[flow]
        return sent

    def _send_datagram(self, flow: TappedFlow, direction: Direction, data: bytes, at: float) -> bool:
        gap = self._gaps.pop((flow, direction), 0)
        source, destination = (flow.client, flow.server) if direction == "out" else (flow.server, flow.client)
        try:
            return self._write(_datagram(source, destination, data), at, gap)
        except (OSError, ValueError, struct.error) as error:
            self._fail(error)
            return False

    def _write(self, packet: bytes, at: float, gap: int) -> bool:
        """Write it, if there is room; raises `OSError`."""
        if self._writer is None:
            return False
        if len(packet) > self._left:
            self._fail(OverflowError("it has reached its largest size"))
            return False
        self._left -= self._writer.write(packet, at, comment=GAP.format(count=gap) if gap else "")
        return True

    def _send(self, flow: TappedFlow, direction: Direction, flags: int, payload: bytes, at: float) -> bool:
        numbers = self._next[flow]
        gap = self._gaps.pop((flow, direction), 0) if payload else 0
        numbers[direction] = (numbers[direction] + gap) % (1 << 32)
        other: Direction = "in" if direction == "out" else "out"
        source, destination = (flow.client, flow.server) if direction == "out" else (flow.server, flow.client)
        acknowledged = numbers[other] if flags & ACK else 0
        try:
            packet = _packet(source, destination, numbers[direction], acknowledged, flags, payload)
            if not self._write(packet, at, gap):
                return False
        except (OSError, ValueError, struct.error) as error:
            self._fail(error)
            return False
        numbers[direction] = (numbers[direction] + len(payload) + bool(flags & (SYN | FIN))) % (1 << 32)
        return True


def open_private(path: Path, buffer: int = BUFFER) -> BinaryIO:
    """`path`, new, empty and of mode 0600; a file that stood there goes. Raises `OSError`."""
    special = path.exists() and not path.is_file()
    if not special:
        # What somebody else may read, or holds open, must not be filled with secrets.
        path.unlink(missing_ok=True)
    flags = os.O_WRONLY if special else os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return os.fdopen(os.open(path, flags, 0o600), "wb", buffering=buffer)


def _packet(
    source: Endpoint, destination: Endpoint, sequence: int, acknowledged: int, flags: int, payload: bytes
) -> bytes:
    """An Ethernet frame with IPv4 or IPv6, TCP and `payload`; raises `ValueError` for a host that is no address."""
    tcp = struct.pack(">HHIIBBHHH", source.port, destination.port, sequence, acknowledged, 0x50, flags, 65_535, 0, 0)
    head, pseudo = _network(source, destination, 6, len(tcp) + len(payload))
    return head + tcp[:16] + struct.pack(">H", _checksum(pseudo + tcp + payload)) + tcp[18:] + payload


def _datagram(source: Endpoint, destination: Endpoint, payload: bytes) -> bytes:
    """The same with UDP."""
    length = 8 + len(payload)
    udp = struct.pack(">HHH", source.port, destination.port, length)
    head, pseudo = _network(source, destination, 17, length)
    # A sum of 0 is sent as its complement: 0 would say that there is none (RFC 768).
    checksum = _checksum(pseudo + udp + bytes(2) + payload) or 0xFFFF
    return head + udp + struct.pack(">H", checksum) + payload


def _network(source: Endpoint, destination: Endpoint, protocol: int, length: int) -> tuple[bytes, bytes]:
    """Ethernet and IP before `length` bytes of `protocol`, and the pseudo header for its checksum."""
    here, there = (ipaddress.ip_address(end.host.partition("%")[0]) for end in (source, destination))
    if here.version == 4:
        pseudo = here.packed + there.packed + struct.pack(">HH", protocol, length)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, protocol, 0) + here.packed + there.packed
        network = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
        kind = 0x0800
    else:
        pseudo = here.packed + there.packed + struct.pack(">II", length, protocol)
        network = struct.pack(">IHBB", 0x60000000, length, protocol, 64) + here.packed + there.packed
        kind = 0x86DD
    return bytes(12) + struct.pack(">H", kind) + network, pseudo


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
