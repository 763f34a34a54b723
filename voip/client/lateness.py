"""When what comes inside TLS comes late: a segment was lost, and all behind it waited until it was sent again.

    timestamp, arrival ──→ came ──→ behind the fastest of the last seconds by more than `late`? ──→ one delay more

It reads what SRTP leaves readable and believes none of it: whoever lies there makes us open a lane or two.
"""

from collections import deque

from voip.config import LANES, SAMPLE_RATE, LaneRules

HALF = 5.0
"""Seconds: the fastest packet is looked for in the last five to ten."""
_WRAP = 1 << 32
DELAYS_MAX = 64


class Lateness:
    """One stream's."""

    def __init__(self, rules: LaneRules = LANES) -> None:
        self._rules = rules
        self._ssrc = b""
        self._last = 0
        self._fastest = self._before = float("inf")
        self._since = 0.0
        self._late = False
        self._delays: deque[float] = deque(maxlen=DELAYS_MAX)

    def came(self, packet: bytes, now: float) -> None:
        """An SRTP packet, which is not to be trusted (the RTP header in front of it is not encrypted)."""
        if len(packet) < 12:
            return
        if packet[8:12] != self._ssrc:
            self._ssrc, self._last = packet[8:12], int.from_bytes(packet[4:8], "big")
            self._fastest = self._before = float("inf")
            self._since = now
        stamp = int.from_bytes(packet[4:8], "big")
        self._last += (stamp - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
        transit = now - self._last / SAMPLE_RATE
        if now - self._since >= HALF:
            self._before, self._fastest, self._since = self._fastest, transit, now
        self._fastest = min(self._fastest, transit)
        late = transit - min(self._fastest, self._before) >= self._rules.late
        if late and not self._late:
            self._delays.append(now)
        self._late = late

    def delays(self, now: float) -> int:
        """How often something was late in the last `within` seconds; what came behind it is not counted again."""
        return sum(at > now - self._rules.within for at in self._delays)
