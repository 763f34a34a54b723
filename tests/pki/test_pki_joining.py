from datetime import UTC, datetime, timedelta

import pytest

from voip.errors import CertificateError
from voip.pki import ca, certificates, joining
from voip.pki.invite import Invite
from voip.wire import signals

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AUTHORITY = ca.make_authority("relay.test", NOW)
OTHER = ca.make_authority("relay.test", NOW)
KEY = certificates.new_key()
INVITE = Invite("bob", "127.0.0.1", 7443, "relay.test", certificates.fingerprint(AUTHORITY.certificate), "7" * 64)


def issued(
    by: certificates.Identity = AUTHORITY, key: object = KEY, name: str = "bob", relay: str = "relay.test"
) -> str:
    csr = certificates.load_csr_untrusted(certificates.make_csr(key, name))  # type: ignore[arg-type]
    return certificates.to_pem(ca.issue_client(by, csr, name, relay, NOW))


def test_a_good_answer_becomes_an_identity() -> None:
    answer = signals.Enrolled(issued(), AUTHORITY.certificate_pem)
    identity, authority = joining.read_enrolled_untrusted(answer, KEY, INVITE, NOW)
    assert identity.key is KEY
    assert identity.certificate_pem == answer.certificate
    assert authority == AUTHORITY.certificate


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (signals.Enrolled(issued(OTHER), OTHER.certificate_pem), "wrong-authority"),
        (signals.Enrolled(issued(OTHER), AUTHORITY.certificate_pem), "wrong-authority"),
        (signals.Enrolled(issued(key=certificates.new_key()), AUTHORITY.certificate_pem), "wrong-key"),
        (signals.Enrolled(issued(name="eve"), AUTHORITY.certificate_pem), "wrong-person"),
        (signals.Enrolled(issued(relay="other.test"), AUTHORITY.certificate_pem), "wrong-person"),
        (signals.Enrolled("nonsense", AUTHORITY.certificate_pem), "certificate-bad"),
        (signals.Enrolled(issued(), "nonsense"), "certificate-bad"),
    ],
)
def test_a_wrong_answer_is_refused(answer: signals.Enrolled, code: str) -> None:
    with pytest.raises(CertificateError) as caught:
        joining.read_enrolled_untrusted(answer, KEY, INVITE, NOW)
    assert caught.value.code == code


def test_another_authority_is_shown_with_the_one_invited_to() -> None:
    other = certificates.fingerprint(OTHER.certificate)
    with pytest.raises(CertificateError, match=f"{other}.*{INVITE.ca_fingerprint}"):
        joining.read_enrolled_untrusted(signals.Enrolled(issued(), OTHER.certificate_pem), KEY, INVITE, NOW)


def test_a_renewed_certificate_is_held_to_the_same() -> None:
    own = ("bob", "relay.test")
    later = NOW + timedelta(days=1)
    identity = joining.read_renewed_untrusted(signals.Renewed(issued()), KEY, AUTHORITY.certificate, own, later)
    assert certificates.client_address(identity.certificate) == "bob@relay.test"
    with pytest.raises(CertificateError) as caught:
        joining.read_renewed_untrusted(signals.Renewed(issued(OTHER)), KEY, AUTHORITY.certificate, own, later)
    assert caught.value.code == "wrong-authority"
