"""The list of people: one painted row each. Keyboard and screen reader come with Qt's own list."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.widgets.avatar import paint_avatar
from gui.wording import PERSON_AWAY, PERSON_BUSY, PERSON_ONLINE
from voip.journal.observations import PersonSeen

Index = QModelIndex | QPersistentModelIndex
PERSON = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 56


def presence(person: PersonSeen) -> str:
    """A person's presence in a word."""
    if not person.online:
        return say(PERSON_AWAY)
    return say(PERSON_BUSY if person.busy else PERSON_ONLINE)


class People(QAbstractListModel):
    """The people, in the order given."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._people: tuple[PersonSeen, ...] = ()

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's own default
        """How many there are."""
        return len(self._people)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, what a screen reader says, and the person itself."""
        person = self._people[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return person.name
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return f"{person.name}, {presence(person)}"
        return person if role == PERSON else None

    def show_people(self, people: tuple[PersonSeen, ...]) -> None:
        """Take over a new list."""
        if people != self._people:
            self.beginResetModel()
            self._people = people
            self.endResetModel()

    def row_of(self, name: str) -> int:
        """The row of `name`, or −1."""
        return next((i for i, person in enumerate(self._people) if person.name == name), -1)


class _Row(QStyledItemDelegate):
    def __init__(self, look: Look, view: "PeopleView") -> None:
        super().__init__(view)
        self._look, self._view = look, view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        return QSize(48, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        p, person = self._look.palette, index.data(PERSON)
        box = QRectF(option.rect).adjusted(0, 2, 0, -2)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint(p.outer, 0.12) if chosen else QColor(p.hover))
            painter.drawRoundedRect(box, 10, 10)
        if chosen and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.outer), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        disc = QRectF(box.left() + 8, box.center().y() - 18, 36, 36)
        paint_avatar(painter, p, person.name, disc, faint=not person.online)
        if person.online:
            painter.setPen(QPen(QColor(p.sidebar), 2.5))
            painter.setBrush(QColor(p.fill_warn if person.busy else p.fill_good))
            painter.drawEllipse(QPointF(disc.right() - 4, disc.bottom() - 4), 5.5, 5.5)
        if box.width() > 120:
            text = box.adjusted(56, 0, -8, 0)
            top = QRectF(text.left(), box.center().y() - 18, text.width(), 18)
            font = type_face(14, QFont.Weight.Medium)
            painter.setFont(font)
            painter.setPen(QColor(p.text if person.online else p.text2))
            name = QFontMetricsF(font).elidedText(person.name, Qt.TextElideMode.ElideRight, top.width())
            painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(type_face(12))
            painter.setPen(QColor(p.text3))
            painter.drawText(top.translated(0, 19), Qt.AlignmentFlag.AlignVCenter, presence(person))
        painter.restore()


class PeopleView(QListView):
    """People to pick from. `picked` when one is chosen, `called` at Enter or a double click."""

    picked = Signal(str)
    called = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.people = People(self)
        self.setModel(self.people)
        self.setItemDelegate(_Row(look, self))
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(lambda now, _before: self.picked.emit(self._name(now)))
        self.activated.connect(lambda index: self.called.emit(self._name(index)))
        look.changed.connect(self.viewport().update)

    def show_people(self, people: tuple[PersonSeen, ...], chosen: str) -> None:
        """Show `people`, with `chosen` selected if they are among them."""
        self.people.show_people(people)
        at = self.people.row_of(chosen)
        if at != self.currentIndex().row():
            blocked = self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            self.setCurrentIndex(self.people.index(at))
            self.blockSignals(blocked)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """To come here picks nobody yet; Qt would make the first one current."""
        nobody = not self.currentIndex().isValid()
        blocked = self.selectionModel().blockSignals(nobody)
        super().focusInEvent(event)
        if nobody:
            self.selectionModel().clearCurrentIndex()
        self.selectionModel().blockSignals(blocked)

    @staticmethod
    def _name(index: Index) -> str:
        return str(index.data() or "")
