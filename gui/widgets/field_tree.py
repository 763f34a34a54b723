"""The fields of a message as a tree: name, and what it says. Its owner links the selected one to its bytes."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from gui.inspection import Path
from gui.say import say
from gui.theme import Look, tint, type_face
from voip.wire.anatomy import Field

Index = QModelIndex | QPersistentModelIndex
NODE = Qt.ItemDataRole.UserRole
ROW = 27


class Node:
    """A field in its place; `number` is its place in the model's list."""

    __slots__ = ("below", "field", "number", "parent", "path")

    def __init__(self, number: int, field: Field, parent: "Node | None", path: Path) -> None:
        self.number, self.field, self.parent, self.path = number, field, parent, path
        self.below: list[Node] | None = None


class FieldModel(QAbstractItemModel):
    """One top item, the whole message. Nodes are made when they are asked for.

    An index holds a node's number and never a pointer: one that outlives its tree finds nothing, or another field.
    """

    def __init__(self) -> None:
        super().__init__()
        self._nodes: list[Node] = []

    def show_tree(self, tree: Field | None) -> None:
        """Take over another tree."""
        self.beginResetModel()
        self._nodes = [] if tree is None else [Node(0, tree, None, ())]
        self.endResetModel()

    def node(self, index: Index) -> Node | None:
        """The node of an index."""
        number = index.internalId() if index.isValid() else len(self._nodes)
        return self._nodes[number] if number < len(self._nodes) else None

    def _below(self, node: Node) -> list[Node]:
        if node.below is None:
            first = len(self._nodes)
            node.below = [Node(first + i, child, node, (*node.path, i)) for i, child in enumerate(node.field.children)]
            self._nodes += node.below
        return node.below

    def index_of(self, path: Path) -> QModelIndex:
        """The index at `path`, as deep as there is one."""
        index = self.index(0, 0)
        for i in path:
            below = self.index(i, 0, index)
            if not below.isValid():
                break
            index = below
        return index

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's own default
        """The child of `parent` in that row."""
        above = self.node(parent)
        if above is None:
            return self.createIndex(0, 0, 0) if self._nodes and row == 0 else QModelIndex()
        below = self._below(above)
        return self.createIndex(row, column, below[row].number) if 0 <= row < len(below) else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 - Qt's own default
        """The item above."""
        node = self.node(index)
        if node is None or node.parent is None:
            return QModelIndex()
        above = node.parent
        return self.createIndex(above.path[-1] if above.path else 0, 0, above.number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's own default
        """How many fields within."""
        node = self.node(parent)
        return int(bool(self._nodes)) if node is None else len(node.field.children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's own default
        """One: name and value stand together."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, the whole for tooltip and screen reader, and the node itself."""
        node = self.node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return node.field.name
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return f"{node.field.name}: {say(node.field.value)}" if node.field.value else node.field.name
        return node if role == NODE else None


class _Row(QStyledItemDelegate):
    def __init__(self, look: Look, view: "FieldTree") -> None:
        super().__init__(view)
        self._look, self._view = look, view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node, p = index.data(NODE), self._look.palette
        field: Field = node.field
        colour = getattr(p, self._view.colour)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(-2, 1, -3, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        lit = node.path == self._view.lit
        if chosen or lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(colour, (0.28 if p.dark else 0.2) if chosen else 0.13))
            painter.drawRoundedRect(box, 6, 6)
        if chosen and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 1.5))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = type_face(13, QFont.Weight.Medium)
        metrics = QFontMetricsF(font)
        text = box.adjusted(8, 0, -8, 0)
        name = metrics.elidedText(field.name, Qt.TextElideMode.ElideRight, text.width())
        painter.setFont(font)
        painter.setPen(QColor(p.warn if field.mark else p.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name)
        rest = text.adjusted(metrics.horizontalAdvance(name) + 10, 0, 0, 0)
        if field.value and rest.width() > 24:
            font = type_face(12, figures=True)
            painter.setFont(font)
            painter.setPen(QColor(p.text2))
            value = QFontMetricsF(font).elidedText(field.value, Qt.TextElideMode.ElideRight, rest.width())
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, value)
        painter.restore()


class FieldTree(QTreeView):
    """`chosen(path)`: a field was selected by a person; `hovered(path)`: the mouse is over it (None: over none)."""

    chosen = Signal(object)
    hovered = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.fields = FieldModel()
        self.colour = "outer"
        self.lit: Path | None = None
        self._tree: Field | None = None
        self._quiet = False
        self.setModel(self.fields)
        self.setItemDelegate(_Row(look, self))
        self.setHeaderHidden(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setUniformRowHeights(True)
        self.setIndentation(13)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.entered.connect(self._on_entered)
        look.changed.connect(self.viewport().update)

    def show_tree(self, tree: Field | None, colour: str) -> None:
        """Another message; its first level is open."""
        self.colour = colour
        if tree is self._tree:
            return
        self._tree, self.lit, self._quiet = tree, None, True
        self.fields.show_tree(tree)
        self.expand(self.fields.index(0, 0))
        self._quiet = False

    def select(self, path: Path) -> None:
        """Select the field at `path`, open what hides it, and show it."""
        index = self.fields.index_of(path)
        if index != self.currentIndex():
            self._quiet = True
            self.setCurrentIndex(index)
            self._quiet = False
        self.scrollTo(index)

    def light(self, path: Path | None) -> None:
        """Light up the field at `path`, or the nearest above it that can be seen."""
        if path is not None:
            index = self.fields.index(0, 0)
            depth = 0
            for i in path:
                if not self.isExpanded(index):
                    break
                index = self.fields.index(i, 0, index)
                depth += 1
            path = path[:depth]
        if path != self.lit:
            self.lit = path
            self.viewport().update()

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Only our own ground: the style's would go across the branches."""
        option.state &= ~QStyle.StateFlag.State_MouseOver
        super().drawRow(painter, option, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:  # noqa: N802
        """A small arrow, and no ground below it."""
        if not self.fields.hasChildren(index):
            return
        x, y = rect.right() - 6.5, rect.center().y() + 0.5
        open_ = self.isExpanded(self.fields.index_of(index.data(NODE).path))
        shape = ((-4, -2), (4, -2), (0, 3)) if open_ else ((-2, -4), (-2, 4), (3, 0))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.palette.text3))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in shape]))
        painter.restore()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """The mouse goes: nothing is under it."""
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return super().viewportEvent(event)

    def _on_current(self, now: QModelIndex) -> None:
        node = self.fields.node(now)
        if node is not None and not self._quiet:
            self.chosen.emit(node.path)

    def _on_entered(self, index: QModelIndex) -> None:
        node = self.fields.node(index)
        self.hovered.emit(None if node is None else node.path)
