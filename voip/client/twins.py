"""Knows a packet that came before on another way, so that a twin is neither played, nor counted as a replay.

    packet, way ──→ look ──→ FIRST: let SRTP judge it, and `keep` it if it is authentic
                        ├──→ TWIN: the same bytes, on a way on which they had not come yet: wanted, and done with
                        └──→ AGAIN: the same bytes on the same way: inside TLS no network does that

Somebody does it, if a packet comes again inside TLS: the relay, because the peer sent it on two ways and says so
(`Doubled`), or because it means harm. SRTP's own replay window stands behind all this: it refuses, and counts, what is
not taken for a twin here.
"""

from enum import Enum, auto

MEMORY = 4_096
"""Packets that are known again: 40 s of voice, for a connection that stood still and delivers at last."""


class Seen(Enum):
    """What a packet is."""

    FIRST = auto()
    TWIN = auto()
    AGAIN = auto()


class Twins:
    """One call's. `way`: any number, another for each socket."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._seen: dict[int, tuple[int, float]] = {}
        self.twins = 0
        """How many twins there were."""

    def look(self, packet: bytes, way: int) -> Seen:
        """What `packet` on `way` is; a twin is remembered to have come there."""
        # Python's hash of bytes is keyed, so nobody can make two packets that look the same here.
        key = hash(packet)
        known = self._seen.get(key)
        if known is None:
            return Seen.FIRST
        ways, at = known
        if ways >> way & 1:
            return Seen.AGAIN
        self._seen[key] = (ways | 1 << way, at)
        self.twins += 1
        return Seen.TWIN

    def keep(self, packet: bytes, way: int, now: float) -> None:
        """`packet` came on `way`, and is authentic."""
        self._seen[hash(packet)] = (1 << way, now)
        if len(self._seen) > self._memory:
            del self._seen[next(iter(self._seen))]

    def lag(self, packet: bytes, now: float) -> float:
        """Seconds since the first of the twins came; 0 for a packet that is not known."""
        known = self._seen.get(hash(packet))
        return 0.0 if known is None else now - known[1]
