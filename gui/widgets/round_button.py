"""A round button with an icon and its name below: accept, decline, mute, hang up."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from gui.theme import Look, type_face
from gui.widgets.icons import paint_icon

DISC, SMALL_DISC = 60, 36


class RoundButton(QAbstractButton):
    """`fill` names the palette's colour of the disc; empty for a quiet one. The text stands below and is its name.

    A `small` one has no text below: its name is in the tooltip and with the screen reader.
    """

    def __init__(self, look: Look, icon: str, fill: str = "", *, small: bool = False) -> None:
        super().__init__()
        self._look, self._icon, self._fill, self._small = look, icon, fill, small
        self._alerting = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(QSize(SMALL_DISC + 10, SMALL_DISC + 10) if small else QSize(104, DISC + 34))
        look.changed.connect(self.update)

    def wear(self, icon: str, text: str, shortcut: str) -> None:
        """Icon, name and the key that does the same."""
        self._icon = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({shortcut})" if shortcut else text)
        self.update()

    def alert(self, text: str) -> None:
        """A dot on the rim, and `text` for whoever does not see it; empty: none."""
        if bool(text) != self._alerting:
            self._alerting = bool(text)
            self.update()
        self.setAccessibleDescription(text)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Disc, icon, name; a ring when it has the keyboard's focus."""
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, inset = (SMALL_DISC, 9) if self._small else (DISC, 16)
        disc = QRectF((self.width() - size) / 2, 5, size, size)
        pressed = self.isChecked()
        quiet = p.text if pressed else p.card
        fill = QColor(getattr(p, self._fill) if self._fill else quiet)
        if self.underMouse():
            fill = fill.lighter(108) if self._fill else QColor(p.text2 if pressed else p.hover)
        painter.setBrush(fill.darker(108) if self.isDown() else fill)
        painter.setPen(Qt.PenStyle.NoPen if self._fill or pressed else QPen(QColor(p.line), 1))
        painter.drawEllipse(disc)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawEllipse(disc.adjusted(-3.5, -3.5, 3.5, 3.5))
        ink = p.on_fill if self._fill else (p.window if pressed else p.text)
        paint_icon(painter, self._icon, ink, disc.adjusted(inset, inset, -inset, -inset))
        if self._alerting:
            dot = 10 if self._small else 16
            painter.setBrush(QColor(p.fill_warn))
            painter.setPen(QPen(QColor(p.window), 2))
            painter.drawEllipse(QRectF(disc.right() - dot, disc.top(), dot, dot))
        if not self._small:
            painter.setFont(type_face(12, QFont.Weight.Medium))
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(0, DISC + 12, self.width(), 20), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
