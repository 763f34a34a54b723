"""What the relay tells a user of its own view: which packets it forwarded for that user's leg, and what it saw of them.

    leg ──packet──→ saw() ──→ [ at most 50 rows, the rest counted ] ──→ take() ──→ Witnessed, on the user's link

It holds sizes, hashes and first bytes for a tenth of a second, only while the user asks, and only for that user.
"""

import hashlib
from typing import Literal

from voip.wire.signals import SIGHTINGS_MAX, Sighting, Witnessed

TELL_EVERY = 0.1
"""Seconds between two accounts of one leg."""
HEAD = 16
"""Bytes of a packet that are shown as they are."""
SKIPPED_MAX = 1_000_000
"""Packets that are counted beyond the rows; then the counter stands still."""


class Sightings:
    """What went through one leg of `call` since it was last told of."""

    def __init__(self, call: str) -> None:
        self._call = call
        self._rows: list[Sighting] = []
        self._skipped = 0

    def saw(self, direction: Literal["out", "in"], packet: bytes) -> None:
        """`packet` is forwarded: `out` from this leg, `in` to it."""
        if len(self._rows) < SIGHTINGS_MAX:
            digest = hashlib.sha256(packet).hexdigest()
            self._rows.append(Sighting(direction, len(packet), digest, packet[:HEAD].hex()))
        elif self._skipped < SKIPPED_MAX:
            self._skipped += 1

    def take(self) -> Witnessed | None:
        """The account to be sent now, if there is anything to tell."""
        if not self._rows:
            return None
        account = Witnessed(call=self._call, rows=tuple(self._rows), skipped=self._skipped)
        self._rows, self._skipped = [], 0
        return account
