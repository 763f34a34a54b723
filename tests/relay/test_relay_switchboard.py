"""The switchboard: who is told what, for every way in which a call can go."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from voip.config import Limits
from voip.errors import LocalError, SignalError
from voip.relay.switchboard import (
    LEG_GRACE,
    PEOPLE_MAX,
    Action,
    CloseCall,
    Deliver,
    Disconnect,
    Side,
    Switchboard,
)
from voip.wire.signals import (
    Answer,
    Answered,
    Ended,
    Hangup,
    Incoming,
    Invite,
    Person,
    Ping,
    Pong,
    Presence,
    Ringing,
    Signal,
    Welcome,
    encode,
)

C1, C2, C3 = ("1" * 32, "2" * 32, "3" * 32)
LIMITS = Limits(connect=1, handshake=2, reply=3, ring=45)


def board(*online: str) -> Switchboard:
    """A switchboard where these are online, with foreseeable tokens."""
    count = itertools.count(1)
    made = Switchboard(limits=LIMITS, random=lambda n: next(count).to_bytes(n, "big"))
    for name in online:
        made.arrive(name)
    return made


def told(actions: list[Action]) -> list[tuple[str, Signal]]:
    """What was delivered, without presence."""
    return [(a.to, a.signal) for a in actions if isinstance(a, Deliver) and not isinstance(a.signal, Presence)]


def presence(actions: list[Action]) -> list[tuple[str, str, bool, bool]]:
    """To whom, about whom, online, busy."""
    return [
        (a.to, a.signal.person.name, a.signal.person.online, a.signal.person.busy)
        for a in actions
        if isinstance(a, Deliver) and isinstance(a.signal, Presence)
    ]


def ringing(switchboard: Switchboard, call: str = C1, caller: str = "alice", callee: str = "bob") -> tuple[str, str]:
    """Let `caller` call `callee`; both tokens."""
    (_, first), (_, second) = told(switchboard.receive(caller, Invite(call=call, to=callee), 0.0))
    assert isinstance(first, Ringing)
    assert isinstance(second, Incoming)
    return first.token, second.token


def talking(switchboard: Switchboard) -> None:
    caller, callee = ringing(switchboard)
    switchboard.open_leg(C1, caller, "alice", 0.0)
    switchboard.open_leg(C1, callee, "bob", 0.0)
    switchboard.receive("bob", Answer(call=C1), 1.0)


def test_a_call_from_invite_to_hangup() -> None:
    switchboard = board("alice", "bob", "carol")
    actions = switchboard.receive("alice", Invite(call=C1, to="bob"), 0.0)
    caller, callee = "0" * 31 + "1", "0" * 31 + "2"
    assert told(actions) == [
        ("alice", Ringing(call=C1, token=caller)),
        ("bob", Incoming(call=C1, caller="alice", token=callee)),
    ]
    assert ("carol", "alice", True, True) in presence(actions)
    assert ("carol", "bob", True, True) in presence(actions)
    assert switchboard.open_leg(C1, caller, "alice", 0.1) is Side.CALLER
    assert switchboard.open_leg(C1, callee, "bob", 0.1) is Side.CALLEE
    assert told(switchboard.receive("bob", Answer(call=C1), 5.0)) == [("alice", Answered(call=C1))]
    assert switchboard.next_deadline is None
    actions = switchboard.receive("alice", Hangup(call=C1), 60.0)
    assert told(actions) == [("bob", Ended(call=C1, reason="hung-up"))]
    assert CloseCall(C1) in actions
    assert ("carol", "bob", True, False) in presence(actions)
    assert switchboard.calls == 0


@pytest.mark.parametrize(
    ("who", "given", "answered", "expected"),
    [
        ("alice", "hung-up", False, ("bob", "cancelled")),
        ("bob", "hung-up", False, ("alice", "declined")),
        ("bob", "busy", False, ("alice", "busy")),
        ("alice", "insecure", False, ("bob", "insecure")),
        ("alice", "not-there", False, ("bob", "cancelled")),
        ("alice", "hung-up", True, ("bob", "hung-up")),
        ("bob", "hung-up", True, ("alice", "hung-up")),
        ("bob", "insecure", True, ("alice", "insecure")),
        ("bob", "declined", True, ("alice", "hung-up")),
    ],
)
def test_hangup_is_told_to_the_other(who: str, given: str, answered: bool, expected: tuple[str, str]) -> None:
    switchboard = board("alice", "bob")
    talking(switchboard) if answered else ringing(switchboard)
    actions = switchboard.receive(who, Hangup(call=C1, reason=given), 2.0)
    assert told(actions) == [(expected[0], Ended(call=C1, reason=expected[1]))]
    assert told(switchboard.receive(expected[0], Hangup(call=C1), 2.1)) == []  # crossed on the way: ignored


def test_who_cannot_be_called() -> None:
    switchboard = board("alice", "bob", "carol")
    switchboard.enrolled("dave")

    def answer(name: str, to: str, call: str) -> list[tuple[str, Signal]]:
        return told(switchboard.receive(name, Invite(call=call, to=to), 0.0))

    assert answer("alice", "nobody", C1) == [("alice", Ended(call=C1, reason="not-there"))]
    assert answer("alice", "dave", C1) == [("alice", Ended(call=C1, reason="not-there"))]
    assert answer("alice", "alice", C1) == [("alice", Ended(call=C1, reason="busy"))]
    ringing(switchboard)
    assert answer("carol", "bob", C2) == [("carol", Ended(call=C2, reason="busy"))]
    assert answer("carol", "alice", C2) == [("carol", Ended(call=C2, reason="busy"))]
    assert answer("alice", "carol", C2) == [("alice", Ended(call=C2, reason="failed"))]
    assert answer("alice", "bob", C2) == [("alice", Ended(call=C2, reason="failed"))]
    assert switchboard.calls == 1


def test_both_call_each_other_at_once() -> None:
    switchboard = board("alice", "bob")
    ringing(switchboard)
    actions = switchboard.receive("bob", Invite(call=C2, to="alice"), 0.0)
    assert told(actions) == [("bob", Ended(call=C2, reason="crossed"))]
    assert told(switchboard.receive("bob", Answer(call=C1), 0.1)) == [("alice", Answered(call=C1))]
    actions = switchboard.receive("bob", Invite(call=C3, to="alice"), 0.2)
    assert told(actions) == [("bob", Ended(call=C3, reason="failed"))]


def test_a_call_id_in_use_is_refused_and_the_call_goes_on() -> None:
    switchboard = board("alice", "bob", "carol")
    ringing(switchboard)
    for name in ("alice", "bob", "carol"):
        with pytest.raises(SignalError) as caught:
            switchboard.receive(name, Invite(call=C1, to="carol"), 0.0)
        assert caught.value.code == "call-duplicate"
    assert told(switchboard.receive("bob", Answer(call=C1), 0.0)) == [("alice", Answered(call=C1))]


def test_answer_at_the_wrong_time_or_by_the_wrong_one() -> None:
    switchboard = board("alice", "bob", "carol")
    assert switchboard.receive("alice", Answer(call=C1), 0.0) == []
    ringing(switchboard)
    with pytest.raises(SignalError, match="allows no answer"):
        switchboard.receive("alice", Answer(call=C1), 0.0)
    assert switchboard.receive("carol", Answer(call=C1), 0.0) == []
    assert switchboard.receive("carol", Hangup(call=C1), 0.0) == []
    switchboard.receive("bob", Answer(call=C1), 0.0)
    with pytest.raises(SignalError) as caught:
        switchboard.receive("bob", Answer(call=C1), 0.0)
    assert caught.value.code == "call-state"
    assert switchboard.calls == 1


@pytest.mark.parametrize("signal", [Pong(number=1), Ping(number=1), Ended(call=C1, reason="lost")])
def test_signals_that_are_not_for_the_switchboard(signal: Signal) -> None:
    with pytest.raises(SignalError) as caught:
        board("alice").receive("alice", signal, 0.0)
    assert caught.value.code == "signal-unexpected"


def test_a_signal_from_nowhere_is_our_own_defect() -> None:
    with pytest.raises(LocalError):
        board().receive("alice", Invite(call=C1, to="bob"), 0.0)


def test_nobody_answers() -> None:
    switchboard = board("alice", "bob")
    caller, callee = ringing(switchboard)
    switchboard.open_leg(C1, caller, "alice", 0.0)
    switchboard.open_leg(C1, callee, "bob", 0.0)
    assert switchboard.next_deadline == LIMITS.ring
    assert switchboard.tick(LIMITS.ring - 0.01) == []
    assert told(switchboard.tick(LIMITS.ring)) == [
        ("alice", Ended(call=C1, reason="no-answer")),
        ("bob", Ended(call=C1, reason="no-answer")),
    ]
    assert switchboard.tick(LIMITS.ring) == []


@pytest.mark.parametrize("answered", [False, True])
def test_a_leg_that_never_opens_fails_the_call(answered: bool) -> None:
    switchboard = board("alice", "bob")
    caller, callee = ringing(switchboard)
    switchboard.open_leg(C1, caller, "alice", 0.0)
    if answered:
        switchboard.receive("bob", Answer(call=C1), 0.0)
    assert switchboard.next_deadline == 6.0
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, callee, "bob", 6.01)
    assert told(switchboard.tick(6.0)) == [
        ("alice", Ended(call=C1, reason="failed")),
        ("bob", Ended(call=C1, reason="failed")),
    ]


def test_a_link_lost_while_ringing_or_talking() -> None:
    for prepare, gone in itertools.product((ringing, talking), ("alice", "bob")):
        switchboard = board("alice", "bob")
        prepare(switchboard)
        actions = switchboard.leave(gone)
        left = "bob" if gone == "alice" else "alice"
        assert told(actions) == [(left, Ended(call=C1, reason="lost"))]
        assert (left, gone, False, False) in presence(actions)
        assert all(not isinstance(a, Deliver) or a.to == left for a in actions)
        assert CloseCall(C1) in actions
        assert switchboard.leave(gone) == []


def test_a_leg_lost_ends_the_call_after_a_grace() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    switchboard.leg_closed(C1, 10.0)
    switchboard.leg_closed(C1, 10.2)
    assert switchboard.next_deadline == 10.0 + LEG_GRACE
    assert told(switchboard.tick(10.0 + LEG_GRACE)) == [
        ("alice", Ended(call=C1, reason="lost")),
        ("bob", Ended(call=C1, reason="lost")),
    ]
    switchboard.leg_closed(C1, 11.0)
    assert switchboard.next_deadline is None


def test_a_hangup_that_comes_after_its_leg_closed_still_counts() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    switchboard.leg_closed(C1, 10.0)
    assert told(switchboard.receive("alice", Hangup(call=C1), 10.1)) == [("bob", Ended(call=C1, reason="hung-up"))]


def test_tokens_are_bound_to_call_and_person_and_work_once() -> None:
    switchboard = board("alice", "bob", "carol")
    caller, callee = ringing(switchboard)
    wrong = [(C1, callee, "alice"), (C1, caller, "bob"), (C1, caller, "carol"), (C2, caller, "alice"), (C1, C3, "bob")]
    for call, token, name in wrong:
        with pytest.raises(SignalError) as caught:
            switchboard.open_leg(call, token, name, 0.0)
        assert caught.value.code == "leg-token"
        assert token not in str(caught.value)
    assert switchboard.open_leg(C1, caller, "alice", 0.0) is Side.CALLER
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, caller, "alice", 0.0)
    switchboard.receive("alice", Hangup(call=C1), 0.0)
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, callee, "bob", 0.0)


def test_a_second_link_replaces_the_first() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    actions = switchboard.arrive("alice")
    first = actions[0]
    assert isinstance(first, Disconnect)
    assert (first.name, first.refused.code) == ("alice", "replaced")
    assert told(actions) == [("bob", Ended(call=C1, reason="lost"))]
    assert presence(actions)[-1] == ("bob", "alice", True, False)


def test_people_and_presence() -> None:
    switchboard = Switchboard(["zoe", "bob"], limits=LIMITS)
    assert switchboard.arrive("alice") == []
    assert presence(switchboard.arrive("carol")) == [("alice", "carol", True, False)]
    assert presence(switchboard.enrolled("dave")) == [("alice", "dave", False, False), ("carol", "dave", False, False)]
    assert switchboard.enrolled("dave") == []
    assert switchboard.people("alice") == (
        Person(name="carol", online=True),
        Person(name="bob", online=False),
        Person(name="dave", online=False),
        Person(name="zoe", online=False),
    )


def test_a_crowd_fits_into_one_welcome() -> None:
    switchboard = Switchboard([f"n{number:031d}" for number in range(3 * PEOPLE_MAX)])
    switchboard.arrive("zoe")
    people = switchboard.people("alice")
    assert len(people) == PEOPLE_MAX
    assert people[0].name == "zoe"
    assert len(encode(Welcome(name="alice", relay="r" * 253, people=people))) <= 16_384


def test_the_relay_stops() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    assert [signal for _, signal in told(switchboard.stop())] == [Ended(call=C1, reason="lost")] * 2
    assert switchboard.calls == 0


NAMES = st.sampled_from(["alice", "bob", "carol"])


class ThreePeople(RuleBasedStateMachine):
    """Three people do anything at any time; what each of them has been told must stay consistent."""

    def __init__(self) -> None:
        super().__init__()
        self.board = board()
        self.now = 0.0
        self.online: set[str] = set()
        self.knows: dict[str, set[str]] = {"alice": set(), "bob": set(), "carol": set()}
        """The calls that each has heard of and not yet seen ended."""
        self.tokens: list[tuple[str, str, str]] = []
        self.spent: set[str] = set()
        self.next_call = 0
        self.last = "f" * 32

    def carry_out(self, actions: list[Action]) -> None:
        closed = {a.call for a in actions if isinstance(a, CloseCall)}
        for action in actions:
            if isinstance(action, Disconnect):
                self.knows[action.name].clear()
            if not isinstance(action, Deliver):
                continue
            assert action.to in self.online
            match action.signal:
                case Ringing(call=call, token=token) | Incoming(call=call, token=token):
                    self.knows[action.to].add(call)
                    self.tokens.append((call, token, action.to))
                case Ended(call=call):
                    assert call in self.knows[action.to], "an end without a beginning, or a second end"
                    self.knows[action.to].remove(call)
                case Answered(call=call):
                    assert call in self.knows[action.to]
        for call in closed:
            assert all(call not in known for known in self.knows.values()), "somebody was not told"

    def send(self, name: str, signal: Signal) -> None:
        if name not in self.online:
            return
        try:
            actions = self.board.receive(name, signal, self.now)
        except SignalError:  # as the server does
            self.leave(name)
            return
        if isinstance(signal, Hangup):
            self.knows[name].discard(signal.call)
        self.carry_out(actions)

    def some_call(self, name: str) -> str:
        return next(iter(self.knows[name]), self.last)

    @initialize()
    def everybody_is_there(self) -> None:
        for name in self.knows:
            self.arrive(name)

    @rule(name=NAMES)
    def arrive(self, name: str) -> None:
        self.online.add(name)
        self.carry_out(self.board.arrive(name))

    @rule(name=NAMES)
    def leave(self, name: str) -> None:
        self.online.discard(name)
        self.knows[name].clear()
        self.carry_out(self.board.leave(name))

    @rule(name=NAMES, to=NAMES, fresh=st.integers(0, 9))
    def invite(self, name: str, to: str, fresh: int) -> None:
        if fresh:
            self.last = f"{self.next_call:032x}"
            self.next_call += 1
        if name in self.online:
            self.knows[name].add(self.last)  # a caller knows of the call that it asks for
        self.send(name, Invite(call=self.last, to=to))

    @rule(name=NAMES, to=NAMES, answered=st.booleans())
    def call_with_both_legs(self, name: str, to: str, answered: bool) -> None:
        """Chance alone would come this far too seldom."""
        before = len(self.tokens)
        self.invite(name, to, fresh=1)
        if len(self.tokens) == before + 2:
            self.open_leg(0, name, honest=True)
            self.open_leg(1, name, honest=True)
            if answered:
                self.send(to, Answer(call=self.last))

    @rule(name=NAMES)
    def answer(self, name: str) -> None:
        self.send(name, Answer(call=self.some_call(name)))

    @rule(name=NAMES)
    def hang_up(self, name: str) -> None:
        self.send(name, Hangup(call=self.some_call(name)))

    @rule(which=st.integers(0, 2), name=NAMES, honest=st.booleans())
    def open_leg(self, which: int, name: str, honest: bool) -> None:
        if not self.tokens:
            return
        call, token, owner = self.tokens[-1 - which % len(self.tokens)]
        user = owner if honest else name
        try:
            self.board.open_leg(call, token, user, self.now)
        except SignalError:
            return
        assert user == owner
        assert call in self.knows[owner]
        assert token not in self.spent
        self.spent.add(token)

    @rule()
    def lose_leg(self) -> None:
        if self.spent:
            call = next(call for call, token, _ in reversed(self.tokens) if token in self.spent)
            self.board.leg_closed(call, self.now)

    @rule(seconds=st.sampled_from([0.1, 1.0, 7.0, 50.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.carry_out(self.board.tick(self.now))
        assert self.board.next_deadline is None or self.board.next_deadline > self.now

    @invariant()
    def nobody_has_two_calls(self) -> None:
        assert all(len(known) <= 1 for known in self.knows.values())

    @invariant()
    def the_board_knows_what_people_know(self) -> None:
        known = [call for calls in self.knows.values() for call in calls]
        assert self.board.calls * 2 == len(known)
        assert all(known.count(call) == 2 for call in known)

    def teardown(self) -> None:
        for name in list(self.online):
            self.leave(name)
        assert self.board.calls == 0
        assert self.board.next_deadline is None
        assert not self.board._call_of


ThreePeople.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestThreePeople = ThreePeople.TestCase
