"""What came in on one leg, by whatever way."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Packets and bytes since the leg was opened."""

    packets: int = 0
    bytes: int = 0
    dropped: int = 0
    """Packets among them that did not go to the other leg."""
    twins: int = 0
    """Packets among them that had come on another lane before."""
    datagrams: int = 0
    """Packets among them that came by UDP."""

    def add(self, more: "Counters") -> None:
        """Count what another leg has counted."""
        self.packets += more.packets
        self.bytes += more.bytes
        self.dropped += more.dropped
        self.twins += more.twins
        self.datagrams += more.datagrams
