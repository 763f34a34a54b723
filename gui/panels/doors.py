"""The ways from the call to the pages on which one looks closer: a line of small buttons."""

from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from gui.say import say
from gui.study import Page
from gui.widgets.flow import Flow
from gui.words.study import PAGE, PAGE_HINT, PAGES, TOUR, TOUR_HINT


class Doors(QWidget):
    """`opened(Page)`, `tour`."""

    opened = Signal(str)
    tour = Signal()

    def __init__(self) -> None:
        super().__init__()
        flow = Flow(gap=6)
        self.setLayout(flow)
        self.buttons: dict[str, QPushButton] = {}
        for key in (*(page for page in get_args(Page) if page != "handshake"), "tour"):
            button = QPushButton()
            button.setProperty("tone", "door")
            flow.addWidget(button)
            self.buttons[key] = button
            if key == "tour":
                button.clicked.connect(self.tour)
            else:
                button.clicked.connect(lambda _on=False, key=key: self.opened.emit(key))
        self.show_words()

    def show_words(self) -> None:
        """Say it in the present language."""
        self.setAccessibleName(say(PAGES))
        for page in PAGE.keys() - {"handshake"}:
            self._name(page, PAGE[page], PAGE_HINT[page])
        self._name("tour", TOUR, TOUR_HINT)

    def _name(self, key: str, word: str, hint: str) -> None:
        self.buttons[key].setText(say(word))
        self.buttons[key].setToolTip(say(hint))
