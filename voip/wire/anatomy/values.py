"""Values in words: code points by name and note, text, times, sizes.

A vocabulary answers a code point with its words and its mark: known, GREASE (RFC 8701) or unknown, never hidden.
"""

from collections.abc import Mapping
from functools import lru_cache

from voip.wire import tls_names as tls
from voip.wire.anatomy import notes
from voip.wire.anatomy.reader import Said, Words

TEXT_MAX = 256
"""Longest text that is shown of a stranger's bytes."""
_GREASE_BYTES = frozenset(0x0B + 0x1F * step for step in range(8))
"""The one-byte GREASE values, of PskKeyExchangeMode (RFC 8701 §2)."""


def vocabulary(names: Mapping[int, str], about: Mapping[str, str] = notes.OTHER_NOTES, size: int = 2) -> Words:
    """Words for the code points in `names`, which are `size` bytes long."""

    @lru_cache(maxsize=2_048)
    def words(code: int) -> Said:
        name = names.get(code)
        if name is not None:
            note = about.get(name)
            return (f"{name}, {note}" if note else name), ""
        if size == 2 and code & 0x0F0F == 0x0A0A and code >> 8 == code & 0xFF:
            return f"GREASE (0x{code:04x}), {notes.GREASE_NOTE}", "grease"
        return f"0x{code:0{2 * size}x}, {notes.UNKNOWN_NOTE}", "unknown"

    return words


def _cipher_note(name: str) -> str:
    if name.startswith("TLS_SHA"):
        return notes.CIPHER_NOTE_INTEGRITY
    if "_WITH_" not in name and not name.endswith("_SCSV"):
        return notes.CIPHER_NOTE_1_3
    return next((note for part, note in notes.CIPHER_NOTES if part in name), "")


MESSAGE = vocabulary(tls.HANDSHAKE_NAMES, size=1)
CONTENT = vocabulary(tls.CONTENT_NAMES, size=1)
VERSION = vocabulary(tls.VERSION_NAMES, notes.VERSION_NOTES)
CIPHER = vocabulary(tls.CIPHER_NAMES, {name: _cipher_note(name) for name in tls.CIPHER_NAMES.values()})
EXTENSION = vocabulary(tls.EXTENSION_NAMES)
GROUP = vocabulary(tls.GROUP_NAMES, notes.GROUP_NOTES)
SIGNATURE = vocabulary(tls.SIGNATURE_NAMES, notes.SIGNATURE_NOTES)
POINT_FORMAT = vocabulary(tls.POINT_FORMAT_NAMES, size=1)
CERTIFICATE_TYPE = vocabulary(tls.CERTIFICATE_TYPE_NAMES, size=1)
CLIENT_CERTIFICATE_TYPE = vocabulary(tls.CLIENT_CERTIFICATE_TYPE_NAMES, size=1)
CERTIFICATE_STATUS = vocabulary(tls.CERTIFICATE_STATUS_NAMES, size=1)
CERTIFICATE_COMPRESSION = vocabulary(tls.COMPRESSION_NAMES)
SRTP_PROFILE = vocabulary(tls.SRTP_PROFILE_NAMES)
HPKE_KDF = vocabulary(tls.HPKE_KDF_NAMES)
HPKE_AEAD = vocabulary(tls.HPKE_AEAD_NAMES)
ALERT = vocabulary(tls.ALERT_NAMES, notes.ALERT_NOTES, size=1)
ALERT_LEVEL = vocabulary({1: "warning", 2: "fatal"}, size=1)
COMPRESSION = vocabulary({0: "null", 1: "DEFLATE"}, {"null": "no compression"}, size=1)
CURVE_TYPE = vocabulary({1: "explicit_prime", 2: "explicit_char2", 3: "named_curve"}, size=1)
NAME_TYPE = vocabulary({0: "host_name"}, size=1)
HEARTBEAT_MODE = vocabulary({1: "peer_allowed_to_send", 2: "peer_not_allowed_to_send"}, size=1)
KEY_UPDATE = vocabulary({0: "update_not_requested", 1: "update_requested"}, size=1)
FRAGMENT_LENGTH = vocabulary({1: "512 bytes", 2: "1024 bytes", 3: "2048 bytes", 4: "4096 bytes"}, size=1)
ECH_TYPE = vocabulary({0: "outer", 1: "inner"}, size=1)
SCT_VERSION = vocabulary({0: "v1"}, size=1)
ECH_VERSION = vocabulary({0xFE0D: "RFC 9849"})
ONE = vocabulary({1: "change_cipher_spec"}, {}, size=1)
_PSK_MODE = vocabulary(tls.PSK_MODE_NAMES, size=1)


def psk_mode(code: int) -> Said:
    """PskKeyExchangeMode, which has GREASE values of its own."""
    if code in _GREASE_BYTES:
        return f"GREASE (0x{code:02x}), {notes.GREASE_NOTE}", "grease"
    return _PSK_MODE(code)


def text(data: bytes) -> str:
    """A stranger's bytes as text that cannot move a terminal's cursor, and is not endless."""
    shown = data[:TEXT_MAX]
    said = shown.decode("ascii") if shown.isascii() else ""
    if not said.isprintable() or not said:
        said = "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in shown)
    return said if len(data) <= TEXT_MAX else f"{said} … ({len(data)} bytes)"


def protocol(data: bytes) -> str:
    """An ALPN protocol's name."""
    if len(data) == 2 and data[0] == data[1] and data[0] & 0x0F == 0x0A:
        return f"GREASE (0x{data.hex()}), {notes.GREASE_NOTE}"
    return text(data)


def random(data: bytes) -> str:
    """The random of a hello; a server may hide a warning in it (RFC 8446 §4.1.3)."""
    if data[24:] == b"DOWNGRD\x01":
        return f"{len(data)} bytes, {notes.DOWNGRADE_1_2}"
    if data[24:] == b"DOWNGRD\x00":
        return f"{len(data)} bytes, {notes.DOWNGRADE_1_1}"
    return f"{len(data)} random bytes: {data[:8].hex(' ')} …"


def seconds(number: int) -> Said:
    """A lifetime."""
    hours, rest = divmod(number, 3600)
    return (f"{number} s ({hours} h)" if hours and not rest else f"{number} s"), ""


def size(number: int) -> Said:
    """A number of bytes."""
    return f"{number} bytes", ""
