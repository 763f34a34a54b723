"""A handshake as a ladder of arrows between two lifelines. Fills live: a new arrow grows from its sender.

0.0   ●──── ClientHello ───▶│
1.8   │◀─── ServerHello ────●        one flight: one soft band
     ┄┄┄ encrypted from here ┄┄┄
1.8   │◀ EncryptedExtensions ●
"""

from PySide6.QtCore import QEasingCurve, QEvent, QLineF, QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.flights import number
from gui.ladder import Ladder, Row
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.wording import ENCRYPTED_FROM_HERE, GOT_MESSAGE, SENT_MESSAGE

HEAD, STEP, FLIGHT_GAP, DIVIDER = 20.0, 19.0, 7.0, 20.0
TIME_WIDTH = 34.0
NARROW = 205
"""Below this width the letters are smaller, and the times move closer."""
GROW_MS = 220


def message_sentence(row: Row) -> str:
    """One message for the tooltip and the screen reader."""
    text = SENT_MESSAGE if row.direction == "out" else GOT_MESSAGE
    return say(text, ms=f"{row.t_ms:.3f}", name=row.title, size=row.size)


class LadderView(QWidget):
    """Paints a `Ladder`'s rows; `colour` names the palette's colour for it. `opened(row)`: a click, or Enter."""

    opened = Signal(int)

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self._look, self._colour = look, colour
        self._rows: tuple[Row, ...] = ()
        self._numbers: tuple[int, ...] = ()
        """The places in TLS 1.2's classic diagram; 0 beside it."""
        self._ends = ("", "")
        self._under, self._current = -1, 0
        """The row under the mouse (−1: none), and the one that the keyboard is on."""
        self._grown = 0.0
        """How many rows stand; the fraction is the one that grows now."""
        self._grow = QVariantAnimation(self)
        self._grow.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._grow.valueChanged.connect(self._on_grow)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        look.changed.connect(self.update)

    def show_ladder(self, ladder: Ladder, here: str, there: str) -> None:
        """Show these rows between `here` and `there`; those that were not there yet grow in."""
        rows = ladder.rows
        self._numbers = tuple(number(ladder, row) for row in rows)
        if self._ends != (here, there):
            self._ends = (here, there)
            self.update()
        if rows == self._rows:
            return
        same = rows[: len(self._rows)] == self._rows
        start = min(self._grown, float(len(rows))) if same else 0.0
        self._rows = rows
        self._grow.stop()
        self._grown = start
        missing = len(rows) - start
        if missing > 0 and self.isVisible():
            self._grow.setStartValue(start)
            self._grow.setEndValue(float(len(rows)))
            self._grow.setDuration(min(900, int(GROW_MS * missing**0.5)))
            self._grow.start()
        else:
            self._grown = float(len(rows))
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleDescription(" ".join(message_sentence(row) + "." for row in rows))
        self.update()

    def _on_grow(self, value: float) -> None:
        """Only what grew since the last time is painted anew: the voice begins in these moments, too."""
        tops, first = self._tops(), int(min(self._grown, value))
        last = min(int(max(self._grown, value)), len(tops) - 1)
        self._grown = value
        if first <= last:
            top = tops[first] - DIVIDER if first else 0.0
            self.update(QRectF(0, top, self.width(), tops[last] + STEP - top).toAlignedRect())

    def _time_width(self) -> float:
        return TIME_WIDTH - 8 if self.width() < NARROW else TIME_WIDTH

    def _time_text(self, ms: float) -> str:
        """Milliseconds to the microsecond, where there is room for it."""
        if self.width() < NARROW:
            return f"{ms:.1f}"
        return f"{ms:.3f}" if ms < 10 else f"{ms:.2f}" if ms < 100 else f"{ms:.1f}"

    def _tops(self) -> list[float]:
        """Each row's top, with room between flights and for the divider."""
        tops: list[float] = []
        y = HEAD + 2.0
        for before, row in zip((None, *self._rows), self._rows, strict=False):
            if before is not None:
                if row.settled and not any(r.settled for r in self._rows[: len(tops)]):
                    y += DIVIDER
                elif row.direction != before.direction:
                    y += FLIGHT_GAP
            tops.append(y)
            y += STEP
        return tops

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its rows."""
        tops = self._tops()
        return QSize(200, int(tops[-1] + STEP + 4) if tops else 0)

    def event(self, event: QEvent) -> bool:
        """A tooltip tells a message's size."""
        if isinstance(event, QHelpEvent):
            at = self._row_at(event.pos().y())
            if at >= 0:
                QToolTip.showText(event.globalPos(), message_sentence(self._rows[at]), self)
                return True
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().event(event)

    def _row_at(self, y: float) -> int:
        return next((i for i, top in enumerate(self._tops()) if top <= y < top + STEP), -1)

    def _hover(self, row: int) -> None:
        if row != self._under:
            self._under = row
            self.setCursor(Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The row under the mouse can be opened, and shows it."""
        self._hover(self._row_at(event.position().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open a message."""
        row = self._row_at(event.position().y())
        if row >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._current = row
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and down from message to message; Enter is the window's, which calls `open_current`."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not step or not 0 <= self._current + step < len(self._rows):
            super().keyPressEvent(event)
            return
        self._current += step
        self.update()

    def open_current(self) -> None:
        """Open the message that the keyboard is on."""
        if self._rows:
            self.opened.emit(min(self._current, len(self._rows) - 1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Bands, lifelines, arrows."""
        if not self._rows:
            return
        p, tops, asked = self._look.palette, self._tops(), QRectF(event.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right = self._time_width() + 8.0, self.width() - 7.0
        if asked.top() < HEAD:
            self._paint_ends(painter, left, right)
        self._paint_flights(painter, tops, left, right)
        painter.setPen(QPen(QColor(p.line), 1.5))
        for x in (left, right):
            painter.drawLine(QLineF(x, HEAD - 2, x, self.height()))
        for i, (top, row) in enumerate(zip(tops, self._rows, strict=True)):
            share = min(1.0, max(0.0, self._grown - i))
            if share > 0 and asked.top() < top + STEP and top - DIVIDER < asked.bottom():
                if row.settled and not any(r.settled for r in self._rows[:i]) and i:
                    self._paint_divider(painter, QRectF(left, top - DIVIDER, right - left, DIVIDER))
                self._paint_ground(painter, i, QRectF(0, top, self.width(), STEP))
                new_flight = i == 0 or self._rows[i - 1].direction != row.direction
                title = f"{self._numbers[i]} · {row.title}" if self._numbers[i] else row.title
                self._paint_row(painter, row, title, QRectF(left, top, right - left, STEP), share, timed=new_flight)
        painter.end()

    def _paint_ground(self, painter: QPainter, i: int, box: QRectF) -> None:
        p = self._look.palette
        if i == self._under:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(getattr(p, self._colour), 0.2 if p.dark else 0.14))
            painter.drawRoundedRect(box, 6, 6)
        if i == self._current and self.hasFocus():
            painter.setPen(QPen(QColor(p.outer), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 0.5, -1, -0.5), 6, 6)

    def _paint_ends(self, painter: QPainter, left: float, right: float) -> None:
        font = type_face(11, QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self._look.palette.text2))
        here, there = self._ends
        there = QFontMetricsF(font).elidedText(there, Qt.TextElideMode.ElideRight, (right - left) * 0.6)
        painter.drawText(QRectF(left - 6, 0, 120, HEAD - 5), Qt.AlignmentFlag.AlignLeft, here)
        painter.drawText(QRectF(right + 6 - 160, 0, 160, HEAD - 5), Qt.AlignmentFlag.AlignRight, there)

    def _paint_flights(self, painter: QPainter, tops: list[float], left: float, right: float) -> None:
        colour = getattr(self._look.palette, self._colour)
        painter.setPen(Qt.PenStyle.NoPen)
        first = 0
        for i in range(1, len(self._rows) + 1):
            ends = i == len(self._rows) or self._rows[i].direction != self._rows[first].direction
            split = i < len(self._rows) and self._rows[i].settled != self._rows[i - 1].settled
            if ends or split:
                if self._rows[first].direction == "out" and self._grown > first:
                    painter.setBrush(tint(colour, 0.13 if self._look.palette.dark else 0.08))
                    box = QRectF(left, tops[first], right - left, tops[i - 1] + STEP - tops[first])
                    painter.drawRoundedRect(box, 5, 5)
                first = i

    def _paint_divider(self, painter: QPainter, box: QRectF) -> None:
        p = self._look.palette
        font = type_face(10.5, QFont.Weight.Medium)
        text = say(ENCRYPTED_FROM_HERE)
        half = QFontMetricsF(font).horizontalAdvance(text) / 2 + 6
        y, mid = box.center().y(), box.center().x()
        painter.setPen(QPen(tint(p.good, 0.55), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(box.left() + 6, y, mid - half, y))
        painter.drawLine(QLineF(mid + half, y, box.right() - 6, y))
        painter.setFont(font)
        painter.setPen(QColor(p.good))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_row(self, painter: QPainter, row: Row, title: str, box: QRectF, share: float, *, timed: bool) -> None:
        p = self._look.palette
        ink = QColor(getattr(p, self._colour) if row.encrypted else p.text3)
        ink.setAlphaF(share)
        if timed:
            painter.setFont(type_face(11, figures=True))
            painter.setPen(tint(p.text3, share))
            time = QRectF(0, box.top(), self._time_width(), STEP)
            painter.drawText(
                time, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._time_text(row.t_ms)
            )
        narrow = self.width() < NARROW
        font = type_face(11 if narrow else 12, QFont.Weight.Medium)
        half = QFontMetricsF(font).horizontalAdvance(title) / 2 + (4 if narrow else 6)
        y, mid = box.center().y(), box.center().x()
        out = row.direction == "out"
        start, end = (box.left(), box.right()) if out else (box.right(), box.left())
        tip = start + (end - start) * share
        towards = 1.0 if out else -1.0
        painter.setPen(QPen(ink, 1.4, Qt.PenStyle.SolidLine if row.encrypted else Qt.PenStyle.DashLine))
        gap_in, gap_out = mid - towards * half, mid + towards * half
        painter.drawLine(QLineF(start, y, gap_in if (gap_in - tip) * towards < 0 else tip, y))
        if (tip - gap_out) * towards > 0:
            painter.drawLine(QLineF(gap_out, y, tip - towards * 3, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(start, y), 2.6, 2.6)
        back = tip - towards * 6.5
        painter.drawPolygon(QPolygonF([QPointF(tip - towards, y), QPointF(back, y - 3.6), QPointF(back, y + 3.6)]))
        painter.setFont(font)
        painter.setPen(tint(p.text, share))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, title)
