from datetime import UTC, datetime, timedelta

import pytest

from voip.errors import CertificateError
from voip.pki import ca, certificates, checks

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)
RELAY = ca.issue_relay(AUTHORITY, "relay.test", NOW).certificate
CSR = certificates.load_csr_untrusted(certificates.make_csr(certificates.new_key(), "x"))
BOB = ca.issue_client(AUTHORITY, CSR, "bob", "relay.test", NOW)


def test_the_right_ones_pass() -> None:
    checks.check_relay(RELAY, "relay.test", NOW)
    for address in ("127.0.0.1", "::1"):
        checks.check_relay(ca.issue_relay(AUTHORITY, address, NOW).certificate, address, NOW)
    assert checks.check_client(BOB, "relay.test", NOW, "bob") == "bob@relay.test"
    assert checks.check_client(BOB, "relay.test", NOW, None) == "bob@relay.test"


@pytest.mark.parametrize("name", ["other.test", "127.0.0.1", "test", "bob@relay.test"])
def test_a_wrong_host_is_named_with_the_right_one(name: str) -> None:
    with pytest.raises(CertificateError, match=r"names relay\.test") as caught:
        checks.check_relay(RELAY, name, NOW)
    assert caught.value.code == "wrong-host"
    assert name in caught.value.sentence


def test_a_person_cannot_pass_for_the_relay_although_good_as_a_server() -> None:
    with pytest.raises(
        CertificateError, match=r"should be relay\.test, but its certificate names bob@relay\.test"
    ) as caught:
        checks.check_relay(BOB, "relay.test", NOW)
    assert caught.value.code == "wrong-host"


def test_the_relay_cannot_pass_for_a_person() -> None:
    with pytest.raises(CertificateError, match=r"not a person's; it names relay\.test") as caught:
        checks.check_client(RELAY, "relay.test", NOW, "bob")
    assert caught.value.code == "wrong-usage"


def test_the_authority_cannot_pass_for_anybody() -> None:
    for check in (
        lambda: checks.check_relay(AUTHORITY.certificate, "relay.test", NOW),
        lambda: checks.check_client(AUTHORITY.certificate, "relay.test", NOW, None),
    ):
        with pytest.raises(CertificateError) as caught:
            check()
        assert caught.value.code == "wrong-usage"


@pytest.mark.parametrize(("relay", "name"), [("relay.test", "alice"), ("other.test", "bob"), ("other.test", None)])
def test_another_person_is_named_with_the_right_one(relay: str, name: str | None) -> None:
    with pytest.raises(CertificateError, match=r"names bob@relay\.test") as caught:
        checks.check_client(BOB, relay, NOW, name)
    assert caught.value.code == "wrong-person"
    assert f"{name or 'somebody'}@{relay}" in caught.value.sentence


@pytest.mark.parametrize(
    ("now", "code"), [(NOW + timedelta(days=366), "expired"), (NOW - timedelta(minutes=6), "not-yet-valid")]
)
def test_a_certificate_out_of_its_time_is_refused(now: datetime, code: str) -> None:
    with pytest.raises(CertificateError, match="clock says") as caught:
        checks.check_relay(RELAY, "relay.test", now)
    assert caught.value.code == code
    with pytest.raises(CertificateError) as caught:
        checks.check_client(BOB, "relay.test", now, "bob")
    assert caught.value.code == code


def test_a_clock_that_is_five_minutes_behind_is_forgiven() -> None:
    checks.check_relay(RELAY, "relay.test", NOW - timedelta(minutes=5))
