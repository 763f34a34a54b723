"""How a call can go, as the relay sees it: every step that there is, and who is told what.

    Invite ──→ RINGING ──Answer──→ TALKING ⟲ a link is lost: its owner has `Limits.absence` to come back
                  │                   │    ⟲ a leg is lost: likewise
                  └────── ENDED ◀─────┘

`switchboard` takes these steps, and no others.
"""

from dataclasses import dataclass
from enum import Enum

from voip.wire.signals import Reason


class Side(Enum):
    """Which end of a call."""

    CALLER = "caller"
    CALLEE = "callee"

    @property
    def other(self) -> "Side":
        """The other end."""
        return Side.CALLEE if self is Side.CALLER else Side.CALLER


class State(Enum):
    """Where a call is."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


class Event(Enum):
    """What can happen to a call."""

    ANSWER = "answer"
    HANGUP = "hangup"
    REJOIN = "rejoin"
    LINK_LOST = "link-lost"
    LINK_AWAY = "link-away"
    """A link was lost, and has not come back in time."""
    LEG_AWAY = "leg-away"
    """A leg was lost, and has not come back in time."""
    LEG_LOST = "leg-lost"
    """A leg is gone, and will not come back."""
    LEG_LATE = "leg-late"
    """A leg was never opened, so the two ends cannot meet."""
    RING_OVER = "ring-over"
    EXPELLED = "expelled"
    RELAY_STOPS = "relay-stops"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: the next state and what each party is told (`None`: nothing)."""

    to: State
    caller: Reason | None = None
    callee: Reason | None = None


R, T, E = State.RINGING, State.TALKING, State.ENDED
CALLER, CALLEE, ANYBODY = Side.CALLER, Side.CALLEE, None

TABLE: dict[tuple[State, Side | None, Event], Step] = {
    (R, CALLEE, Event.ANSWER): Step(T),
    (R, CALLER, Event.HANGUP): Step(E, callee="cancelled"),
    (R, CALLEE, Event.HANGUP): Step(E, caller="declined"),
    (R, CALLER, Event.REJOIN): Step(E, caller="lost", callee="lost"),
    (R, CALLEE, Event.REJOIN): Step(E, caller="lost", callee="lost"),
    (R, CALLER, Event.LINK_LOST): Step(E, callee="lost"),
    (R, CALLEE, Event.LINK_LOST): Step(E, caller="lost"),
    (R, CALLER, Event.EXPELLED): Step(E, callee="lost"),
    (R, CALLEE, Event.EXPELLED): Step(E, caller="lost"),
    (R, ANYBODY, Event.LEG_LOST): Step(E, caller="lost", callee="lost"),
    (R, ANYBODY, Event.LEG_LATE): Step(E, caller="failed", callee="failed"),
    (R, ANYBODY, Event.RING_OVER): Step(E, caller="no-answer", callee="no-answer"),
    (R, ANYBODY, Event.RELAY_STOPS): Step(E, caller="lost", callee="lost"),
    (T, CALLER, Event.HANGUP): Step(E, callee="hung-up"),
    (T, CALLEE, Event.HANGUP): Step(E, caller="hung-up"),
    (T, CALLER, Event.REJOIN): Step(T),
    (T, CALLEE, Event.REJOIN): Step(T),
    (T, CALLER, Event.LINK_LOST): Step(T),
    (T, CALLEE, Event.LINK_LOST): Step(T),
    (T, CALLER, Event.EXPELLED): Step(E, callee="lost"),
    (T, CALLEE, Event.EXPELLED): Step(E, caller="lost"),
    (T, ANYBODY, Event.LINK_AWAY): Step(E, caller="lost", callee="lost"),
    (T, ANYBODY, Event.LEG_AWAY): Step(E, caller="lost", callee="lost"),
    (T, ANYBODY, Event.LEG_LOST): Step(E, caller="lost", callee="lost"),
    (T, ANYBODY, Event.LEG_LATE): Step(E, caller="failed", callee="failed"),
    (T, ANYBODY, Event.RELAY_STOPS): Step(E),  # both will say Rejoin to the relay that comes after us
}

TELLING: frozenset[Reason] = frozenset({"busy", "no-answer", "failed", "insecure", "lost"})
"""Reasons in a `Hangup` that say more than the table knows; they are passed on."""
