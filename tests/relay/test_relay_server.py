"""The relay over real TLS connections on loopback."""

import asyncio
import contextlib
import logging
from datetime import timedelta

import pytest
from relay_house import CALL, QUICK, RELAY, House, house

from voip.config import Limits
from voip.errors import RelayError, StoreError, TlsError
from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.ca import issue_client, make_authority
from voip.pki.certificates import (
    Identity,
    fingerprint,
    load_certificate_untrusted,
    load_csr_untrusted,
    make_csr,
    new_key,
)
from voip.relay import Relay
from voip.session.tls import join_context
from voip.wire import signals
from voip.wire.signals import (
    Answer,
    Answered,
    Ended,
    Enrol,
    Enrolled,
    Hangup,
    Invite,
    JoinLeg,
    LegJoined,
    Person,
    Ping,
    Pong,
    Presence,
    Refused,
    Renew,
    Renewed,
    Ringing,
    Welcome,
)

RECORD = b"\x17\x03\x03\x00\x10" + bytes(range(16))
MEDIA = b"\x80\x6f" + bytes(range(100))


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path) as made:
        yield made


async def both_legs(home: House):
    alice, mine, token, bob, theirs, other = await home.ringing()
    first = await alice.leg(token, resume=mine.stream.resumption)
    second = await bob.leg(other, resume=theirs.stream.resumption)
    await first.expect(LegJoined)
    await second.expect(LegJoined)
    return alice, mine, first, bob, theirs, second


async def test_welcome_pong_and_presence(home: House) -> None:
    alice, bob = home.join("alice"), home.join("bob")
    first = await alice.connect()
    first.send(Ping(number=0))
    welcome = await first.expect(Welcome)
    assert (welcome.name, welcome.relay) == ("alice", RELAY)
    assert await first.signal() == Pong(number=0)
    second = await bob.link()
    assert signals.decode_untrusted(await first.packet(), signals.link_decoder) == Presence(
        person=Person(name="bob", online=True)
    )
    first.send(Ping(number=7))
    assert await first.signal() == Pong(number=7)
    await second.stream.close()
    assert signals.decode_untrusted(await first.packet(), signals.link_decoder) == Presence(
        person=Person(name="bob", online=False)
    )


@pytest.mark.parametrize("version", ["1.2", "1.3"])
async def test_a_call_through_resumed_legs(tmp_path, version: str) -> None:
    seen: list[bytes] = []
    async with house(tmp_path, witness=seen.append, versions=("1.2", "1.3")) as home:
        home.client_versions = (version,)
        _, mine, first, _, theirs, second = await both_legs(home)
        assert first.stream.established.version == f"TLSv{version}"
        assert first.stream.established.resumed
        assert second.stream.established.resumed
        first.send(RECORD)
        first.send(MEDIA)
        assert [await second.packet(), await second.packet()] == [RECORD, MEDIA]
        second.send(MEDIA[::-1].replace(b"c", b"\x81", 1))
        assert await first.packet() == MEDIA[::-1].replace(b"c", b"\x81", 1)
        assert [len(packet) for packet in seen] == [len(RECORD), len(MEDIA), len(MEDIA)]
        theirs.send(Answer(call=CALL))
        assert await mine.signal() == Answered(call=CALL)
        mine.send(Hangup(call=CALL))
        assert await theirs.signal() == Ended(call=CALL, reason="hung-up")
        assert await first.packet() is None
        assert await second.packet() is None
        assert home.relay._switchboard.calls == home.relay._patchbay.calls == 0


async def test_records_sent_before_the_other_leg_came_are_not_lost(home: House) -> None:
    alice, _, token, bob, _, other = await home.ringing()
    first = await alice.leg(token)
    for number in range(20):
        first.send(RECORD + bytes([number]))
    second = await bob.leg(other)
    await second.expect(LegJoined)
    assert [await second.packet() for _ in range(20)] == [RECORD + bytes([number]) for number in range(20)]


