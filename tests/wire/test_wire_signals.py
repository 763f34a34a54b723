import contextlib
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.config import SIGNAL_MAX
from voip.errors import SignalError
from voip.wire import signals
from voip.wire.framing import Kind, kind
from voip.wire.signals import Signal, decode_untrusted, encode

DECODERS = {
    "link": signals.link_decoder,
    "leg": signals.leg_decoder,
    "join": signals.join_decoder,
    "session": signals.session_decoder,
}
CALL, TOKEN, HEX32 = "c" * 32, "0f" * 16, "a" * 64
EXAMPLES: dict[str, list[Signal]] = {
    "link": [
        signals.Invite(call=CALL, to="bob"),
        signals.Answer(call=CALL),
        signals.Hangup(call=CALL, reason="busy"),
        signals.Renew(csr="x" * 4096),
        signals.Rejoin(call=CALL, to="bob", caller=True),
        signals.Rejoined(call=CALL, token=TOKEN),
        signals.Ping(number=2**32),
        signals.Welcome(name="a", relay="r", people=(signals.Person("b", online=True, busy=True),) * 200),
        signals.Presence(person=signals.Person("b", online=False)),
        signals.Ringing(call=CALL, token=TOKEN),
        signals.Incoming(call=CALL, caller="bob", token=TOKEN),
        signals.Answered(call=CALL),
        signals.Ended(call=CALL, reason="crossed"),
        signals.Renewed(certificate="x"),
        signals.Watch(call=CALL, on=True),
        signals.Witnessed(call=CALL, rows=(signals.Sighting("in", 108, HEX32, "806f0a"),), skipped=3),
        signals.Pong(number=0),
        signals.Refused(code="no", sentence="No, 안 됩니다."),
    ],
    "leg": [
        signals.JoinLeg(call=CALL, token=TOKEN),
        signals.LegJoined(call=CALL),
        signals.LegJoined(
            call=CALL, pairing=2**32, again=TOKEN, lanes=(TOKEN, TOKEN), flow=signals.Flow(TOKEN, HEX32, 65_535)
        ),
        signals.LegReady(pairing=1),
        signals.JoinLane(call=CALL, token=TOKEN),
        signals.LaneJoined(call=CALL),
        signals.Receive(path="udp"),
        signals.FlowSilent(),
        signals.Refused(code="no", sentence=""),
    ],
    "join": [
        signals.Enrol(name="bob", token=HEX32, csr="x"),
        signals.Enrolled(certificate="x", authority="y"),
        signals.Refused(code="no", sentence=""),
    ],
    "session": [
        signals.Commit(digest=HEX32),
        signals.Nonce(nonce=HEX32),
        signals.Reveal(nonce=HEX32),
        signals.Accept(),
        signals.Muted(on=True),
        signals.Delay(capture=0, encode=1.5, send=1e9),
        signals.Doubled(on=True),
        signals.Continue(proof=HEX32),
        signals.Bye(),
    ],
}
ALL = [(family, signal) for family, examples in EXAMPLES.items() for signal in examples]


@pytest.mark.parametrize(("family", "signal"), ALL, ids=lambda one: getattr(type(one), "__name__", one))
def test_a_signal_comes_back_as_it_was_in_its_own_family_only(family: str, signal: Signal) -> None:
    packet = encode(signal)
    assert kind(packet) is Kind.SIGNAL
    for name, decoder in DECODERS.items():
        if any(type(signal) is type(other) for other in EXAMPLES[name]):
            assert decode_untrusted(packet, decoder) == signal
        else:
            with pytest.raises(SignalError) as caught:
                decode_untrusted(packet, decoder)
            assert caught.value.code == "signal-bad"
    assert family in DECODERS


def test_the_examples_are_all_there_are() -> None:
    assert {type(signal) for _, signal in ALL} == set(Signal.__subclasses__())


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "Bob"},
        {"to": "bob\n"},
        {"to": "b" * 33},
        {"to": ""},
        {"to": None},
        {"call": CALL + "c"},
        {"call": CALL.upper()},
        {"call": CALL + "\n"},
        {"is": "answer-me"},
        {"is": 1},
        {"more": 1},
    ],
)
def test_what_is_not_quite_an_invite_is_refused(changed: dict[str, object]) -> None:
    good = {"is": "invite", "call": CALL, "to": "bob"}
    assert decode_untrusted(json.dumps(good).encode(), signals.link_decoder) == signals.Invite(call=CALL, to="bob")
    with pytest.raises(SignalError) as caught:
        decode_untrusted(json.dumps(good | changed).encode(), signals.link_decoder)
    assert caught.value.code == "signal-bad"


