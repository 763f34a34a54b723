"""`glasscall phone` with a scripted phone: options, automation, picture, signals, and an end without a traceback."""

import argparse
import os
import signal
import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from story import Story
from test_gui_bridge import FakePhone

from gui import command
from gui.app import Tongue, ends_at_signals, no_tracebacks
from gui.theme import Look


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    return parser.parse_args(["phone", *words])


class Acting(FakePhone):
    """A phone whose calls succeed at once, in scripted time."""

    async def call(self, name: str) -> None:
        await super().call(name)
        self.tell(Story().ringing().trusted().talking(5))

    async def accept(self) -> None:
        await super().accept()
        self.tell(Story().talking(5))

    async def hang_up(self) -> None:
        await super().hang_up()
        self.tell(Story().ended())


@pytest.fixture
def phones(monkeypatch, qapp):
    made = []

    def build(_args):
        made.append(Acting(build.story))
        return made[-1]

    build.story = Story().online()
    made_by = build
    monkeypatch.setattr(command, "build_phone", build)
    made.append(made_by)
    yield made
    qapp.setQuitOnLastWindowClosed(True)
    for tongue in qapp.findChildren(Tongue):
        tongue.speak("en")
    for look in qapp.findChildren(Look):
        look.choose("light")


def test_help_is_quick():
    code = (
        "import argparse, sys, gui.command as c; c.add(argparse.ArgumentParser().add_subparsers());"
        "sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_defaults():
    args = parse()
    assert (args.lang, args.theme, args.seconds, args.answer, args.call) == ("auto", "auto", 0.0, False, "")
    assert args.run is command.run


def test_it_calls_takes_a_picture_hangs_up_and_quits(phones, tmp_path):
    picture = tmp_path / "deep" / "alice.png"
    args = parse("--call", "bob", "--seconds", "0.6", "--screenshot", str(picture), "--theme", "dark", "--lang", "ko")
    assert command.run(args) == 0
    assert phones[1].asked == [("call", "bob"), ("hang_up",), ("stop",)]
    assert QImage(str(picture)).width() >= 1000


def test_it_answers(phones):
    phones[0].story = Story().online().incoming()
    assert command.run(parse("--answer", "--seconds", "0.2")) == 0
    assert phones[1].asked == [("accept",), ("hang_up",), ("stop",)]


def test_a_call_that_never_came_to_be_leaves_no_picture(phones, tmp_path, capsys):
    phones[0].story = Story().online().ringing().ended("busy")
    status = command.run(parse("--call", "bob", "--seconds", "1", "--screenshot", str(tmp_path / "no" / "a.png")))
    assert status == 0, "the window at the end was pictured instead"
    assert capsys.readouterr().err == ""


def test_a_picture_that_cannot_be_saved_is_said(phones, tmp_path, capsys):
    (tmp_path / "a.png").mkdir()
    args = parse("--call", "bob", "--seconds", "0.2", "--screenshot", str(tmp_path / "a.png"))
    assert command.run(args) == 1
    assert "No picture was saved" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_gracefully(phones, number, qtbot):
    def when_online():
        if len(phones) > 1:
            os.kill(os.getpid(), number)
        else:
            QTimer.singleShot(20, when_online)

    QTimer.singleShot(0, when_online)
    assert command.run(parse()) == 0
    assert phones[1].asked == [("stop",)]


def test_without_a_phone_it_says_why(monkeypatch, capsys, qapp):
    def build(_args):
        raise command.StoreError("There is no account in this folder.")

    monkeypatch.setattr(command, "build_phone", build)
    assert command.run(parse()) == 1
    qapp.setQuitOnLastWindowClosed(True)
    assert capsys.readouterr().err == "glasscall: There is no account in this folder.\n"


def test_signal_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT)
    with ends_at_signals(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_defect_in_a_slot_is_one_sentence(capsys):
    hook = sys.excepthook
    with no_tracebacks():
        sys.excepthook(ValueError, ValueError("odd"), None)
    assert sys.excepthook is hook
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "odd" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "soon", "1e9"])
def test_a_length_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        parse("--seconds", text)
    assert "0 to 86400" in capsys.readouterr().err
