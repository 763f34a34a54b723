"""Records line by line: on the left what an eavesdropper has of each, on the right, on the same line, what we have.

12.340  ↑  132  ▬▬▬▬▬  17 03 03 00 7f a3 …  │  ● Voice 1234   80 6f 04 d2 …
"""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gui.say import say
from gui.theme import Look, mono_face, tint, type_face
from gui.widgets.line_list import ROW, LineList
from gui.widgets.wire_strip import LINE_COLOUR
from gui.wire import line_of, randomness, readable
from gui.words.wire import BYTES, EVE, FIRST_BYTES, MEANS, NOISE, OUTER, RECEIVED, ROW_SPOKEN, SENT, TIME, US
from voip.journal.tape import Passed

BAR, FIGURE = 38.0, 26.0
"""Entropy as a bar, and in bits for each byte."""
TITLE = 26
HEAD = TITLE + 22
"""Two lines: what each side is called, and its columns."""
WIDE = 560.0
"""From this width of the left side on, the record's type has a column."""
INNER = ("voice", "report", "session")
"""What is encrypted for the other person; the rest is for the relay."""
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = _MIDDLE | Qt.AlignmentFlag.AlignRight


def meaning(row: Passed) -> str:
    """What a record was to us, in words."""
    return say(MEANS[row.meaning], detail=row.detail).strip(" ·")


