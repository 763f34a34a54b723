"""Two of these stand beside each other: the message as we know it, and the record as the wire saw it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gui.handshake_words import BYTE_COUNT, NOT_KEPT
from gui.say import say
from gui.theme import Look, mono_face, tint, type_face
from gui.widgets.icons import paint_icon

PREVIEW = 24
"""First bytes on the card."""


class SideCard(QAbstractButton):
    """A title, the first bytes, how many there are; checkable."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._data, self._icon, self._colour = b"", "eye", "text2"
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines."""
        return QSize(220, 58)

    def show_bytes(self, title: str, data: bytes, icon: str, colour: str) -> None:
        """What it holds."""
        self._data, self._icon, self._colour = data, icon, colour
        self.setText(title)
        count = say(BYTE_COUNT, count=len(data)) if data else say(NOT_KEPT)
        self.setAccessibleName(f"{title}, {count}")
        self.setEnabled(bool(data))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Card, icon, title, count; the first bytes below."""
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = getattr(p, self._colour)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on = self.isChecked()
        painter.setPen(QPen(tint(colour, 0.7) if on else QColor(p.line), 1.5 if on else 1))
        painter.setBrush(tint(colour, 0.08) if on else QColor(p.hover if self.underMouse() else p.card))
        painter.drawRoundedRect(box, 10, 10)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        inside = box.adjusted(12, 8, -12, -8)
        paint_icon(painter, self._icon, colour, QRectF(inside.left(), inside.top() + 1, 15, 15))
        font = type_face(12, figures=True)
        count = say(BYTE_COUNT, count=f"{len(self._data):,}") if self._data else say(NOT_KEPT)
        painter.setFont(font)
        painter.setPen(QColor(p.text3))
        top = QRectF(inside.left(), inside.top(), inside.width(), 17)
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
        room = inside.width() - 24 - QFontMetricsF(font).horizontalAdvance(count) - 8
        font = type_face(13, QFont.Weight.DemiBold)
        title = QFontMetricsF(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(QColor(p.text if on else p.text2))
        painter.drawText(top.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, title)
        font = mono_face(11)
        painter.setFont(font)
        painter.setPen(QColor(p.text3))
        fits = max(1, int(inside.width() / QFontMetricsF(font).horizontalAdvance("0")) // 3 - 1)
        text = self._data[: min(PREVIEW, fits)].hex(" ") + (" …" if len(self._data) > min(PREVIEW, fits) else "")
        painter.drawText(
            QRectF(inside.left(), inside.bottom() - 15, inside.width(), 15), Qt.AlignmentFlag.AlignVCenter, text
        )
        painter.end()
