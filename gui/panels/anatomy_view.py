"""One message to the last byte: hex and fields, linked both ways, and what the selected field is for.

The message │ What the wire saw        two cards beside each other
hex         │ fields                   hover lights up, click selects, on either side
name, value, and in large letters what it is for
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QWidget

from gui.dissection import Specimen, specimen, told
from gui.handshake_words import (
    BYTE_COUNT,
    BYTE_ONE,
    BYTE_RANGE,
    BYTES_OF,
    EVE_READS,
    EVE_SEES,
    FIELDS_OF,
    MARK,
    NOT_KEPT,
    SIDE_CLEAR,
    SIDE_DECRYPTED,
    SIDE_ENCRYPTED,
    SIDE_WIRE,
)
from gui.inspection import Inspection, Path, clipped, field_at, on_byte, on_field, on_side, path_to
from gui.ladder import Ladder, Row
from gui.say import say
from gui.theme import Look, type_face
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.widgets.field_tree import FieldTree
from gui.widgets.hex_view import HexView
from gui.widgets.side_card import SideCard
from voip.wire.anatomy import Field

EMPTY = Field("", 0, 0)


class AnatomyView(QWidget):
    """`changed(Inspection)`: a person chose another side or field."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._inspection = Inspection("link")
        self._tree = EMPTY
        self._told: tuple[Specimen | None, str] = (None, "")
        whole = column(self, gap=10)
        cards = row(None, gap=10)
        self.message, self.wire = SideCard(look), SideCard(look)
        group = QButtonGroup(self)
        for card in (self.message, self.wire):
            group.addButton(card)
            cards.addWidget(card, 1)
        self.message.clicked.connect(lambda: self.changed.emit(on_side(self._inspection, "message")))
        self.wire.clicked.connect(lambda: self.changed.emit(on_side(self._inspection, "wire")))
        whole.addLayout(cards)
        eve = row(None, gap=7, margins=(4, 0, 4, 0))
        self._eye, self._eve = Mark(look, "eye", "warn", 16), label("caption", wrap=True)
        eve.addWidget(self._eye, 0, Qt.AlignmentFlag.AlignTop)
        eve.addWidget(self._eve, 1)
        whole.addLayout(eve)
        both = frame("card")
        across = row(both, gap=6, margins=(8, 8, 6, 8))
        self.hex, self.fields = HexView(look), FieldTree(look)
        across.addWidget(self.hex)
        across.addWidget(self._rule())
        across.addWidget(self.fields, 1)
        whole.addWidget(both, 1)
        whole.addWidget(self._explanation())
        self.hex.chosen.connect(self._on_byte)
        self.hex.hovered.connect(self._on_hovered_byte)
        self.fields.chosen.connect(lambda path: self.changed.emit(on_field(self._inspection, path)))
        self.fields.hovered.connect(self._on_hovered_field)

    @staticmethod
    def _rule() -> QFrame:
        rule = frame("rule")
        rule.setFixedWidth(1)
        return rule

    def _explanation(self) -> QFrame:
        made = frame("card")
        made.setMinimumHeight(104)
        inside = column(made, gap=4, margins=(16, 12, 16, 12))
        top = row(None, gap=10)
        self._name, self._where = label("heading"), label("hint")
        self._where.setFont(type_face(12, figures=True))
        top.addWidget(self._name, 1)
        top.addWidget(self._where)
        inside.addLayout(top)
        self._purpose, self._value, self._mark = (
            label("purpose", wrap=True),
            label("value", wrap=True),
            label("value", wrap=True),
        )
        tone(self._mark, "warn")
        for line in (self._purpose, self._value, self._mark):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            inside.addWidget(line)
        inside.addStretch()
        return made

    def show_message(self, inspection: Inspection, ladder: Ladder, message: Row, colour: str) -> None:
        """Paint one message of `ladder`."""
        self._inspection = inspection
        title = SIDE_CLEAR
        if message.encrypted:
            title = SIDE_ENCRYPTED if message.direction == "out" else SIDE_DECRYPTED
        self.message.show_bytes(say(title), message.raw, "lock-open" if message.encrypted else "eye", colour)
        self.wire.show_bytes(say(SIDE_WIRE), message.wire, "lock" if message.encrypted else "eye", colour)
        (self.message if inspection.side == "message" else self.wire).setChecked(True)
        self._eye.become("lock" if message.encrypted else "eye", "good" if message.encrypted else "warn")
        tone(self._eve, "good" if message.encrypted else "warn")
        self._eve.setText(
            say(EVE_SEES, count=len(message.wire) or message.size) if message.encrypted else say(EVE_READS)
        )
        shown = specimen(ladder, message, inspection.side)
        self._tell(shown)
        self.hex.show_bytes(b"" if shown is None else shown.data, colour)
        self.fields.show_tree(None if shown is None else self._tree, colour)
        self.hex.setAccessibleName(say(BYTES_OF, name=message.title))
        self.fields.setAccessibleName(say(FIELDS_OF, name=message.title))
        self._show_field(shown is not None)

    def _tell(self, shown: Specimen | None) -> None:
        """The tree of `shown` in the language in use; made once, since the list of fields knows it by identity."""
        said = (shown, say(BYTE_COUNT))
        if self._told[0] is not shown or self._told[1] != said[1]:
            self._told = said
            self._tree = EMPTY if shown is None else told(shown.tree, say)

    def _show_field(self, kept: bool) -> None:
        if not kept:
            for line in (self._name, self._where, self._value, self._mark):
                line.clear()
            self._purpose.setText(say(NOT_KEPT))
            return
        path = clipped(self._tree, self._inspection.field)
        field = field_at(self._tree, path)
        # The whole message needs no light: everything would shine.
        self.hex.select(*((field.start, field.end) if path else (0, 0)))
        self.fields.select(path)
        self._name.setText(" › ".join(self._names(path)))
        one = field.end - field.start == 1
        self._where.setText(
            say(BYTE_ONE, first=field.start) if one else say(BYTE_RANGE, first=field.start, last=field.end - 1)
        )
        self._where.setVisible(field.end > field.start)
        self._purpose.setText(field.purpose or field.value)
        self._value.setText(field.value if field.purpose else "")
        self._mark.setText(say(MARK[field.mark]) if field.mark else "")
        for line in (self._value, self._mark):
            line.setVisible(bool(line.text()))

    def _names(self, path: Path) -> list[str]:
        return [field_at(self._tree, path[:i]).name for i in range(len(path) + 1)][-3:]

    def _on_byte(self, offset: int) -> None:
        self.changed.emit(on_byte(self._inspection, self._tree, offset))

    def _on_hovered_byte(self, offset: int) -> None:
        path = path_to(self._tree, offset) if offset >= 0 else None
        self.fields.light(path)
        self._light(path)

    def _on_hovered_field(self, path: Path | None) -> None:
        self.fields.light(path)
        self._light(path or None)

    def _light(self, path: Path | None) -> None:
        field = EMPTY if path is None else field_at(self._tree, path)
        self.hex.light(field.start, field.end)

    def fit(self, width: int) -> None:
        """Share the room between bytes and fields."""
        self.hex.small(on=width < 560)
        wide = self.hex.width_for(16)
        self.hex.setFixedWidth(wide if width - wide >= 380 else self.hex.width_for(8))
