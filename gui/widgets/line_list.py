"""A long list of single lines, of which only the visible ones are painted. Keys and mouse go through it.

It holds still while the mouse is over it or a key has chosen a line: whoever reads must not lose the line.
"""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gui.theme import Look, type_face

ROW = 26


class LineList(QAbstractScrollArea):
    """`lit(line)`: the line under the mouse or reached by key, −1 for none; `held(bool)`: somebody reads."""

    lit = Signal(int)
    held = Signal(bool)

    def __init__(self, look: Look, head: int) -> None:
        """`head`: pixels above the lines, for the columns' names."""
        super().__init__()
        self._look = look
        self._head = head
        self._count = 0
        self._line = -1
        self.holding = False
        """Whether the owner should keep the lines as they are."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        look.changed.connect(self.viewport().update)

    def show_count(self, count: int) -> None:
        """There are so many lines now."""
        self._count = count
        self._arrange()
        if self._line >= count:
            self._light(-1)
        self.viewport().update()

    # ── what a subclass paints ──

    def paint_head(self, painter: QPainter, width: float) -> None:
        """The columns' names, above the lines."""

    def paint_lines(self, painter: QPainter, lines: range, top: float, width: float) -> None:
        """These lines, `ROW` pixels each, the first one at `top`."""

    def spoken(self, line: int) -> str:
        """A line for a screen reader."""
        return str(line)

    # ── where things are ──

    def _arrange(self) -> None:
        room = self.viewport().height() - self._head
        self.verticalScrollBar().setRange(0, max(0, self._count * ROW - room))
        self.verticalScrollBar().setPageStep(max(ROW, room))
        self.verticalScrollBar().setSingleStep(ROW)

    def line_at(self, point: QPointF) -> int:
        """The line under a point of the viewport, or −1."""
        line = int(point.y() - self._head + self.verticalScrollBar().value()) // ROW
        return line if point.y() >= self._head and 0 <= line < self._count else -1

    def _light(self, line: int) -> None:
        if line != self._line:
            self._line = line
            self.setAccessibleDescription(self.spoken(line) if line >= 0 else "")
            self.lit.emit(line)
            self.viewport().update()

    def _hold(self, *, on: bool) -> None:
        if on != self.holding:
            self.holding = on
            self.held.emit(on)

    # ── what a person does ──

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Light the line under the mouse."""
        self._hold(on=True)
        self._light(self.line_at(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """The mouse goes: on it flows."""
        if event.type() == QEvent.Type.Leave:
            self._let_go()
        return super().viewportEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keys go elsewhere: on it flows."""
        self._let_go()
        super().focusOutEvent(event)

    def _let_go(self) -> None:
        self._light(-1)
        self._hold(on=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows go from line to line; Escape lets it flow on."""
        page = max(1, (self.viewport().height() - self._head) // ROW - 1)
        step = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self._count, Qt.Key.Key_End: self._count,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if event.key() == Qt.Key.Key_Escape and self.holding:
            self._let_go()
        elif step is None or not self._count:
            super().keyPressEvent(event)
        else:
            self._hold(on=True)
            self._light(max(0, min(self._count - 1, self._line + step)))
            top, bar = self._line * ROW, self.verticalScrollBar()
            room = self.viewport().height() - self._head
            bar.setValue(min(top, max(bar.value(), top + ROW - room)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """More or fewer lines are visible."""
        self._arrange()
        super().resizeEvent(event)

    # ── painting ──

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The lines that are visible, then the head above them."""
        p = self._look.palette
        painter = QPainter(self.viewport())
        width, height = float(self.viewport().width()), self.viewport().height()
        scroll = self.verticalScrollBar().value()
        first = scroll // ROW
        lines = range(first, min(self._count, (scroll + height - self._head) // ROW + 1))
        painter.setClipRect(QRectF(0, self._head, width, height - self._head))
        top = float(self._head + first * ROW - scroll)
        if self._line in lines:
            y = top + (self._line - first) * ROW
            painter.fillRect(QRectF(0, y, width, ROW), QColor(p.hover))
        self.paint_lines(painter, lines, top, width)
        painter.setClipping(False)
        painter.setFont(type_face(12))
        painter.setPen(QColor(p.text3))
        self.paint_head(painter, width)
        painter.setPen(QPen(QColor(p.line), 1))
        painter.drawLine(0, self._head - 1, int(width), self._head - 1)
        if self.hasFocus() and self._line < 0:
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(QRectF(1, 1, width - 2, height - 2), 8, 8)
        painter.end()
