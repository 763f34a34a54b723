"""Bytes as people read them: offset, hex, ASCII. One range is selected, one lights up under the mouse.

0040  03 03 3c 95 8d 40 a4 88   ··<··@··
"""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gui.theme import Look, mono_face, tint

ROW = 21
SCROLL_BAR = 14
Range = tuple[int, int]
NOTHING: Range = (0, 0)
SPOKEN_MAX = 32
"""So many bytes of the selection are told to a screen reader."""


class HexView(QAbstractScrollArea):
    """`chosen(offset)`: a byte was clicked or reached by key; `hovered(offset)`: the mouse is over it (−1: none)."""

    chosen = Signal(int)
    hovered = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._data = b""
        self._selected, self._lit = NOTHING, NOTHING
        self._colour = "outer"
        self._cursor, self._under = 0, -1
        self._small(on=False)
        self._per_row = 8
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        look.changed.connect(self.viewport().update)

    def _small(self, *, on: bool) -> None:
        self._font = mono_face(11 if on else 12)
        self._advance = QFontMetricsF(self._font).horizontalAdvance("0")

    def small(self, *, on: bool) -> None:
        """Smaller letters, in a narrow window."""
        self._small(on=on)
        self.viewport().update()

    def width_for(self, per_row: int) -> int:
        """Pixels that rows of so many bytes need."""
        return int(self._advance * (5 + per_row * 3 + per_row // 8 + 1 + per_row) + SCROLL_BAR + 8)

    def show_bytes(self, data: bytes, colour: str) -> None:
        """Show `data` from its first byte; `colour` names the palette's colour of the selection."""
        self._colour = colour
        if data != self._data:
            self._data, self._cursor, self._under = data, 0, -1
            self._lit = NOTHING
            self.verticalScrollBar().setValue(0)
            self._arrange()
        self.viewport().update()

    def select(self, start: int, end: int, *, scroll: bool = True) -> None:
        """Bytes `start` to `end` (exclusive) are those of the selected field."""
        self._selected = (start, end)
        if not start <= self._cursor < end:
            self._cursor = start
        if scroll:
            self._reveal(start, end)
        spoken = self._data[start : min(end, start + SPOKEN_MAX)].hex(" ")
        self.setAccessibleDescription(spoken)
        self.viewport().update()

    def light(self, start: int, end: int) -> None:
        """Light up a range; an empty one for none."""
        if (start, end) != self._lit:
            self._lit = (start, end)
            self.viewport().update()

    # ── where things are ──

    def _x(self, column: int) -> float:
        return 6 + self._advance * (5 + column * 3 + column // 8 * (self._per_row > 8))

    def _x_text(self, column: int) -> float:
        return self._x(self._per_row - 1) + self._advance * (4 + column)

    def offset_at(self, point: QPoint) -> int:
        """The byte under a point of the viewport, or −1."""
        line = (point.y() + self.verticalScrollBar().value()) // ROW
        for column in range(self._per_row):
            left = self._x(column) - self._advance / 2
            text = self._x_text(column)
            if left <= point.x() < left + 3 * self._advance or text <= point.x() < text + self._advance:
                offset = line * self._per_row + column
                return offset if 0 <= offset < len(self._data) else -1
        return -1

    def box_of(self, offset: int) -> QRectF:
        """Where a byte's two digits stand in the viewport."""
        line, column = divmod(offset, self._per_row)
        return QRectF(self._x(column), line * ROW - self.verticalScrollBar().value(), 2 * self._advance, ROW)

    def _arrange(self) -> None:
        rows = -(-len(self._data) // self._per_row)
        height = self.viewport().height()
        self.verticalScrollBar().setRange(0, max(0, rows * ROW - height))
        self.verticalScrollBar().setPageStep(height)
        self.verticalScrollBar().setSingleStep(ROW)

    def _reveal(self, start: int, end: int) -> None:
        bar = self.verticalScrollBar()
        top, bottom = start // self._per_row * ROW, (max(start, end - 1) // self._per_row + 1) * ROW
        height = self.viewport().height()
        if top < bar.value() or bottom - top >= height:
            bar.setValue(top)
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height)

    # ── what a person does ──

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell which byte is under the mouse."""
        self._hover(self.offset_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose a byte."""
        offset = self.offset_at(event.position().toPoint())
        if offset >= 0:
            self._cursor = offset
            self.chosen.emit(offset)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """The mouse goes: nothing is under it."""
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, offset: int) -> None:
        if offset != self._under:
            self._under = offset
            self.hovered.emit(offset)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows move from byte to byte, and so from field to field."""
        page = max(1, self.viewport().height() // ROW - 1) * self._per_row
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._per_row, Qt.Key.Key_Down: self._per_row,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self._data), Qt.Key.Key_End: len(self._data),
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None or not self._data:
            super().keyPressEvent(event)
            return
        self._cursor = max(0, min(len(self._data) - 1, self._cursor + step))
        self.chosen.emit(self._cursor)
        self._reveal(self._cursor, self._cursor + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Sixteen bytes in a row where there is room."""
        self._per_row = 16 if self.viewport().width() >= self.width_for(16) - SCROLL_BAR - 2 else 8
        self._arrange()
        super().resizeEvent(event)

    # ── painting ──

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Only the rows that can be seen; each row's digits are two strings, the zeros fainter."""
        p, n = self._look.palette, self._per_row
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        scroll = self.verticalScrollBar().value()
        first = scroll // ROW
        last = min(-(-len(self._data) // n), first + self.viewport().height() // ROW + 2)
        colour = getattr(p, self._colour)
        for line in range(first, last):
            y = float(line * ROW - scroll)
            if self._lit != self._selected:
                self._paint_range(painter, line, y, self._lit, tint(colour, 0.13))
            self._paint_range(painter, line, y, self._selected, tint(colour, 0.28 if p.dark else 0.2))
            self._paint_line(painter, line, y)
        if self.hasFocus() and self._data:
            painter.setPen(QPen(QColor(p.outer), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.box_of(self._cursor).adjusted(-2, 1.5, 2, -1.5), 4, 4)
        painter.end()

    def _paint_range(self, painter: QPainter, line: int, y: float, span: Range, fill: QColor) -> None:
        n = self._per_row
        first, last = max(span[0], line * n) - line * n, min(span[1], line * n + n) - line * n - 1
        if last < first:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        a, half = self._advance, self._advance / 2
        left, right = self._x(first) - half, self._x(last) + 2 * a + half
        painter.drawRoundedRect(QRectF(left, y + 1, right - left, ROW - 2), 5, 5)
        left, right = self._x_text(first), self._x_text(last) + a
        painter.drawRoundedRect(QRectF(left, y + 1, right - left, ROW - 2), 3, 3)

    def _paint_line(self, painter: QPainter, line: int, y: float) -> None:
        p, n = self._look.palette, self._per_row
        part = self._data[line * n : line * n + n]
        strong, faint = [], []
        for i, byte in enumerate(part):
            gap = "" if i == 0 else ("  " if i % 8 == 0 else " ")
            strong.append(gap + (f"{byte:02x}" if byte else "  "))
            faint.append(gap + ("  " if byte else "00"))
        text = "".join(chr(byte) if 0x20 < byte < 0x7F else "·" for byte in part)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        width = float(self.viewport().width())
        painter.setPen(QColor(p.text3))
        painter.drawText(QRectF(4, y, width, ROW), align, f"{line * n:04x}")
        painter.setPen(QColor(p.text2))  # readable on the selection, too
        painter.drawText(QRectF(self._x_text(0), y, width, ROW), align, text)
        if any(byte == 0 for byte in part):
            painter.setPen(tint(p.text3, 0.7))
            painter.drawText(QRectF(self._x(0), y, width, ROW), align, "".join(faint))
        painter.setPen(QColor(p.text))
        painter.drawText(QRectF(self._x(0), y, width, ROW), align, "".join(strong))
