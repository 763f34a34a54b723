"""A whole and its parts: one bar, and below it a legend with each part's name and number."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Look, type_face

BAR = 14.0
LINE = 20.0


class Share(NamedTuple):
    """One part."""

    name: str
    """As people read it."""
    value: float
    """In proportion to which the bar is divided."""
    number: str
    """What the legend says of it."""
    colour: str


class ShareBar(QWidget):
    """Widths in proportion to the values. `lines`: room for the legend."""

    def __init__(self, look: Look, *, lines: int = 2) -> None:
        super().__init__()
        self._look = look
        self._shares: tuple[Share, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(BAR + 10 + lines * LINE))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """The bar and its legend."""
        return QSize(300, self.height())

    def show_shares(self, shares: Sequence[Share], told: str) -> None:
        """Show these parts; `told` says the same to whoever does not see them."""
        self._shares = tuple(shares)
        self.setAccessibleDescription(told)
        self.setToolTip(told)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The bar, then the legend, flowing over its lines."""
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 0, self.width(), BAR)
        shape = QPainterPath()
        shape.addRoundedRect(bar, 5, 5)
        painter.setClipPath(shape)
        painter.fillRect(bar, QColor(p.line))
        total = sum(share.value for share in self._shares)
        x = 0.0
        for share in self._shares:
            wide = share.value / total * bar.width() if total > 0 else 0.0
            painter.fillRect(QRectF(x, 0, wide, BAR), QColor(share.colour))
            if wide > 3:
                painter.fillRect(QRectF(x + wide - 1.5, 0, 1.5, BAR), QColor(p.card))
            x += wide
        painter.setClipping(False)
        self._paint_legend(painter)
        painter.end()

    def _paint_legend(self, painter: QPainter) -> None:
        p = self._look.palette
        name_font, number_font = type_face(11.5), type_face(11.5, QFont.Weight.DemiBold, figures=True)
        x, y = 0.0, BAR + 10
        for share in self._shares:
            title_wide = QFontMetricsF(name_font).horizontalAdvance(share.name)
            number_wide = QFontMetricsF(number_font).horizontalAdvance(share.number)
            wide = 14 + title_wide + 5 + number_wide
            if x + wide > self.width():
                x, y = 0.0, y + LINE
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(share.colour))
            painter.drawRoundedRect(QRectF(x, y + LINE / 2 - 4, 8, 8), 2.5, 2.5)
            painter.setFont(name_font)
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(x + 14, y, title_wide + 2, LINE), Qt.AlignmentFlag.AlignVCenter, share.name)
            painter.setFont(number_font)
            painter.setPen(QColor(p.text))
            at = QRectF(x + 19 + title_wide, y, number_wide + 4, LINE)
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, share.number)
            x += wide + 18
