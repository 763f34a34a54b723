"""A call's phases, as one table. It does not know which end it serves; nothing else decides what may follow what.

          dial            offer
(idle) ──────────→ calling     (idle) ──────────→ incoming
                     │ ring                          │ accept
                     ↓                               ↓
                   ringing                        accepting
                     │ accepted                      │ secured
                     └──────────────→ talking ←──────┘
any ── end ──→ ended
"""

from enum import Enum

from voip.errors import CallError


class Phase(Enum):
    """Where a call stands; the values are those of `journal.observations.CallPhase`."""

    IDLE = "idle"
    CALLING = "calling"
    """We asked the relay to ring."""
    RINGING = "ringing"
    """Their phone rings; the end-to-end handshake runs meanwhile."""
    INCOMING = "incoming"
    """Our phone rings; the end-to-end handshake runs meanwhile."""
    ACCEPTING = "accepting"
    """We picked up before the session was secure; it starts as soon as it is."""
    TALKING = "talking"
    ENDED = "ended"


class Step(Enum):
    """What can happen to a call."""

    DIAL = "dial"
    OFFER = "offer"
    RING = "ring"
    ACCEPT = "accept"
    SECURED = "secured"
    """Picked up here, and the session stands: say so inside it."""
    ACCEPTED = "accepted"
    """The peer said inside the session that it picked up."""
    END = "end"


TABLE: dict[tuple[Phase, Step], Phase] = {
    (Phase.IDLE, Step.DIAL): Phase.CALLING,
    (Phase.IDLE, Step.OFFER): Phase.INCOMING,
    (Phase.CALLING, Step.RING): Phase.RINGING,
    (Phase.RINGING, Step.ACCEPTED): Phase.TALKING,
    (Phase.INCOMING, Step.ACCEPT): Phase.ACCEPTING,
    (Phase.ACCEPTING, Step.SECURED): Phase.TALKING,
    **{(phase, Step.END): Phase.ENDED for phase in Phase if phase is not Phase.ENDED},
}


def follow(phase: Phase, step: Step) -> Phase:
    """The phase after `step`; raises `CallError` (code `call-step`) when the table has no such row."""
    try:
        return TABLE[phase, step]
    except KeyError:
        raise CallError(
            f"This call is {phase.value}: the step “{step.value}” cannot follow.", code="call-step"
        ) from None
