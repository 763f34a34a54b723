"""Each lock is green for what was observed, and each can go red."""

import pytest
from story import CALL, Story

from gui.locks import Locks, fold
from gui.panels.locks_card import LocksCard
from gui.theme import Look
from voip.journal.observations import (
    CallChanged,
    Connecting,
    Entry,
    KeyLogging,
    LinkState,
    MediaKeyed,
    MediaStats,
    RecordsCounted,
    TrustAssessed,
)
from voip.session.tls.events import Alert, Established, Failed


def tls(version="TLSv1.3"):
    return Established(1.0, version, "TLS_AES_256_GCM_SHA384", "X25519MLKEM768", False, "glasscall/1", (b"x",))


def stats(received=10, rejected=0):
    return MediaStats(10, received, rejected, 10, 0, 0, 1, 1)


LINK = [("link", tls()), ("link", LinkState("online"))]
RINGING = [*LINK, ("call", CallChanged("bob", "ringing", outgoing=True))]
SESSION = [*RINGING, ("session", tls())]
KNOWN = [*SESSION, ("call", TrustAssessed("bob@r", "pinned", "ab"))]
GONE = [("link", Failed(2.0, "lost", "")), ("link", LinkState("offline", code="lost"))]
TALKING = [*KNOWN, ("call", MediaKeyed("AEAD_AES_256_GCM")), ("call", stats())]


def locks_after(*seen):
    locks = Locks()
    for channel, what in seen:
        call = "" if channel in {"link", "phone"} else CALL
        locks = fold(locks, Entry(1.0, channel, call, what))
    return locks


@pytest.mark.parametrize(
    ("seen", "states"),
    [
        ([], ("none", "none", "none")),
        ([("link", LinkState("connecting"))], ("pending", "none", "none")),
        ([("link", LinkState("online"))], ("none", "none", "none")),  # a word of ours is no evidence
        (LINK, ("good", "none", "none")),
        (RINGING, ("good", "pending", "pending")),
        (SESSION, ("good", "pending", "pending")),  # a session with somebody unjudged is not green
        (KNOWN, ("good", "good", "pending")),
        (TALKING, ("good", "good", "good")),
        ([*TALKING[:-1], ("call", stats(received=0))], ("good", "good", "pending")),
        ([*TALKING, ("call", stats(rejected=3))], ("good", "good", "bad")),
        ([*TALKING, *GONE], ("bad", "good", "good")),
        ([*LINK, ("link", LinkState("refused", code="revoked"))], ("bad", "none", "none")),
        ([*SESSION, ("session", Alert(2.0, "in", "fatal", "bad_record_mac"))], ("good", "bad", "pending")),
        ([*SESSION, ("call", TrustAssessed("bob@r", "changed", "ab", "", "cd"))], ("good", "bad", "pending")),
        ([("link", tls("TLSv1.2")), ("link", LinkState("online"))], ("warn", "none", "none")),
        ([("phone", KeyLogging("/tmp/keys")), *TALKING], ("bad", "bad", "bad")),
    ],
)  # fmt: skip
def test_locks(seen, states):
    locks = locks_after(*seen)
    assert (locks.link.state, locks.session.state, locks.media.state) == states


def test_the_evidence_names_its_figures():
    locks = locks_after(*TALKING, ("link", RecordsCounted(1214)), ("session", RecordsCounted(62)))
    for lock, count in ((locks.link, "1,214"), (locks.session, "62")):
        told = lock.evidence.format(**lock.values)
        assert told.startswith(f"Observed: {count} records authenticated, 0 rejected (TLS 1.3, ")
    assert locks.media.evidence.format(**locks.media.values).startswith(
        "Observed: 10 packets authenticated, 0 rejected"
    )
    bad = locks_after(*TALKING, ("call", stats(received=12, rejected=3)))
    assert "3 rejected" in bad.media.evidence.format(**bad.media.values)


def test_a_record_that_was_altered_makes_its_lock_red():
    forged = Failed(2.0, "bad-record-mac", "")
    link = locks_after(*LINK, ("link", RecordsCounted(7, rejected=1)), ("link", forged), ("link", LinkState("offline")))
    assert (link.link.state, link.link.values) == ("bad", {"count": "7"})
    again = fold(fold(link, Entry(3.0, "link", "", Connecting("r"))), Entry(3.0, "link", "", LinkState("connecting")))
    assert again.link.state == "pending"
    session = locks_after(*TALKING, ("session", RecordsCounted(1200, rejected=1)), ("session", forged))
    assert [session.link.state, session.session.state] == ["good", "bad"]
    assert "1,200 records authenticated, 1 rejected" in session.session.evidence.format(**session.session.values)


def test_a_new_call_begins_with_open_locks_but_the_link_stays():
    seen = [*TALKING, ("link", RecordsCounted(5)), ("session", RecordsCounted(9))]
    locks = fold(locks_after(*seen), Entry(9.0, "call", "another", CallChanged("carla", "ringing", outgoing=True)))
    assert (locks.link.state, locks.session.state, locks.media.state) == ("good", "pending", "pending")
    assert (locks.link_count.authentic, locks.session_count.authentic) == (5, 0)


def test_a_story_makes_three_green_locks_and_a_click_opens(qtbot, qapp):
    locks = Locks()
    for entry in Story().online().ringing().trusted().talking().entries:
        locks = fold(locks, entry)
    card = LocksCard(Look(qapp))
    qtbot.addWidget(card)
    card.show_state(locks)
    assert {name: row.accessibleName().split(":")[1].split(".")[0].strip() for name, row in card.rows.items()} == {
        "link": "holds", "session": "holds", "media": "holds",
    }  # fmt: skip
    with qtbot.waitSignal(card.opened) as opened:
        card.rows["media"].open_current()
    assert opened.args == ["media"]
