"""On or off, as a small sliding switch with its words beside it. Space switches it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gui.theme import Look, type_face

TRACK, KNOB, HIGH = 36.0, 16.0, 28


class Switch(QAbstractButton):
    """Checkable; `clicked(bool)` when a person turns it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The track and the words."""
        words = QFontMetricsF(type_face(13, QFont.Weight.Medium)).horizontalAdvance(self.text())
        return QSize(int(TRACK + 14 + words + 6), HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Track, knob, words; a ring with the keyboard's focus."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        track = QRectF(3, (self.height() - KNOB - 4) / 2, TRACK, KNOB + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.fill_good if on else p.text3))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setBrush(QColor("#FFFFFF"))
        x = track.right() - KNOB - 2 if on else track.left() + 2
        painter.drawEllipse(QRectF(x, track.top() + 2, KNOB, KNOB))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), track.height() / 2 + 2, track.height() / 2 + 2)
        painter.setFont(type_face(13, QFont.Weight.Medium))
        painter.setPen(QColor(p.text))
        words = QRectF(track.right() + 10, 0, self.width() - track.right() - 10, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()
