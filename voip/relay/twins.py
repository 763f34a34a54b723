"""Packets that come on several lanes at once, so that none waits for a lost segment: the first of them counts."""

from collections import deque

TWINS_MAX = 256
"""Packets that are remembered: two and a half seconds of frames of 10 ms."""


class Twins:
    """The last `TWINS_MAX` packets, by a hash that nobody can foretell."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._order: deque[int] = deque()

    def is_new(self, packet: bytes) -> bool:
        """Whether `packet` has not come before; from now on it has."""
        mark = hash(packet)
        if mark in self._known:
            return False
        self._known.add(mark)
        self._order.append(mark)
        if len(self._order) > TWINS_MAX:
            self._known.discard(self._order.popleft())
        return True
