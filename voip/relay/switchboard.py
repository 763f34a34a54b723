"""Who is there, who calls whom. Signals in, actions out; it waits for nothing and knows no connection.

                       ┌──────── Invite ────────┐
                       ▼                        │ (else Ended: not-there, busy, crossed, failed, relay-busy)
    arrive ──→ free ──→ RINGING ──Answer──→ TALKING
                          │                   │
                          └────── ENDED ◀─────┘      every way there is a line of `_TABLE`

A party that did not end the call itself is told with exactly one `Ended`; one that sent `Hangup`, or whose link is
gone, is told nothing more of that call. An `Answer` or `Hangup` for a call that is already over has crossed an `Ended`
on its way, so it is ignored. `Watch` changes nothing here: it is passed on to who holds the legs.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from voip.config import ADMISSION, LIMITS, Limits
from voip.errors import LocalError, SignalError
from voip.wire.signals import (
    Answer,
    Answered,
    Ended,
    Hangup,
    Incoming,
    Invite,
    Person,
    Presence,
    Reason,
    Refused,
    Ringing,
    Signal,
    Watch,
)

LEG_GRACE = 0.5
"""Seconds between a leg's end and the call's: a caller who hangs up closes the leg too, and its `Hangup`, on another
TCP connection, may come later. It should not read as `lost`."""
PEOPLE_MAX = 200
"""People in one `Welcome` (`wire.signals`)."""


class Side(Enum):
    """Which end of a call."""

    CALLER = "caller"
    CALLEE = "callee"


class State(Enum):
    """Where a call is."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


