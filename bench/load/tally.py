"""What one run of the generator gave."""

from dataclasses import dataclass
from typing import Any

LATE = 2.0
"""Milliseconds. When one packet in a hundred is sent later than this, the generator was measured, not the relay."""
BLOCKED = 0.001
"""Share of the packets that its own connections may have refused."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Delays are from the generator's sending to its receiving, in ms."""

    figures: dict[str, Any]
    """The C program's own: sent, got, loss_pct, p50_ms, p99_ms, late_p99_ms …; `…_median`: the middle second's."""
    cpu: float
    """Seconds of the processor that the relay used while packets counted."""
    seconds: float
    """For which they did."""
    opened: float
    """Seconds until all calls stood."""
    memory: float = 0.0
    """MB of the relay at the end."""

    @property
    def calls(self) -> int:
        """Calls that ran."""
        return int(self.figures["calls"])

    @property
    def loss(self) -> float:
        """% of the packets sent."""
        return float(self.figures["loss_pct"])

    @property
    def p50(self) -> float:
        """Of the delay."""
        return float(self.figures["p50_ms"])

    @property
    def p99(self) -> float:
        """Of the delay, over all the time."""
        return float(self.figures["p99_ms"])

    @property
    def lateness(self) -> float:
        """p99 of how late the generator sent, in the middle second, ms."""
        return float(self.figures["late_p99_median_ms"])

    @property
    def late(self) -> bool:
        """Whether the generator was the bottleneck: then this is no verdict on the relay."""
        return self.lateness > LATE or int(self.figures["blocked"]) > BLOCKED * int(self.figures["sent"])

    @property
    def per_million(self) -> float:
        """CPU seconds of the relay for a million packets that it forwarded."""
        got = int(self.figures["got"])
        return self.cpu / got * 1e6 if got else float("inf")

    @property
    def core(self) -> float:
        """% of a core that the relay used."""
        return 100 * self.cpu / self.seconds
