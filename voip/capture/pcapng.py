"""Writing pcapng: a section header, one interface, enhanced packet blocks, secrets (draft-ietf-opsawg-pcapng).

Times are kept to the nanosecond. Every block is written whole, so a file that is cut short loses its last packet only.
"""

import struct
from typing import BinaryIO

SECTION_HEADER = 0x0A0D0D0A
INTERFACE = 1
SIMPLE_PACKET = 3
DECRYPTION_SECRETS = 0x0000000A
TLS_KEY_LOG = 0x544C534B
"""The kind of secrets: “TLSK”, lines of an NSS key log."""
ENHANCED_PACKET = 6
BYTE_ORDER_MAGIC = 0x1A2B3C4D

LINK_ETHERNET = 1
COMMENT_MAX = 60_000
"""Bytes of a comment: an option's length has 16 bits."""

_OPT_END = 0
_OPT_COMMENT = 1
_SHB_USERAPPL = 4
_IF_NAME = 2
_IF_TSRESOL = 9


class PcapngWriter:
    """Writes one section with one interface to `file` (binary, open, at its start). Errors are the file's own.

    `interface`: the name that Wireshark shows; `link`: the LINKTYPE of every packet; `comment`: on the whole file.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        interface: str = "tap",
        link: int = LINK_ETHERNET,
        application: str = "glasscall",
        comment: str = "",
    ) -> None:
        self._file = file
        self.packets = 0
        """Packets written."""
        about = [(_OPT_COMMENT, _comment(comment))] if comment else []
        header = struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1)
        header += _options(*about, (_SHB_USERAPPL, application.encode()))
        description = struct.pack("<HHI", link, 0, 0) + _options((_IF_NAME, interface.encode()), (_IF_TSRESOL, b"\x09"))
        file.write(_block(SECTION_HEADER, header) + _block(INTERFACE, description))

    def write(self, data: bytes, at: float, *, comment: str = "") -> int:
        """One packet, seen at `at` (seconds since 1970). Returns the bytes written."""
        ticks = max(0, round(at * 1_000_000_000))
        body = struct.pack("<IIIII", 0, ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF, len(data), len(data))
        options = _options((_OPT_COMMENT, _comment(comment))) if comment else b""
        self.packets += 1
        return self._file.write(_block(ENHANCED_PACKET, body + _padded(data) + options))

    def secrets(self, key_log: bytes) -> int:
        """Lines of an NSS key log, for packets that follow: a Decryption Secrets Block. Returns the bytes written.

        Wireshark decrypts a packet with the secrets that it has met by then, without being told of any file.
        """
        body = struct.pack("<II", TLS_KEY_LOG, len(key_log)) + _padded(key_log)
        return self._file.write(_block(DECRYPTION_SECRETS, body))


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def _comment(text: str) -> bytes:
    return text.encode()[:COMMENT_MAX]


def _options(*options: tuple[int, bytes]) -> bytes:
    written = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return written + struct.pack("<HH", _OPT_END, 0)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