class Event(Enum):
    """What can happen to a call."""

    ANSWER = "answer"
    HANGUP = "hangup"
    LINK_LOST = "link-lost"
    LEG_LOST = "leg-lost"
    LEG_LATE = "leg-late"
    """A leg was never opened, so the two ends cannot meet."""
    RING_OVER = "ring-over"
    RELAY_STOPS = "relay-stops"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: the next state and what each party is told (`None`: nothing)."""

    to: State
    caller: Reason | None = None
    callee: Reason | None = None


R, T, E = State.RINGING, State.TALKING, State.ENDED
CALLER, CALLEE, ANYBODY = Side.CALLER, Side.CALLEE, None

_TABLE: dict[tuple[State, Side | None, Event], Step] = {
    (R, CALLEE, Event.ANSWER): Step(T),
    (R, CALLER, Event.HANGUP): Step(E, callee="cancelled"),
    (R, CALLEE, Event.HANGUP): Step(E, caller="declined"),
    (R, CALLER, Event.LINK_LOST): Step(E, callee="lost"),
    (R, CALLEE, Event.LINK_LOST): Step(E, caller="lost"),
    (R, ANYBODY, Event.LEG_LOST): Step(E, caller="lost", callee="lost"),
    (R, ANYBODY, Event.LEG_LATE): Step(E, caller="failed", callee="failed"),
    (R, ANYBODY, Event.RING_OVER): Step(E, caller="no-answer", callee="no-answer"),
    (R, ANYBODY, Event.RELAY_STOPS): Step(E, caller="lost", callee="lost"),
    (T, CALLER, Event.HANGUP): Step(E, callee="hung-up"),
    (T, CALLEE, Event.HANGUP): Step(E, caller="hung-up"),
    (T, CALLER, Event.LINK_LOST): Step(E, callee="lost"),
    (T, CALLEE, Event.LINK_LOST): Step(E, caller="lost"),
    (T, ANYBODY, Event.LEG_LOST): Step(E, caller="lost", callee="lost"),
    (T, ANYBODY, Event.LEG_LATE): Step(E, caller="failed", callee="failed"),
    (T, ANYBODY, Event.RELAY_STOPS): Step(E, caller="lost", callee="lost"),
}

_TELLING: frozenset[Reason] = frozenset({"busy", "no-answer", "failed", "insecure", "lost"})
"""Reasons in a `Hangup` that say more than the table knows; they are passed on."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send `signal` on the link of `to`."""

    to: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class CloseCall:
    """Close the legs of `call`."""

    call: str


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Send `refused` on the link that `name` had until now, and close it."""

    name: str
    refused: Refused


@dataclass(frozen=True, slots=True)
class WatchLeg:
    """Begin, or cease, to tell `name` what is forwarded for their own leg of `call`."""

    name: str
    call: str
    on: bool


Action = Deliver | CloseCall | Disconnect | WatchLeg


@dataclass(slots=True)
class _Call:
    id: str
    parties: dict[Side, str]
    tokens: dict[Side, str]
    """Those not used yet."""
    deadlines: dict[Event, float]
    state: State = State.RINGING

    def side_of(self, name: str) -> Side | None:
        return next((side for side, party in self.parties.items() if party == name), None)


class Switchboard:
    """The relay's memory of people and calls.

    `accounts`: everybody who may be called. `random`: n → n secret random bytes, for leg tokens. Every method that
    returns actions wants them carried out in their order, before the next call. What a peer did wrong is raised as
    `SignalError` and changes nothing.
    """

    def __init__(
        self,
        accounts: Iterable[str] = (),
        *,
        limits: Limits = LIMITS,
        calls_max: int = ADMISSION.calls,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._accounts = set(accounts)
        self._online: dict[str, None] = {}  # a set that keeps its order
        self._calls: dict[str, _Call] = {}
        self._call_of: dict[str, _Call] = {}
        self._limits = limits
        self._calls_max = calls_max
        self.refused = 0
        """Calls that were not begun because there were `calls_max`."""
        self._random = random

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────────

    def enrolled(self, name: str) -> list[Action]:
        """`name` has an account from now on."""
        if name in self._accounts:
            return []
        self._accounts.add(name)
        return self._presence(name)

    def arrive(self, name: str) -> list[Action]:
        """`name` has a link; an earlier one of theirs is disconnected, and its call is over."""
        actions: list[Action] = []
        if name in self._online:
            sentence = "You connected from somewhere else; this connection is closed."
            actions.append(Disconnect(name, Refused(code="replaced", sentence=sentence)))
            actions += self._link_lost(name)
        self._accounts.add(name)
        self._online[name] = None
        return actions + self._presence(name)

    def leave(self, name: str) -> list[Action]:
        """The link of `name` is gone."""
        if name not in self._online:
            return []
        del self._online[name]
        return self._link_lost(name) + self._presence(name)

    def expel(self, name: str, refused: Refused) -> list[Action]:
        """`name` has no account any more: told why, disconnected, out of a call, and nobody whom one could call."""
        self._accounts.discard(name)
        if name not in self._online:
            return []
        del self._online[name]
        return [Disconnect(name, refused), *self._link_lost(name), *self._presence(name)]

    @property
    def accounts(self) -> frozenset[str]:
        """Everybody who may be called."""
        return frozenset(self._accounts)

    @property
    def online(self) -> int:
        """How many people have a link."""
        return len(self._online)

    def people(self, viewer: str) -> tuple[Person, ...]:
        """Everybody but `viewer`, those online first, then by name; at most `PEOPLE_MAX`."""
        names = sorted(self._accounts - {viewer}, key=lambda name: (name not in self._online, name))
        return tuple(self._person(name) for name in names[:PEOPLE_MAX])

    # ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def calls(self) -> int:
        """How many calls there are."""
        return len(self._calls)

    def receive(self, name: str, signal: Signal, now: float) -> list[Action]:
        """`name` sent `signal` on their link; raises `SignalError` when the protocol does not allow it now."""
        if name not in self._online:
            raise LocalError(f"{name} has no link, so no signal can have come from there.")
        match signal:
            case Invite():
                return self._invite(name, signal, now)
            case Answer(call=call):
                return self._party_event(name, call, Event.ANSWER)
            case Hangup(call=call, reason=reason):
                return self._party_event(name, call, Event.HANGUP, reason)
            case Watch(call=call, on=on):
                return self._watch(name, call, on=on)
        raise SignalError("A client sent a message that only the relay sends.", code="signal-unexpected")

    def open_leg(self, call: str, token: str, name: str, now: float) -> Side:
        """`name` opens a leg; its side. Raises `SignalError` (`leg-token`) unless this token is theirs and unused."""
        known = self._calls.get(call)
        side = known.side_of(name) if known else None
        good = known.tokens.get(side) if known and side else None
        late = known is not None and known.deadlines.get(Event.LEG_LATE, now) < now
        if known is None or side is None or good is None or late or not hmac.compare_digest(good, token):
            raise SignalError("This leg token is unknown, used already or somebody else's.", code="leg-token")
        del known.tokens[side]
        if not known.tokens:
            del known.deadlines[Event.LEG_LATE]
        return side

    def leg_closed(self, call: str, now: float) -> None:
        """An opened leg is gone, and its token spent: after `LEG_GRACE` the call is `lost`, unless a `Hangup` comes."""
        known = self._calls.get(call)
        if known is not None:
            known.deadlines.setdefault(Event.LEG_LOST, now + LEG_GRACE)

    # ── time ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has something to do; `None` when there is nothing to wait for."""
        return min((at for call in self._calls.values() for at in call.deadlines.values()), default=None)

    def tick(self, now: float) -> list[Action]:
        """Do what time asks for."""
        actions: list[Action] = []
        for call in list(self._calls.values()):
            due = sorted((at, event.value) for event, at in call.deadlines.items() if at <= now)
            if due:
                actions += self._happen(call, ANYBODY, Event(due[0][1]))
        return actions

    def stop(self) -> list[Action]:
        """The relay ends: so does every call."""
        return [a for call in list(self._calls.values()) for a in self._happen(call, ANYBODY, Event.RELAY_STOPS)]

    # ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _invite(self, name: str, invite: Invite, now: float) -> list[Action]:
        if invite.call in self._calls:
            raise SignalError("This call id is in use; every call needs a fresh random one.", code="call-duplicate")
        reason = self._why_not(name, invite.to)
        if reason is not None:
            return [Deliver(name, Ended(call=invite.call, reason=reason))]
        limits = self._limits
        call = _Call(
            id=invite.call,
            parties={Side.CALLER: name, Side.CALLEE: invite.to},
            tokens={side: self._random(16).hex() for side in Side},
            deadlines={
                Event.RING_OVER: now + limits.ring,
                Event.LEG_LATE: now + limits.connect + limits.handshake + limits.reply,
            },
        )
        self._calls[call.id] = self._call_of[name] = self._call_of[invite.to] = call
        return [
            Deliver(name, Ringing(call=call.id, token=call.tokens[Side.CALLER])),
            Deliver(invite.to, Incoming(call=call.id, caller=name, token=call.tokens[Side.CALLEE])),
            *self._presence(name),
            *self._presence(invite.to),
        ]

    def _why_not(self, name: str, to: str) -> Reason | None:
        """Why `name` cannot call `to` now."""
        mine = self._call_of.get(name)
        if mine is not None:
            # Both called each other at once: the first call rings here already, and our client will answer that one.
            crossing = mine.state is State.RINGING and mine.parties == {Side.CALLER: to, Side.CALLEE: name}
            return "crossed" if crossing else "failed"
        if to not in self._online:
            return "not-there"
        if to == name or to in self._call_of:
            return "busy"
        if len(self._calls) >= self._calls_max:
            self.refused += 1
            return "relay-busy"
        return None

    def _party_event(self, name: str, call_id: str, event: Event, given: Reason = "hung-up") -> list[Action]:
        call = self._calls.get(call_id)
        side = call.side_of(name) if call else None
        if call is None or side is None:
            return []
        return self._happen(call, side, event, given)

    def _watch(self, name: str, call_id: str, *, on: bool) -> list[Action]:
        """Only a party may; of a call that is over, or somebody else's, nothing is said, not even that it is there."""
        call = self._calls.get(call_id)
        return [] if call is None or call.side_of(name) is None else [WatchLeg(name, call_id, on)]

    def _link_lost(self, name: str) -> list[Action]:
        call = self._call_of.get(name)
        return self._happen(call, call.side_of(name), Event.LINK_LOST) if call else []

    def _happen(self, call: _Call, side: Side | None, event: Event, given: Reason = "hung-up") -> list[Action]:
        """Take one step of the table."""
        step = _TABLE.get((call.state, side, event))
        if step is None:
            raise SignalError(f"A call that is {call.state.value} allows no {event.value} now.", code="call-state")
        call.state = step.to
        caller, callee = call.parties[Side.CALLER], call.parties[Side.CALLEE]
        if step.to is State.TALKING:
            del call.deadlines[Event.RING_OVER]
            return [Deliver(caller, Answered(call=call.id))]
        del self._calls[call.id], self._call_of[caller], self._call_of[callee]
        actions: list[Action] = [
            Deliver(name, Ended(call=call.id, reason=given if given in _TELLING else reason))
            for name, reason in ((caller, step.caller), (callee, step.callee))
            if reason is not None
        ]
        return [*actions, CloseCall(call.id), *self._presence(caller), *self._presence(callee)]

    def _person(self, name: str) -> Person:
        return Person(name=name, online=name in self._online, busy=name in self._call_of)

    def _presence(self, about: str) -> list[Action]:
        """Tell everybody else how `about` is."""
        signal = Presence(person=self._person(about))
        return [Deliver(name, signal) for name in self._online if name != about]
