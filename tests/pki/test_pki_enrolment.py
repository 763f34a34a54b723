"""The relay's decisions over its real books in a folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from voip.errors import CertificateError, InviteError
from voip.io.store import RelayStore
from voip.pki import ca, certificates, joining
from voip.pki.enrolment import Enrolment
from voip.pki.invite import Invite
from voip.wire import signals

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)


@pytest.fixture
def books(tmp_path: Path) -> RelayStore:
    return RelayStore(tmp_path)


@pytest.fixture
def enrolment(books: RelayStore) -> Enrolment:
    return Enrolment(AUTHORITY, "relay.test", books)


def request(name: str, token: str, key: object = None) -> signals.Enrol:
    return signals.Enrol(name, token, certificates.make_csr(key or certificates.new_key(), name))  # type: ignore[arg-type]


def join(enrolment: Enrolment, name: str, key: object = None) -> x509.Certificate:
    answer = enrolment.enrol(request(name, enrolment.invite(name, NOW), key), NOW)
    return certificates.load_certificate_untrusted(answer.certificate)


def refusal(enrolment: Enrolment, ask: signals.Enrol, now: datetime = NOW) -> InviteError:
    with pytest.raises(InviteError) as caught:
        enrolment.enrol(ask, now)
    return caught.value


def test_who_has_an_invite_joins(enrolment: Enrolment, books: RelayStore) -> None:
    key = certificates.new_key()
    token = enrolment.invite("bob", NOW)
    answer = enrolment.enrol(request("bob", token, key), NOW + timedelta(days=6))
    invite = Invite("bob", "127.0.0.1", 7443, "relay.test", certificates.fingerprint(AUTHORITY.certificate), token)
    identity, authority = joining.read_enrolled_untrusted(answer, key, invite, NOW + timedelta(days=6))
    assert authority == AUTHORITY.certificate
    assert enrolment.check(identity.certificate, NOW + timedelta(days=6)) == "bob"
    assert books.names() == ["bob"]
    account = books.account("bob")
    assert account is not None
    assert account.serial == f"{identity.certificate.serial_number:x}"
    assert account.created == NOW + timedelta(days=6)


def test_the_token_is_nowhere_in_the_books(enrolment: Enrolment, books: RelayStore) -> None:
    token = enrolment.invite("bob", NOW)
    files = [file for file in books.state.rglob("*") if file.is_file()]
    assert files
    assert not any(token in file.read_text() or token in file.name for file in files)


def test_a_second_use_says_already_used(enrolment: Enrolment) -> None:
    token = enrolment.invite("bob", NOW)
    enrolment.enrol(request("bob", token), NOW)
    error = refusal(enrolment, request("bob", token))
    assert error.code == "invite-used"
    assert "already used" in error.sentence


def test_an_expired_invite(enrolment: Enrolment) -> None:
    token = enrolment.invite("bob", NOW, timedelta(hours=1))
    error = refusal(enrolment, request("bob", token), NOW + timedelta(hours=1))
    assert (error.code, "2026-11-23 13:00" in error.sentence) == ("invite-expired", True)


def test_an_invite_is_for_one_name(enrolment: Enrolment) -> None:
    token = enrolment.invite("bob", NOW)
    assert refusal(enrolment, request("eve", token)).code == "invite-unknown"
    assert refusal(enrolment, request("eve", "0" * 64)).code == "invite-unknown"
    assert refusal(enrolment, request("eve", "\ud800")).code == "invite-unknown"
    assert enrolment.enrol(request("bob", token), NOW)


@pytest.mark.parametrize("name", ["Bob", "../bob", "bob\n", ""])
def test_an_odd_name(enrolment: Enrolment, name: str) -> None:
    ask = signals.Enrol(name, "0" * 64, "")
    assert refusal(enrolment, ask).code == "name-bad"
    with pytest.raises(InviteError, match="a name starts with a letter"):
        enrolment.invite(name, NOW)


def test_a_taken_name(enrolment: Enrolment) -> None:
    first, second = enrolment.invite("bob", NOW), enrolment.invite("bob", NOW)
    enrolment.enrol(request("bob", first), NOW)
    assert refusal(enrolment, request("bob", second)).code == "name-taken"
    with pytest.raises(InviteError, match="taken"):
        enrolment.invite("bob", NOW)


def test_a_bad_request_does_not_cost_the_invite(enrolment: Enrolment) -> None:
    token = enrolment.invite("bob", NOW)
    assert refusal(enrolment, signals.Enrol("bob", token, "nonsense")).code == "csr-bad"
    assert enrolment.enrol(request("bob", token), NOW)


class RacingBooks(RelayStore):
    """Books in which another process is quicker, between the question and the deed."""

    def spend_invite(self, token_hash: str) -> bool:
        super().spend_invite(token_hash)
        return super().spend_invite(token_hash)


class RacingNames(RelayStore):
    def spend_invite(self, token_hash: str) -> bool:
        Enrolment(AUTHORITY, "relay.test", RelayStore(self.state)).enrol(request("bob", self.other), NOW)
        return super().spend_invite(token_hash)

    other = ""


def test_of_two_that_spend_one_invite_at_once_one_wins(tmp_path: Path) -> None:
    enrolment = Enrolment(AUTHORITY, "relay.test", RacingBooks(tmp_path))
    token = enrolment.invite("bob", NOW)
    assert refusal(enrolment, request("bob", token)).code == "invite-used"


def test_of_two_that_take_one_name_at_once_one_wins(tmp_path: Path) -> None:
    books = RacingNames(tmp_path)
    enrolment = Enrolment(AUTHORITY, "relay.test", books)
    token, books.other = enrolment.invite("bob", NOW), enrolment.invite("bob", NOW)
    assert refusal(enrolment, request("bob", token)).code == "name-taken"


def test_renewal_keeps_the_key_and_moves_the_end(enrolment: Enrolment, books: RelayStore) -> None:
    key = certificates.new_key()
    old = join(enrolment, "bob", key)
    later = NOW + timedelta(days=61)
    new = certificates.load_certificate_untrusted(enrolment.renew("bob", certificates.make_csr(key, "bob"), later))
    assert new.not_valid_after_utc == later + timedelta(days=90)
    assert certificates.key_fingerprint(new) == certificates.key_fingerprint(old)
    account = books.account("bob")
    assert account is not None
    assert account.keys == (certificates.key_fingerprint(old),)
    assert account.serial == f"{new.serial_number:x}"
    assert enrolment.check(new, later) == "bob"


def test_a_change_of_keys_locks_nobody_out(enrolment: Enrolment, books: RelayStore) -> None:
    def renewed() -> x509.Certificate:
        pem = enrolment.renew("bob", certificates.make_csr(certificates.new_key(), "bob"), NOW)
        return certificates.load_certificate_untrusted(pem)

    first = join(enrolment, "bob")
    lost = renewed()
    second = renewed()  # the answer with `lost` never arrived
    assert enrolment.check(first, NOW) == "bob"
    assert enrolment.check(second, NOW) == "bob"
    account = books.account("bob")
    assert account is not None
    assert account.keys == (certificates.key_fingerprint(second), certificates.key_fingerprint(first))
    with pytest.raises(CertificateError) as caught:
        enrolment.check(lost, NOW)
    assert caught.value.code == "unknown-account"
    third = renewed()  # the key in use stays, the one before it goes
    assert enrolment.check(third, NOW) == "bob"
    assert enrolment.check(second, NOW) == "bob"
    with pytest.raises(CertificateError):
        enrolment.check(first, NOW)


def test_renewal_refuses_strangers_and_bad_requests(enrolment: Enrolment) -> None:
    csr = certificates.make_csr(certificates.new_key(), "eve")
    for name, code in (("eve", "unknown-account"), ("../eve", "name-bad")):
        with pytest.raises(CertificateError) as caught:
            enrolment.renew(name, csr, NOW)
        assert caught.value.code == code
    join(enrolment, "bob")
    with pytest.raises(CertificateError) as caught:
        enrolment.renew("bob", "nonsense", NOW)
    assert caught.value.code == "csr-bad"


def test_a_certificate_from_elsewhere_has_no_account(enrolment: Enrolment) -> None:
    join(enrolment, "bob")
    other = ca.make_authority("relay.test", NOW)
    csr = certificates.load_csr_untrusted(certificates.make_csr(certificates.new_key(), "bob"))
    forged = ca.issue_client(other, csr, "bob", "relay.test", NOW)
    with pytest.raises(CertificateError, match=r"not issued by the relay relay\.test") as caught:
        enrolment.check(forged, NOW)
    assert caught.value.code == "unknown-account"


def test_a_closed_account_does_not_come_in(enrolment: Enrolment, books: RelayStore) -> None:
    certificate = join(enrolment, "bob")
    (books.state / "accounts" / "bob.json").unlink()
    with pytest.raises(CertificateError, match="no account") as caught:
        enrolment.check(certificate, NOW)
    assert caught.value.code == "unknown-account"


def test_the_relays_own_and_an_expired_certificate_do_not_come_in(enrolment: Enrolment) -> None:
    bob = join(enrolment, "bob")
    cases = ((ca.issue_relay(AUTHORITY, "relay.test", NOW).certificate, NOW, "wrong-usage"),)
    for certificate, now, code in (*cases, (bob, NOW + timedelta(days=91), "expired")):
        with pytest.raises(CertificateError) as caught:
            enrolment.check(certificate, now)
        assert caught.value.code == code
