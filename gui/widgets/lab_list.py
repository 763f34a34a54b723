"""The lab's attacks as a list: groups, and in each its attacks with a mark of how far they have come.

Listening in
  ✓  Mallory copies everything that passes, …
"""

from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.lab_board import Board, Case, grouped
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.widgets.lab_mark import paint_mark, verdict_of
from gui.words.lab import ATTACKS, GROUP

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole
HEAD, ROW = 36, 48
LEFT = 38


def group_name(group: str) -> str:
    """A group in words, in the language in use."""
    return say(GROUP[group]) if group in GROUP else group


def in_two_lines(text: str, font: QFont, width: float) -> list[str]:
    """`text` broken to `width` pixels; what does not fit into two lines ends in an ellipsis."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(width)
    layout.endLayout()
    cut = first.textLength()
    rest = QFontMetricsF(font).elidedText(text[cut:], Qt.TextElideMode.ElideRight, width)
    return [text[:cut].rstrip(), rest] if rest else [text]


class Entries(QAbstractListModel):
    """A group (its name) or a case in each row."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.board = Board(())
        self.rows: list[str | Case] = []

    def show_cases(self, found: Iterable[Case]) -> None:
        """Other cases than before."""
        self.beginResetModel()
        self.rows = []
        for group, members in grouped(found):
            self.rows += [group, *members]
        self.endResetModel()

    def row_of(self, name: str) -> int:
        """The row of the case called `name`; −1 when it is not shown."""
        return next((i for i, row in enumerate(self.rows) if isinstance(row, Case) and row.name == name), -1)

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's own default
        """Groups and cases."""
        return len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A group's name cannot be chosen."""
        if not 0 <= index.row() < len(self.rows) or isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is said of a row, and the row itself."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ENTRY:
            return row
        if isinstance(row, str):
            return group_name(row) if role == Qt.ItemDataRole.DisplayRole else None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return say(row.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{say(row.title)} {say(verdict_of(self.board, row))}"
        return None


class _Row(QStyledItemDelegate):
    def __init__(self, look: Look, view: "LabList") -> None:
        super().__init__(view)
        self._look, self._view = look, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(120, HEAD if isinstance(index.data(ENTRY), str) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(4, 1, -4, -1)
        if isinstance(row, str):
            painter.setFont(type_face(12, QFont.Weight.DemiBold))
            painter.setPen(QColor(self._look.palette.text3))
            painter.drawText(box.adjusted(8, 8, -8, 0), Qt.AlignmentFlag.AlignVCenter, group_name(row))
        else:
            self._paint_case(painter, row, box, option.state)
        painter.restore()

    def _paint_case(self, painter: QPainter, case: Case, box: QRectF, state: QStyle.StateFlag) -> None:
        p = self._look.palette
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(p.outer, 0.2 if p.dark else 0.11) if chosen else QColor(p.hover))
            painter.drawRoundedRect(box, 9, 9)
        if chosen and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)
        mark = QRectF(box.left() + 10, box.center().y() - 9, 18, 18)
        paint_mark(painter, p, self._view.entries.board, case, mark)
        font = type_face(13, QFont.Weight.Medium if chosen else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(p.text))
        text = box.adjusted(LEFT, 4, -8, -4)
        lines = in_two_lines(say(case.title), font, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, "\n".join(lines))


class LabList(QListView):
    """`chosen(name)`: a person went to another attack."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.entries = Entries(self)
        self._name, self._quiet = "", False
        self.setModel(self.entries)
        self.setItemDelegate(_Row(look, self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current)
        look.changed.connect(self.viewport().update)

    def show_cases(self, found: Iterable[Case], name: str) -> None:
        """Show these, `name` chosen if it is among them."""
        self._quiet = True
        self.entries.show_cases(found)
        self._quiet = False
        self.choose(name)

    def show_board(self, board: Board) -> None:
        """Other marks; the attack on its way comes into sight, unless somebody looks elsewhere in the list."""
        self.entries.board = board
        row = self.entries.row_of(board.running)
        if row >= 0 and not self.underMouse() and not self.hasFocus():
            self.scrollTo(self.entries.index(row))
        self.setAccessibleName(say(ATTACKS))
        self.viewport().update()

    def choose(self, name: str) -> None:
        """Show which one is looked at."""
        row = self.entries.row_of(name)
        self._quiet = True
        if row < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self.entries.index(row))
        self._quiet = False

    def _on_current(self, now: QModelIndex) -> None:
        row = now.data(ENTRY)
        if isinstance(row, Case) and not self._quiet:
            self.chosen.emit(row.name)
