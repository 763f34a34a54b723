"""Records of the handshake, opened and sealed with stolen keys (RFC 8446 §5.2, §7.3).

    key log line: … SERVER_HANDSHAKE_TRAFFIC_SECRET <client random> <secret>
                                                                      └─ HKDF-Expand-Label ─→ key, iv
    record n: AEAD(key, nonce = iv ⊕ n, header as associated data)

Nobody but the two ends has these secrets. Here a client's key log betrays them, so that a scenario can show what is
left when encryption has fallen: the Finished still speaks for every message of the handshake.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from voip.errors import LocalError
from voip.wire.tls_records import APPLICATION_DATA, WireRecord

SERVER_SECRET = "SERVER_HANDSHAKE_TRAFFIC_SECRET"  # noqa: S105 - the name of a line, not a secret


class StolenKeys:
    """The server's half of one handshake, of TLS_AES_256_GCM_SHA384."""

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(_expand(secret, b"key", 32))
        self._iv = int.from_bytes(_expand(secret, b"iv", 12), "big")

    def open(self, number: int, record: WireRecord) -> bytes:
        """What is in the record, with its inner content type at the end; `LocalError` when these are not its keys."""
        try:
            return self._aead.decrypt(self._nonce(number), record.payload, _header(record.length))
        except InvalidTag:
            raise LocalError("The stolen keys do not open this record.") from None

    def seal(self, number: int, inner: bytes) -> bytes:
        """A record that the client cannot tell from the server's own."""
        header = _header(len(inner) + 16)
        return header + self._aead.encrypt(self._nonce(number), inner, header)

    def _nonce(self, number: int) -> bytes:
        return (self._iv ^ number).to_bytes(12, "big")


def stolen(line: bytes) -> StolenKeys | None:
    """The keys that this line of a key log betrays; None when it is another line."""
    words = line.decode("ascii", "replace").split()
    return StolenKeys(bytes.fromhex(words[2])) if len(words) == 3 and words[0] == SERVER_SECRET else None


def _header(length: int) -> bytes:
    return bytes([APPLICATION_DATA, 3, 3]) + length.to_bytes(2, "big")


def _expand(secret: bytes, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label with an empty context."""
    name = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + b"\x00"
    return HKDFExpand(hashes.SHA384(), length, info).derive(secret)
