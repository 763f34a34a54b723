"""The last seconds of the wire as an eavesdropper draws them: sent above the line, received below, as high as large.

     ┃    ╻ ╻ ╻ ╻ ╻ ╻      sent
─────┸────┸─┸─┸─┸─┸─┸──→ now
 ╹ ╹ ╹ ╹ ╹ ╹ ╹ ╹ ╹ ╹       received
"""

from math import sqrt

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.wire import Window, line_of
from gui.words.wire import NOW, RECEIVED, SECONDS_AGO, SENT, STRIP_EMPTY, STRIP_SPOKEN
from voip.journal.tape import Passed

SECONDS = 3.0
"""What the strip's width stands for: at 100 packets a second, more could not be told apart."""
LARGE = 700
"""Bytes of a record that is as high as the strip; what is larger is drawn no higher."""
EDGE = 64.0
"""Room on the right, where “now” stands."""
LINE_COLOUR = {"leg": "outer", "link": "text3"}
"""The palette's colour of each connection."""
TICKS = (1, 2)
_GROUPS = tuple((line, way) for line in LINE_COLOUR for way in ("out", "in"))


class WireStrip(QWidget):
    """Newest at the right."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: tuple[Passed, ...] = ()
        self._now = 0.0
        self._lit: Passed | None = None
        self._lines: dict[tuple[str, str], list[QLineF]] = {}
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A band."""
        return QSize(600, 150)

    def show_window(self, window: Window) -> None:
        """Draw the records of `window`."""
        rows = tuple(row for row in window.rows if row.at > window.now - SECONDS)
        if rows == self._rows == ():
            return
        self._rows, self._now = rows, window.now
        out = sum(row.direction == "out" for row in rows)
        size = sum(row.size for row in rows)
        self.setAccessibleDescription(
            say(STRIP_SPOKEN, seconds=f"{SECONDS:g}", out=out, into=len(rows) - out, size=f"{size:,}")
        )
        self._lay()
        self.update()

    def light(self, row: Passed | None) -> None:
        """Point at one record."""
        if row is not self._lit:
            self._lit = row
            self.update()

    def _x(self, at: float) -> float:
        return (self.width() - EDGE) * (1 - (self._now - at) / SECONDS)

    def _height(self, size: int) -> float:
        return max(3.0, (self.height() / 2 - 12) * sqrt(min(1.0, size / LARGE)))

    def _lay(self) -> None:
        middle = self.height() / 2 - 8
        self._lines = {group: [] for group in _GROUPS}
        for row in self._rows:
            x, sign = self._x(row.at), -1 if row.direction == "out" else 1
            lines = self._lines.get((line_of(row), row.direction))
            if lines is not None:
                lines.append(QLineF(x, middle + sign * 1.5, x, middle + sign * (1.5 + self._height(row.size))))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything stands elsewhere."""
        self._lay()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The seconds, the records in four strokes, the one that is pointed at."""
        p = self._look.palette
        painter = QPainter(self)
        width, middle = self.width() - EDGE, self.height() / 2 - 8
        painter.setFont(type_face(11, figures=True))
        painter.setPen(QPen(QColor(p.line), 1))
        painter.drawLine(QLineF(0, middle, width, middle))
        ticks = [width * (1 - ago / SECONDS) for ago in TICKS]
        painter.drawLines([QLineF(x, 4, x, self.height() - 20) for x in ticks])
        painter.setPen(QColor(p.text3))
        for ago, x in zip(TICKS, ticks, strict=True):
            box = QRectF(x - 50, self.height() - 18, 100, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, say(SECONDS_AGO, seconds=ago))
        for text, y in ((say(SENT), middle - 34), (say(RECEIVED), middle + 18), (say(NOW), self.height() - 18)):
            painter.drawText(QRectF(width + 8, y, EDGE - 8, 16), Qt.AlignmentFlag.AlignVCenter, text)
        if not self._rows:
            painter.setFont(type_face(13))
            painter.drawText(QRectF(0, 0, width, middle), Qt.AlignmentFlag.AlignCenter, say(STRIP_EMPTY))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for group in _GROUPS:
            lines = self._lines.get(group)
            if lines:
                painter.setPen(
                    QPen(QColor(getattr(p, LINE_COLOUR[group[0]])), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
                )
                painter.drawLines(lines)
        if self._lit is not None and self._lit.at > self._now - SECONDS:
            self._paint_lit(painter, self._lit, middle)
        painter.end()

    def _paint_lit(self, painter: QPainter, row: Passed, middle: float) -> None:
        p, x = self._look.palette, self._x(row.at)
        sign = -1 if row.direction == "out" else 1
        painter.fillRect(QRectF(x - 5, 4, 10, self.height() - 24), tint(p.warn, 0.22))
        painter.setPen(QPen(QColor(p.warn), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QLineF(x, middle + sign * 1.5, x, middle + sign * (1.5 + self._height(row.size))))
