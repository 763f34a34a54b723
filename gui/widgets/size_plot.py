"""Sizes over time, as an observer without keys can draw them; where it is known, the speech itself below.

bytes │ · ··  ·· ···          one dot for each record of a call, sent upwards and received downwards;
│‾‾‾‾‾‾╲╱‾╲╱‾‾          or a line through a recording's packets, broken where none came
└───────────────→ s
▂▅▇▅▂   ▃▆▇▃          loudness, which the observer does not have
"""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.leak import spoken_runs
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.words.wire import DEMO_SPEECH, PLOT_SPOKEN, RECEIVED, SENT

LEFT = 44.0
VOICE = 30.0
"""Height of the speech below."""
GAP = 0.035
"""Seconds without a packet that break the line: more than one was left out."""
STEP = 25
"""Bytes to which a recording's scale is rounded."""
_TOPS = (150, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 17_000)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Points = Sequence[tuple[float, int]]


class SizePlot(QWidget):
    """`colour` names the palette's."""

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self._look = look
        self._colour = colour
        self._points: Points = ()
        self._span = (0.0, 1.0)
        self._bounds = (-_TOPS[0], _TOPS[0])
        self._voice: Sequence[float] = ()
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wider than high."""
        return QSize(600, 160)

    def show_points(
        self,
        points: Points,
        span: tuple[float, float],
        *,
        bounds: tuple[int, int] | None = None,
        voice: Sequence[float] = (),
    ) -> None:
        """Draw (seconds, bytes) over `span`.

        With `voice`, loudness 0–1, it is a recording: a line between `bounds`. Without, a call: bytes received are
        negative.
        """
        self._points, self._span, self._voice = points, span, voice
        sizes = [abs(size) for _, size in points]
        top = next((top for top in _TOPS if max(sizes, default=0) <= top), _TOPS[-1])
        self._bounds = (-top, top) if bounds is None else (bounds[0] // STEP * STEP, -(-bounds[1] // STEP) * STEP)
        self.setAccessibleDescription(
            say(
                PLOT_SPOKEN,
                seconds=f"{span[1] - span[0]:.0f}",
                count=len(sizes),
                least=min(sizes, default=0),
                most=max(sizes, default=0),
            )
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Scale, records, speech."""
        painter = QPainter(self)
        below = VOICE + 26 if self._voice else 22
        box = QRectF(LEFT, 8, self.width() - LEFT - 4, self.height() - 8 - below)
        self._paint_scale(painter, box)
        if self._voice:
            self._paint_voice(painter, box)
            self._paint_line(painter, box)
        else:
            painter.setPen(QPen(self._own_colour(), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in self._placed(box)]))
        painter.end()

    def _own_colour(self) -> QColor:
        return QColor(getattr(self._look.palette, self._colour))

    def _placed(self, box: QRectF) -> list[tuple[float, float]]:
        began, long = self._span[0], self._span[1] - self._span[0]
        low, high = self._bounds
        left, wide, floor, tall = box.left(), box.width() / long, box.bottom(), box.height() / (high - low)
        return [
            (left + (at - began) * wide, floor - (max(low, min(high, size)) - low) * tall) for at, size in self._points
        ]

    def _paint_scale(self, painter: QPainter, box: QRectF) -> None:
        p = self._look.palette
        low, high = self._bounds
        painter.setFont(type_face(11, figures=True))
        lines = [(share, box.bottom() - share * box.height()) for share in (0.0, 0.5, 1.0)]
        painter.setPen(QPen(QColor(p.line), 1))
        painter.drawLines([QLineF(box.left(), y, box.right(), y) for _, y in lines])
        painter.setPen(QColor(p.text3))
        for share, y in lines:
            size = abs(low + share * (high - low))
            painter.drawText(QRectF(0, y - 8, LEFT - 8, 16), _RIGHT, f"{size:.0f}")
        long, floor = self._span[1] - self._span[0], self.height() - 16.0
        step = next((s for s in (1, 2, 5, 10, 20) if long / s <= 9), 60)
        for second in range(0, int(long) + 1, step):
            x = box.left() + second / long * box.width()
            if x < box.right() - 110:
                painter.drawText(QPointF(x, floor + 12), f"{second} s")
        if self._voice:
            painter.setPen(QColor(p.inner))
            painter.drawText(QRectF(box.right() - 200, floor, 200, 15), _RIGHT, say(DEMO_SPEECH))
        else:
            for text, y in ((SENT, box.center().y() - 19), (RECEIVED, box.center().y() + 3)):
                painter.drawText(QRectF(box.left() + 6, y, 200, 16), Qt.AlignmentFlag.AlignVCenter, say(text))

    def _paint_line(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._own_colour(), 1.8))
        at = self._placed(box)
        times = [t for t, _ in self._points]
        painter.drawLines(
            [
                QLineF(*before, *after)
                for before, after, t, u in zip(at, at[1:], times, times[1:], strict=False)
                if u - t <= GAP
            ]
        )

    def _paint_voice(self, painter: QPainter, box: QRectF) -> None:
        """The speech below; behind the line a faint band wherever somebody speaks, to compare by eye."""
        p, floor = self._look.palette, self.height() - 20.0
        step = box.width() / len(self._voice)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(p.inner, 0.09))
        painter.drawRects(
            [
                QRectF(box.left() + first * step, box.top(), (last - first) * step, floor - box.top())
                for first, last in spoken_runs(self._voice)
            ]
        )
        outline = [QPointF(box.left(), floor)]
        outline += [QPointF(box.left() + (i + 0.5) * step, floor - v * VOICE) for i, v in enumerate(self._voice)]
        outline.append(QPointF(box.right(), floor))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(tint(p.inner, 0.4))
        painter.drawPolygon(QPolygonF(outline))
