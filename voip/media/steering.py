"""How we send, from what the peer reports: the loop that is closed once a second.

Outbound ══ packets ══→ peer
   ↑                      │ RR, Loss RLE
become(plan) ←── Adaptation ←── loss, burst, jitter · round trip · what waits in our leg
"""

from voip.media.adaptation import Adaptation, Choice
from voip.media.outbound import Outbound
from voip.media.plan import Mode
from voip.media.reports import PeerReports, Told

LOSS_BELIEVED = 0.75
"""A second in which hardly anything came says that the way was closed, and not how narrow it is."""


class Steering:
    """One call's. `outbound` becomes what is chosen at once, between two frames."""

    def __init__(self, outbound: Outbound, mode: Mode | str = Mode.AUTO) -> None:
        self._outbound = outbound
        self._adaptation = Adaptation(mode)
        self._told: Told | None = None
        self._dropped = 0
        outbound.become(self._adaptation.choice.plan)

    @property
    def choice(self) -> Choice:
        """What is sent now, and why."""
        return self._adaptation.choice

    @property
    def wanted(self) -> Mode:
        """What the person chose."""
        return self._adaptation.mode

    def choose(self, mode: Mode | str) -> Choice:
        """The person wants this mode now."""
        choice = self._adaptation.choose(Mode(mode))
        self._outbound.become(choice.plan)
        return choice

    def look(self, peer: PeerReports, now: float, *, backlog: int = 0, dropped: int = 0) -> Choice:
        """Once a second. `backlog`: bytes that wait in our leg; `dropped`: packets given up there in the whole call."""
        told = peer.take()
        fresh = dropped - self._dropped
        if told is None:
            # A link so narrow that no report comes through shows itself here all the same.
            if self._told is None or not (backlog or fresh):
                return self.choice
            told = self._told
        self._told, self._dropped = told, dropped
        choice = self._adaptation.report(
            now,
            loss=min(told.loss, LOSS_BELIEVED),
            burst=told.burst,
            jitter=told.jitter,
            round_trip=self._outbound.round_trip.last,
            backlog=backlog,
            dropped=fresh,
        )
        self._outbound.become(choice.plan)
        return choice
