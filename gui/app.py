"""The Qt application around the window: font, icon, language, and an end that is always graceful."""

import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from types import TracebackType

from PySide6.QtCore import QLocale, QObject, QSocketNotifier, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gui.theme import type_face
from gui.wording import APP

_log = logging.getLogger(__name__)


def dress(app: QApplication) -> None:
    """Name, icon and font."""
    app.setApplicationName("glasscall")
    app.setApplicationDisplayName(APP)
    app.setDesktopFileName("glasscall")
    app.setWindowIcon(QIcon(str(files("gui") / "icons" / "app.svg")))
    app.setStyle("Fusion")
    app.setFont(type_face(13))


class Tongue(QObject):
    """The language in use. Qt tells every window of a change, and the window says everything again."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._translator: QTranslator | None = None

    def speak(self, language: str) -> None:
        """`en`, `ko`, or `auto` for the system's."""
        if language == "auto":
            language = "ko" if QLocale.system().language() is QLocale.Language.Korean else "en"
        QLocale.setDefault(QLocale(language))
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
        if language != "en":
            translator = QTranslator(self)
            if translator.load(str(files("gui") / "i18n" / f"glasscall_{language}.qm")):
                self._translator = translator
                self._app.installTranslator(translator)


@contextmanager
def ends_at_signals(end: Callable[[], object]) -> Iterator[None]:
    """Call `end` in Qt's thread at SIGINT or SIGTERM. Python's handlers wait for Python to run; a socket wakes Qt."""
    ours, woken = socket.socketpair()
    for one in (ours, woken):
        one.setblocking(False)  # noqa: FBT003 - its only argument
    previous = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    before = signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read)

    def on_signal() -> None:
        try:
            numbers = woken.recv(64)
        except BlockingIOError:
            return
        if set(numbers) & set(previous):
            end()

    notifier.activated.connect(on_signal)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before)
        for number, handler in previous.items():
            signal.signal(number, handler)
        ours.close()
        woken.close()


@contextmanager
def no_tracebacks() -> Iterator[None]:
    """A defect in a slot is told in one sentence; its traceback is for the log (`-v`), not for a person."""
    before = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        _log.debug("A defect in the window.", exc_info=(kind, error, where))
        sys.stderr.write(
            f"glasscall: something went wrong in the window ({kind.__name__}: {error}); the call goes on.\n"
        )

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = before
