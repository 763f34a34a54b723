"""The ways from the call to the pages on which one looks closer: a line of small buttons."""

from typing import get_args

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QPushButton, QWidget

from gui.say import say
from gui.study import Page
from gui.widgets.flow import Flow
from gui.words.export import EXPORT, EXPORT_HINT
from gui.words.study import PAGE, PAGE_HINT, PAGES, TOUR, TOUR_HINT

ELSEWHERE = frozenset({"handshake", "voice"})
"""Pages with a door of their own: the ladders, and the card that says how it sounds."""


class Doors(QWidget):
    """`opened(Page)`, `tour`, `export`."""

    opened = Signal(str)
    tour = Signal()
    export = Signal()

    def __init__(self) -> None:
        super().__init__()
        flow = Flow(gap=6)
        self.setLayout(flow)
        self.buttons: dict[str, QPushButton] = {}
        for key in (*(page for page in get_args(Page) if page not in ELSEWHERE), *self._others()):
            button = QPushButton()
            button.setProperty("tone", "door")
            flow.addWidget(button)
            self.buttons[key] = button
            if key in self._others():
                button.clicked.connect(self._others()[key])
            else:
                button.clicked.connect(lambda _on=False, key=key: self.opened.emit(key))
        self.show_words()

    def show_words(self) -> None:
        """Say it in the present language."""
        self.setAccessibleName(say(PAGES))
        for page in PAGE.keys() - ELSEWHERE:
            self._name(page, PAGE[page], PAGE_HINT[page])
        self._name("tour", TOUR, TOUR_HINT)
        self._name("export", EXPORT, EXPORT_HINT)

    def _others(self) -> dict[str, SignalInstance]:
        return {"tour": self.tour, "export": self.export}

    def _name(self, key: str, word: str, hint: str) -> None:
        self.buttons[key].setText(say(word))
        self.buttons[key].setToolTip(say(hint))
