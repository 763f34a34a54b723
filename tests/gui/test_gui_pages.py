"""Every page is one click away, comes back with Escape, and never takes the call's buttons away."""

import itertools
import time
from typing import get_args

import pytest
from handshakes import real_call
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from story import CALL

from gui.main_window import MainWindow
from gui.study import Page
from gui.theme import Look
from voip.journal.observations import CallCost, Entry, KeyLogging, MediaStats, Worsened


class Wishes:
    def __init__(self):
        self.made = []

    def __getattr__(self, name):
        return lambda *args: self.made.append((name, *args))


@pytest.fixture
def window(qtbot, qapp):
    story = real_call().talking(42)
    wishes = Wishes()
    made = MainWindow(Look(qapp), wishes, lambda: story.at)
    made.wishes = wishes
    qtbot.addWidget(made)
    made.resize(1200, 840)
    made.show()
    made.take(story.entries)
    return made


PAGES = [page for page in get_args(Page) if page != "handshake"]


@pytest.mark.parametrize("page", PAGES)
def test_one_click_opens_a_page_and_escape_comes_back(qtbot, window, page):
    door = window.call.sound if page == "voice" else window.evidence.doors.buttons[page]
    qtbot.mouseClick(door, Qt.MouseButton.LeftButton)
    assert window.pages.room.view(page).isVisible()
    assert window.pages.room.call.hang_up.isVisible()
    window.grab()
    window.keys.escape()
    assert window.study is None
    assert not any(made[0] == "hang_up" for made in window.wishes.made)


def made(window) -> list[str]:
    return [page for page in PAGES if window.pages is not None and window.pages.room.has(page)]


def test_no_page_is_made_while_somebody_talks_unless_it_is_asked_for(qtbot, window):
    qtbot.wait(600)  # three times as long as it takes to begin
    assert made(window) == []
    window.open_page("wire")
    assert made(window) == ["wire"]


def test_pages_are_made_ahead_without_a_stall(qtbot, qapp):
    window = MainWindow(Look(qapp), Wishes(), lambda: 0.0)
    qtbot.addWidget(window)
    window.resize(1200, 840)
    window.show()
    ticks = []
    probe = QTimer(window, interval=1)
    probe.setTimerType(Qt.TimerType.PreciseTimer)
    probe.timeout.connect(lambda: ticks.append(time.perf_counter()))
    probe.start()
    with qtbot.waitSignal(window.studying.prepared, timeout=5000):
        pass
    assert made(window) == PAGES
    probe.stop()
    assert max(after - before for before, after in itertools.pairwise(ticks)) < 0.25


def test_the_wire_is_asked_for_only_while_it_is_looked_at(qtbot, window):
    window.open_page("wire")
    qtbot.waitUntil(lambda: sum(made[0] == "passed" for made in window.wishes.made) >= 3)
    window.keys.escape()
    asked = sum(made[0] == "passed" for made in window.wishes.made)
    qtbot.wait(300)
    assert sum(made[0] == "passed" for made in window.wishes.made) == asked


def test_asking_the_relay_is_an_intent(window):
    window.open_page("wire")
    window.pages.wire.watch.emit(True)
    assert ("watch_relay", True) in window.wishes.made


def test_a_lock_leads_to_its_evidence(qtbot, window):
    for name, page in (("link", "handshake"), ("session", "handshake"), ("media", "wire")):
        window.evidence.locks.rows[name].open_current()
        assert window.study.page == page
        window.keys.escape()


def test_the_cost_reaches_its_page(window):
    window.open_page("compare")
    cost = CallCost(10.0, 1000, 80_000, 12_000, 16_000, 2_000, 22_000, 0.01, 0.03, 0.6, 40.0, 42.0)
    window.take([Entry(2000.0, "call", CALL, cost)])
    assert "of one core" in window.pages.compare._cost_text.text()
    told = window.pages.compare.cost_bar.accessibleDescription()
    assert "Voice (Opus) 61 %" in told
    assert "SRTP protection 12 %" in told
    assert "TLS protection 17 %" in told


def test_what_gets_worse_is_said_and_a_key_log_stays_said(qtbot, window):
    window.take([Entry(2000.0, "call", CALL, Worsened("media", "packets-rejected", "…"))])
    assert "Packets were refused" in window.strips["call"].accessibleName()
    stats = MediaStats(10, 10, 3, 10, 0, 0, 1, 1)
    window.take([Entry(2000.1, "call", CALL, stats)])
    assert "does not hold" in window.evidence.locks.rows["media"].accessibleName()
    assert window.banner.isHidden()
    window.take([Entry(2001.0, "phone", "", KeyLogging("/tmp/keys.log"))])
    assert not window.banner.isHidden()
    assert "/tmp/keys.log" in window.banner.accessibleName()
    assert not window.banner.findChildren(QPushButton)


def test_the_tour_walks_through_the_real_window(qtbot, window):
    qtbot.mouseClick(window.evidence.doors.buttons["tour"], Qt.MouseButton.LeftButton)
    seen = set()
    for _ in range(20):
        step = window.studying.tour.step
        if step is None:
            break
        seen.add(step.place)
        assert window.studying.find(step.place) is not None
        QApplication.processEvents()
        window.studying.tour.card.next_button.click()
    assert len(seen) >= 9
    window.keys.escape()
    assert window.studying.tour.step is None


@pytest.mark.parametrize("begin", ["door", "room", "key"])
def test_the_export_is_one_click_away_and_says_what_became_of_it(qtbot, window, begin, tmp_path):
    if begin == "door":
        qtbot.mouseClick(window.evidence.doors.buttons["export"], Qt.MouseButton.LeftButton)
    elif begin == "room":
        window.open_page("wire")
        qtbot.mouseClick(window.pages.room.save, Qt.MouseButton.LeftButton)
    else:
        window.studying.begin_export()
    dialog = window.studying.exporting.dialog
    assert dialog.isVisible()
    assert not dialog.isModal(), "a call must stay in reach"
    dialog.wanted.emit("report", str(tmp_path / "r.html"))
    assert window.wishes.made[-1] == ("export", "report", str(tmp_path / "r.html"), "en")
    window.told("report", str(tmp_path / "r.html"), "", "")
    assert dialog.choices["report"].outcome.text() == f"Saved: {tmp_path / 'r.html'}"
    window.told("journal", "/full", "not-writable", "…")
    assert "/full" in dialog.choices["journal"].outcome.text()
    window.take([Entry(99.0, "phone", "", KeyLogging("/tmp/keys"))])
    assert dialog.choices["capture-secrets"].save.isEnabled()
    dialog.close()
