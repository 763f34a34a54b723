"""The last minute of delay as two soft lines: mouth to ear, and the round trip below it.

With a ribbon, a band beneath says for each moment how it sounded.
"""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Look, tint, type_face
from gui.view_state import HISTORY_SECONDS, Sample

RIBBON = 6.0
SPAN_LEAST = 10.0
"""Seconds that the chart's width stands for when the call is young; it grows to a minute."""


def ceiling(highest: float) -> float:
    """A round number above `highest` for the top of the chart."""
    return next(
        (top for top in (20.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0) if highest <= top * 0.92), 2000.0
    )


class LatencyChart(QWidget):
    """Newest at the right edge; as wide as the call is long, up to a minute."""

    def __init__(self, look: Look, *, ribbon: bool = False) -> None:
        super().__init__()
        self._look = look
        self._ribbon = ribbon
        self._samples: tuple[Sample, ...] = ()
        self.setMinimumHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wider than high."""
        return QSize(260, 72)

    def show_history(self, samples: tuple[Sample, ...]) -> None:
        """Draw these, oldest first."""
        if samples is not self._samples:
            self._samples = samples
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Grid, then the lines."""
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = RIBBON + 7 if self._ribbon else 0
        box = QRectF(0, 7, self.width() - 34, self.height() - 14 - below)
        top = ceiling(max((s.mouth_to_ear for s in self._samples), default=60.0))
        painter.setFont(type_face(10.5, figures=True))
        for share in (0.0, 0.5, 1.0):
            y = box.bottom() - share * box.height()
            painter.setPen(QPen(QColor(p.line), 1))
            painter.drawLine(QLineF(box.left(), y, box.right(), y))
            painter.setPen(QColor(p.text3))
            number = QRectF(box.right() + 6, y - 8, 28, 16)
            painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{top * share:.0f}")
        if self._samples:
            self._line(painter, box, top, p.outer, lambda s: s.round_trip, filled=False)
            self._line(painter, box, top, p.inner, lambda s: s.mouth_to_ear, filled=True)
            if self._ribbon:
                self._paint_ribbon(painter, QRectF(box.left(), box.bottom() + 9, box.width(), RIBBON))
        painter.end()

    def _x(self, box: QRectF, at: float) -> float:
        newest = self._samples[-1].at
        span = min(HISTORY_SECONDS, max(SPAN_LEAST, newest - self._samples[0].at))
        return max(box.left(), box.right() - (newest - at) / span * box.width())

    def _paint_ribbon(self, painter: QPainter, box: QRectF) -> None:
        """From each sample to the next in the colour of its word."""
        p = self._look.palette
        colours = {"clear": p.fill_good, "fair": p.fill_warn, "poor": p.fill_bad}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for before, after in pairwise(self._samples):
            left = self._x(box, before.at)
            band = QRectF(left, box.top(), self._x(box, after.at) - left + 0.5, box.height())
            painter.fillRect(band, QColor(colours.get(after.word, p.line)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _line(
        self, painter: QPainter, box: QRectF, top: float, colour: str, value: Callable[[Sample], float], *, filled: bool
    ) -> None:
        points = [
            QPointF(self._x(box, sample.at), box.bottom() - min(1.0, value(sample) / top) * box.height())
            for sample in self._samples
        ]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        if filled:
            area = QPainterPath(path)
            area.lineTo(points[-1].x(), box.bottom())
            area.lineTo(points[0].x(), box.bottom())
            fade = QLinearGradient(0, box.top(), 0, box.bottom())
            fade.setColorAt(0, tint(colour, 0.22))
            fade.setColorAt(1, tint(colour, 0.02))
            painter.fillPath(area, fade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        join = Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(QColor(colour), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, join))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(points[-1], 3, 3)
