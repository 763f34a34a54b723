"""The certificates page says only what was seen and checked."""

from datetime import UTC, datetime, timedelta

from people import RELAY, House
from story import CALL

from gui.certificates import Certificates, fold, nodes, steps
from gui.panels.certificates_view import CertificatesView
from gui.theme import Look
from voip.journal.observations import CallChanged, Credentials, Entry, TrustAssessed
from voip.session.tls.events import Established


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


def test_steps_carry_their_dates():
    assert [(s.level, s.reached, s.date) for s in steps(folded().trust)] == [
        ("certified", True, ""), ("pinned", True, "2026-11-03"), ("verified", False, ""),
    ]  # fmt: skip
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
    assert not view._note.isHidden()  # it was resumed: the certificate did not cross the wire
    view.picture.cards["ca"].click()
    view.save_to(tmp_path / "ca.pem")
    assert (tmp_path / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE")
    view.save_to(tmp_path)
    assert "could not be saved" in view.outcome.text()
    view.show_state(folded(), NOW + timedelta(days=40_000))
    assert view.validity.state()[1] == "bad"
    view.grab()


def test_a_changed_key_stands_beside_the_old_one(qtbot, qapp):
    view = CertificatesView(Look(qapp))
    qtbot.addWidget(view)
    changed = TrustAssessed(f"bob@{RELAY}", "changed", "ab" * 32, "2026-11-03", "cd" * 32)
    view.show_state(fold(folded(), Entry(2.0, "call", CALL, changed)), NOW)
    assert "abab abab" in view.steps._keys.text()
    assert "cdcd cdcd" in view.steps._keys.text()
    assert "glasscall forget bob" in view.steps._help.text()
