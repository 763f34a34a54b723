"""A scene for a picture: a call that is told, a page that is opened, what is done on it. For all tools that draw.

Scene ──open_scene──→ MainWindow, settled ──grab──→ QImage
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "gui")]

from handshakes import real_call  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QWidget  # noqa: E402
from story import Story  # noqa: E402
from tape_story import conversation  # noqa: E402

from gui.main_window import MainWindow  # noqa: E402
from gui.study import Study  # noqa: E402
from gui.theme import Look  # noqa: E402
from gui.tour import steps  # noqa: E402
from voip.journal.tape import Passed, Tape  # noqa: E402

SETTLED_MS = 1300
"""Ladders grow row by row; a picture is taken when they stand."""
TALKED = 42
"""Seconds that the usual call has lasted."""


def whole(window: MainWindow) -> QWidget:
    """All of the window."""
    return window


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: the call that is told, what is looked at, and what of the window is shown."""

    tell: Callable[[], Story]
    study: Study | None = None
    """The page that is opened; None for the home page."""
    part: Callable[[MainWindow], QWidget] = whole
    step: str = ""
    """The title of the tour's step that is told over it; it opens its page itself."""
    ready: Callable[[MainWindow], None] = lambda _window: None
    """What is done on the page before the picture is taken."""
    recorded: bool = True
    """Whether the phone has kept its wire."""


class Phone:
    """In a phone's place: it does nothing that is asked of it, and has recorded four seconds of voice."""

    def __init__(self, tape: Tape | None) -> None:
        self._tape = tape

    def passed(self, number: int) -> tuple[Passed, ...]:
        """As `Phone.tape.since`."""
        return () if self._tape is None else self._tape.since(number)

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None


def call(version: str = "1.3", talked: int = TALKED) -> Callable[[], Story]:
    """alice, some seconds into a call with bob; every message and record of it is real."""
    return lambda: real_call(version).talking(talked)


@cache
def tape_until(at: float) -> Tape:
    """Four seconds of voice up to `at`."""
    return conversation(4.0, begins=at - 4.0)


def open_scene(scene: Scene, look: Look, language: str, size: tuple[int, int]) -> MainWindow:
    """The window with `scene` played in it, settled."""
    story = scene.tell()
    phone = Phone(tape_until(story.at) if scene.recorded else None)
    window = MainWindow(look, phone, lambda: story.at, language=language)
    window.resize(*size)
    window.show()
    half = len(story.entries) // 2
    window.take(story.entries[:half])
    window.take(story.entries[half:])
    if scene.step:
        titles = [step.title for step in steps(window.state)]
        window.studying.begin_tour()
        window.studying.tour.go(titles.index(scene.step))
    elif scene.study is not None:
        window.studying.go(scene.study)
    QTest.qWait(SETTLED_MS)
    scene.ready(window)
    return window


def grab(scene: Scene, window: MainWindow) -> QImage:
    """What the picture shows."""
    return scene.part(window).grab().toImage()


def measure(window: MainWindow) -> None:
    """Measure the four handshakes on this machine, now."""
    assert window.pages is not None
    view = window.pages.compare
    view.measure()
    while view.found is None:
        QTest.qWait(50)
    QTest.qWait(200)  # found is known before the columns are laid out