async def test_packets_in_one_write_with_join_leg_arrive_in_order(home: House) -> None:
    alice, _, token, bob, _, other = await home.ringing()
    first = await alice.connect()
    packets = [signals.encode(JoinLeg(call=CALL, token=token)), *(RECORD + bytes([n]) for n in range(50))]
    first.send_raw(b"".join(len(packet).to_bytes(2, "big") + packet for packet in packets))
    second = await bob.leg(other)
    await second.expect(LegJoined)
    assert [await second.packet() for _ in range(50)] == packets[1:]


async def test_a_leg_token_works_once_and_for_its_owner(home: House) -> None:
    alice, _, token, bob, _, other = await home.ringing()
    assert await (await bob.leg(token)).refused() == "leg-token"
    first = await alice.leg(token)
    second = await bob.leg(other)
    await first.expect(LegJoined)
    await second.expect(LegJoined)
    assert await (await alice.leg(token)).refused() == "leg-token"
    assert await (await alice.leg(token, call="d" * 32)).refused() == "leg-token"
    first.send(RECORD)
    assert await second.packet() == RECORD


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b"\x40what", "frame-unknown"),
        (b'{"is":"ping","number":1}', "signal-bad"),
        (b'{"is":"flow-silent"}', "leg-kind"),
        (b"\x00\x01" + bytes(18), "leg-kind"),
        (b"\x80" + bytes(2000), "frame-long"),
    ],
)
async def test_nonsense_on_a_leg_ends_that_leg_and_then_the_call(home: House, packet: bytes, code: str) -> None:
    _, mine, first, _, theirs, second = await both_legs(home)
    first.send(packet)
    assert await first.refused() == code
    assert await mine.signal() == Ended(call=CALL, reason="lost")
    assert await theirs.signal() == Ended(call=CALL, reason="lost")
    assert await second.packet() is None
    mine.send(Ping(number=5))
    assert await mine.signal() == Pong(number=5)


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b"{nonsense", "signal-bad"),
        (b'{"is":"pony"}', "signal-bad"),
        (b'{"is":"ping","number":1,"more":2}', "signal-bad"),
        (b'{"is":"pong","number":1}', "signal-unexpected"),
        (b'{"is":"join-leg","call":"' + b"c" * 32 + b'","token":"' + b"0" * 32 + b'"}', "signal-bad"),
        (b"\x40what", "frame-unknown"),
        (RECORD, "signal-bad"),
        (b"{" + b" " * 16_400, "frame-long"),
    ],
)
async def test_nonsense_on_a_link_ends_that_link_only(
    home: House, packet: bytes, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, mine, _, _, theirs, _ = await home.ringing()
    with caplog.at_level(logging.INFO, "voip.relay"):
        mine.send(packet)
        assert await mine.refused() == code
    assert code in caplog.text
    assert await theirs.signal() == Ended(call=CALL, reason="lost")
    theirs.send(Ping(number=5))
    assert await theirs.signal() == Pong(number=5)


async def test_a_frame_over_the_limit_ends_the_connection(home: House) -> None:
    _, mine, _, _, theirs, _ = await home.ringing()
    mine.send_raw(b"\xff\xff" + bytes(100))
    with contextlib.suppress(TlsError):
        while (packet := await mine.packet()) is not None:
            assert isinstance(signals.decode_untrusted(packet, signals.link_decoder), Presence | Refused)
    assert await theirs.signal() == Ended(call=CALL, reason="lost")
    theirs.send(Ping(number=5))
    assert await theirs.signal() == Pong(number=5)


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b'{"is":"invite","call":"' + b"c" * 32 + b'","to":"bob"}', "signal-bad"),
        (b"{", "signal-bad"),
        (RECORD, "signal-bad"),
        (b"\x40", "frame-unknown"),
    ],
)
async def test_a_first_packet_that_says_nothing(home: House, packet: bytes, code: str) -> None:
    connection = await home.join("alice").connect()
    connection.send(packet)
    assert await connection.refused() == code


