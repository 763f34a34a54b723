"""Four words that two people read to each other. Different words mean: somebody sits between them.

    caller                                      callee
    Commit(SHA-256(nonce)) ─────────────────────→
    ←─────────────────────────────────────────── Nonce
    Reveal(nonce) ──────────────────────────────→   hash right? else `words-cheat`

    words = HKDF-SHA256(secret, salt = caller's nonce ‖ callee's nonce, info = label ‖ call id) → 4 × 11 bits

`secret` comes from the session's exporter, so a man in the middle has two sessions with two secrets. Without the
commitment he could try nonces until the words of both sessions match (2^44 tries, offline). With it he is bound to his
nonce before he knows the other's, so he has one try per call: a chance of 1 in 2^44. (The same idea as ZRTP's short
authentication string, RFC 6189 §4.4.)
"""

import hashlib
import hmac
from enum import Enum, auto
from functools import cache
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from mnemonic import Mnemonic

from voip.errors import LocalError, ProtocolError
from voip.session.keys import Export
from voip.wire.signals import Commit, Nonce, Reveal, Signal

WORDS_LABEL = b"EXPORTER-glasscall-words"
NONCE_BYTES = 32
SECRET_BYTES = 32

Words = tuple[str, str, str, str]


class _Step(Enum):
    """What may happen next."""

    START = auto()
    WAIT_COMMIT = auto()
    WAIT_NONCE = auto()
    WAIT_REVEAL = auto()
    DONE = auto()
    CHEATED = auto()


def words_secret(export: Export, call_id: bytes) -> bytes:
    """32 bytes that only the two ends of this session have."""
    return export(WORDS_LABEL, SECRET_BYTES, call_id)


class WordExchange:
    """One end's part. Signals in, signals to send out; `words` once both nonces are known and checked.

    `nonce`: 32 random bytes, for this call alone. `secret`: see `words_secret`. Raises `ProtocolError`
    (`words-cheat`) when the other end breaks its commitment, or sends anything out of order or twice; after that the
    exchange stays without words for good.
    """

    def __init__(self, role: Literal["caller", "callee"], *, nonce: bytes, secret: bytes, call_id: bytes) -> None:
        if len(nonce) != NONCE_BYTES or len(secret) != SECRET_BYTES:
            raise LocalError("The word exchange needs a nonce and a secret of 32 bytes each.")
        self.words: Words | None = None
        self._role = role
        self._nonce = nonce
        self._secret = secret
        self._call_id = call_id
        self._committed = ""
        self._step = _Step.START

    def start(self) -> list[Signal]:
        """What this end says first: the caller commits, the callee waits."""
        if self._step is not _Step.START:
            raise LocalError("A word exchange starts once.")
        if self._role == "callee":
            self._step = _Step.WAIT_COMMIT
            return []
        self._step = _Step.WAIT_NONCE
        return [Commit(hashlib.sha256(self._nonce).hexdigest())]

    def receive(self, signal: Signal) -> list[Signal]:
        """What to answer to the other end's `Commit`, `Nonce` or `Reveal`."""
        step = self._step
        if step is _Step.WAIT_COMMIT and isinstance(signal, Commit):
            self._committed = signal.digest
            self._step = _Step.WAIT_REVEAL
            return [Nonce(self._nonce.hex())]
        if step is _Step.WAIT_NONCE and isinstance(signal, Nonce):
            self._finish(self._nonce, self._bytes(signal.nonce))
            return [Reveal(self._nonce.hex())]
        if step is _Step.WAIT_REVEAL and isinstance(signal, Reveal):
            nonce = self._bytes(signal.nonce)
            if not hmac.compare_digest(hashlib.sha256(nonce).hexdigest().encode(), self._committed.encode()):
                raise self._cheat("showed another number than the one it had committed to")
            self._finish(nonce, self._nonce)
            return []
        raise self._cheat(f"sent {type(signal).__name__} when it was not its turn")

    def _finish(self, caller: bytes, callee: bytes) -> None:
        self.words = derive_words(self._secret, caller, callee, self._call_id)
        self._step = _Step.DONE

    def _bytes(self, digits: str) -> bytes:
        try:
            nonce = bytes.fromhex(digits)
        except ValueError:
            nonce = b""
        if len(nonce) != NONCE_BYTES:
            raise self._cheat("sent a number that is none")
        return nonce

    def _cheat(self, what: str) -> ProtocolError:
        self._step = _Step.CHEATED
        self.words = None
        return ProtocolError(
            f"The other end {what} while the four words were agreed. Somebody may be trying to listen in; "
            "hang up and call again, and do not trust this call.",
            code="words-cheat",
        )


def derive_words(secret: bytes, caller_nonce: bytes, callee_nonce: bytes, call_id: bytes) -> Words:
    """Four words of the English BIP-39 list: 44 bits of HKDF-SHA256 (RFC 5869), the first 11 for the first word."""
    hkdf = HKDF(hashes.SHA256(), length=6, salt=caller_nonce + callee_nonce, info=WORDS_LABEL + call_id)
    bits = int.from_bytes(hkdf.derive(secret), "big") >> 4
    words = _wordlist()
    first, second, third, fourth = (words[bits >> shift & 0x7FF] for shift in (33, 22, 11, 0))
    return first, second, third, fourth


@cache
def _wordlist() -> tuple[str, ...]:
    return tuple(Mnemonic("english").wordlist)
