"""The legs of all calls: who is joined with whom, and what each is told then. What a leg does: `leg`.

    join ──→ leg (new, or open again) ──→ both here? ──→ LegJoined to both, with a higher pairing each time

A leg stays here until its call is closed, whatever becomes of its connection.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from voip.errors import SignalError
from voip.io import clock
from voip.relay.counters import Counters
from voip.relay.flows import Flows
from voip.relay.leg import Leg, Witness
from voip.relay.line import Line, Pipe

Again = Callable[[str, str], str | None]
"""(call, owner) → a token that opens this leg again."""


@dataclass(slots=True)
class _Patch:
    """Both ends of one call."""

    pairing: int
    """How often they were joined, of which we know."""
    legs: dict[str, Leg] = field(default_factory=dict)


class Patchbay:
    """The legs of all calls.

    `witness`, if given, sees every packet before anything is done with it; `now`: seconds; `flows` and their UDP
    `port`, where this relay has any; `again` gives the tokens that open a leg again.
    """

    def __init__(
        self,
        witness: Witness | None = None,
        now: Callable[[], float] = clock.monotonic,
        flows: Flows | None = None,
        again: Again = lambda _call, _owner: None,
    ) -> None:
        self._witness = witness
        self._now = now
        self._flows = flows
        self._again = again
        self._patches: dict[str, _Patch] = {}
        self._past = Counters()
        self.port = 0
        """Of UDP; known when the relay listens."""

    @property
    def calls(self) -> int:
        """Calls of which there was a leg."""
        return len(self._patches)

    @property
    def legs(self) -> Iterator[Leg]:
        """All that there are."""
        return (leg for patch in self._patches.values() for leg in patch.legs.values())

    @property
    def counters(self) -> Counters:
        """What came in on all legs that there ever were."""
        total = replace(self._past)
        for leg in self.legs:
            leg.settle()
            total.add(leg.counters)
        return total

    def find(self, call: str, owner: str) -> Leg | None:
        """The leg that `owner` has in `call`."""
        patch = self._patches.get(call)
        return patch.legs.get(owner) if patch else None

    def join(self, call: str, owner: str, pipe: Pipe, *, paired: bool = False) -> tuple[Leg, Line]:
        """The leg of `owner` is here on `pipe`, for the first time or again; with both here, both are told.

        `paired`: a call of which we know nothing, but which its parties know to have been joined already.
        """
        patch = self._patches.setdefault(call, _Patch(pairing=int(paired)))
        leg = patch.legs.get(owner)
        if leg is None:
            leg = patch.legs[owner] = Leg(call, owner, self._flows, self._witness, self._now)
        line = leg.open(pipe)
        legs = list(patch.legs.values())
        if len(legs) == 2 and all(each.is_here for each in legs):
            for each, other in zip(legs, reversed(legs), strict=True):
                each.pair(other, patch.pairing, self._again(call, each.owner), self.port)
            patch.pairing += 1
            for each in legs:
                each.flush()
        return leg, line

    def join_lane(self, call: str, owner: str, pipe: Pipe, token: str) -> tuple[Leg, Line]:
        """One more connection of a leg that is open. Raises `SignalError` (`leg-token`)."""
        leg = self.find(call, owner)
        if leg is None:
            raise SignalError("This leg token is unknown, used already or somebody else's.", code="leg-token")
        return leg, leg.open_lane(pipe, token)

    def close(self, call: str) -> None:
        """The call is over: hang up both legs."""
        patch = self._patches.pop(call, None)
        for leg in patch.legs.values() if patch else ():
            leg.close()
            self._past.add(leg.counters)

    def sweep(self) -> None:
        """To be called every `flows.SWEEP_EVERY` seconds."""
        for leg in self.legs:
            leg.sweep()
