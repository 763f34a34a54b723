"""Watches over a talk: a network that is gone without a word must be noticed within a second, and left.

nothing authentic for `QUIET` ──→ the link must answer a ping (`Home.suspect`); if it does not, all is made anew
… although the link answers, for `LEG_QUIET` ──→ another leg beside the present one, then ever more rarely
nothing on the link for `LINK_QUIET` ──→ as above, whatever the voice does: it may travel by UDP
the machine slept, or stood still ──→ nothing is believed that has not answered since
nothing authentic for `Limits.absence` ──→ the call is lost
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from voip.io import clock
from voip.journal.observations import Observation, Reconnected, Reconnecting

TICK = 0.1
"""Seconds between two looks."""
QUIET = 0.5
"""Seconds without an authentic packet, of which a hundred or more come in each: the voice is interrupted."""
LEG_QUIET = 1.5
"""Seconds of that with a link that answers, before the leg is doubted. It may as well be the other end that is away,
and seeking: then it comes by itself."""
LEG_QUIET_MOST = 12.0
"""Each further doubt waits twice as long, up to this."""
LINK_QUIET = 3.0
"""Seconds without anything on the link, during a talk."""
ASLEEP = 2.0
"""Seconds by which a tick is late, or the wall clock ran ahead of ours (which stands still while a computer sleeps)."""


class Watched(Protocol):
    """A talk, as this file sees it."""

    @property
    def last_authentic_at(self) -> float:
        """When something last came that only the peer can have sent."""

    @property
    def link_heard_at(self) -> float | None:
        """When anything last came on the link; None when there is none."""

    @property
    def seeking(self) -> bool:
        """Whether another leg is being made."""

    def suspect_link(self, *, at_once: bool) -> None:
        """It must show that it lives."""

    def renew_leg(self) -> None:
        """Make another beside it."""

    def observe(self, what: Observation) -> None:
        """Enter it in the journal."""


class Vigil:
    """One talk's. `wait_lost` runs as long as it lasts."""

    def __init__(self, talk: Watched, absence: float) -> None:
        self._talk = talk
        self._absence = absence
        self._quiet_since: float | None = None
        """Since when the voice is interrupted, once that has been said."""
        self._doubt_leg_at = 0.0
        self._patience = LEG_QUIET

    async def wait_lost(self, now: Callable[[], float] = clock.monotonic) -> None:
        """Returns when nothing authentic has come for the whole `absence`."""
        while True:
            began, wall = now(), clock.wall()
            await asyncio.sleep(TICK)
            passed = now() - began
            slept = max(passed - TICK, (clock.wall() - wall).total_seconds() - passed)
            if self.look(now(), slept=slept):
                return

    def look(self, now: float, *, slept: float = 0.0) -> bool:
        """What is to be done at `now`; True when the call is lost. `slept`: seconds in which nobody looked."""
        talk = self._talk
        if slept >= ASLEEP:
            talk.suspect_link(at_once=True)
        quiet = now - talk.last_authentic_at
        if quiet < QUIET:
            self._heard(now)
            heard_at = talk.link_heard_at
            if heard_at is not None and now - heard_at >= LINK_QUIET:
                talk.suspect_link(at_once=False)
            return False
        if quiet >= self._absence:
            return True
        if self._quiet_since is None:
            self._quiet_since = talk.last_authentic_at
            self._patience = LEG_QUIET
            self._doubt_leg_at = self._quiet_since + LEG_QUIET
            talk.observe(Reconnecting())
        heard_at = talk.link_heard_at
        if heard_at is None:
            return False
        if now - heard_at >= QUIET:
            talk.suspect_link(at_once=False)
        elif now >= self._doubt_leg_at and not talk.seeking:
            self._patience = min(2 * self._patience, LEG_QUIET_MOST)
            self._doubt_leg_at = now + self._patience
            talk.renew_leg()
        return False

    def _heard(self, now: float) -> None:
        if self._quiet_since is not None:
            self._talk.observe(Reconnected(now - self._quiet_since))
            self._quiet_since = None
