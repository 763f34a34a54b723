"""What revocation does to connections that stand and to those that come, in one process."""

import asyncio
import logging

import pytest
from relay_house import CALL, House, house

from voip.errors import CertificateError, InviteError, StoreError
from voip.io import clock
from voip.pki.certificates import load_certificate_untrusted, make_csr, new_key
from voip.relay import watch
from voip.relay.watch import Watch
from voip.wire import signals
from voip.wire.signals import Ended, Enrol, Invite, LegJoined, Ping, Presence, Refused, Renew, Welcome


@pytest.fixture
async def home(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        watch.Watch.__init__, "__kwdefaults__", {**watch.Watch.__init__.__kwdefaults__, "look_every": 0.05}
    )
    async with house(tmp_path) as place:
        yield place


def revoke(home: House, name: str) -> None:
    home.enrolment.revoke(name, clock.wall())


async def test_the_link_and_the_call_end_and_the_peer_hears_of_it(home: House) -> None:
    alice, mine, first, bob, theirs, second = await home.ringing()
    legs = [await alice.leg(first), await bob.leg(second)]
    for leg in legs:
        await leg.expect(LegJoined)
    revoke(home, "bob")
    async with asyncio.timeout(2):
        refused = await theirs.expect(Refused)
        assert refused.code == "revoked"
        assert f"{clock.wall():%Y-%m-%d}" in refused.sentence
        assert await theirs.signal() is None
        assert await mine.signal() == Ended(call=CALL, reason="lost")
        for leg in legs:
            assert await leg.packet() is None
    mine.send(Invite(call="d" * 32, to="bob"))
    assert await mine.expect(Ended) == Ended(call="d" * 32, reason="not-there")


async def test_new_links_and_legs_are_refused_at_once_also_resumed(home: House) -> None:
    _, _, _, bob, theirs, second = await home.ringing()
    ticket = theirs.stream.resumption
    home.relay._watch._look_every = 60  # nobody looks: each connection asks for itself
    await asyncio.sleep(0.1)
    revoke(home, "bob")
    for resume in (None, ticket):
        for hello in (Ping(number=0), signals.JoinLeg(call=CALL, token=second)):
            connection = await bob.connect(resume)
            assert connection.stream.established.resumed is (resume is not None)
            connection.send(hello)
            assert await connection.refused() == "revoked"


async def test_revoked_between_the_handshake_and_the_first_packet(home: House) -> None:
    bob = home.join("bob")
    connection = await bob.connect()
    await asyncio.sleep(0.1)  # the relay waits for the first packet now
    revoke(home, "bob")
    connection.send(Ping(number=0))
    assert await connection.refused() == "revoked"


async def test_an_account_whose_file_is_deleted_loses_its_link(home: House) -> None:
    bob = await home.join("bob").link()
    home.join("carol")
    (home.store.state / "accounts" / "bob.json").unlink()
    assert (await bob.expect(Refused)).code == "unknown-account"
    assert await bob.signal() is None


async def test_others_stay_and_are_told_no_more_of_the_revoked(home: House) -> None:
    alice = await home.join("alice").link()
    carol = home.join("carol")
    bob = await home.join("bob").link()
    revoke(home, "bob")
    revoke(home, "carol")
    await bob.expect(Refused)
    while (packet := await alice.packet()) is not None:
        told = signals.decode_untrusted(packet, signals.link_decoder)
        if told == Presence(person=signals.Person(name="bob", online=False)):
            break
    alice.send(Ping(number=5))
    assert (await alice.expect(signals.Pong)).number == 5
    again = await home.join("dave").connect()
    again.send(Ping(number=0))
    people = (await again.expect(Welcome)).people
    assert [person.name for person in people] == ["alice"]
    assert carol


async def test_a_new_invite_takes_them_back_with_a_new_key(home: House) -> None:
    old = home.join("bob")
    link = await old.link()
    revoke(home, "bob")
    await link.expect(Refused)
    new = home.join("bob")
    fresh = await new.link()
    stale = await old.connect()
    stale.send(Ping(number=0))
    assert await stale.refused() == "revoked"  # the key, not the person
    assert (home.store.names(), home.store.revocation("bob")) == (["bob"], None)
    revoke(home, "bob")
    assert (await fresh.expect(Refused)).code == "revoked"
    revocation = home.store.revocation("bob")
    assert len(revocation.keys) == 2  # those of both times
    with pytest.raises(CertificateError) as caught:
        home.enrolment.renew("bob", make_csr(new_key(), "bob"), clock.wall())
    assert caught.value.code == "revoked"


