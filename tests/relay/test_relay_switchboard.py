"""The switchboard: who is told what, for every way in which a call can go."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from voip.config import Limits
from voip.errors import LocalError, SignalError
from voip.relay.calltable import Side
from voip.relay.switchboard import (
    LEG_GRACE,
    PEOPLE_MAX,
    Action,
    CloseCall,
    Deliver,
    Disconnect,
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
    Refused,
    Rejoin,
    Rejoined,
    Ringing,
    Signal,
    Welcome,
    encode,
)

C1, C2, C3 = ("1" * 32, "2" * 32, "3" * 32)
LIMITS = Limits(connect=1, handshake=2, reply=3, ring=45, absence=30)


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


@pytest.mark.parametrize(("gone", "left"), [("alice", "bob"), ("bob", "alice")])
def test_a_link_lost_while_it_rings(gone: str, left: str) -> None:
    switchboard = board("alice", "bob")
    ringing(switchboard)
    actions = switchboard.leave(gone, 1.0)
    assert told(actions) == [(left, Ended(call=C1, reason="lost"))]
    assert (left, gone, False, False) in presence(actions)
    assert all(not isinstance(a, Deliver) or a.to == left for a in actions)
    assert CloseCall(C1) in actions
    assert switchboard.leave(gone, 1.0) == []
    assert switchboard.next_deadline is None


@pytest.mark.parametrize(("gone", "left"), [("alice", "bob"), ("bob", "alice")])
def test_a_link_lost_while_they_talk_has_its_time_to_come_back(gone: str, left: str) -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    actions = switchboard.leave(gone, 10.0)
    assert told(actions) == []
    assert presence(actions) == [(left, gone, False, True)]
    assert switchboard.next_deadline == 40.0
    assert presence(switchboard.arrive(gone)) == [(left, gone, True, True)]
    assert switchboard.next_deadline is None
    switchboard.leave(gone, 50.0)
    assert switchboard.tick(79.9) == []
    actions = switchboard.tick(80.0)
    assert told(actions) == [(left, Ended(call=C1, reason="lost"))]
    assert presence(actions) == [(left, gone, False, False)]
    assert CloseCall(C1) in actions


def test_a_leg_lost_while_it_rings_ends_the_call_after_a_grace() -> None:
    switchboard = board("alice", "bob")
    caller, _ = ringing(switchboard)
    switchboard.open_leg(C1, caller, "alice", 0.0)
    switchboard.leg_closed(C1, "alice", 3.0)
    assert switchboard.next_deadline == 3.0 + LEG_GRACE
    assert told(switchboard.tick(3.0 + LEG_GRACE)) == [
        ("alice", Ended(call=C1, reason="lost")),
        ("bob", Ended(call=C1, reason="lost")),
    ]
    switchboard.leg_closed(C1, "alice", 11.0)
    assert switchboard.next_deadline is None


def test_a_leg_that_misbehaved_ends_the_call_after_a_grace() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    switchboard.leg_closed(C1, "alice", 10.0, broken=False)
    switchboard.leg_closed(C1, "bob", 10.2, broken=False)
    assert switchboard.next_deadline == 10.0 + LEG_GRACE
    assert {signal.reason for _, signal in told(switchboard.tick(10.0 + LEG_GRACE))} == {"lost"}


def test_a_leg_lost_while_they_talk_is_opened_again_once() -> None:
    switchboard = board("alice", "bob", "carol")
    talking(switchboard)
    token = switchboard.again(C1, "alice")
    assert token == switchboard.again(C1, "alice")  # until it is used
    assert switchboard.again(C1, "carol") is None
    assert switchboard.again(C2, "alice") is None
    switchboard.leg_closed(C1, "alice", 10.0)
    assert switchboard.next_deadline == 40.0
    for name in ("bob", "carol"):
        with pytest.raises(SignalError):
            switchboard.open_leg(C1, token, name, 11.0)
    assert switchboard.open_leg(C1, token, "alice", 11.0) is Side.CALLER
    assert switchboard.next_deadline is None
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, token, "alice", 12.0)
    assert switchboard.again(C1, "alice") != token
    switchboard.leg_closed(C1, "alice", 20.0)
    switchboard.leg_closed(C1, "bob", 30.0)
    assert [who for who, _ in told(switchboard.tick(50.0))] == ["alice", "bob"]


def test_what_opens_a_leg_again_is_void_while_it_rings() -> None:
    switchboard = board("alice", "bob")
    caller, callee = ringing(switchboard)
    switchboard.open_leg(C1, caller, "alice", 0.0)
    token = switchboard.again(C1, "alice")
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, token, "alice", 0.0)
    switchboard.open_leg(C1, callee, "bob", 0.0)
    switchboard.receive("bob", Answer(call=C1), 1.0)
    assert switchboard.open_leg(C1, token, "alice", 1.0) is Side.CALLER


def test_a_hangup_that_comes_after_its_leg_closed_still_counts() -> None:
    for answered in (False, True):
        switchboard = board("alice", "bob")
        talking(switchboard) if answered else ringing(switchboard)
        switchboard.leg_closed(C1, "alice", 10.0)
        actions = switchboard.receive("alice", Hangup(call=C1), 10.1)
        assert told(actions) == [("bob", Ended(call=C1, reason="hung-up" if answered else "cancelled"))]
        assert switchboard.next_deadline is None


def test_who_calls_anew_gives_up_the_call_that_waits_for_their_leg() -> None:
    switchboard = board("alice", "bob", "carol")
    talking(switchboard)
    assert told(switchboard.receive("alice", Invite(call=C2, to="carol"), 9.0))[0][1].reason == "failed"
    switchboard.leg_closed(C1, "alice", 10.0)
    actions = switchboard.receive("alice", Invite(call=C2, to="bob"), 11.0)
    assert [(who, type(signal)) for who, signal in told(actions)] == [
        ("bob", Ended),
        ("alice", Ringing),
        ("bob", Incoming),
    ]
    assert actions.index(CloseCall(C1)) < 3
    assert switchboard.calls == 1


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


def test_a_second_link_replaces_the_first_and_keeps_a_call_that_talks() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    actions = switchboard.arrive("alice")
    first = actions[0]
    assert isinstance(first, Disconnect)
    assert (first.name, first.refused.code) == ("alice", "replaced")
    assert told(actions) == []
    assert presence(actions) == [("bob", "alice", True, True)]
    assert told(switchboard.receive("alice", Hangup(call=C1), 3.0)) == [("bob", Ended(call=C1, reason="hung-up"))]


def test_a_second_link_ends_a_call_that_rings() -> None:
    switchboard = board("alice", "bob")
    ringing(switchboard)
    actions = switchboard.arrive("alice")
    assert isinstance(actions[0], Disconnect)
    assert told(actions) == [("bob", Ended(call=C1, reason="lost"))]
    assert presence(actions)[-1] == ("bob", "alice", True, False)


@pytest.mark.parametrize("online", [True, False])
def test_who_has_no_account_any_more_is_out_of_the_call_at_once(online: bool) -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    if not online:
        switchboard.leave("alice", 2.0)
    actions = switchboard.expel("alice", Refused(code="key-revoked", sentence=""))
    assert told(actions) == [("bob", Ended(call=C1, reason="lost"))]
    assert CloseCall(C1) in actions
    assert any(isinstance(action, Disconnect) for action in actions) is online
    assert switchboard.calls == 0


MINE, THEIRS = Rejoin(call=C1, to="bob", caller=True), Rejoin(call=C1, to="alice", caller=False)


def test_rejoin_of_a_call_that_is_on_gives_a_new_token() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    switchboard.leg_closed(C1, "alice", 10.0)
    switchboard.leave("alice", 10.0)
    switchboard.arrive("alice")
    ((who, first),) = told(switchboard.receive("alice", MINE, 12.0))
    assert who == "alice"
    assert isinstance(first, Rejoined)
    ((_, second),) = told(switchboard.receive("alice", MINE, 12.1))
    with pytest.raises(SignalError):
        switchboard.open_leg(C1, first.token, "alice", 12.2)  # the newer one counts
    assert switchboard.open_leg(C1, second.token, "alice", 12.2) is Side.CALLER
    assert not switchboard.is_remade(C1)
    assert switchboard.next_deadline is None
    ((_, third),) = told(switchboard.receive("bob", THEIRS, 13.0))  # also of a leg that seems to be there still
    assert switchboard.open_leg(C1, third.token, "bob", 13.0) is Side.CALLEE


@pytest.mark.parametrize(
    ("name", "rejoin"),
    [
        ("alice", Rejoin(call=C1, to="bob", caller=False)),
        ("alice", Rejoin(call=C1, to="carol", caller=True)),
        ("bob", Rejoin(call=C1, to="alice", caller=True)),
        ("carol", Rejoin(call=C1, to="bob", caller=True)),
        ("carol", Rejoin(call=C1, to="alice", caller=False)),
    ],
)
def test_rejoin_by_who_is_no_party_or_has_another_part(name: str, rejoin: Rejoin) -> None:
    switchboard = board("alice", "bob", "carol")
    talking(switchboard)
    assert switchboard.receive(name, rejoin, 2.0) == [Deliver(name, Ended(call=C1, reason="lost"))]
    assert switchboard.calls == 1


def test_rejoin_of_a_call_that_rings_ends_it() -> None:
    switchboard = board("alice", "bob")
    ringing(switchboard)
    assert [who for who, _ in told(switchboard.receive("alice", MINE, 1.0))] == ["alice", "bob"]
    assert switchboard.calls == 0


@pytest.mark.parametrize("order", [(("alice", MINE), ("bob", THEIRS)), (("bob", THEIRS), ("alice", MINE))])
def test_a_call_is_remade_when_both_say_the_same(order: tuple[tuple[str, Rejoin], ...]) -> None:
    switchboard = board("alice", "bob", "carol")
    (first, one), (second, two) = order
    actions = switchboard.receive(first, one, 5.0)
    assert told(actions) == []
    assert ("carol", first, True, True) in presence(actions)
    assert all(who != second or about == first for who, about, _, _ in presence(actions))
    assert told(switchboard.receive("carol", Invite(call=C2, to=first), 5.0))[0][1].reason == "busy"
    actions = switchboard.receive(second, two, 20.0)
    tokens = {who: signal.token for who, signal in told(actions) if isinstance(signal, Rejoined)}
    assert set(tokens) == {"alice", "bob"}
    assert switchboard.is_remade(C1)
    assert (switchboard.calls, switchboard.next_deadline) == (1, 50.0)
    assert switchboard.open_leg(C1, tokens["alice"], "alice", 21.0) is Side.CALLER
    assert switchboard.next_deadline == 50.0
    assert switchboard.open_leg(C1, tokens["bob"], "bob", 21.0) is Side.CALLEE
    assert switchboard.next_deadline is None
    assert told(switchboard.receive("bob", Hangup(call=C1), 60.0)) == [("alice", Ended(call=C1, reason="hung-up"))]


def test_who_is_not_joined_in_time_is_told() -> None:
    switchboard = board("alice", "bob")
    switchboard.receive("alice", MINE, 5.0)
    assert switchboard.next_deadline == 35.0
    switchboard.receive("alice", MINE, 10.0)  # said again, it waits from then on
    assert switchboard.tick(39.0) == []
    actions = switchboard.tick(40.0)
    assert told(actions) == [("alice", Ended(call=C1, reason="lost"))]
    assert presence(actions) == [("bob", "alice", True, False)]
    assert told(switchboard.receive("bob", THEIRS, 41.0)) == []
    assert switchboard.calls == 0


@pytest.mark.parametrize(
    ("name", "rejoin", "reason"),
    [
        ("bob", Rejoin(call=C1, to="alice", caller=True), "lost"),
        ("bob", Rejoin(call=C1, to="carol", caller=False), "lost"),
        ("carol", Rejoin(call=C1, to="alice", caller=False), "lost"),
        ("bob", Rejoin(call=C2, to="bob", caller=False), "failed"),
    ],
)
def test_what_does_not_say_the_same_remakes_nothing_and_reaches_nobody(name: str, rejoin: Rejoin, reason: str) -> None:
    switchboard = board("alice", "bob", "carol")
    switchboard.receive("alice", MINE, 5.0)
    assert told(switchboard.receive(name, rejoin, 6.0)) == [(name, Ended(call=rejoin.call, reason=reason))]
    assert switchboard.calls == 0
    assert len(told(switchboard.receive("bob", THEIRS, 7.0))) == 2


def test_nobody_waits_for_two_calls_or_beside_one() -> None:
    switchboard = board("alice", "bob", "carol")
    switchboard.receive("alice", MINE, 5.0)
    switchboard.receive("alice", Rejoin(call=C2, to="carol", caller=True), 6.0)  # the first is given up
    switchboard.receive("bob", THEIRS, 7.0)
    assert switchboard.calls == 0
    assert len(told(switchboard.receive("carol", Rejoin(call=C2, to="alice", caller=False), 8.0))) == 2
    assert told(switchboard.receive("alice", MINE, 9.0)) == [("alice", Ended(call=C1, reason="failed"))]
    assert switchboard.calls == 1
    with pytest.raises(SignalError) as caught:  # bob waits for this one
        switchboard.receive("bob", Invite(call=C1, to="dave"), 9.0)
    assert caught.value.code == "call-duplicate"


def test_who_hangs_up_what_nobody_knows_any_more_has_ended_it_for_the_other() -> None:
    """They hung up while we were restarted, and say `Rejoin` first so that we know of what."""
    switchboard = board("alice", "bob")
    switchboard.receive("alice", MINE, 5.0)
    actions = switchboard.receive("alice", Hangup(call=C1), 5.0)
    assert presence(actions)[-1][3] is False
    assert told(switchboard.receive("bob", THEIRS, 7.0)) == [("bob", Ended(call=C1, reason="hung-up"))]
    assert switchboard.next_deadline is None


def test_who_waits_and_leaves_or_calls_waits_no_more() -> None:
    for give_up in (
        lambda switchboard: switchboard.leave("alice", 6.0),
        lambda switchboard: switchboard.arrive("alice"),
        lambda switchboard: switchboard.expel("alice", Refused(code="unknown-account", sentence="")),
        lambda switchboard: switchboard.receive("alice", Invite(call=C2, to="nobody"), 6.0),
    ):
        switchboard = board("alice", "bob")
        switchboard.receive("alice", MINE, 5.0)
        actions = give_up(switchboard)
        assert presence(actions)[-1][3] is False
        assert switchboard.next_deadline is None
        assert told(switchboard.receive("bob", THEIRS, 7.0)) == []


def test_a_hangup_by_the_other_ends_the_wait() -> None:
    switchboard = board("alice", "bob", "carol")
    switchboard.receive("alice", MINE, 5.0)
    assert switchboard.receive("carol", Hangup(call=C1), 6.0) == []
    assert told(switchboard.receive("bob", Hangup(call=C1), 6.0)) == [("alice", Ended(call=C1, reason="hung-up"))]


def test_who_was_away_when_the_call_ended_hears_why() -> None:
    switchboard = board("alice", "bob")
    talking(switchboard)
    switchboard.leave("bob", 5.0)
    assert told(switchboard.receive("alice", Hangup(call=C1, reason="insecure"), 6.0)) == []
    switchboard.arrive("bob")
    assert told(switchboard.receive("bob", THEIRS, 7.0)) == [("bob", Ended(call=C1, reason="insecure"))]
    assert told(switchboard.receive("bob", THEIRS, 7.0)) == []  # heard; now it would wait for alice


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
    ringing(switchboard)
    assert [signal for _, signal in told(switchboard.stop())] == [Ended(call=C1, reason="lost")] * 2
    assert switchboard.calls == 0
    switchboard = board("alice", "bob")
    talking(switchboard)
    actions = switchboard.stop()
    assert CloseCall(C1) in actions
    assert told(actions) == []  # they will meet again at the relay that comes after
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
        """The calls that each has heard of, or wants back, and not yet seen ended."""
        self.answered: dict[str, tuple[str, str]] = {}
        """Caller and callee of each call that ever talked."""
        self.parties: dict[str, tuple[str, str]] = {}
        self.wishes: set[str] = set()
        """Who wants a call back."""
        self.tokens: list[tuple[str, str, str]] = []
        self.spent: set[str] = set()
        self.next_call = 0
        self.last = "f" * 32

    def carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Disconnect(name=name):
                    self.lose_link(name)
                case Deliver(to=to, signal=signal):
                    assert to in self.online
                    self.hear(to, signal)
                case CloseCall(call=call):
                    for name in set(self.knows) - self.online:  # they are away, and will hear of it when they ask
                        self.knows[name].discard(call)
                    assert all(call not in known for known in self.knows.values()), "somebody was not told"

    def hear(self, name: str, signal: Signal) -> None:
        match signal:
            case Ringing(call=call, token=token) | Incoming(call=call, token=token):
                self.knows[name].add(call)
                self.tokens.append((call, token, name))
            case Rejoined(call=call, token=token):
                assert name in self.answered[call]
                self.knows[name].add(call)
                self.wishes -= set(self.answered[call])
                self.tokens.append((call, token, name))
            case Ended(call=call):
                assert call in self.knows[name], "an end without a beginning, or a second end"
                self.knows[name].remove(call)
                self.wishes.discard(name)
            case Answered(call=call):
                assert call in self.knows[name]
                self.answered[call] = self.parties[call]

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
            self.wishes.discard(name)
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
        self.lose_link(name)
        self.carry_out(self.board.leave(name, self.now))

    def lose_link(self, name: str) -> None:
        """What rings, and what one waits for, ends with the link; what talks does not."""
        if name in self.wishes:
            self.knows[name].clear()
            self.wishes.discard(name)
        self.knows[name] = {call for call in self.knows[name] if call in self.answered}

    @rule(name=NAMES, to=NAMES, fresh=st.integers(0, 9))
    def invite(self, name: str, to: str, fresh: int) -> None:
        if fresh:
            self.last = f"{self.next_call:032x}"
            self.next_call += 1
        taken = self.last in self.board._calls or self.board._rejoining.knows(self.last)
        if name in self.online and not taken:
            self.parties[self.last] = name, to
            self.answered.pop(self.last, None)
            if name in self.wishes:  # who calls has given up waiting
                self.knows[name].clear()
                self.wishes.discard(name)
            mine = self.board._call_of.get(name)
            if mine is not None and mine.is_away(name):
                self.knows[name].discard(mine.id)  # likewise
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

    @rule(name=NAMES, which=st.integers(0, 3), honest=st.booleans())
    def rejoin(self, name: str, which: int, honest: bool) -> None:
        """An honest one wants back the call that they think is on, or one of before, when they think that none is."""
        if not self.answered or name not in self.online:
            return
        call = list(self.answered)[-1 - which % len(self.answered)]
        caller, callee = self.answered[call]
        if honest:
            if name not in (caller, callee) or self.knows[name] - {call}:
                return
            signal = Rejoin(call=call, to=callee if name == caller else caller, caller=name == caller)
        else:
            signal = Rejoin(call=call, to=callee, caller=bool(which % 2))
            if call in self.knows[name]:
                return
        other = self.board._rejoining._wishes.get(call)
        fits = call not in self.board._calls and (other is None or other.fits(name, signal))
        if name in self.wishes and fits and signal.to != name:
            self.knows[name].clear()  # it gives up what it waited for
            self.wishes.discard(name)
        self.knows[name].add(call)
        self.send(name, signal)
        if self.board._rejoining.waits(name):
            self.wishes.add(name)

    @rule(name=NAMES, to=NAMES)
    def talk_and_restart(self, name: str, to: str) -> None:
        """A call talks, the relay forgets everything, both come back and say so."""
        self.call_with_both_legs(name, to, answered=True)
        if self.last not in self.answered:
            return
        self.carry_out_stop()
        for party in self.answered[self.last]:
            self.rejoin(party, 0, honest=True)

    def carry_out_stop(self) -> None:
        for known in self.knows.values():
            known.clear()
        self.wishes.clear()
        self.board = board(*self.online)
        self.tokens.clear()
        self.spent.clear()

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
        again = self.board.again(call, owner)
        assert again is not None
        if (call, again, owner) not in self.tokens:
            self.tokens.insert(0, (call, again, owner))

    @rule(broken=st.booleans())
    def lose_leg(self, broken: bool) -> None:
        opened = [(call, name) for call, token, name in self.tokens if token in self.spent]
        if opened:
            self.board.leg_closed(*opened[-1], self.now, broken=broken)

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
        assert self.board.calls * 2 + len(self.wishes) == len(known)
        assert all(known.count(call) == 2 for call in self.board._calls)
        assert all(self.board._rejoining.waits(name) == (name in self.wishes) for name in self.knows)

    @invariant()
    def nobody_is_in_a_call_who_did_not_take_part_in_it(self) -> None:
        for call in self.board._calls.values():
            assert tuple(call.parties[side] for side in Side) == self.parties[call.id]

    def teardown(self) -> None:
        for name in list(self.online):
            self.leave(name)
        self.now += 100.0
        self.carry_out(self.board.tick(self.now))
        assert self.board.calls == 0
        assert self.board.next_deadline is None
        assert not self.board._call_of


ThreePeople.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestThreePeople = ThreePeople.TestCase
