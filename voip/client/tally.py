"""How many of the packets that were sent came, told by running counts of both, now and then.

told(sent, came) ──→ [ the latest counts ] ──→ lost(of): share of the last `of` packets ──→ heavy
"""

from collections import deque

from voip.config import PATH, PathRules

COUNTS_MAX = 128
"""Counts kept: the last of them reach back over `lasting_of` packets even at ten counts a second."""
WRAP = 1 << 32


class Tally:
    """One direction of a flow."""

    def __init__(self, rules: PathRules = PATH) -> None:
        self._rules = rules
        self._counts: deque[tuple[int, int]] = deque(maxlen=COUNTS_MAX)

    def told(self, sent: int, came: int) -> None:
        """So many were sent in all, and so many of these came; counts of 32 bits, which may wrap."""
        if self._counts:
            before = self._counts[-1]
            sent, came = (old + _step(old, new) for old, new in zip(before, (sent, came), strict=True))
        self._counts.append((sent, came))

    def restart(self) -> None:
        """What was lost before is of no interest any more."""
        self._counts.clear()

    def lost(self, of: int) -> float | None:
        """Share of 1 of the last `of` packets, or of as many more as the counts stand apart; None before so many."""
        if not self._counts:
            return None
        sent, came = self._counts[-1]
        for sent_then, came_then in reversed(self._counts):
            if sent - sent_then >= of:
                return max(0.0, 1 - (came - came_then) / (sent - sent_then))
        return None

    @property
    def heavy(self) -> bool:
        """Whether more is lost than is good for the voice."""
        rules = self._rules
        limits = ((rules.dead_of, 1.0), (rules.heavy_of, rules.heavy), (rules.lasting_of, rules.lasting))
        return any((share := self.lost(of)) is not None and share >= limit for of, limit in limits)


def _step(old: int, new: int) -> int:
    """From `old`, which does not wrap, to `new`, which does: the nearest, forwards or (packets overtake) back."""
    return (new - old + WRAP // 2) % WRAP - WRAP // 2
