"""Who is there, who calls whom. Signals in, actions out; it waits for nothing and knows no connection.

                       ┌──────── Invite ────────┐
                       ▼                        │ (else Ended: not-there, busy, crossed, failed, relay-busy)
    arrive ──→ free ──→ RINGING ──Answer──→ TALKING ⟲ lost, and back in time      `calltable` has every step
                          │                   │ ▲
                          └────── ENDED ◀─────┘ └── two `Rejoin` that say the same, after a restart: `rejoining`

A party that did not end the call itself is told with exactly one `Ended`; one that sent `Hangup` is told nothing more
of that call, and one that is away hears of it when it asks. An `Answer` or `Hangup` for a call that is already over has
crossed an `Ended` on its way, so it is ignored. `Watch` changes nothing here: it is passed on to who holds the legs.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from voip.config import ADMISSION, LIMITS, Limits
from voip.errors import LocalError, SignalError
from voip.relay.calltable import ANYBODY, TABLE, TELLING, Event, Side, State
from voip.relay.rejoining import Rejoining
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
    Rejoin,
    Rejoined,
    Ringing,
    Signal,
    Watch,
)

LEG_GRACE = 0.5
"""Seconds between a leg's end and the call's, while it rings: a caller who hangs up closes the leg too, and its
`Hangup`, on another TCP connection, may come later. It should not read as `lost`."""
PEOPLE_MAX = 200
"""People in one `Welcome` (`wire.signals`)."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send `signal` on the link of `to`."""

    to: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell everybody who has a link, but for the person whom it is about."""

    presence: Presence


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


Action = Announce | Deliver | CloseCall | Disconnect | WatchLeg
Deadline = tuple[Event, Side | None]


@dataclass(slots=True)
class _Call:
    id: str
    parties: dict[Side, str]
    tokens: dict[Side, str]
    """Those not used yet."""
    deadlines: dict[Deadline, float]
    state: State = State.RINGING
    again: dict[Side, str] = field(default_factory=dict)
    """Tokens that open a lost leg again, once the call talks."""
    remade: bool = False
    """Whether it began at another relay, or before this one was restarted."""

    def side_of(self, name: str) -> Side | None:
        return next((side for side, party in self.parties.items() if party == name), None)

    def is_away(self, name: str) -> bool:
        """Whether the leg of `name` is lost."""
        return (Event.LEG_AWAY, self.side_of(name)) in self.deadlines


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
        self._rejoining = Rejoining(limits.absence)
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
        """`name` has a link; an earlier one of theirs is disconnected. A call that talks goes on, another is over."""
        actions: list[Action] = []
        call = self._call_of.get(name)
        if name in self._online:
            sentence = "You connected from somewhere else; this connection is closed."
            actions.append(Disconnect(name, Refused(code="replaced", sentence=sentence)))
            self._rejoining.forget(name)
            if call is not None and call.state is State.RINGING:
                actions += self._happen(call, call.side_of(name), Event.LINK_LOST)
        if call is not None:
            call.deadlines.pop((Event.LINK_AWAY, call.side_of(name)), None)
        self._accounts.add(name)
        self._online[name] = None
        return actions + self._presence(name)

    def leave(self, name: str, now: float) -> list[Action]:
        """The link of `name` is gone. A call that talks waits for it."""
        if name not in self._online:
            return []
        del self._online[name]
        self._rejoining.forget(name)
        actions: list[Action] = []
        call = self._call_of.get(name)
        if call is not None:
            side = call.side_of(name)
            actions = self._happen(call, side, Event.LINK_LOST)
            call.deadlines[Event.LINK_AWAY, side] = now + self._limits.absence
        return actions + self._presence(name)

    def expel(self, name: str, refused: Refused) -> list[Action]:
        """`name` has no account any more: told why, disconnected, out of a call, and nobody whom one could call."""
        self._accounts.discard(name)
        online = name in self._online
        self._online.pop(name, None)
        self._rejoining.forget(name)
        call = self._call_of.get(name)
        actions: list[Action] = [Disconnect(name, refused)] if online else []
        if call is not None:
            actions += self._happen(call, call.side_of(name), Event.EXPELLED)
        return actions + self._presence(name) if online else actions

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
        names = sorted(self._online.keys() - {viewer})[:PEOPLE_MAX]
        if len(names) < PEOPLE_MAX:
            names += sorted(self._accounts - self._online.keys() - {viewer})[: PEOPLE_MAX - len(names)]
        return tuple(self._person(name) for name in names)

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
                return self._party_event(name, call, Event.HANGUP, reason) + self._hang_up_waiting(name, call, reason)
            case Rejoin():
                return self._rejoin(name, signal, now)
            case Watch(call=call, on=on):
                return self._watch(name, call, on=on)
        raise SignalError("A client sent a message that only the relay sends.", code="signal-unexpected")

    def open_leg(self, call: str, token: str, name: str, now: float) -> Side:
        """`name` opens a leg; its side. Raises `SignalError` (`leg-token`) unless this token is theirs and unused."""
        known = self._calls.get(call)
        side = known.side_of(name) if known else None
        if known is None or side is None or not self._spend(known, side, token, now):
            raise SignalError("This leg token is unknown, used already or somebody else's.", code="leg-token")
        known.deadlines.pop((Event.LEG_AWAY, side), None)
        if not known.tokens:
            known.deadlines.pop((Event.LEG_LATE, ANYBODY), None)
        return side

    def is_remade(self, call: str) -> bool:
        """Whether the legs of `call` were joined before we knew of it."""
        known = self._calls.get(call)
        return known is not None and known.remade

    def again(self, call: str, name: str) -> str | None:
        """The token that opens the leg of `name` again, once it was lost; the same until it is used."""
        known = self._calls.get(call)
        side = known.side_of(name) if known else None
        if known is None or side is None:
            return None
        return known.again.setdefault(side, self._random(16).hex())

    def leg_closed(self, call: str, name: str, now: float, *, broken: bool = True) -> None:
        """The leg of `name` is gone. A call that talks waits for it, if it just `broke` and was not ended for a cause.

        Else the call is `lost` after `LEG_GRACE`, unless a `Hangup` comes.
        """
        known = self._calls.get(call)
        if known is None:
            return
        if broken and known.state is State.TALKING:
            known.deadlines.setdefault((Event.LEG_AWAY, known.side_of(name)), now + self._limits.absence)
        else:
            known.deadlines.setdefault((Event.LEG_LOST, ANYBODY), now + LEG_GRACE)

    # ── time ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has something to do; `None` when there is nothing to wait for."""
        calls = (at for call in self._calls.values() for at in call.deadlines.values())
        return min((*calls, *self._rejoining.deadlines), default=None)

    def tick(self, now: float) -> list[Action]:
        """Do what time asks for."""
        actions: list[Action] = []
        for call in list(self._calls.values()):
            due = sorted((at, event.value) for (event, _), at in call.deadlines.items() if at <= now)
            if due:
                actions += self._happen(call, ANYBODY, Event(due[0][1]))
        for name, id_ in self._rejoining.expire(now):
            actions += [Deliver(name, Ended(call=id_, reason="lost")), *self._presence(name)]
        return actions

    def stop(self) -> list[Action]:
        """The relay ends: so does every call that rings. Those who talk are left to meet at the next one."""
        return [a for call in list(self._calls.values()) for a in self._happen(call, ANYBODY, Event.RELAY_STOPS)]

    # ── inside: beginning and ending ───────────────────────────────────────────────────────────────────────────

    def _invite(self, name: str, invite: Invite, now: float) -> list[Action]:
        if invite.call in self._calls or self._rejoining.knows(invite.call):
            raise SignalError("This call id is in use; every call needs a fresh random one.", code="call-duplicate")
        actions = self._give_up_lost(name)
        reason = self._why_not(name, invite.to)
        if reason is not None:
            return [*actions, Deliver(name, Ended(call=invite.call, reason=reason))]
        limits = self._limits
        call = _Call(
            id=invite.call,
            parties={Side.CALLER: name, Side.CALLEE: invite.to},
            tokens={side: self._random(16).hex() for side in Side},
            deadlines={
                (Event.RING_OVER, ANYBODY): now + limits.ring,
                (Event.LEG_LATE, ANYBODY): now + limits.connect + limits.handshake + limits.reply,
            },
        )
        self._enter(call)
        return [
            *actions,
            Deliver(name, Ringing(call=call.id, token=call.tokens[Side.CALLER])),
            Deliver(invite.to, Incoming(call=call.id, caller=name, token=call.tokens[Side.CALLEE])),
            *self._presence(name),
            *self._presence(invite.to),
        ]

    def _give_up_lost(self, name: str) -> list[Action]:
        """Who calls anew has forgotten the call that waits for their leg: their program was started again."""
        if self._rejoining.waits(name):
            self._rejoining.forget(name)
            return self._presence(name)
        mine = self._call_of.get(name)
        if mine is None or not mine.is_away(name):
            return []
        return self._happen(mine, mine.side_of(name), Event.HANGUP, "lost")

    def _why_not(self, name: str, to: str) -> Reason | None:
        """Why `name` cannot call `to` now."""
        mine = self._call_of.get(name)
        if mine is not None:
            # Both called each other at once: the first call rings here already, and our client will answer that one.
            crossing = mine.state is State.RINGING and mine.parties == {Side.CALLER: to, Side.CALLEE: name}
            return "crossed" if crossing else "failed"
        if to not in self._online:
            return "not-there"
        if to == name or self._is_busy(to):
            return "busy"
        if len(self._calls) >= self._calls_max:
            self.refused += 1
            return "relay-busy"
        return None

    def _enter(self, call: _Call) -> None:
        self._calls[call.id] = call
        for name in call.parties.values():
            self._call_of[name] = call

    def _spend(self, call: _Call, side: Side, token: str, now: float) -> bool:
        """Whether `token` opens the leg of `side` now; it will not a second time."""
        if call.deadlines.get((Event.LEG_LATE, ANYBODY), now) < now:
            return False
        for tokens in (call.tokens, call.again if call.state is State.TALKING else {}):
            if side in tokens and hmac.compare_digest(tokens[side], token):
                del tokens[side]
                return True
        return False

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

    def _happen(self, call: _Call, side: Side | None, event: Event, given: Reason = "hung-up") -> list[Action]:
        """Take one step of the table."""
        step = TABLE.get((call.state, side, event))
        if step is None:
            raise SignalError(f"A call that is {call.state.value} allows no {event.value} now.", code="call-state")
        before, call.state = call.state, step.to
        caller, callee = call.parties[Side.CALLER], call.parties[Side.CALLEE]
        if step.to is State.TALKING:
            if before is State.TALKING:
                return []
            del call.deadlines[Event.RING_OVER, ANYBODY]
            return [Deliver(caller, Answered(call=call.id))]
        del self._calls[call.id], self._call_of[caller], self._call_of[callee]
        actions: list[Action] = []
        for name, told in ((caller, step.caller), (callee, step.callee)):
            if told is None:
                continue
            reason: Reason = given if given in TELLING else told
            if name in self._online:
                actions.append(Deliver(name, Ended(call=call.id, reason=reason)))
            else:
                self._rejoining.missed(name, call.id, reason)
        return [*actions, CloseCall(call.id), *self._presence(caller), *self._presence(callee)]

    # ── inside: coming back ────────────────────────────────────────────────────────────────────────────────────

    def _rejoin(self, name: str, rejoin: Rejoin, now: float) -> list[Action]:
        call = self._calls.get(rejoin.call)
        if call is None:
            return self._rejoin_unknown(name, rejoin, now)
        side = Side.CALLER if rejoin.caller else Side.CALLEE
        if (call.parties[side], call.parties[side.other]) != (name, rejoin.to):
            return [Deliver(name, Ended(call=rejoin.call, reason="lost"))]
        actions = self._happen(call, side, Event.REJOIN)
        return actions or [self._new_token(call, side)]

    def _rejoin_unknown(self, name: str, rejoin: Rejoin, now: float) -> list[Action]:
        """It was over while `name` was away, or it is older than we are: then both must say the same."""
        reason = self._rejoining.why_over(name, rejoin.call)
        if reason is None and (name in self._call_of or rejoin.to == name):
            reason = "failed"
        if reason is None:
            other = self._rejoining.say(name, rejoin, now)
            if other is None:
                return self._presence(name)
            if other:
                return self._remake(name, rejoin, now)
        return [Deliver(name, Ended(call=rejoin.call, reason=reason or "lost"))]

    def _remake(self, name: str, rejoin: Rejoin, now: float) -> list[Action]:
        """Both said the same: the call is on again, and both legs are awaited."""
        mine = Side.CALLER if rejoin.caller else Side.CALLEE
        until = now + self._limits.absence
        call = _Call(
            id=rejoin.call,
            parties={mine: name, mine.other: rejoin.to},
            tokens={},
            deadlines={(Event.LEG_AWAY, side): until for side in Side},
            state=State.TALKING,
            remade=True,
        )
        self._enter(call)
        tokens = [self._new_token(call, side) for side in Side]
        return [*tokens, *self._presence(name), *self._presence(rejoin.to)]

    def _new_token(self, call: _Call, side: Side) -> Deliver:
        token = call.tokens[side] = self._random(16).hex()
        return Deliver(call.parties[side], Rejoined(call=call.id, token=token))

    def _hang_up_waiting(self, name: str, call: str, given: Reason) -> list[Action]:
        """A `Hangup` for a call that one of its parties wants to have back, or only to have ended: then both hear."""
        known = self._rejoining.cancel(name, call)
        if known is None:
            return []
        waiter, other = known
        reason: Reason = given if given in TELLING else "hung-up"
        told = [] if waiter == name else [Deliver(waiter, Ended(call=call, reason=reason))]
        if waiter == name and other in self._accounts:
            self._rejoining.missed(other, call, reason)
        return [*told, *self._presence(waiter)]

    # ── inside: presence ───────────────────────────────────────────────────────────────────────────────────────

    def _is_busy(self, name: str) -> bool:
        return name in self._call_of or self._rejoining.waits(name)

    def _person(self, name: str) -> Person:
        return Person(name=name, online=name in self._online, busy=self._is_busy(name))

    def _presence(self, about: str) -> list[Action]:
        """Tell everybody else how `about` is."""
        return [Announce(Presence(person=self._person(about)))]
