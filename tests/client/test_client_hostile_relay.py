"""What a relay that means harm, or is only broken, can say: each ends in a sentence, and the phone stays alive."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import WELCOME, HostileRelay, hostile, say, say_raw
from town import QUICK, Town, phase, seen, town

from voip.client import home
from voip.client import phone as phone_module
from voip.client.enrol import join
from voip.client.phone import Phone
from voip.errors import CertificateError, GlasscallError, InviteError, RelayError, SignalError
from voip.io.store import ClientStore
from voip.io.stream import TlsStream
from voip.journal.observations import LinkState, PersonSeen, Problem
from voip.pki.certificates import make_csr, new_key
from voip.pki.enrolment import Enrolment
from voip.wire import signals
from voip.wire.signals import (
    Ended,
    Enrolled,
    Incoming,
    JoinLeg,
    LegJoined,
    Ping,
    Pong,
    Refused,
    Renewed,
    Ringing,
)

LIMITS = replace(QUICK, handshake=1.0, reply=0.4, ring=2.0, dead=4.0)
CALL, TOKEN = "c" * 32, "d" * 32


@pytest.fixture(autouse=True)
def nothing_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(home, "BACK_OFF_FIRST", 0.05)
    monkeypatch.setattr(home, "BACK_OFF_MOST", 0.2)
    yield
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


class Stage:
    """alice's phone and the relay that it has to do with."""

    def __init__(self, place: Town, relay: HostileRelay, alice: Phone) -> None:
        self.place, self.relay, self.alice = place, relay, alice

    async def state(self, wanted: str) -> LinkState:
        return (await seen(self.alice, lambda e: isinstance(e.what, LinkState) and e.what.state == wanted, wanted)).what


@pytest.fixture
async def stage(tmp_path: Path):
    async with town(tmp_path, LIMITS) as place:
        store = await place.enrol("alice")
        async with hostile(place) as relay:
            alice = place.fit(store)
            running = asyncio.ensure_future(alice.run())
            yield Stage(place, relay, alice)
            await alice.stop()
            await asyncio.wait_for(running, 3)


def welcome_then(*what: object):
    """Welcome a link, and then say `what`; legs get no answer."""

    def first(stream: TlsStream, packet: bytes) -> None:
        if b"ping" in packet:
            say(stream, [WELCOME, *what])

    return first


BAD_PACKETS = {
    "malformed JSON": (b"{nonsense", "signal-bad"),
    "unknown message": (b'{"is":"reboot"}', "signal-bad"),
    "one field more": (b'{"is":"pong","number":1,"more":2}', "signal-bad"),
    "unknown kind": (b"\xf0\x00", "signal-bad"),
    "media on a link": (b"\x80" * 60, "signal-bad"),
    "over the limit": (b"{" + b" " * 16_400, "signal-long"),
}


@pytest.mark.parametrize("bad", BAD_PACKETS)
@pytest.mark.parametrize("when", ["first", "later"])
async def test_nonsense_on_the_link(stage: Stage, bad: str, when: str) -> None:
    packet, code = BAD_PACKETS[bad]
    if when == "first":
        stage.relay.on_first = lambda stream, _packet: say(stream, [packet])
    else:
        stage.relay.on_first = welcome_then(packet)
    state = await stage.state("offline")
    assert state.code == code
    assert state.sentence.endswith(".")
    stage.relay.on_first = welcome_then(Pong(number=0))
    await seen(stage.alice, lambda e: isinstance(e.what, PersonSeen) and e.what.online, "another try")


@pytest.mark.parametrize("length", [b"\x00\x00", b"\xff\xff"])
async def test_a_frame_over_the_limit_on_the_link(stage: Stage, length: bytes) -> None:
    def first(stream: TlsStream, _packet: bytes) -> None:
        say(stream, [WELCOME])
        say_raw(stream, length)

    stage.relay.on_first = first
    await stage.state("online")
    assert (await stage.state("offline")).code == "frame-long"


async def test_a_relay_that_says_nothing(stage: Stage) -> None:
    state = await stage.state("offline")
    assert (state.code, state.sentence) == ("relay-silent", "The relay accepted the connection but says nothing.")


