"""A leg's further TLS connections: each carries every packet once more, and what one holds up another delivers.

    delays, segments sent again ──→ LaneKeeper.look ──→ open one more ──→ open_lane: connect, JoinLane, LaneJoined
    twins that came much later ───→                 └─→ close one

`LaneKeeper` decides and does nothing else; time is an argument.
"""

from collections import deque
from typing import Literal

from voip.client.desk import Desk
from voip.client.reach import dial, greet
from voip.config import LANES, LaneRules
from voip.errors import CallError
from voip.io.stream import TlsStream
from voip.session.tls import Resumption
from voip.wire import signals
from voip.wire.signals import JoinLane, LaneJoined

RESENT_MAX = 64


class LaneKeeper:
    """Decides for one leg. `most`: how many lanes it may have."""

    def __init__(self, most: int, rules: LaneRules = LANES) -> None:
        self._most = most
        self._rules = rules
        self._changed_at = float("-inf")
        self._needed_at = 0.0
        self._resent: deque[float] = deque(maxlen=RESENT_MAX)
        self._resent_total: int | None = None

    def allow(self, most: int) -> None:
        """So many lanes there may be."""
        self._most = most

    def resent(self, total: int, now: float) -> None:
        """The kernel has sent so many segments again since the leg began."""
        if self._resent_total is not None:
            self._resent.extend([now] * min(RESENT_MAX, total - self._resent_total))
        self._resent_total = total

    def helped(self, lag: float, now: float) -> None:
        """A twin came `lag` seconds after the first."""
        if lag >= self._rules.helped:
            self._needed_at = now

    def look(self, lanes: int, delays: int, now: float, *, used: bool) -> Literal["open", "close"] | None:
        """What to do. `delays`: what came late lately, with the lanes that there are; `used`: media go inside TLS."""
        rules = self._rules
        resent = sum(at > now - rules.within for at in self._resent)
        due = (delays >= rules.often or resent >= (rules.resent_often if lanes else rules.often)) and used
        if due or (resent and lanes):
            self._needed_at = now
        if due and lanes < self._most and now - self._changed_at >= rules.settle:
            self._changed_at = now
            return "open"
        if lanes and now - max(self._needed_at, self._changed_at) >= rules.idle:
            self._changed_at = now
            return "close"
        return None


async def open_lane(desk: Desk, call: str, token: str, resume: Resumption | None) -> TlsStream:
    """One more connection of the leg of `call`. Raises `RelayError`, `TlsError` or `CallError`."""
    hello = JoinLane(call=call, token=token)
    # Early, because the token works once: repeating it buys nobody anything.
    stream = await dial(desk, "lane", call=call, resume=resume, early=signals.encode(hello))
    await greet(
        stream,
        hello,
        signals.leg_decoder,
        LaneJoined,
        silent=CallError("The relay did not open one more lane for the call.", code="lane-silent"),
        closed=CallError("The relay closed the call's lane without a reason.", code="lane-closed"),
        within=desk.limits.reply,
    )
    return stream