async def test_after_a_refusal_the_relay_closes(home: House) -> None:
    connection = await home.join("alice").connect()
    connection.send(b"{")
    connection.send(b"{ and more, which must not let TCP reset the connection before the refusal is read")
    await connection.expect(Refused)
    assert await connection.packet() is None


async def test_a_flood_of_signals(home: House) -> None:
    link = await home.join("alice").link()
    for number in range(200):
        link.send(Ping(number=number))
    answers = []
    while isinstance(found := await link.signal(), Pong):
        answers.append(found.number)
    assert isinstance(found, Refused)
    assert found.code == "too-fast"
    assert 100 <= len(answers) < 200


async def test_silence_is_bounded(tmp_path) -> None:
    limits = Limits(connect=2, handshake=0.3, reply=0.3, dead=0.4)
    async with house(tmp_path, limits=limits) as home:
        reader, writer = await asyncio.open_connection(*home.relay.address)
        writer.write(b"\x16\x03\x01")
        async with asyncio.timeout(3):
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()
        alice = home.join("alice")
        assert await (await alice.connect()).refused() == "hello-late"
        assert await (await alice.link()).refused() == "link-silent"
        joining = await home.connect(join_context(fingerprint(home.authority.certificate)))
        assert await joining.refused() == "hello-late"


async def test_leaving_before_saying_anything(home: House) -> None:
    alice = home.join("alice")
    await (await alice.connect()).stream.close()
    await (await home.connect(join_context(fingerprint(home.authority.certificate)))).stream.close()
    await alice.link()


async def test_a_second_link_replaces_the_first(home: House) -> None:
    alice, first, _, _, theirs, _ = await home.ringing()
    second = await alice.link()
    assert await first.refused() == "replaced"
    assert await theirs.signal() == Ended(call=CALL, reason="lost")
    second.send(Invite(call="d" * 32, to="bob"))
    await second.expect(Ringing)


async def test_what_a_replaced_link_still_sends_is_void(home: House) -> None:
    alice, bob = home.join("alice"), home.join("bob")
    first, theirs = await alice.link(), await bob.link()
    second = await alice.connect()
    second.send(Ping(number=0))
    first.send(Invite(call=CALL, to="bob"))
    await second.expect(Welcome)
    # Whichever came first: bob hears of at most one call, and that one is over.
    with contextlib.suppress(TlsError):
        while await first.packet() is not None:
            pass
    theirs.send(Invite(call="d" * 32, to="alice"))
    async with asyncio.timeout(5):
        while not isinstance(found := await theirs.signal(), Ringing):
            assert getattr(found, "call", CALL) == CALL
    assert home.relay._switchboard.calls == 1


async def test_a_link_that_breaks_off_ends_the_call(home: House) -> None:
    _, mine, first, _, theirs, second = await both_legs(home)
    mine.stream.abort()
    assert await theirs.signal() == Ended(call=CALL, reason="lost")
    assert await first.packet() is None
    assert await second.packet() is None


async def test_nobody_answers(tmp_path) -> None:
    async with house(tmp_path, limits=Limits(ring=0.3)) as home:
        _, mine, _, _, theirs, _ = await home.ringing()
        assert await mine.signal() == Ended(call=CALL, reason="no-answer")
        assert await theirs.signal() == Ended(call=CALL, reason="no-answer")


async def test_joining_and_renewing(home: House) -> None:
    watching = await home.join("alice").link()
    key = new_key()
    request = Enrol(name="bob", token=home.enrolment.invite("bob", clock.wall()), csr=make_csr(key, "bob"))
    context = join_context(fingerprint(home.authority.certificate))
    joining = await home.connect(context)
    joining.send(request)
    answer = await joining.expect(Enrolled)
    assert await joining.packet() is None
    packet = await watching.packet()
    assert signals.decode_untrusted(packet, signals.link_decoder) == Presence(person=Person(name="bob", online=False))
    again = await home.connect(context)
    again.send(request)
    assert await again.refused() == "invite-used"

    bob = home.person("bob", Identity(load_certificate_untrusted(answer.certificate), key))
    link = await bob.link()
    link.send(Renew(csr=make_csr(key, "bob")))
    renewed = await link.expect(Renewed)
    assert load_certificate_untrusted(renewed.certificate).public_key() == key.public_key()
    link.send(Renew(csr="rubbish"))
    assert (await link.expect(Refused)).code == "csr-bad"
    link.send(Ping(number=3))
    assert await link.signal() == Pong(number=3)


