"""How large a device's buffer should be: larger after it ran dry, and slowly smaller again while it does not.

xrun ──→ one step up, at most one in `PAUSE`
`quiet` seconds without ──→ one step down; if that was too early, `quiet` doubles
"""

SETTLE = 1.0
"""Seconds after a stream's beginning in which it may run dry: both ends are just starting."""
PAUSE = 1.0
"""Seconds in which several xruns are one event."""
CHEAP = 3
"""The first steps add 2 to 8 ms; those after them 10 and more, and a click now and then is better than that."""
OFTEN = 10.0
QUIET, QUIET_MAX = 30.0, 960.0
TOO_EARLY = 15.0
"""An xrun so soon after a step down was caused by it."""


class Easing:
    """Decides the step, from the count of xruns and the time."""

    def __init__(self, steps: int) -> None:
        self.step = 0
        self._last = steps - 1
        self._xruns = 0
        self._settled_at = 0.0
        self._changed_at = 0.0
        self._went_down_at = self._ran_dry_at = float("-inf")
        self._quiet = QUIET

    def begin(self, now: float) -> None:
        """A new stream: its count of xruns begins at nothing."""
        self._xruns = 0
        self._settled_at = self._changed_at = now + SETTLE

    def watch(self, xruns: int, now: float) -> int:
        """The step that the buffer should have now; `xruns` is the stream's count since it began."""
        fresh, self._xruns = xruns - self._xruns, xruns
        if now < self._settled_at:
            return self.step
        if fresh > 0:
            if now - self._changed_at >= PAUSE or self._changed_at == self._settled_at:
                if now - self._went_down_at < TOO_EARLY:
                    self._quiet = min(2 * self._quiet, QUIET_MAX)
                if self.step < CHEAP or now - self._ran_dry_at < OFTEN:
                    self.step = min(self.step + 1, self._last)
                self._ran_dry_at = now
            self._changed_at = now
        elif now - self._changed_at > self._quiet and self.step > 0:
            self.step -= 1
            self._changed_at = self._went_down_at = now
        return self.step
