"""SRTP keys from the end-to-end session's exporter (RFC 8446 §7.5): whoever has not that session has not the keys.

One export of 88 bytes, bound to the call by its context:

    │ key 32 │ salt 12 │ key 32 │ salt 12 │      AEAD_AES_256_GCM, RFC 7714 §12
    └ caller → callee ─┴ callee → caller ─┘
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from voip.config import EXPORTER_LABEL
from voip.errors import LocalError

Export = Callable[[bytes, int, bytes], bytes]
"""The session's exporter: (label, length in bytes, context) → that many bytes."""

KEY_BYTES = 32 + 12
"""Master key and master salt, as libsrtp wants them: one after the other."""


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """A master key with its salt for each direction, 44 bytes each."""

    caller_to_callee: bytes = field(repr=False)
    callee_to_caller: bytes = field(repr=False)


def srtp_keys(export: Export, call_id: bytes) -> SrtpKeys:
    """The same at both ends of the session of call `call_id`."""
    secret = export(EXPORTER_LABEL, 2 * KEY_BYTES, call_id)
    if len(secret) != 2 * KEY_BYTES:
        raise LocalError(f"The exporter gave {len(secret)} bytes instead of {2 * KEY_BYTES}.")
    return SrtpKeys(secret[:KEY_BYTES], secret[KEY_BYTES:])
