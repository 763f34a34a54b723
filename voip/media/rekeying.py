"""Several keys for one direction of a call, while its sender changes from one to the next. Nothing is lost between.

    keys, oldest first:  [ in use ] … [ newest ]     a packet is tried with the one last used, then with the newer ones

A sender changes to a newer key and never back. So once packets have come under a key, the older ones are only good for
what is still on its way; after `OVERLAP` packets they are forgotten, and with them what they could still open.
"""

from collections.abc import Callable
from dataclasses import dataclass

from voip.media.protector import Unprotector

OVERLAP = 1024
"""Packets under the newer key before the older ones go: the replay window; what is later is refused anyway."""
KEYS_MAX = 4
"""Keys at once. More come only when the call is interrupted again and again before the peer has used one of them."""


@dataclass(slots=True)
class _Key:
    opens: Unprotector
    in_use: Callable[[], None]


class Unprotectors:
    """An `Unprotects` for a direction whose keys change. Never raises on a peer's bytes."""

    def __init__(self, key: bytes) -> None:
        """`key`: 44 bytes, master key and master salt; raises `LocalError` for another length."""
        self._keys = [_Key(Unprotector(key), lambda: None)]
        self._used = 0
        """Which of them opened the last packet that came."""
        self._opened = 0
        """How many packets it has opened."""
        self.authentic = 0
        """Packets that were let through."""
        self.forged = 0
        """Packets that no key let through."""
        self.replayed = 0
        """Packets whose number had been seen already under their key, or is too old to tell."""

    @property
    def rejected(self) -> int:
        """Packets that were not let through."""
        return self.forged + self.replayed

    @property
    def keys(self) -> int:
        """How many are held."""
        return len(self._keys)

    def add(self, key: bytes, in_use: Callable[[], None]) -> None:
        """The peer may send with `key` from some packet on; `in_use` is called with the first, and must not raise."""
        if len(self._keys) >= KEYS_MAX:
            spare = 1 if self._used == 0 else 0
            del self._keys[spare]
            self._used -= spare < self._used
        self._keys.append(_Key(Unprotector(key), in_use))

    def unprotect_untrusted(self, packet: bytes) -> bytes | None:
        """The RTP or RTCP packet in `packet`, or None when it is not to be believed."""
        replayed = False
        for index in (*range(self._used, len(self._keys)), *reversed(range(self._used))):
            opens = self._keys[index].opens
            before = opens.replayed
            clear: bytes | None = opens.unprotect_untrusted(packet)
            if clear is not None:
                self.authentic += 1
                self._note(index)
                return clear
            replayed = replayed or opens.replayed > before
        self.replayed += replayed
        self.forged += not replayed
        return None

    def _note(self, index: int) -> None:
        newer = index > self._used
        if newer:
            self._used, self._opened = index, 0
        if index == self._used:
            self._opened += 1
        in_use = self._keys[index].in_use
        if self._opened >= OVERLAP and self._used:
            del self._keys[: self._used]
            self._used = 0
        if newer:
            in_use()
