"""A person as a disc with initials, and, for a phone that rings, calm rings around it."""

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import Look, Palette, avatar_colour, tint, type_face

RING_ROOM = 22
"""Logical pixels around the disc for the rings."""


def initials(name: str) -> str:
    """One or two letters for `name`: `ann.lee` → `AL`, `bob` → `B`."""
    parts = [part for part in name.replace("_", ".").replace("-", ".").split(".") if part]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


def paint_avatar(painter: QPainter, palette: Palette, name: str, disc: QRectF, *, faint: bool = False) -> None:
    """Draw the disc of `name`; `faint` for somebody who is away."""
    painter.setPen(Qt.PenStyle.NoPen)
    colour = avatar_colour(palette, name)
    painter.setBrush(tint(colour, 0.28 if faint else 1.0))
    painter.drawEllipse(disc)
    painter.setPen(QColor(palette.text2 if faint else "#FFFFFF"))
    painter.setFont(type_face(disc.height() * 0.4, QFont.Weight.DemiBold))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(name))


class Avatar(QWidget):
    """A large disc for the middle of the window. `ring(True)` lets two rings breathe around it."""

    def __init__(self, look: Look, size: int, *, room: int = RING_ROOM) -> None:
        super().__init__()
        self._look, self._size, self._room, self._name = look, size, room, ""
        self._phase = 0.0
        self._breath = QVariantAnimation(self, duration=2600, startValue=0.0, endValue=1.0)
        self._breath.setLoopCount(-1)
        self._breath.setEasingCurve(QEasingCurve.Type.Linear)
        self._breath.valueChanged.connect(self._on_breath)
        self.setFixedSize(QSize(size + 2 * room, size + 2 * room))
        look.changed.connect(self.update)

    def become(self, size: int, room: int) -> None:
        """Another size of the disc, and of the room around it."""
        if (size, room) != (self._size, self._room):
            self._size, self._room = size, room
            self.setFixedSize(QSize(size + 2 * room, size + 2 * room))
            self.update()

    def show_name(self, name: str) -> None:
        """Whose disc it is."""
        if name != self._name:
            self._name = name
            self.update()

    def ring(self, on: bool) -> None:
        """Start or stop the rings."""
        running = self._breath.state() == QVariantAnimation.State.Running
        if on and not running:
            self._breath.start()
        elif running and not on:
            self._breath.stop()
            self.update()

    def _on_breath(self, value: float) -> None:
        # 20 pictures a second are calm enough, and cost a third of 60.
        if abs(value - self._phase) * 2.6 >= 0.05:
            self._phase = value
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Rings first, then the disc over them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self._room, self._room, self._size, self._size)
        if self._breath.state() == QVariantAnimation.State.Running:
            colour = avatar_colour(self._look.palette, self._name)
            for offset in (0.0, 0.5):
                way = (self._phase + offset) % 1.0
                radius = self._size / 2 + way * (self._room - 2)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tint(colour, 0.45 * (1.0 - way)), 2.0))
                painter.drawEllipse(QPointF(disc.center()), radius, radius)
        paint_avatar(painter, self._look.palette, self._name, disc)
        painter.end()