async def test_revoked_keys_never_come_back(home: House) -> None:
    key, now = new_key(), clock.wall()
    enrolment = home.enrolment

    def enrol(with_key) -> str:
        request = Enrol(name="bob", token=enrolment.invite("bob", now), csr=make_csr(with_key, "bob"))
        return enrolment.enrol(request, now).certificate

    assert load_certificate_untrusted(enrol(key))
    assert enrolment.revoke("bob", now)[0].at == now
    with pytest.raises(InviteError) as caught:
        enrol(key)
    assert caught.value.code == "key-revoked"
    assert home.store.revocation("bob") is not None
    enrol(new_key())
    with pytest.raises(CertificateError) as refused:
        enrolment.renew("bob", make_csr(key, "bob"), now)
    assert refused.value.code == "revoked"


async def test_invites_for_the_name_are_void(home: House) -> None:
    now = clock.wall()
    spare, other = home.enrolment.invite("bob", now), home.enrolment.invite("carol", now)
    home.join("bob")
    revocation, void = home.enrolment.revoke("bob", now)
    assert (revocation.name, void) == ("bob", 1)
    for name, token, code in (("bob", spare, "invite-used"), ("carol", other, "")):
        request = Enrol(name=name, token=token, csr=make_csr(new_key(), name))
        if not code:
            home.enrolment.enrol(request, now)
            continue
        with pytest.raises(InviteError) as caught:
            home.enrolment.enrol(request, now)
        assert caught.value.code == code
    assert home.enrolment.revoke("bob", clock.wall()) == (revocation, 0)  # since then, not since now
    assert home.enrolment.revoke("nobody", now) == (None, 0)
    with pytest.raises(InviteError):
        home.enrolment.revoke("../x", now)


async def test_a_damaged_file_sends_nobody_away_and_hides_nobody(home: House, caplog) -> None:
    bob = await home.join("bob").link()
    carol = await home.join("carol").link()
    file = home.store.state / "accounts" / "bob.json"
    whole = file.read_text()
    file.write_text("{")
    revoke(home, "carol")
    with caplog.at_level(logging.WARNING):
        assert (await carol.expect(Refused)).code == "revoked"
        await home.relay._review()
    assert "whether bob may stay is not known" in caplog.text
    file.write_text(whole)
    bob.send(Ping(number=2))
    assert (await bob.expect(signals.Pong)).number == 2
    bob.send(Renew(csr=make_csr(new_key(), "bob")))
    await bob.expect(signals.Renewed)


# ── the watch ──────────────────────────────────────────────────────────────────────────────────────────────────


class Folder:
    """Something that changes, and a count of what the watch did about it."""

    def __init__(self, **every: float) -> None:
        self.at: object = 1
        self.fail: Exception | None = None
        self.reviews = self.renewals = 0
        self.reviewed = asyncio.Event()
        self.watch = Watch(self.look, self.review, self.renew, look_every=0.01, **every)

    def look(self) -> object:
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error
        return self.at

    async def review(self) -> None:
        self.reviews += 1
        self.reviewed.set()

    def renew(self) -> None:
        self.renewals += 1
        self.reviewed.set()

    async def next(self) -> None:
        self.reviewed.clear()
        async with asyncio.timeout(2):
            await self.reviewed.wait()


async def test_a_change_is_reviewed_twice_and_silence_not_at_all() -> None:
    folder = Folder()
    folder.watch.start()
    await folder.next()
    await folder.next()
    await asyncio.sleep(0.1)
    assert folder.reviews == 2
    folder.at = 2
    await folder.next()
    await folder.next()
    await asyncio.sleep(0.1)
    assert folder.reviews == 4
    await folder.watch.stop()


async def test_a_review_in_any_case_and_a_renewal_each_day() -> None:
    folder = Folder(review_every=0.05, renew_every=0.05)
    folder.watch.start()
    while folder.reviews < 5 or folder.renewals < 2:
        await folder.next()
    await folder.watch.stop()


@pytest.mark.parametrize("error", [StoreError("The disk is gone.", code="file-failed"), ZeroDivisionError("defect")])
async def test_a_look_that_fails_is_logged_and_not_the_last(error: Exception, caplog) -> None:
    folder = Folder()
    folder.fail = error
    folder.watch.start()
    await folder.next()
    assert str(error) in caplog.text
    await folder.watch.stop()
    await Folder().watch.stop()  # never started
