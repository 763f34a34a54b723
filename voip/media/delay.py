"""How late may a packet be? Learns it from the packets themselves.

A packet's *transit* is its arrival minus its timestamp, in seconds: meaningless alone (two unrelated clocks), but
differences between transits are differences in delay. A frame's *offset* is the same for the moment it is played:

    timestamp ──── transit ────→ arrived ── waits in the buffer ──→ played
              └──────────────────── offset ───────────────────────┘

A frame is in time when its packet's transit is at most the offset. `required` is the offset at which nearly all are:
a high quantile over the last seconds (old packets are forgotten), and at once more when a packet came too late.
After the idea of WebRTC's delay manager, whose histogram this replaces by the transits themselves.
"""

import math
from collections import deque
from heapq import nlargest

WINDOW = 500
"""Packets: 10 s."""
LEFT_OUT = 15
"""Packets of the window (3 %) that may be late before the delay follows them: one stall is no reason to be slow."""
MARGIN = 0.005
"""Seconds, for the unevenness of playing."""
LATE_STEP = 0.04
"""Seconds: the most that late packets raise the delay at once."""
LATE_PAUSE = 50
"""Packets (1 s) between two such rises: the packets of one stall count as one event, stalls that recur do not."""
LATE_DECAY = 0.000_04
"""Seconds per packet (2 ms/s): how slowly what late packets have raised is forgotten."""
_EVERY = 25
"""Packets between two looks at the whole window."""


class DelayTarget:
    """Transits in, the required offset out. Seconds."""

    def __init__(self) -> None:
        self._transits: deque[float] = deque(maxlen=WINDOW)
        self._quantile = 0.0
        self._raised = -math.inf
        self._ceiling = -math.inf
        self._pause = 0
        self._countdown = 0

    def arrived(self, transit: float) -> None:
        """A packet came."""
        self._transits.append(transit)
        self._raised -= LATE_DECAY
        self._pause -= 1
        self._countdown -= 1
        if self._countdown <= 0 or len(self._transits) < _EVERY:
            self._learn()

    def late(self, transit: float) -> None:
        """That packet came after its time (call `arrived` as well): the next one of its kind shall be in time."""
        self._learn()
        if self._pause <= 0:
            self._pause = LATE_PAUSE
            self._ceiling = max(self._quantile, self._raised) + LATE_STEP
        self._raised = max(self._raised, min(transit, self._ceiling))

    @property
    def required(self) -> float:
        """The offset at which nearly every packet is in time. Meaningless before the first packet."""
        return max(self._quantile, self._raised) + MARGIN

    @property
    def target(self) -> float:
        """The same as a delay: seconds that the fastest packet would wait; 0 before the first packet."""
        return self.required - min(self._transits) if self._transits else 0.0

    def _learn(self) -> None:
        self._countdown = _EVERY
        self._quantile = nlargest(LEFT_OUT + 1, self._transits)[-1]