class WireTable(LineList):
    """Newest first."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, HEAD)
        self._rows: tuple[Passed, ...] = ()
        self._origin = 0.0
        self._mono = mono_face(11.5)
        self._advance = QFontMetricsF(self._mono).horizontalAdvance("0")

    def show_rows(self, rows: tuple[Passed, ...], origin: float) -> None:
        """Show `rows`, oldest first, with times since `origin`."""
        self._rows, self._origin = rows, origin
        self.show_count(len(rows))

    def row(self, line: int) -> Passed | None:
        """What stands on `line`."""
        return self._rows[-1 - line] if 0 <= line < len(self._rows) else None

    def spoken(self, line: int) -> str:
        """See `LineList`."""
        row = self.row(line)
        if row is None:
            return ""
        way = say(SENT if row.direction == "out" else RECEIVED)
        return say(ROW_SPOKEN, way=way, size=row.size, entropy=f"{row.entropy:.1f}", meaning=meaning(row))

    # ── columns: x of each, for a width ──

    @staticmethod
    def _left(width: float) -> float:
        return round(width * 0.56)

    def _x_bar(self, width: float) -> float:
        return 152.0 if self._left(width) < WIDE else 236.0

    def _x_hex(self, width: float) -> float:
        return self._x_bar(width) + BAR + FIGURE + 10

    def _x_plain(self, width: float) -> float:
        left = self._left(width)
        return left + 32 + min(230.0, (width - left) * 0.5)

    def paint_head(self, painter: QPainter, width: float) -> None:
        """What each side is called; below, what its columns are."""
        p, left, low = self._look.palette, self._left(width), HEAD - TITLE
        bar, digits = self._x_bar(width), self._x_hex(width)
        painter.fillRect(QRectF(left + 12, 0, width, HEAD), tint(p.inner, 0.05))
        for box, align, text in (
            (QRectF(0, TITLE, 62, low), _RIGHT, say(TIME)),
            (QRectF(84, TITLE, 52, low), _RIGHT, say(BYTES)),
            (QRectF(bar, TITLE, BAR + FIGURE + 22, low), _MIDDLE, say(NOISE)),
            (QRectF(digits + 14, TITLE, left - digits - 20, low), _MIDDLE, say(FIRST_BYTES)),
            (QRectF(self._x_plain(width), TITLE, 200, low), _MIDDLE, say(FIRST_BYTES)),
        ):
            painter.drawText(box, align, text)
        painter.setFont(type_face(13, QFont.Weight.DemiBold))
        painter.setPen(QColor(p.text))
        painter.drawText(QRectF(14, 2, left - 14, TITLE), _MIDDLE, say(EVE))
        painter.setPen(QColor(p.inner))
        painter.drawText(QRectF(left + 32, 2, width - left - 32, TITLE), _MIDDLE, say(US))

    def paint_lines(self, painter: QPainter, lines: range, top: float, width: float) -> None:
        """Column by column, so that font and pen change seldom."""
        rows = [self._rows[-1 - line] for line in lines]
        ys = [top + i * ROW for i in range(len(rows))]
        self._paint_eve(painter, rows, ys, width)
        self._paint_us(painter, rows, ys, width)

    def _paint_eve(self, painter: QPainter, rows: list[Passed], ys: list[float], width: float) -> None:
        p, left = self._look.palette, self._left(width)
        painter.setFont(type_face(12, figures=True))
        painter.setPen(QColor(p.text3))
        for row, y in zip(rows, ys, strict=True):
            painter.drawText(QRectF(0, y, 62, ROW), _RIGHT, f"{row.at - self._origin:.3f}")
        if left >= WIDE:
            for row, y in zip(rows, ys, strict=True):
                painter.drawText(QRectF(150, y, 80, ROW), _MIDDLE, say(OUTER[row.type]))
        painter.setPen(QColor(p.text))
        for row, y in zip(rows, ys, strict=True):
            painter.drawText(QRectF(84, y, 52, ROW), _RIGHT, f"{row.size:,}")
        self._paint_entropy(painter, rows, ys, self._x_bar(width))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line, named in LINE_COLOUR.items():
            painter.setBrush(QColor(getattr(p, named)))
            for row, y in zip(rows, ys, strict=True):
                if line_of(row) == line:
                    painter.drawPolygon(_arrow(76.0, y + ROW / 2, up=row.direction == "out"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setFont(self._mono)
        painter.setPen(QColor(p.text2))
        at = self._x_hex(width) + 14
        fits = max(1, int((left - at - 8) / self._advance) // 3)
        for row, y in zip(rows, ys, strict=True):
            painter.drawText(QRectF(at, y, left - at, ROW), _MIDDLE, row.raw[:fits].hex(" "))

    def _paint_entropy(self, painter: QPainter, rows: list[Passed], ys: list[float], x: float) -> None:
        p = self._look.palette
        painter.setPen(Qt.PenStyle.NoPen)
        for full, colour in ((True, QColor(p.line)), (False, tint(p.text2, 0.75))):
            painter.setBrush(colour)
            painter.drawRects(
                [
                    QRectF(x, y + ROW / 2 - 2, BAR if full else BAR * randomness(row), 4)
                    for row, y in zip(rows, ys, strict=True)
                ]
            )
        painter.setPen(QColor(p.text2))
        for row, y in zip(rows, ys, strict=True):
            painter.drawText(QRectF(x + BAR, y, FIGURE, ROW), _RIGHT, f"{row.entropy:.1f}")

    def _paint_us(self, painter: QPainter, rows: list[Passed], ys: list[float], width: float) -> None:
        p, left = self._look.palette, self._left(width)
        height = ys[-1] + ROW - ys[0] if ys else 0.0
        if ys:
            painter.fillRect(QRectF(left + 12, ys[0], width, height), tint(p.inner, 0.05))
            painter.setPen(QPen(QColor(p.line), 1))
            painter.drawLine(QLineF(left + 12, ys[0], left + 12, ys[0] + height))
        font = type_face(12, QFont.Weight.Medium, figures=True)
        painter.setFont(font)
        at = self._x_plain(width)
        room = at - left - 32
        metrics = QFontMetricsF(font)
        for row, y in zip(rows, ys, strict=True):
            painter.setPen(QColor(p.inner if row.meaning in INNER else p.outer))
            text = metrics.elidedText(meaning(row), Qt.TextElideMode.ElideRight, room - 12)
            painter.drawText(QRectF(left + 32, y, room, ROW), _MIDDLE, text)
        painter.setFont(self._mono)
        painter.setPen(QColor(p.text2))
        fits = max(1, int((width - at - 10) / self._advance))
        for row, y in zip(rows, ys, strict=True):
            text = readable(row.plain)
            painter.drawText(
                QRectF(at, y, width - at, ROW), _MIDDLE, text if len(text) <= fits else text[: fits - 1] + "…"
            )


def _arrow(x: float, y: float, *, up: bool) -> QPolygonF:
    tip = -4.0 if up else 4.0
    return QPolygonF([QPointF(x, y + tip), QPointF(x - 4, y - tip * 0.7), QPointF(x + 4, y - tip * 0.7)])
