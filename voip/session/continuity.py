"""A proof that the two who speak in a new session are the two of the call's first one, whose words were compared.

    first session ──exporter──→ key (32 bytes, kept for the call)        new session ──exporter──→ what it is about

    Continue.proof = HMAC-SHA256(key, role ‖ exporter value of the new session)    the caller's first, then the callee's

A man in the middle of the new session holds two of them, with two exporter values, and no key: he can neither make a
proof nor pass one on. The role keeps a proof from being sent back to whom it came from.
"""

import hmac
from typing import Literal

from voip.errors import ProtocolError
from voip.session.keys import Export

KEY_LABEL = b"EXPORTER-glasscall-continue-key"
SESSION_LABEL = b"EXPORTER-glasscall-continue-session"
SIZE = 32
"""Bytes of the key and of what is exported of a new session."""

Role = Literal["caller", "callee"]


class Continuity:
    """One end's, for one call. Made of the session in which the words were agreed."""

    def __init__(self, role: Role, first: Export, call_id: bytes) -> None:
        self._role: Role = role
        self._call_id = call_id
        self._key = first(KEY_LABEL, SIZE, call_id)

    def proof(self, new: Export) -> str:
        """Ours, hex, for the session with the exporter `new`."""
        return self._proof(self._role, new)

    def require(self, shown: str, new: Export) -> None:
        """Raise `ProtocolError` (`continue-bad`) unless `shown` is the other end's proof for that session."""
        other: Role = "callee" if self._role == "caller" else "caller"
        if not hmac.compare_digest(self._proof(other, new).encode(), shown.encode()):
            raise ProtocolError(
                "After an interruption somebody answered who could not prove to be the one you were talking to, so the "
                "call was stopped. Call again, and compare the words.",
                code="continue-bad",
            )

    def _proof(self, role: Role, new: Export) -> str:
        about = new(SESSION_LABEL, SIZE, self._call_id)
        return hmac.digest(self._key, role.encode("ascii") + about, "sha256").hex()
