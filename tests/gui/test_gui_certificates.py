"""The certificates page says only what was seen and checked."""

from datetime import UTC, datetime, timedelta

import pytest
from handshakes import handshake
from people import RELAY, House
from story import CALL
from story import RELAY as AT

from gui.certificates import Certificates, fold, nodes, steps
from gui.panels.certificates_view import CertificatesView
from gui.theme import Look
from gui.widgets.key_difference import differing
from gui.widgets.validity_bar import day_text
from voip.journal.observations import CallChanged, Credentials, Entry, TrustAssessed
from voip.pki.ca import issue_client, renewal_from
from voip.pki.certificates import load_csr_untrusted, make_csr
from voip.session.tls.events import Established, HandshakeMessage


def der(certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


HOUSE = House()
ALICE, BOB = HOUSE.person("alice"), HOUSE.person("bob")
NOW = datetime.now(UTC)


def shown(channel, certificate, resumed=False):
    call = CALL if channel == "session" else ""
    what = Established(1.0, "TLSv1.3", "c", "g", resumed, "a", (der(certificate),))
    return Entry(1.0, channel, call, what)


ENTRIES = (
    Entry(1.0, "link", "", Credentials(der(ALICE.certificate), der(HOUSE.ca))),
    shown("link", HOUSE.relay.certificate, resumed=True),
    Entry(1.0, "call", CALL, CallChanged("bob", "ringing", outgoing=True)),
    shown("session", BOB.certificate),
    Entry(1.0, "call", CALL, TrustAssessed(f"bob@{RELAY}", "pinned", "ab" * 32, "2026-11-03", first_seen="2026-11-03")),
)


def folded(entries=ENTRIES):
    certificates = Certificates()
    for entry in entries:
        certificates = fold(certificates, entry)
    return certificates


def test_everybody_is_there_and_every_arrow_was_checked():
    found = {node.who: node for node in nodes(folded())}
    assert set(found) == {"ca", "relay", "me", "peer"}
    assert all(node.checked is True for node in found.values())
    assert found["peer"].description.names == (f"URI:glasscall:bob@{RELAY}",)


def test_a_stranger_is_not_signed_and_without_a_ca_nothing_is_known():
    stranger = fold(folded(), shown("session", House().person("bob").certificate))
    assert next(node for node in nodes(stranger) if node.who == "peer").checked is False
    assert [node.checked for node in nodes(folded(ENTRIES[1:2]))] == [None]


def test_a_new_call_forgets_the_peer():
    later = fold(folded(), Entry(2.0, "call", "another", CallChanged("carla", "calling", outgoing=True)))
    assert (later.peer, later.trust) == (b"", None)
    assert later.relay


def test_another_call_says_nothing_of_this_ones_peer():
    before = folded()
    stranger = shown("session", House().person("bob").certificate)
    for entry in (
        Entry(2.0, "call", "another", CallChanged("carla", "ended", outgoing=False, reason="busy")),
        Entry(2.0, "call", "another", TrustAssessed(f"carla@{RELAY}", "changed", "ab", "", "cd")),
        Entry(2.0, "session", "another", stranger.what),
    ):
        assert fold(before, entry) is before


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_resumed_link_sends_no_certificate_and_still_has_one(version):
    events = [event for _ms, event in handshake(version, resumed=True)]
    assert "Certificate" not in {event.name for event in events if isinstance(event, HandshakeMessage)}
    certificates = Certificates()
    for event in events:
        certificates = fold(certificates, Entry(1.0, "link", "", event))
    assert certificates.relay_remembered
    assert nodes(certificates)[0].description.issuer == f"CN=Glasscall CA of {AT}"
    assert not folded((shown("link", HOUSE.relay.certificate),)).relay_remembered


def test_groups_that_differ():
    assert differing("aaaabbbbcccc", "aaaabbbdcccc") == {1}
    assert differing("aaaa", "aaaa") == frozenset()
    assert differing("", "aaaabbbb") == {0, 1}


def test_steps_carry_their_dates():
    assert [s.current for s in steps(folded().trust)] == [False, True, False]
    assert [(s.level, s.reached, s.date) for s in steps(folded().trust)] == [
        ("certified", True, ""), ("pinned", True, "2026-11-03"), ("verified", False, ""),
    ]  # fmt: skip
    assert steps(folded().trust, "2026-09-01")[0].date == "2026-09-01"
    changed = TrustAssessed("bob@r", "changed", "ab", "2026-11-03", "cd")
    assert [s.level for s in steps(changed)] == ["changed"]


def test_the_page(qtbot, qapp, tmp_path):
    view = CertificatesView(Look(qapp))
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show_state(Certificates(), NOW)
    assert view.copy.isHidden()
    view.show_state(folded(), NOW)
    assert "URI:glasscall:bob" in view._fields["names"][1].text()
    assert view.validity.state()[1] == "good"
    view.picture.cards["relay"].click()
    view.picture.cards["relay"].click()
    assert [who for who, card in view.picture.cards.items() if card.isChecked()] == ["relay"]
    assert not view._note.isHidden()  # it was resumed: the certificate did not cross the wire
    view.picture.cards["ca"].click()
    assert view.pem.text().startswith("-----BEGIN CERTIFICATE-----")
    assert view._fields["usage"][1].text() == "basicConstraints: cA\nkeyUsage: keyCertSign, cRLSign"
    assert "renewed from" not in view.validity.accessibleName()  # nobody renews a CA
    view.save_to(tmp_path / "ca.pem")
    assert (tmp_path / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE")
    view.save_to(tmp_path)
    assert "could not be saved" in view.outcome.text()
    view.show_state(folded(), NOW + timedelta(days=40_000))
    assert view.validity.state()[1] == "bad"
    view.grab()


def test_a_renewal_is_told_of(qtbot, qapp):
    view = CertificatesView(Look(qapp))
    qtbot.addWidget(view)
    view.chosen = "me"
    view.show_state(folded(), NOW)
    assert view._note.isHidden()
    life = (ALICE.certificate.not_valid_before_utc, ALICE.certificate.not_valid_after_utc)
    assert f"renewed from {day_text(renewal_from(*life))}" in view.validity.accessibleName()
    csr = load_csr_untrusted(make_csr(ALICE.key, "alice"))
    newer = issue_client(HOUSE.authority, csr, "alice", RELAY, NOW + timedelta(days=61))
    renewed = fold(folded(), Entry(3.0, "link", "", Credentials(der(newer), der(HOUSE.ca))))
    view.show_state(renewed, NOW + timedelta(days=61))
    told = view._note.text()
    assert f"Renewed over the link on {day_text(newer.not_valid_before_utc)}, for the same key" in told
    assert f"until {day_text(life[1])}" in told
    assert fold(renewed, Entry(4.0, "link", "", Credentials(der(newer), der(HOUSE.ca)))).before == renewed.before
    view.picture.cards["peer"].click()
    assert view._note.isHidden()
    view.grab()


def test_a_changed_key_stands_beside_the_old_one(qtbot, qapp):
    view = CertificatesView(Look(qapp))
    qtbot.addWidget(view)
    changed = TrustAssessed(
        f"bob@{RELAY}", "changed", "ab" * 32, "2026-11-03", "cd" * 32, first_seen="2026-10-01", verified_at="2026-11-03"
    )
    view.show_state(fold(folded(), Entry(2.0, "call", CALL, changed)), NOW)
    spoken = view.steps.keys.accessibleName()
    assert "Known key: cdcd cdcd" in spoken
    assert "Key shown now: abab abab" in spoken
    assert "since 1 Oct 2026. words compared 3 Nov 2026. certified on" in spoken
    peer = view.picture.cards["peer"]
    assert "not the key you know" in peer.accessibleName()
    assert peer.node.checked is True  # the CA vouches for it: that alone would not have told
    view.grab()
    assert "glasscall forget bob" in view.steps._help.text()
