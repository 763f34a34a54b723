"""What the link is believed to carry: learnt from congestion, and forgotten by trying, less and less often.

    congestion at S bit/s with loss L ─┬─→ limit    min(0.8, 1 − L) · S     what may be sent now
                                       └─→ ceiling  min(0.97, 1 − L) · S    what is known to be too much
    calm, every 10 s ─────────────────────→ limit · 1.25, up to the ceiling
    calm for 30 s; twice as long after each try that failed ──→ no ceiling: a try

What came through is what a link carries: a policer's rate is found by one step, not by many.
"""

import math

BACK_OFF, CREEP = 0.8, 1.25
"""What is left of the bits after congestion, and how they come back."""
CEILING = 0.97
"""Share of what was too much, which may be sent again without another try."""
AGAIN = 0.94
"""Share of the ceiling that is left when it was too much itself."""
RETRY, RETRY_MAX = 30.0, 240.0
"""Seconds without congestion before a try."""
FORGIVEN = 60.0
"""Seconds that a try must last, to have been none in vain."""


class Headroom:
    """In gross bit/s. Copy it to be able to go back."""

    def __init__(self) -> None:
        self.limit = math.inf
        self._ceiling = math.inf
        self._retry_after = RETRY
        self._congested = self._tried = -math.inf

    def congested(self, now: float, gross: float, loss: float) -> None:
        """`gross` was too much, and `loss` of it, a share, did not come through."""
        if now - self._tried < FORGIVEN:
            self._retry_after = min(RETRY_MAX, 2 * self._retry_after)
        elif self._tried > -math.inf:
            self._retry_after = RETRY
        self._tried, self._congested = -math.inf, now
        sent, known = min(self.limit, gross), self._ceiling
        self.limit = min(BACK_OFF, 1 - loss) * sent
        self._ceiling = min(CEILING, 1 - loss) * sent
        if known < math.inf:
            # Less than was thought, for one second's loss is a rough measure.
            self._ceiling = min(self._ceiling, AGAIN * known)
            self.limit = min(self.limit, self._ceiling)

    def rise(self, now: float, enough: float) -> bool:
        """Nothing was seen for a while: whether there is more now. Beyond `enough` there is no limit."""
        if self.limit == math.inf:
            return False
        if self._ceiling < math.inf and now - self._congested >= self._retry_after:
            self._ceiling, self._tried = math.inf, now
        before, self.limit = self.limit, min(CREEP * self.limit, max(self.limit, self._ceiling))
        if self.limit > enough:
            self.limit = math.inf
        return self.limit > before
