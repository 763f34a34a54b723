"""Where the delay comes from, as a waterfall: each station begins on the time axis where the one before it ended.

Device in       ███                                        7.2
Frame              ████                                   10
Network                 ░░░░░░                            12
Device out                    ██████                      12.1
0        20        40        60 ms        sum
"""

from itertools import accumulate
from math import ceil

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.wording import STAGE
from gui.words.voice import STAGE_HINT, WAY_SPOKEN
from voip.journal.observations import STAGES

ROW, BAR = 25.0, 13.0
NAMES, NUMBERS, AXIS = 104.0, 62.0, 26.0
LEAST = 2.0
"""Pixels of the shortest bar: what takes next to no time is still a station."""
ESTIMATED = "network"
STEPS, SPACES = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000), 5


def axis(whole: float) -> tuple[int, int]:
    """How far apart the ticks are, and how many spaces there are between them, so that `whole` fits: round numbers."""
    step = next((step for step in STEPS if whole <= step * SPACES), STEPS[-1])
    return step, max(1, ceil(whole / step))


def number(ms: float) -> str:
    """`0.4` or `24`."""
    return f"{ms:.1f}" if ms < 10 else f"{ms:.0f}"


class Waterfall(QWidget):
    """The eight stages of `Latency`; a hint on each line says what it is and whence it is known."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._stages: dict[str, float] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(len(STAGES) * ROW + AXIS + 6))
        self.setMinimumWidth(300)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wider than high."""
        return QSize(520, self.height())

    def show_stages(self, stages: dict[str, float]) -> None:
        """Draw these milliseconds by stage."""
        if stages != self._stages:
            self._stages = stages
            told = ", ".join(f"{say(STAGE[stage])} {number(stages.get(stage, 0.0))} ms" for stage in STAGES)
            self.setAccessibleDescription(say(WAY_SPOKEN, sum=f"{sum(stages.values()):.0f}", stages=told))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The axis, then the stations."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        values = [max(0.0, self._stages.get(stage, 0.0)) for stage in STAGES]
        step, spaces = axis(sum(values))
        top = float(step * spaces)
        box = QRectF(NAMES, 4, self.width() - NAMES - NUMBERS, len(STAGES) * ROW)
        self._paint_axis(painter, box, step, spaces)
        begins = [0.0, *accumulate(values)]
        for i, (stage, begin, value) in enumerate(zip(STAGES, begins, values, strict=False)):
            y = box.top() + i * ROW
            painter.setFont(type_face(12.5))
            painter.setPen(QColor(p.text2))
            painter.drawText(QRectF(0, y, NAMES - 10, ROW), Qt.AlignmentFlag.AlignVCenter, say(STAGE[stage]))
            left = box.left() + begin / top * box.width()
            bar = QRectF(left, y + (ROW - BAR) / 2, max(LEAST, value / top * box.width()), BAR)
            self._paint_bar(painter, bar, p.stages[i], estimated=stage == ESTIMATED)
            if i + 1 < len(STAGES):
                painter.setPen(QPen(QColor(p.line), 1))
                painter.drawLine(QLineF(bar.right(), bar.bottom(), bar.right(), bar.bottom() + ROW - BAR))
            painter.setFont(type_face(12.5, QFont.Weight.DemiBold, figures=True))
            painter.setPen(QColor(p.text))
            told = f"≈ {number(value)}" if stage == ESTIMATED else number(value)
            painter.drawText(
                QRectF(box.right(), y, NUMBERS, ROW), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, told
            )
        painter.end()

    def _paint_axis(self, painter: QPainter, box: QRectF, step: int, spaces: int) -> None:
        p = self._look.palette
        painter.setFont(type_face(11, figures=True))
        for i in range(spaces + 1):
            x = box.left() + i / spaces * box.width()
            painter.setPen(QPen(QColor(p.line), 1))
            painter.drawLine(QLineF(x, box.top(), x, box.bottom() + 4))
            painter.setPen(QColor(p.text3))
            told = f"{i * step} ms" if i == spaces else str(i * step)
            painter.drawText(QRectF(x - 40, box.bottom() + 6, 80, 16), Qt.AlignmentFlag.AlignCenter, told)
        sum_box = QRectF(box.right(), box.bottom() + 4, NUMBERS, 20)
        painter.setFont(type_face(12.5, QFont.Weight.DemiBold, figures=True))
        painter.setPen(QColor(p.inner))
        told = f"= {sum(self._stages.values()):.0f}"
        painter.drawText(sum_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, told)

    def _paint_bar(self, painter: QPainter, bar: QRectF, colour: str, *, estimated: bool) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(bar, min(4.0, bar.width() / 2), min(4.0, bar.width() / 2))
        if not estimated:
            painter.fillPath(shape, QColor(colour))
            return
        # An estimate is drawn with a dashed line around it: it was not measured.
        painter.fillPath(shape, tint(colour, 0.45))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._look.palette.text3), 1, Qt.PenStyle.DashLine))
        painter.drawPath(shape)

    def event(self, event: QEvent) -> bool:
        """What the station under the mouse is."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            i = int((event.pos().y() - 4) // ROW)
            if 0 <= i < len(STAGES):
                QToolTip.showText(event.globalPos(), f"{say(STAGE[STAGES[i]])}: {say(STAGE_HINT[STAGES[i]])}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
