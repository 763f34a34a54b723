"""The small change: labels, layouts, icon marks. Every text is plain text: peers' names are not markup."""

from typing import TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.theme import Look
from gui.widgets.icons import paint_icon

Margins = tuple[int, int, int, int]


def label(role: str, *, wrap: bool = False, centre: bool = False) -> QLabel:
    """An empty plain-text label in a role of the style sheet."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if centre:
        made.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
    return made


def frame(role: str) -> QFrame:
    """An empty frame in a role of the style sheet."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def tone(widget: QWidget, value: str, name: str = "tone") -> None:
    """Set a dynamic property that the style sheet looks at; polish again only if it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def column(parent: QWidget | None, *, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """A vertical layout on `parent`."""
    return _laid(QVBoxLayout(), parent, gap, margins)


def row(parent: QWidget | None, *, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """A horizontal layout on `parent`."""
    return _laid(QHBoxLayout(), parent, gap, margins)


L = TypeVar("L", bound=QBoxLayout)


def _laid(layout: L, parent: QWidget | None, gap: int, margins: Margins) -> L:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    if parent is not None:
        parent.setLayout(layout)
    return layout


class Mark(QWidget):
    """An icon that stands for itself, in a colour of the palette named by its field."""

    def __init__(self, look: Look, name: str, colour: str = "text2", size: int = 18) -> None:
        super().__init__()
        self._look, self._name, self._colour = look, name, colour
        self.setFixedSize(QSize(size, size))
        look.changed.connect(self.update)

    def become(self, name: str, colour: str) -> None:
        """Show another icon, or the same in another colour."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the icon over the whole widget."""
        painter = QPainter(self)
        paint_icon(painter, self._name, getattr(self._look.palette, self._colour), QRectF(self.rect()))
        painter.end()
