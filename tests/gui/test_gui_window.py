"""The window driven by scripted entries: what it shows, and which intents clicks and keys produce."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from story import CALL, RELAY, WORDS, Story

from gui.app import Tongue
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT, Look
from voip.journal.observations import LanesChanged, Levels, PathChanged, PersonSeen


class Wishes:
    """Remembers the intents."""

    def __init__(self) -> None:
        self.made: list[tuple] = []

    def __getattr__(self, name):
        return lambda *values: self.made.append((name, *values))


@pytest.fixture(scope="module")
def one_look(qapp):
    return Look(qapp, "light")


@pytest.fixture
def look(one_look):
    # Windows of earlier tests that wait to be deleted would be polished again with each theme.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    one_look.choose("light")
    return one_look


@pytest.fixture
def tongue(qapp):
    tongue = Tongue(qapp)
    yield tongue
    tongue.speak("en")


@pytest.fixture
def wishes():
    return Wishes()


@pytest.fixture
def story():
    return Story()


@pytest.fixture
def window(qtbot, look, wishes, story):
    window = MainWindow(look, wishes, lambda: story.at)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def texts(window: QWidget) -> str:
    return "\n".join(w.text() for kind in (QLabel, QPushButton) for w in window.findChildren(kind) if w.isVisible())


def press(qtbot, window, key) -> None:
    qtbot.keyClick(window.focusWidget() or window, key)


def test_idle_shows_who_i_am_and_the_people(window, story):
    window.take(story.online().entries)
    shown = texts(window)
    assert "alice" in shown
    assert RELAY in shown
    assert "Ready when you are" in shown
    assert [window.sidebar.list.people.index(i).data() for i in range(5)] == [
        "bob", "carla", "dong-hyun", "emil", "fatima",
    ]  # fmt: skip
    said = window.sidebar.list.people.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "carla, In a call"
    assert "post-quantum" in shown


def test_keyboard_alone_picks_and_calls(qtbot, window, story, wishes):
    window.take(story.online().entries)
    window.sidebar.list.setFocus()
    press(qtbot, window, Qt.Key.Key_Down)
    assert "Call bob" in texts(window)
    press(qtbot, window, Qt.Key.Key_Return)
    assert wishes.made == [("call", "bob")]


def test_the_call_button_calls_and_is_off_for_the_absent(qtbot, window, story, wishes):
    window.take(story.online().entries)
    window.sidebar.picked.emit("emil")
    assert not window.idle.button.isEnabled()
    window.sidebar.picked.emit("dong-hyun")
    qtbot.mouseClick(window.idle.button, Qt.MouseButton.LeftButton)
    assert wishes.made == [("call", "dong-hyun")]


def test_a_chosen_person_stays_chosen_when_the_list_changes(window, story):
    window.take(story.online().entries)
    window.sidebar.picked.emit("emil")
    story.entries.clear()
    window.take(story.add("phone", PersonSeen("emil", True)).entries)
    assert "Call emil" in texts(window)
    assert window.sidebar.list.currentIndex().data() == "emil"


def test_incoming_says_who_and_how_well_known_and_enter_accepts(qtbot, window, story, wishes):
    window.take(story.online().incoming().entries)
    shown = texts(window)
    assert "is calling you" in shown
    assert "Certified" in shown
    assert f"bob@{RELAY}" in shown
    assert window.call.accept.hasFocus()
    press(qtbot, window, Qt.Key.Key_Return)
    assert wishes.made == [("accept",)]


def test_enter_on_decline_declines_and_escape_too(qtbot, window, story, wishes):
    window.take(story.online().incoming().entries)
    press(qtbot, window, Qt.Key.Key_Escape)
    window.call.decline.setFocus()
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.mouseClick(window.call.decline, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.call.accept, Qt.MouseButton.LeftButton)
    assert wishes.made == [("decline",)] * 3 + [("accept",)]


def test_incoming_before_the_handshake_is_done_says_that_it_checks(window, story):
    window.take(story.online().incoming(upto=5).entries)
    assert "Checking who it is…" in texts(window)
    assert len(window.evidence.session.view._rows) == 5


def test_talking_shows_timer_words_levels_and_delay(window, story):
    window.take(story.online().ringing().trusted().talking(65).entries)
    shown = texts(window)
    assert "01:05" in shown
    for word in WORDS:
        assert word in shown
    assert "They match" in shown
    assert " ms" in shown
    assert window.evidence.latency._bar.accessibleDescription().startswith("Device in 7.2 ms, Frame 10.0 ms")
    assert window.call._my_meter._lit > 0
    assert window._second.isActive()
    story.at += 3
    window._second.timeout.emit()
    assert "01:08" in texts(window)


def test_the_voice_line_says_how_the_voice_travels_and_why(window, story):
    window.take(story.online().ringing().trusted("pinned").talking(3).entries)
    before = len(story.entries)
    line = window.evidence.leg
    assert line.accessibleName().startswith("Voice line: Voice inside TLS · every call begins so")
    story.add("call", PathChanged("udp", "proven"), call=CALL)
    story.add("call", PathChanged("tls", "loss", "out"), call=CALL)
    story.add("call", LanesChanged(2, "late"), call=CALL)
    window.take(story.entries[before:])
    told = "Sent inside TLS, received by UDP, on 2 connections at once"
    assert f"{told} · too much got lost by UDP" in line.accessibleName()
    assert f"{told} – too much got lost by UDP" in line._text.toolTip()


def test_only_levels_only_moves_the_meters(window, story):
    window.take(story.online().ringing().trusted().talking(3).entries)
    story.entries.clear()
    window.take(story.add("call", Levels(-3.0, -90.0), call=CALL).entries)
    assert window.call._their_meter._lit == 0
    assert window.call._my_meter._lit > 20


def test_intents_while_talking(qtbot, window, story, wishes):
    window.take(story.online().ringing().trusted().talking(3).entries)
    qtbot.mouseClick(window.call.words.button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.call.mute, Qt.MouseButton.LeftButton)
    press(qtbot, window, Qt.Key.Key_M)
    qtbot.mouseClick(window.call.hang_up, Qt.MouseButton.LeftButton)
    press(qtbot, window, Qt.Key.Key_Escape)
    for button in (window.call.mute, window.call.hang_up, window.call.words.button):
        button.setFocus()
        press(qtbot, window, Qt.Key.Key_Return)
    assert wishes.made == [
        ("words_match",), ("mute", True), ("mute", True), ("hang_up",), ("hang_up",),
        ("mute", False), ("hang_up",), ("words_match",),
    ]  # fmt: skip


def test_muted_is_said_on_both_sides_and_m_unmutes(qtbot, window, story, wishes):
    window.take(story.online().ringing().trusted().talking(3).muted(mine=True, theirs=True).entries)
    shown = texts(window)
    assert "Your microphone is off" in shown
    assert "Their microphone is off" in shown
    assert window.call.mute.text() == "Unmute"
    assert window.call._my_meter._lit == 0
    press(qtbot, window, Qt.Key.Key_M)
    assert wishes.made == [("mute", False)]


def test_verified_takes_the_button_away(window, story):
    window.take(story.online().ringing().trusted("pinned").talking(3).verified().entries)
    assert "Verified by you" in texts(window)
    assert "They match" not in texts(window)


def test_a_changed_key_shows_both_keys_and_offers_no_second_call(qtbot, window, story, wishes):
    window.take(story.online().ringing().key_changed().entries)
    shown = texts(window)
    assert "This is not the key you know" in shown
    assert "safe" not in shown
    assert "a94f d1b2" in shown
    assert "3be0 7715" in shown
    assert not window.call.call_again.isVisible()
    press(qtbot, window, Qt.Key.Key_Return)
    assert window.state.call is None
    assert wishes.made == []


def test_after_the_call_again_or_done(qtbot, window, story, wishes):
    window.take(story.online().ringing().trusted().talking(61).ended("declined").entries)
    assert "The call was declined." in texts(window)
    assert not window._second.isActive()
    qtbot.mouseClick(window.call.call_again, Qt.MouseButton.LeftButton)
    assert wishes.made == [("call", "bob")]
    press(qtbot, window, Qt.Key.Key_Escape)
    assert "Call bob" in texts(window)


def test_problems_stand_in_strips_and_go(qtbot, window, story):
    window.take(story.unreachable().problem().entries)
    shown = texts(window)
    assert "Waiting for the relay" in shown
    assert "The relay cannot be reached." in shown
    assert "Something {odd} happened." in shown
    strip = window.strips["call"]
    qtbot.mouseClick(strip._close, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    assert window.strips["link"].isVisible()


def test_a_failed_handshake_is_said_in_its_card(window, story):
    window.take(story.online().entries[:8])
    window.take(Story().refused().entries)
    assert "The handshake failed: certificate_expired" in texts(window)


def test_korean_and_back(window, story, tongue):
    window.take(story.online().ringing().trusted("pinned").talking(3).entries)
    window.language.connect(tongue.speak)
    window.sidebar.language.emit("ko")
    QApplication.processEvents()
    shown = texts(window)
    assert "이 통화가 안전한 이유" in shown
    assert "일치합니다" in shown
    assert "2026년 11월 3일부터" in shown
    assert window.call.hang_up.accessibleName() == "끊기"
    window.sidebar.language.emit("en")
    QApplication.processEvents()
    assert "Why this call is safe" in texts(window)


def test_dark_renders_dark(window, story):
    window.take(story.online().ringing().trusted().talking(9).entries)
    light = window.grab().toImage().pixelColor(300, 30)
    window.sidebar.theme.emit("dark")
    dark = window.grab().toImage().pixelColor(300, 30)
    assert light == QColor(LIGHT.window)
    assert dark == QColor(DARK.window)


def test_the_menu_offers_themes_and_languages(window):
    menu = window.sidebar.settings.menu()
    menu.aboutToShow.emit()
    by_text = {action.text(): action for action in menu.actions()}
    assert {"Light", "Dark", "English", "한국어"} <= set(by_text)
    chosen = []
    window.sidebar.theme.connect(chosen.append)
    by_text["Dark"].trigger()
    assert chosen == ["dark"]


def test_a_narrow_window_folds_and_a_low_one_makes_room(window, story):
    window.take(story.online().ringing().trusted().talking(3).entries)
    window.resize(900, 640)
    QApplication.processEvents()
    assert window.sidebar.width() < 100
    assert window.evidence.geometry().right() <= window.width()
    assert not window.call._avatar.isVisible()
    assert window.evidence.link.geometry().right() < window.evidence.width()
    window.resize(1180, 860)
    QApplication.processEvents()
    assert window.sidebar.width() > 200
    assert window.call._avatar.isVisible()


def test_every_button_has_a_name_for_the_screen_reader(window, story):
    window.take(story.online().ringing().trusted().talking(3).problem().entries)
    nameless = [b for b in window.findChildren(QPushButton) if b.isVisible() and not (b.text() or b.accessibleName())]
    assert nameless == []
    assert "ClientHello" in window.evidence.session.view.accessibleDescription()
    assert "Certified" in window.call.trust.accessibleName()


def test_foreign_text_is_never_markup(window):
    kinds = {w.textFormat() for w in window.findChildren(QLabel)}
    assert kinds == {Qt.TextFormat.PlainText}


def test_a_message_tells_its_size_in_a_tooltip(window, story, monkeypatch):
    window.take(story.online().entries)
    view, told = window.evidence.link.view, []
    monkeypatch.setattr("gui.widgets.ladder_view.QToolTip.showText", lambda _at, text, _w: told.append(text))
    point = view.rect().topLeft()
    point.setY(int(view._tops()[0]) + 5)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, point, view.mapToGlobal(point)))
    assert told == ["0.000 ms: sent ClientHello, 1579 bytes"]


def test_a_live_ladder_grows_message_by_message(qtbot, window, story):
    story.online().ringing(upto=3)
    window.take(story.entries)
    view = window.evidence.session.view
    assert view._grown < 3
    qtbot.waitUntil(lambda: view._grown == 3, timeout=3000)
    height = view.height()
    window.take(Story(story.at).handshake("session", call=CALL, to="bob").entries[6:8])
    assert view.height() > height


def test_rings_breathe_while_it_rings(qtbot, window, story):
    window.take(story.online().incoming().entries)
    before = window.call._avatar._phase
    qtbot.waitUntil(lambda: window.call._avatar._phase != before, timeout=3000)
    window.grab()
    story.entries.clear()
    window.take(story.ended("cancelled").entries)
    assert "cancelled" in texts(window)


def test_closing_the_window_is_an_intent(window, wishes):
    window.close()
    assert wishes.made == [("close",)]


def _luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(palette):
    for ground in (palette.window, palette.sidebar, palette.card):
        for ink in (palette.text, palette.text2, palette.text3, palette.outer, palette.inner, palette.good,
                    palette.bad, palette.warn):  # fmt: skip
            assert _contrast(ink, ground) >= 4.5, (ink, ground)
    for fill in (palette.fill_good, palette.fill_bad):
        assert _contrast(palette.on_fill, fill) >= 3.0, "bold and large: WCAG asks for 3"


def test_auto_follows_the_system(qapp, look):
    look.choose("auto")
    dark = qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert look.palette is (DARK if dark else LIGHT)
