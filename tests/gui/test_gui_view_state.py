"""The fold from journal entries to what the window shows, without Qt."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story import CALL, FULL_12, FULL_13, KEY, OTHER_KEY, RELAY, WORDS, Story, certificate

from gui.ladder import ROWS_MAX
from gui.subject import subject_untrusted
from gui.view_state import (
    HISTORY_MAX,
    HISTORY_SECONDS,
    ViewState,
    call_seconds,
    clock_text,
    dismiss,
    reduce,
    without_call,
)  # fmt: skip
from voip.journal.observations import (
    AudioState,
    CallChanged,
    Entry,
    LanesChanged,
    Latency,
    Levels,
    LinkState,
    Mute,
    PathChanged,
    PersonSeen,
    Problem,
    Reconnected,
    Reconnecting,
    TrustAssessed,
    WordsReady,
    Worsened,
)  # fmt: skip
from voip.session.tls.events import Alert, Closed, Failed, HandshakeMessage


def fold(story: Story, state: ViewState | None = None) -> ViewState:
    state = state or ViewState()
    for entry in story.entries:
        state = reduce(state, entry)
    return state


def test_no_qt_in_the_fold():
    code = "import sys, gui.view_state, gui.wording; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_online_shows_me_the_relay_and_people_online_first():
    state = fold(Story().online())
    assert (state.link_state.state, state.link_state.me, state.link_state.relay) == ("online", "alice", RELAY)
    assert [p.name for p in state.people] == ["bob", "carla", "dong-hyun", "emil", "fatima"]
    assert [p.online for p in state.people] == [True, True, True, False, False]


def test_ladder_has_each_message_with_its_time_and_ends_in_what_was_agreed():
    ladder = fold(Story().online()).link
    assert [(r.direction, r.name, r.size, r.t_ms) for r in ladder.rows] == [
        (way, name, size, pytest.approx(ms, abs=0.02)) for way, name, size, ms in FULL_13
    ]
    assert [r.encrypted for r in ladder.rows] == [False, False] + [True] * 10
    agreed = ladder.agreed
    assert (agreed.version, agreed.cipher, agreed.group) == ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "X25519MLKEM768")
    assert agreed.post_quantum
    assert not agreed.resumed
    assert agreed.subject == RELAY
    assert agreed.handshake_ms == pytest.approx(4.6, abs=0.02)


def test_tls_12_encrypts_only_finished():
    ladder = fold(Story().online(FULL_12)).link
    assert [r.name for r in ladder.rows if r.encrypted] == ["Finished", "Finished"] or [
        r.name for r in ladder.rows if r.encrypted
    ] == ["Finished", "NewSessionTicket", "Finished"]
    assert not ladder.rows[2].encrypted, "the certificate goes in the clear in TLS 1.2"
    assert not ladder.agreed.post_quantum


def test_half_a_handshake_shows_half_a_ladder():
    state = fold(Story().online().ringing(upto=6))
    assert len(state.session.rows) == 6
    assert state.session.agreed is None
    assert state.leg.agreed.resumed
    assert state.call.phase == "ringing"


def test_reconnecting_begins_a_new_ladder():
    state = fold(Story().online().online())
    assert len(state.link.rows) == len(FULL_13)


def test_a_failed_connection_keeps_its_reason_and_the_next_hello_begins_anew():
    story = Story().online().refused()
    ladder = fold(story).link
    assert (ladder.alert, ladder.failure_code, ladder.closed) == ("certificate_expired", "certificate-expired", True)
    story.add("link", HandshakeMessage(story.at, "out", "ClientHello", b"1234"))
    ladder = fold(story).link
    assert [r.name for r in ladder.rows] == ["ClientHello"]
    assert ladder.failure == ""


def test_rows_are_bounded_and_counted():
    story = Story()
    for _ in range(ROWS_MAX + 7):
        story.add("link", HandshakeMessage(story.at, "in", "KeyUpdate", b"12345"))
    ladder = fold(story).link
    assert (len(ladder.rows), ladder.more) == (ROWS_MAX, 7)


def test_each_direction_has_its_path_and_the_reason_is_the_last():
    story = Story().online().ringing().trusted("pinned").talking(2)
    call = fold(story).call
    assert (call.path, call.receiving, call.path_why, call.connections) == ("tls", "tls", "", 1)
    story.add("call", PathChanged("udp", "proven"), call=CALL)
    story.add("call", PathChanged("tls", "unheard", "out"), call=CALL)
    call = fold(story).call
    assert (call.path, call.receiving, call.path_why) == ("tls", "udp", "unheard")
    story.add("call", PathChanged("tls", "silent", "in"), call=CALL)
    story.add("call", LanesChanged(3, "late"), call=CALL)
    call = fold(story).call
    assert (call.path, call.receiving, call.connections) == ("tls", "tls", 3)


def test_back_on_udp_nobody_is_told_any_more_that_it_was_left():
    story = Story().online().ringing().trusted("pinned").talking(2)
    story.add("call", Worsened("path", "path-tls", "It left."), call=CALL)
    assert [problem.code for problem in fold(story).problems] == ["path-tls"]
    story.add("call", PathChanged("udp", "proven"), call=CALL)
    assert fold(story).problems == ()


def test_a_call_from_ring_to_end():
    state = fold(Story().online().ringing().trusted("pinned").talking(90).verified().muted().ended())
    call = state.call
    assert (call.peer, call.phase, call.words, call.path) == ("bob", "ended", WORDS, "tls")
    assert call.confirmed
    assert call.trust.fingerprint == KEY
    assert call.mute == Mute(mine=True, theirs=False)
    assert call.profile == "AEAD_AES_256_GCM"
    assert call.stats.sent == 9000
    assert call.levels.microphone == -90.0, "an ended call is silent"
    assert call_seconds(call, 1e9) == pytest.approx(90.4, abs=0.01)
    assert not call.live
    assert state.live_call is None
    assert without_call(state).call is None


def test_an_interruption_is_shown_until_the_peer_is_heard_or_the_call_is_over():
    story = Story().online().ringing().trusted("verified").talking(3)
    assert not fold(story).call.interrupted
    story.add("call", Reconnecting(), call=CALL)
    assert fold(story).call.interrupted
    story.add("call", Reconnecting(), call="f" * 32)
    assert fold(story.add("call", Reconnected(1.2), call=CALL)).call.interrupted is False
    call = fold(story.add("call", Reconnecting(), call=CALL).ended("lost")).call
    assert (call.interrupted, call.words, call.confirmed) == (False, WORDS, True)


def test_a_live_call_cannot_be_put_away():
    state = fold(Story().online().ringing())
    assert without_call(state) is state


def test_history_holds_a_minute():
    call = fold(Story().online().ringing().trusted().talking(150)).call
    assert len(call.history) == pytest.approx(HISTORY_SECONDS, abs=1)
    assert call.history[-1].at - call.history[0].at <= HISTORY_SECONDS
    assert call.history[-1].mouth_to_ear == call.latency.mouth_to_ear


def test_history_is_bounded_however_often_it_comes():
    story = Story().online().ringing()
    for _ in range(1000):
        story.add("call", Latency(1.0, 2.0, {}), call=CALL, after=0.01)
    assert len(fold(story).call.history) == HISTORY_MAX


def test_a_changed_key_is_kept_with_both_fingerprints():
    trust = fold(Story().online().ringing().key_changed()).call.trust
    assert (trust.level, trust.old_fingerprint, trust.fingerprint) == ("changed", OTHER_KEY, KEY)


def test_entries_of_another_call_change_nothing():
    story = Story().online().ringing().trusted().talking(3)
    before = fold(story)
    story.entries.clear()
    story.add("call", WordsReady(("a", "b", "c", "d")), call="0" * 32)
    story.add("session", Closed(story.at), call="0" * 32)
    story.add("leg", Closed(story.at), call="0" * 32)
    story.add("call", CallChanged("emil", "ended", False, "busy"), call="0" * 32)
    assert fold(story, before) == before


def test_a_new_call_begins_with_empty_ladders():
    story = Story().online().ringing().trusted().talking(3).ended()
    story.add("call", CallChanged("emil", "incoming", False), call="1" * 32)
    state = fold(story)
    assert (state.call.peer, state.call.words, state.call.history) == ("emil", (), ())
    assert (state.session.rows, state.leg.rows) == ((), ())
    assert state.link.rows


def test_losing_the_relay_takes_presence_away_and_being_back_clears_the_problem():
    story = Story().online().unreachable()
    state = fold(story)
    assert not any(p.online for p in state.people)
    assert [p.code for p in state.problems] == ["relay-unreachable"]
    assert fold(Story().online(), state).problems == ()


def test_problems_are_one_of_each_kind_and_can_be_dismissed():
    story = Story().problem("call", "a", "A.").problem("call", "b", "B.").problem("store", "c", "C.")
    story.add("phone", AudioState("mic", "", "no-device", "No loudspeaker."))
    state = fold(story)
    assert [(p.about, p.code) for p in state.problems] == [("call", "b"), ("store", "c"), ("audio", "no-device")]
    assert [p.about for p in dismiss(state, "store").problems] == ["call", "audio"]
    assert [p.about for p in reduce(state, Entry(1, "phone", "", AudioState("m", "s"))).problems] == ["call", "store"]


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (59.9, "00:59"), (125, "02:05"), (3725, "1:02:05")])
def test_clock_text(seconds, text):
    assert clock_text(seconds) == text


def test_nobody_talks_before_talking():
    assert call_seconds(fold(Story().online().ringing()).call, 1e9) == 0.0


def test_subjects():
    assert subject_untrusted(certificate(f"bob@{RELAY}")) == f"bob@{RELAY}"


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_no_bytes_can_upset_the_subject(der):
    assert isinstance(subject_untrusted(der), str)


text = st.text(max_size=8)
number = st.floats(-200, 1e6)
observations = st.one_of(
    st.builds(HandshakeMessage, number, st.sampled_from(["in", "out"]), text, st.binary(max_size=4)),
    st.builds(Alert, number, st.just("in"), st.sampled_from(["warning", "fatal"]), text),
    st.builds(Failed, number, text, text),
    st.builds(LinkState, st.sampled_from(["offline", "connecting", "online", "refused"]), text, text, text, text),
    st.builds(PersonSeen, text, st.booleans(), st.booleans()),
    st.builds(
        CallChanged, text, st.sampled_from(["calling", "ringing", "incoming", "talking", "ended"]), st.booleans()
    ),
    st.builds(TrustAssessed, text, st.sampled_from(["certified", "pinned", "verified", "changed"]), text),
    st.builds(Levels, number, number),
    st.builds(Problem, st.sampled_from(["link", "call", "audio", "store"]), text, text),
)
entries = st.builds(
    Entry,
    number,
    st.sampled_from(["link", "leg", "session", "call", "phone"]),
    st.sampled_from(["", "a", "b"]),
    observations,
)


@given(st.lists(entries, max_size=40))
@settings(max_examples=60)
def test_no_order_of_entries_can_upset_the_fold(story):
    state = ViewState()
    for entry in story:
        state = reduce(state, entry)
        assert len({p.about for p in state.problems}) == len(state.problems)
        assert len({p.name for p in state.people}) == len(state.people)
