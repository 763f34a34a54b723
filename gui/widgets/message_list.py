"""A handshake as a list to walk through: number, arrow, name, time; flights with their round trips; extras marked.

1  ──▶ ClientHello              0.000   ⎤ ½ RTT
2  ◀── ServerHello              1.835   ⎤
   ┄ encrypted from here ┄               ⎥ 1 RTT
   ◀── EncryptedExtensions      1.879   ⎦
"""

from PySide6.QtCore import (
    QAbstractListModel,
    QLineF,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.flights import Extra, Flight, extra, flights, number
from gui.handshake_words import EXTRA, ROUND_TRIPS, STEP
from gui.ladder import Ladder, Row
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.widgets.ladder_view import message_sentence
from gui.wording import ENCRYPTED_FROM_HERE

Index = QModelIndex | QPersistentModelIndex
STOP = Qt.ItemDataRole.UserRole
HEIGHT, GAP, DIVIDER = 34, 8, 22
BRACKET, BRACKET_NARROW = 52, 30
NARROW = 290
"""Below this width the letters are smaller, and a bracket says only how many round trips."""


class Stop:
    """One row, with all that is drawn around it."""

    __slots__ = ("begins", "divider", "ends", "extra", "flight", "number", "row")

    def __init__(self, ladder: Ladder, i: int, flight: Flight) -> None:
        self.row: Row = ladder.rows[i]
        self.number = number(ladder, self.row)
        self.extra: Extra = extra(ladder, self.row)
        self.flight = flight
        self.begins, self.ends = i == flight.first, i == flight.last
        self.divider = self.row.settled and not any(row.settled for row in ladder.rows[:i])

    @property
    def above(self) -> int:
        """Room above the row itself."""
        return (GAP if self.begins and self.flight.first else 0) + (DIVIDER if self.divider else 0)

    def spoken(self) -> str:
        """The row for a screen reader."""
        parts = [say(STEP, number=self.number)] if self.number else []
        parts.append(message_sentence(self.row))
        if self.extra:
            parts.append(say(EXTRA[self.extra]))
        return ", ".join(parts)


def round_trips(halves: int) -> str:
    """`½`, `1`, `1½`, …"""
    return f"{halves // 2 or ''}{'½' if halves % 2 else ''}"


class Messages(QAbstractListModel):
    """The ladder's rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stops: tuple[Stop, ...] = ()
        self._ladder: Ladder | None = None

    def show_ladder(self, ladder: Ladder) -> None:
        """Take over another ladder, or a grown one."""
        before = self._ladder
        self._ladder = ladder
        if before is not None and (before.rows, before.agreed) == (ladder.rows, ladder.agreed):
            return
        self.beginResetModel()
        whose = {i: flight for flight in flights(ladder) for i in range(flight.first, flight.last + 1)}
        self._stops = tuple(Stop(ladder, i, whose[i]) for i in range(len(ladder.rows)))
        self.endResetModel()

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's own default
        """How many messages."""
        return len(self._stops)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, what a screen reader says, and the stop itself."""
        if not 0 <= index.row() < len(self._stops):
            return None
        stop = self._stops[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return stop.row.title
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return stop.spoken()
        return stop if role == STOP else None


class _Row(QStyledItemDelegate):
    def __init__(self, look: Look, view: "MessageList") -> None:
        super().__init__(view)
        self._look, self._view = look, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        stop: Stop = index.data(STOP)
        return QSize(120, HEIGHT + stop.above)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        p = self._look.palette
        stop: Stop = index.data(STOP)
        colour = getattr(p, self._view.colour)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(option.rect)
        box = whole.adjusted(0, stop.above, -self._view.bracket, 0).adjusted(2, 1, -2, -1)
        if stop.divider:
            top = whole.top() + (stop.above - DIVIDER)
            self._paint_divider(painter, QRectF(box.left() + 8, top, box.width() - 16, DIVIDER))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(colour, 0.22 if p.dark else 0.14) if chosen else QColor(p.hover))
            painter.drawRoundedRect(box, 8, 8)
        if chosen and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 7, 7)
        self._paint_arrow(painter, stop, box, colour)
        self._paint_text(painter, stop, box)
        self._paint_bracket(painter, stop, whole)
        painter.restore()

    def _paint_divider(self, painter: QPainter, box: QRectF) -> None:
        p, font = self._look.palette, type_face(11, QFont.Weight.Medium)
        text = say(ENCRYPTED_FROM_HERE)
        wide = QFontMetricsF(font).horizontalAdvance(text) + 10
        y = box.center().y()
        painter.setFont(font)
        painter.setPen(QColor(p.good))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(tint(p.good, 0.55), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(box.left() + wide, y, box.right(), y))

    def _paint_arrow(self, painter: QPainter, stop: Stop, box: QRectF, colour: str) -> None:
        p, out = self._look.palette, stop.row.direction == "out"
        ink = QColor(colour if stop.row.encrypted else p.text3)
        left, y = box.left() + 10, box.center().y()
        right = left + 24
        painter.setPen(QPen(ink, 1.5, Qt.PenStyle.SolidLine if stop.row.encrypted else Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(left + (0 if out else 5), y, right - (5 if out else 0), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        tip, back = (right, right - 7) if out else (left, left + 7)
        painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(back, y - 4), QPointF(back, y + 4)]))

    def _paint_text(self, painter: QPainter, stop: Stop, box: QRectF) -> None:
        p = self._look.palette
        text = box.adjusted(42, 0, -8, 0)
        if stop.number:
            disc = QRectF(text.left(), text.center().y() - 9, 18, 18)
            painter.setPen(QPen(QColor(p.line), 1))
            painter.setBrush(QColor(p.card))
            painter.drawEllipse(disc)
            painter.setFont(type_face(10.5, QFont.Weight.DemiBold, figures=True))
            painter.setPen(QColor(p.text2))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(stop.number))
        if self._view.numbered:
            text = text.adjusted(24, 0, 0, 0)
        time_font = type_face(11, figures=True)
        time = f"{stop.row.t_ms:.3f}"
        wide = QFontMetricsF(time_font).horizontalAdvance(time)
        painter.setFont(time_font)
        painter.setPen(QColor(p.text3))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, time)
        name = text.adjusted(0, 0, -wide - 6, 0)
        font = type_face(12 if self._view.bracket == BRACKET_NARROW else 13, QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(p.text2 if stop.extra else p.text))
        shown = QFontMetricsF(font).elidedText(stop.row.title, Qt.TextElideMode.ElideRight, name.width())
        if stop.extra:
            note = type_face(11)
            said = QFontMetricsF(note).elidedText(say(EXTRA[stop.extra]), Qt.TextElideMode.ElideRight, name.width())
            painter.drawText(name.adjusted(0, 1, 0, -14), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setFont(note)
            painter.setPen(QColor(p.text3))
            painter.drawText(name.adjusted(0, 16, 0, -1), Qt.AlignmentFlag.AlignVCenter, said)
        else:
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_bracket(self, painter: QPainter, stop: Stop, whole: QRectF) -> None:
        if not stop.flight.halves:
            return
        p = self._look.palette
        x = whole.right() - self._view.bracket + 5
        top = whole.top() + (stop.above + 5 if stop.begins else 0)
        bottom = whole.bottom() - (5 if stop.ends else -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003 - Qt's own signature
        painter.setPen(QPen(QColor(p.text3), 1))
        painter.drawLine(QLineF(x, top, x, bottom))
        if stop.begins:
            painter.drawLine(QLineF(x - 4, top, x, top))
        if stop.ends:
            painter.drawLine(QLineF(x - 4, bottom, x, bottom))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if stop.begins:
            painter.setFont(type_face(11, QFont.Weight.Medium))
            painter.setPen(QColor(p.text2))
            count = round_trips(stop.flight.halves)
            said = count if self._view.bracket == BRACKET_NARROW else say(ROUND_TRIPS, count=count)
            label = QRectF(x + 5, whole.top() + stop.above, self._view.bracket - 6, HEIGHT)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, said)


class MessageList(QListView):
    """`chosen(row)`: a person went to another message."""

    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.messages = Messages(self)
        self.colour, self.numbered = "outer", False
        self._quiet = False
        self.setModel(self.messages)
        self.setItemDelegate(_Row(look, self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current)
        look.changed.connect(self.viewport().update)

    @property
    def bracket(self) -> int:
        """The room for the round trips at the right."""
        return BRACKET_NARROW if self.width() < NARROW else BRACKET

    def show_ladder(self, ladder: Ladder, row: int, colour: str) -> None:
        """Show the ladder with `row` chosen."""
        self._quiet = True
        self.colour = colour
        self.numbered = any(number(ladder, message) for message in ladder.rows)
        self.messages.show_ladder(ladder)
        self.setCurrentIndex(self.messages.index(row))
        self._quiet = False

    def _on_current(self, now: QModelIndex) -> None:
        if now.isValid() and not self._quiet:
            self.chosen.emit(now.row())