async def test_a_relay_that_says_goodbye_or_something_else_first(stage: Stage) -> None:
    stage.relay.on_first = lambda stream, _packet: stream.hang_up()
    assert (await stage.state("offline")).code == "relay-closed"
    stage.relay.on_first = lambda stream, _packet: say(stream, [Pong(number=0)])
    await seen(
        stage.alice,
        lambda e: isinstance(e.what, LinkState) and "without a reason" in e.what.sentence,
        "an answer that is no welcome",
    )


async def test_a_relay_that_drops_us_at_once_is_asked_less_and_less_often(stage: Stage) -> None:
    stage.relay.on_first = welcome_then(b"{")
    await asyncio.sleep(1.2)  # 0.05 + 0.1 + 0.2 + 0.2 …: some eight tries; at the first pause it would be twenty
    assert 3 <= len(stage.relay.streams) <= 10


async def test_a_refusal_of_a_kind_that_may_pass_is_tried_again(stage: Stage) -> None:
    stage.relay.on_first = lambda stream, _packet: say(stream, [Refused(code="too-many", sentence="Come back later.")])
    state = await stage.state("offline")
    assert (state.code, state.sentence) == ("too-many", "Come back later.")
    stage.relay.on_first = welcome_then()
    await stage.state("online")


async def test_signals_about_calls_that_are_not_there_change_nothing(stage: Stage) -> None:
    stage.relay.on_first = welcome_then(
        Ringing(call=CALL, token=TOKEN),
        Ended(call=CALL, reason="lost"),
        signals.Answered(call=CALL),
        Ping(number=3),
        signals.Presence(person=signals.Person("alice", online=False)),
        signals.Presence(person=signals.Person("zoe", online=True)),
    )
    await seen(stage.alice, lambda e: isinstance(e.what, PersonSeen) and e.what.name == "zoe", "the last of them")
    assert stage.alice._conversation is None
    assert stage.alice._home.link is not None


async def test_a_relay_that_does_not_answer_an_invite(stage: Stage) -> None:
    stage.relay.on_first = welcome_then()
    await stage.state("online")
    await stage.alice.call("bob")
    ended = await phase(stage.alice, "ended")
    assert ended.reason == "failed"
    assert ended.sentence == "The relay does not say whether it rings there."


def rings(*leg: object, raw: bytes = b""):
    """Welcome a link; ring when it invites; answer its leg with `leg`, then `raw` without a frame."""

    def first(stream: TlsStream, packet: bytes) -> None:
        if b"ping" in packet:
            say(stream, [WELCOME])
        else:
            call = signals.decode_untrusted(packet, signals.leg_decoder).call
            say(stream, [replace_call(one, call) for one in leg])
            if raw:
                say_raw(stream, raw)

    return first


def replace_call(one: object, call: str) -> object:
    return LegJoined(call=call) if isinstance(one, LegJoined) else one


async def ring(stage: Stage) -> None:
    """alice calls, and the relay says that it rings."""
    await stage.state("online")
    link = stage.relay.streams[-1]
    await stage.alice.call("bob")
    while (packet := await asyncio.wait_for(stage.relay.received.get(), 2)) is not None and b"invite" not in packet:
        pass
    say(link, [Ringing(call=stage.alice._conversation.call, token=TOKEN)])


LEGS = {
    "silent": ((), b"", "failed", "did not open its side"),
    "refused": ((Refused(code="leg-token", sentence="No such leg."),), b"", "failed", "No such leg."),
    "malformed": ((b"{nonsense",), b"", "insecure", "not part of this protocol"),
    "something else": ((JoinLeg(call=CALL, token=TOKEN),), b"", "failed", "without a reason"),
    "over the limit": ((), b"\xff\xff", "insecure", "announced a frame of 65535 bytes"),
    "unknown kind later": ((LegJoined(call=CALL), b"\xf0\x00"), b"", "lost", "unknown kind"),
    "malformed later": ((LegJoined(call=CALL), b"{nonsense"), b"", "lost", "not part of this protocol"),
    "odd message later": ((LegJoined(call=CALL), LegJoined(call=CALL)), b"", "lost", "no place on an open leg"),
    "refused later": ((LegJoined(call=CALL), Refused(code="x", sentence="Enough.")), b"", "lost", "Enough."),
    "over the limit later": ((LegJoined(call=CALL),), b"\xff\xff", "lost", "announced a frame of 65535 bytes"),
    "no TLS in the session": ((LegJoined(call=CALL), b"\x16\x03\x03\x00\x04abcd"), b"", "failed", "."),
    "media before the answer": ((LegJoined(call=CALL), b"\x80" * 60), b"", "failed", "did not finish the handshake"),
}