@pytest.mark.parametrize("packet", [b'{"is":"ping","number":1}', b"{", RECORD])
async def test_nonsense_instead_of_an_enrolment(home: House, packet: bytes) -> None:
    joining = await home.connect(join_context(fingerprint(home.authority.certificate)))
    joining.send(packet)
    assert await joining.refused() == "signal-bad"


async def test_files_that_fail_are_not_the_clients_business(
    home: House, tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    token = home.enrolment.invite("bob", clock.wall())
    (tmp_path / "accounts").write_text("a file where a folder should be")
    joining = await home.connect(join_context(fingerprint(home.authority.certificate)))
    joining.send(Enrol(name="bob", token=token, csr=make_csr(new_key(), "bob")))
    refused = await joining.expect(Refused)
    assert refused.code == "relay-fault"
    assert str(tmp_path) not in refused.sentence
    assert str(tmp_path) in caplog.text
    assert token not in caplog.text


async def test_certificates_that_are_not_from_here(home: House) -> None:
    stranger = make_authority(RELAY, clock.wall())
    key = new_key()
    certificate = issue_client(stranger, load_csr_untrusted(make_csr(key, "bob")), "bob", RELAY, clock.wall())
    foreign = home.person("bob", Identity(certificate, key))
    expired = home.join("carol", age=timedelta(days=100))
    for person in (foreign, expired):
        connection = await person.connect()  # in TLS 1.3 a client is done before the server has seen its certificate
        with pytest.raises(TlsError):
            await connection.packet()


async def test_an_account_that_was_closed_also_when_resumed(home: House) -> None:
    alice = home.join("alice")
    link = await alice.link()
    (home.store.state / "accounts" / "alice.json").unlink()
    resumed = await alice.connect(resume=link.stream.resumption)
    assert resumed.stream.established.resumed
    resumed.send(Ping(number=0))
    assert await resumed.refused() == "unknown-account"


async def test_stopping_ends_calls_and_says_goodbye(home: House) -> None:
    _, mine, first, _, theirs, second = await both_legs(home)
    async with asyncio.timeout(3):
        await home.relay.stop()
    for link in (mine, theirs):
        assert await link.signal() == Ended(call=CALL, reason="lost")
        assert await link.signal() is None
    for leg in (first, second):
        assert await leg.packet() is None
    with pytest.raises(RelayError):
        _ = home.relay.address


async def test_a_connection_that_comes_while_stopping(home: House) -> None:
    alice = home.join("alice")
    home.relay._stopped = True
    connection = await alice.connect()
    with pytest.raises(TlsError):
        await connection.packet()


async def test_port_in_use_and_impossible_addresses(home: House, tmp_path) -> None:
    port = home.relay.address[1]
    other = Relay(RelayStore(tmp_path / "other"), "other.test", limits=QUICK)
    with pytest.raises(RelayError, match="in use") as caught:
        await other.start("127.0.0.1", port)
    assert caught.value.code == "port-in-use"
    with pytest.raises(RelayError) as caught:
        await other.start("192.0.2.1", 0)
    assert caught.value.code == "cannot-listen"


async def test_tls_1_2_is_refused_unless_asked_for(home: House) -> None:
    home.client_versions = ("1.2",)
    with pytest.raises(TlsError):
        await home.join("alice").connect()


async def test_a_folder_that_will_not_do(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        Relay(RelayStore(tmp_path / "file"), RELAY)
