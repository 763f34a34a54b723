"""Where the delay comes from: seven stages as one bar, with a legend below."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, type_face
from gui.wording import STAGE
from voip.journal.observations import STAGES

BAR = 14.0
LINE = 20.0


class StageBar(QWidget):
    """Widths in proportion to milliseconds; the legend has each stage's name and number."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._stages: dict[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(BAR + 10 + 2 * LINE))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Bar and two lines of legend."""
        return QSize(300, self.height())

    def show_stages(self, stages: dict[str, float]) -> None:
        """Show these milliseconds by stage."""
        self._stages = stages
        told = ", ".join(f"{say(STAGE[name])} {stages.get(name, 0.0):.1f} ms" for name in STAGES) if stages else ""
        self.setAccessibleDescription(told)
        self.setToolTip(told)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The bar, then the legend, flowing over two lines."""
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 0, self.width(), BAR)
        shape = QPainterPath()
        shape.addRoundedRect(bar, 5, 5)
        painter.setClipPath(shape)
        painter.fillRect(bar, QColor(p.line))
        total = sum(self._stages.get(name, 0.0) for name in STAGES)
        x = 0.0
        for name, colour in zip(STAGES, p.stages, strict=True):
            wide = self._stages.get(name, 0.0) / total * bar.width() if total > 0 else 0.0
            painter.fillRect(QRectF(x, 0, wide, BAR), QColor(colour))
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
        for name, colour in zip(STAGES, p.stages, strict=True):
            title = say(STAGE[name])
            number = f"{self._stages[name]:.1f}" if name in self._stages else "–"
            title_wide = QFontMetricsF(name_font).horizontalAdvance(title)
            wide = 14 + title_wide + 5 + QFontMetricsF(number_font).horizontalAdvance(number)
            if x + wide > self.width():
                x, y = 0.0, y + LINE
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(x, y + LINE / 2 - 4, 8, 8), 2.5, 2.5)
            painter.setFont(name_font)
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(x + 14, y, title_wide + 2, LINE), Qt.AlignmentFlag.AlignVCenter, title)
            painter.setFont(number_font)
            painter.setPen(QColor(p.text))
            painter.drawText(QRectF(x + 19 + title_wide, y, 60, LINE), Qt.AlignmentFlag.AlignVCenter, number)
            x += wide + 18
