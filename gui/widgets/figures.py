"""Names and what was measured of them, in two columns; the figures stand under each other."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.say import say
from gui.theme import type_face
from gui.widgets.basic import label, tone


class Figures(QWidget):
    """`names`: a key and its text each. Values are shown by key; what has none shows a dash."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self._names = names
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        for i, key in enumerate(names):
            name, value = label("hint"), label("value", wrap=True)
            value.setFont(type_face(13, QFont.Weight.Medium, figures=True))
            grid.addWidget(name, i, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, i, 1)
            self._labels[key] = (name, value)

    def show_values(self, values: dict[str, str], *, warn: Sequence[str] = ()) -> None:
        """What stands beside each name; those in `warn` in the colour of a warning."""
        told: list[str] = []
        for key, (name, value) in self._labels.items():
            name.setText(say(self._names[key]))
            value.setText(values.get(key) or "–")
            tone(value, "warn" if key in warn else "")
            told.append(f"{name.text()} {value.text()}")
        self.setAccessibleName(", ".join(told))
