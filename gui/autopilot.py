"""A hand that presses the window's own buttons: for the demo and the tests (`--call`, `--answer`, `--seconds`)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmap

from gui.main_window import MainWindow
from gui.view_state import ViewState

LATENCY_SAMPLES = 3
"""Seconds of delay to have seen before the picture is taken."""
LATEST_PICTURE = 0.8
"""… but not later than this share of the call."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do without a hand."""

    call: str = ""
    answer: bool = False
    seconds: float = 0.0
    """Hang up and quit after so many seconds of call; 0: stay."""
    screenshot: Path | None = None


class Autopilot(QObject):
    """Watches the painted states, and acts through the window's widgets and intents. `quit_` ends the program."""

    def __init__(self, window: MainWindow, plan: Plan, quit_: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._plan, self._quit = window, plan, quit_
        self._called = self._answered = self._hung_up = self._left = False
        self._grabbed: QPixmap | None = None
        self.pictured = False
        """Whether the picture was taken and saved."""
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self._hang_up)
        self._picture = QTimer(self, singleShot=True)
        self._picture.timeout.connect(self._take_picture)
        window.shown.connect(self._look)
        window.studying.prepared.connect(lambda: self._look(window.state))

    def _look(self, state: ViewState) -> None:
        plan, call = self._plan, state.call
        if not self._window.studying.ready:
            return  # nobody dials before the window is all there
        if plan.call and not self._called and state.link_state.state == "online" and self._is_there(state):
            self._called = True
            self._window.sidebar.called.emit(plan.call)
        if call is None:
            return
        if call.phase == "incoming":
            if plan.answer and not self._answered:
                self._answered = True
                self._window.call.accept.click()
        elif call.phase == "talking":
            self._during_call(state)
        elif call.phase == "ended":
            self._after_call()

    def _is_there(self, state: ViewState) -> bool:
        return any(person.name == self._plan.call and person.online for person in state.people)

    def _during_call(self, state: ViewState) -> None:
        plan, call = self._plan, state.call
        if plan.seconds and not self._end.isActive() and not self._hung_up:
            self._end.start(int(plan.seconds * 1000))
            self._picture.start(int(plan.seconds * 1000 * LATEST_PICTURE))
        history = call.history if call is not None and call.words else ()
        if history and history[-1].at - history[0].at >= LATENCY_SAMPLES and self._halfway():
            self._take_picture()

    def _halfway(self) -> bool:
        return not self._end.isActive() or self._end.remainingTime() <= self._plan.seconds * 500

    def _take_picture(self) -> None:
        self._picture.stop()
        if self._plan.screenshot is not None and self._grabbed is None:
            self._grabbed = self._window.grab()

    def _save_picture(self) -> None:
        """Encoding a PNG holds Python up for some 50 ms: long enough to be heard, so it waits for the call's end."""
        if self._plan.screenshot is not None and self._grabbed is not None and not self.pictured:
            self._plan.screenshot.parent.mkdir(parents=True, exist_ok=True)
            self.pictured = self._grabbed.save(str(self._plan.screenshot))

    def _hang_up(self) -> None:
        self._hung_up = True
        self._window.call.hang_up.click()

    def _after_call(self) -> None:
        self._answered = False
        self._end.stop()
        if self._plan.seconds and not self._left:
            self._left = True
            self._take_picture()
            self._save_picture()
            QTimer.singleShot(0, self._quit)
