"""The four files that can be saved: one line each, the dangerous one asked for twice."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QFileDialog

from gui.panels.export_menu import FILE, OPEN, ORDER, ExportDialog
from gui.theme import Look
from gui.words.export import FAILED, NO_SECRETS
from voip.capture.recorder import HOW


@pytest.fixture
def asked():
    return []


@pytest.fixture
def dialog(qtbot, asked):
    def ask(_parent, kind, then):
        asked.append(kind)
        then(f"/tmp/{FILE[kind]}")

    made = ExportDialog(Look(QApplication.instance()), ask=ask)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("kind", [kind for kind in ORDER if kind != OPEN])
def test_a_click_asks_for_a_place_and_wants_it_there(qtbot, dialog, asked, kind):
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.mouseClick(dialog.choices[kind].save, Qt.MouseButton.LeftButton)
    assert wanted.args == [kind, f"/tmp/{FILE[kind]}"]
    assert asked == [kind]
    choice = dialog.choices[kind]
    assert "Saving" in choice.outcome.text()
    dialog.show_done(kind, "/tmp/there")
    assert choice.outcome.text() == "Saved: /tmp/there"
    assert choice.outcome.property("tone") == "good"


def test_without_a_key_log_the_secrets_cannot_be_chosen_and_it_says_why(qtbot, dialog, asked):
    choice = dialog.choices[OPEN]
    assert not choice.save.isEnabled()
    assert "--key-log FILE" in choice.outcome.text()
    assert "--key-log FILE" in choice.save.accessibleDescription()
    assert "--key-log FILE" in HOW
    qtbot.mouseClick(choice.save, Qt.MouseButton.LeftButton)
    assert asked == []
    assert not dialog.danger.isVisible()


def test_secrets_are_asked_for_twice_and_enter_is_the_safe_answer(qtbot, dialog, asked):
    spy = QSignalSpy(dialog.wanted)
    dialog.show_state("/home/alice/keys.log")
    choice = dialog.choices[OPEN]
    assert choice.save.isEnabled()
    assert not choice.outcome.isVisible()
    choice.save.click()
    assert dialog.danger.isVisible()
    assert dialog.danger.property("role") == "alarm"
    assert asked == []
    assert dialog.focusWidget() is dialog.danger.no
    dialog.danger.no.click()
    assert not dialog.danger.isVisible()
    assert spy.count() == 0
    choice.save.click()
    dialog.danger.yes.click()
    assert asked == [OPEN]
    assert spy.at(0) == [OPEN, "/tmp/call-with-secrets.pcapng"]


def test_the_question_goes_when_the_key_log_does(dialog):
    dialog.show_state("/home/alice/keys.log")
    dialog.choices[OPEN].save.click()
    dialog.show_state("")
    assert not dialog.danger.isVisible()
    assert dialog.choices[OPEN].outcome.text() == NO_SECRETS


def test_a_failure_stands_beside_its_choice(dialog):
    dialog.show_failed("capture", "/dev/full", "capture-unwritable", "The capture /dev/full is not complete.")
    outcome = dialog.choices["capture"].outcome
    assert "/dev/full" in outcome.text()
    assert outcome.property("tone") == "bad"
    assert outcome.toolTip() == "The capture /dev/full is not complete."
    assert not dialog.choices["journal"].outcome.isVisible()
    dialog.show_failed("journal", "/x", "strange", "Braces {stay} braces.")
    assert dialog.choices["journal"].outcome.text() == "Braces {stay} braces."
    assert {"not-writable", "capture-unwritable", "no-secrets"} <= FAILED.keys()


def test_another_language_is_said_at_once(dialog, monkeypatch):
    monkeypatch.setattr("gui.panels.export_menu.say", lambda text, **_values: f"<{text}>")
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog.choices["report"].name.text() == "<Call report (HTML)>"


def test_the_real_dialog_for_a_place_does_not_hold_the_window_up(qtbot):
    made = ExportDialog(Look(QApplication.instance()))
    qtbot.addWidget(made)
    made.show()
    made.choices["journal"].save.click()
    (files,) = made.findChildren(QFileDialog)
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    with qtbot.waitSignal(made.wanted) as wanted:
        files.fileSelected.emit("/tmp/journal.json")
    assert wanted.args == ["journal", "/tmp/journal.json"]
    files.close()
