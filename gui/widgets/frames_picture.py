"""Which frames travel in a packet: a few packets in a row, one frame followed through them.

┌───┐ ┌───┐ ┌───┐ ┌───┐
│ 4 │ │ 5 │ │ 6 │ │ 7 │     new
│ 3 │ │ 4 │ │ 5 │ │ 6 │     again
│ 1 │ │ 2 │ │ 3 │ │ 4 │
└───┘ └───┘ └───┘ └───┘──→ time
"""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.words.voice import PICTURE_ALONE, PICTURE_SPOKEN

CELL, GAP, AIR = 20.0, 4.0, 5.0
PACKETS = 8
FIRST = 11
"""The number of the first frame drawn: all of its earlier ones have two digits, too."""
FOLLOWED = FIRST + 2


class FramesPicture(QWidget):
    """`show_copies(distances)`: see `VoiceChosen.redundancy`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._copies: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)
        self.show_copies(())

    def sizeHint(self) -> QSize:  # noqa: N802
        """All its packets."""
        return QSize(int(PACKETS * (CELL + 2 * AIR + 6)), self.height())

    def show_copies(self, copies: tuple[int, ...]) -> None:
        """Draw packets with these copies."""
        self._copies = copies
        self.setFixedHeight(int((1 + len(copies)) * (CELL + GAP) - GAP + 2 * AIR + 2))
        distances = ", ".join(f"−{distance}" for distance in copies)
        told = say(PICTURE_SPOKEN, distances=distances) if copies else say(PICTURE_ALONE)
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Packets, oldest at the left."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = CELL + 2 * AIR
        step = min(wide + 10, (self.width() - wide) / (PACKETS - 1))
        number, bold = type_face(11, figures=True), type_face(11, QFont.Weight.DemiBold, figures=True)
        for i in range(PACKETS):
            box = QRectF(i * step + 0.5, 0.5, wide, self.height() - 1)
            painter.setPen(QPen(QColor(p.line), 1))
            painter.setBrush(QColor(p.window))
            painter.drawRoundedRect(box, 7, 7)
            if i:
                painter.drawLine(QLineF(box.left() - (step - wide), box.center().y(), box.left(), box.center().y()))
            for row, distance in enumerate((0, *self._copies)):
                frame = FIRST + i - distance
                cell = QRectF(box.left() + AIR, box.top() + AIR + row * (CELL + GAP), CELL, CELL)
                followed = frame == FOLLOWED
                painter.setPen(Qt.PenStyle.NoPen)
                if followed:
                    painter.setBrush(QColor(p.inner))
                else:
                    painter.setBrush(tint(p.outer, 0.12 if distance else 0.26))
                painter.drawRoundedRect(cell, 4, 4)
                painter.setFont(bold if followed else number)
                painter.setPen(QColor(p.window if followed else p.text3 if distance else p.text))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(frame))
        painter.end()