@pytest.mark.parametrize("how", LEGS)
async def test_a_leg_that_goes_wrong(stage: Stage, how: str) -> None:
    leg, raw, reason, sentence = LEGS[how]
    stage.relay.on_first = rings(*leg, raw=raw)
    await ring(stage)
    ended = await phase(stage.alice, "ended", within=4)
    assert (ended.reason, sentence in ended.sentence) == (reason, True), ended
    assert stage.alice._conversation is None
    assert stage.alice._home.link is not None  # only the call has failed


@pytest.mark.parametrize("goodbye", ["hang_up", "abort"])
async def test_a_leg_that_the_relay_closes_unasked(stage: Stage, goodbye: str) -> None:
    def first(stream: TlsStream, packet: bytes) -> None:
        if b"ping" in packet:
            say(stream, [WELCOME])
            return
        say(stream, [LegJoined(call=CALL)])
        asyncio.get_running_loop().call_later(0.05, getattr(stream, goodbye))

    stage.relay.on_first = first
    await ring(stage)
    ended = await phase(stage.alice, "ended", within=4)
    assert (ended.reason, bool(ended.sentence)) == ("lost", True)


async def test_a_leg_that_is_closed_before_it_begins(stage: Stage) -> None:
    def first(stream: TlsStream, packet: bytes) -> None:
        say(stream, [WELCOME] if b"ping" in packet else [LegJoined(call=CALL)])
        if b"ping" not in packet:
            stream.hang_up()

    stage.relay.on_first = first
    await ring(stage)
    assert (await phase(stage.alice, "ended", within=4)).reason == "lost"


async def test_a_call_that_rings_for_ever_ends_here(stage: Stage) -> None:
    stage.relay.on_first = welcome_then(Incoming(call=CALL, caller="bob", token=TOKEN))
    await phase(stage.alice, "incoming")
    ended = await phase(stage.alice, "ended", within=4)
    assert ended.reason == "failed"  # its leg stays closed for longer than it may


async def test_a_renewed_certificate_that_is_none_of_ours(stage: Stage) -> None:
    other = Enrolment(stage.place.store.load().authority, "relay.test", stage.place.store)
    token = other.invite("eve", phone_module.clock.wall())
    request = signals.Enrol(name="eve", token=token, csr=make_csr(new_key(), "eve"))
    stolen = other.enrol(request, phone_module.clock.wall()).certificate
    before = stage.alice._desk.identity.certificate
    stage.relay.on_first = welcome_then(Renewed(certificate="nonsense"), Renewed(certificate=stolen))
    await seen(stage.alice, lambda e: isinstance(e.what, Problem) and e.what.code == "wrong-key", "the refusal")
    codes = [e.what.code for e in stage.alice.journal if isinstance(e.what, Problem)]
    assert codes[:2] == ["certificate-bad", "wrong-key"]
    assert stage.alice._desk.store.identity().certificate == before
    assert stage.alice._home.link is not None


# ── joining ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (None, RelayError, "relay-silent"),
        (b"{nonsense", SignalError, "signal-bad"),
        (Refused(code="invite-used", sentence="Used."), InviteError, "invite-used"),
        (Enrolled(certificate="x", authority="y"), CertificateError, "certificate-bad"),
        (signals.Enrol(name="bob", token="a" * 64, csr="x"), RelayError, "relay-closed"),
    ],
)
async def test_joining_at_such_a_relay_stores_nothing(
    tmp_path: Path, answer: object, error: type[GlasscallError], code: str
) -> None:
    async with town(tmp_path, LIMITS) as place:
        invite = place.invite("bob")
        async with hostile(place) as relay:
            relay.on_first = lambda stream, _packet: say(stream, [answer] if answer is not None else [])
            with pytest.raises(error) as caught:
                await join(invite, ClientStore(tmp_path / "bob"), limits=LIMITS)
        assert caught.value.code == code
        assert not ClientStore(tmp_path / "bob").joined


async def test_joining_at_a_relay_that_hangs_up(tmp_path: Path) -> None:
    async with town(tmp_path, LIMITS) as place:
        invite = place.invite("bob")
        async with hostile(place) as relay:
            relay.on_first = lambda stream, _packet: stream.hang_up()
            with pytest.raises(RelayError, match="without a reason"):
                await join(invite, ClientStore(tmp_path / "bob"), limits=LIMITS)
