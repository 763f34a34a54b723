"""How loud it is now, as a row of small bars. −60 dBFS and below is dark, 0 is full."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Look

FLOOR_DB = -60.0
BAR, GAP = 3.0, 3.0
HOT = 3
"""Bars that turn red when samples are cut off."""


def share(dbfs: float) -> float:
    """The lit share of the meter (0–1) at `dbfs`."""
    return min(1.0, max(0.0, 1.0 - dbfs / FLOOR_DB))


class LevelMeter(QWidget):
    """A meter in the colour that the palette calls `colour`."""

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self._look, self._colour, self._lit, self._clipped = look, colour, 0, False
        self._share = 0.0
        self.setFixedHeight(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wide enough to move."""
        return QSize(120, 16)

    def show_level(self, dbfs: float) -> None:
        """Light the bars; repaints only when another number of them is lit."""
        self._share = share(dbfs)
        lit = round(self._share * self._bars())
        if lit != self._lit:
            self._lit = lit
            self.update()

    def show_clipped(self, on: bool) -> None:
        """Whether it is too loud: the last bars say so."""
        if on != self._clipped:
            self._clipped = on
            self.update()

    def _bars(self) -> int:
        return max(1, int((self.width() + GAP) // (BAR + GAP)))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The bars, lit from the left."""
        p, bars = self._look.palette, self._bars()
        self._lit = round(self._share * bars)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for i in range(bars):
            hot = self._clipped and i >= bars - HOT
            painter.setBrush(QColor(p.bad if hot else getattr(p, self._colour) if i < self._lit else p.line))
            painter.drawRoundedRect(QRectF(i * (BAR + GAP), 1, BAR, self.height() - 2), 1.5, 1.5)
        painter.end()
