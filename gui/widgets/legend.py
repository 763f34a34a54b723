"""A small square in a colour of the palette, and what it stands for."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from gui.theme import Look
from gui.widgets.basic import label, row


class Legend(QFrame):
    """One entry; `name` is its text."""

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self._look, self._colour = look, colour
        inside = row(self, gap=6)
        self._dot = QFrame()
        self._dot.setFixedSize(9, 9)
        self.name = label("hint")
        inside.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        inside.addWidget(self.name)
        look.changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        colour = getattr(self._look.palette, self._colour)
        self._dot.setStyleSheet(f"background: {colour}; border-radius: 2px;")
