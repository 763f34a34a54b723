"""A few words side by side, one of them chosen. ←→ and Tab go through them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton

from gui.widgets.basic import row, tone


class Segments(QFrame):
    """`chosen(key)` when a person chooses; `show_chosen` does not emit."""

    chosen = Signal(str)

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        inside = row(self, gap=2, margins=(3, 3, 3, 3))
        group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for key in keys:
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("tone", "segment")
            button.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            group.addButton(button)
            inside.addWidget(button)
            self.buttons[key] = button

    def name(self, words: dict[str, str]) -> None:
        """What stands on each."""
        for key, text in words.items():
            self.buttons[key].setText(text)

    def tighten(self, on: bool) -> None:
        """Stand closer, in a narrow window."""
        for button in self.buttons.values():
            tone(button, "on" if on else "", "tight")

    def show_chosen(self, key: str) -> None:
        """Which one is down."""
        self.buttons[key].setChecked(True)