@pytest.mark.parametrize(
    "packet",
    [b"", b"{", b"[]", b"null", b"{}", b'{"is":"accept"}{}', b'{"is":"delay","capture":-1,"encode":0,"send":0}',
     b'{"is":"delay","capture":1e999,"encode":0,"send":0}', b'{"is":"muted","on":1}', b'{"is":"bye","reason":"bored"}',
     b'{"is":"bye","reason":"\xff"}', b'{"a":' * 5000],
)  # fmt: skip
def test_malformed_json(packet: bytes) -> None:
    with pytest.raises(SignalError) as caught:
        decode_untrusted(packet[:SIGNAL_MAX], signals.session_decoder)
    assert caught.value.code == "signal-bad"
    assert caught.value.sentence.endswith(".")


def test_a_message_over_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(SignalError) as caught:
        decode_untrusted(b"{" + b" " * SIGNAL_MAX, signals.link_decoder)
    assert caught.value.code == "signal-long"


def test_the_longest_welcome_fits() -> None:
    person = signals.Person("n" * 32, online=False, busy=False)
    packet = encode(signals.Welcome(name="n" * 32, relay="r" * 253, people=(person,) * 200))
    assert len(packet) <= SIGNAL_MAX


@pytest.mark.parametrize(
    "changed",
    [
        {"direction": "sideways"},
        {"direction": 1},
        {"size": 0},
        {"size": 16_646},
        {"size": 1.5},
        {"digest": "a" * 63},
        {"digest": HEX32 + "\n"},
        {"digest": "A" * 64},
        {"head": ""},
        {"head": "8"},
        {"head": "80\n"},
        {"head": "80" * 17},
        {"more": 1},
    ],
)
def test_what_is_not_quite_a_sighting_is_refused(changed: dict[str, object]) -> None:
    good = {"direction": "out", "size": 108, "digest": HEX32, "head": "80" * 16}
    account = {"is": "witnessed", "call": CALL, "rows": [good]}
    found = decode_untrusted(json.dumps(account).encode(), signals.link_decoder)
    assert found == signals.Witnessed(call=CALL, rows=(signals.Sighting(**good),))
    with pytest.raises(SignalError) as caught:
        decode_untrusted(json.dumps(account | {"rows": [good | changed]}).encode(), signals.link_decoder)
    assert caught.value.code == "signal-bad"


def test_an_account_has_no_more_rows_than_it_may() -> None:
    row = signals.Sighting("out", 16_645, HEX32, "80" * 16)
    longest = signals.Witnessed(call=CALL, rows=(row,) * signals.SIGHTINGS_MAX, skipped=2**32)
    assert len(encode(longest)) < SIGNAL_MAX / 2
    assert decode_untrusted(encode(longest), signals.link_decoder) == longest
    with pytest.raises(SignalError):
        decode_untrusted(
            encode(signals.Witnessed(call=CALL, rows=(row,) * (signals.SIGHTINGS_MAX + 1))), signals.link_decoder
        )


@given(
    st.lists(
        st.builds(
            signals.Sighting,
            st.sampled_from(["out", "in"]),
            st.integers(1, 16_645),
            st.binary(min_size=32, max_size=32).map(bytes.hex),
            st.binary(min_size=1, max_size=16).map(bytes.hex),
        ),
        max_size=signals.SIGHTINGS_MAX,
    ),
    st.integers(0, 2**32),
)
@settings(max_examples=50)
def test_any_account_comes_back_as_it_was(rows: list[signals.Sighting], skipped: int) -> None:
    account = signals.Witnessed(call=CALL, rows=tuple(rows), skipped=skipped)
    assert decode_untrusted(encode(account), signals.link_decoder) == account


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**33) | st.text(max_size=40) | st.sampled_from([CALL, HEX32, "out"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["call", "on", "rows", "skipped", "direction", "size", "digest", "head"]), inner),
    max_leaves=8,
), st.sampled_from(["watch", "witnessed"]))  # fmt: skip
@settings(max_examples=100)
def test_garbage_in_an_account_is_refused_or_within_its_bounds(tree: object, tag: str) -> None:
    body = tree if isinstance(tree, dict) else {"rows": tree}
    with contextlib.suppress(SignalError):
        found = decode_untrusted(msgspec.json.encode({"is": tag, "call": CALL, **body}), signals.link_decoder)
        assert isinstance(found, signals.Watch | signals.Witnessed)
        assert len(getattr(found, "rows", ())) <= signals.SIGHTINGS_MAX


@given(st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.dictionaries(st.sampled_from(["is", "call", "to", "on", "x"]), inner, max_size=4),
    max_leaves=6,
).map(lambda tree: msgspec.json.encode(tree) if not _too_big(tree) else b"{"))  # fmt: skip
@settings(max_examples=150)
def test_garbage_is_a_signal_or_a_signal_error(packet: bytes) -> None:
    for decoder in DECODERS.values():
        with contextlib.suppress(SignalError):
            assert isinstance(decode_untrusted(packet, decoder), Signal)


def _too_big(tree: object) -> bool:
    """An integer that JSON's writer here does not take."""
    if isinstance(tree, dict):
        return any(map(_too_big, tree.values()))
    return isinstance(tree, int) and not -(2**63) <= tree < 2**64
