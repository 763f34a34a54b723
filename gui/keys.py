"""The window's keys: what Enter, Escape and M mean depends on what is going on and on what has the focus."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton

from gui.panels.heard_card import HeardCard
from gui.panels.leg_line import LegLine
from gui.panels.locks_card import LockRow
from gui.widgets.ladder_view import LadderView

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Keys:
    """Binds them to `window`."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        acts: dict[str, Callable[[], object]] = {
            "Esc": self.escape,
            "Return": self.enter,
            "Enter": self.enter,
            "M": self.toggle_mute,
            "Ctrl+E": window.studying.begin_export,
            "Ctrl+Q": window.close,
        }
        for keys, act in acts.items():
            QShortcut(QKeySequence(keys), window).activated.connect(act)

    def enter(self) -> None:
        """Do the nearest thing."""
        window = self._window
        call, focus = window.state.live_call, window.focusWidget()
        if call is not None and call.phase == "incoming":
            # Enter on a focused Decline must not accept.
            bar = window.answers
            (bar.decline if focus is bar.decline else bar.accept).click()
        elif isinstance(focus, HeardCard | LadderView | LegLine | LockRow):
            focus.open_current()
        elif window.study is not None:
            if isinstance(focus, QAbstractButton):
                focus.click()
        elif call is not None:
            if focus in {window.call.mute, window.call.hang_up, window.call.words.button}:
                focus.click()
        elif window.state.call is not None:
            (window.call.call_again if focus is window.call.call_again else window.call.close_card).click()
        elif focus is window.sidebar.settings:
            window.sidebar.settings.click()
        elif window.chosen:
            window.idle.button.click()

    def escape(self) -> None:
        """Leave the innermost thing; of a call, that is the call."""
        window, call = self._window, self._window.state.live_call
        if window.studying.tour.step is not None:
            window.studying.tour.leave()
        elif call is not None and call.phase == "incoming":
            window.intents.decline()
        elif window.study is not None:
            window.studying.leave()
        elif call is None:
            window.put_away()
        else:
            window.intents.hang_up()

    def toggle_mute(self) -> None:
        """While one talks."""
        call = self._window.state.live_call
        if call is not None and call.phase == "talking":
            self._window.intents.mute(not call.mute.mine)
