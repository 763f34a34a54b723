"""Who vouches for whom, as a picture: the CA on top, and an arrow to each certificate whose signature was checked."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from gui.certificates import WHO, Node, Who
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.widgets.basic import column, row
from gui.wording import TRUST_TITLE
from gui.words import certificates as words

GAP = 46


class NodeCard(QAbstractButton):
    """One certificate in the picture."""

    def __init__(self, look: Look, who: Who) -> None:
        super().__init__()
        self.who = who
        self._look = look
        self.node: Node | None = None
        self._name = ""
        self._changed = False
        self.setCheckable(True)
        self.setFixedHeight(64)
        self.setMinimumWidth(88)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.changed.connect(self.update)

    def show_node(self, node: Node | None, name: str, *, changed: bool) -> None:
        """What it stands for; `changed`: another key than the remembered one, whoever signed it."""
        self.node, self._name, self._changed = node, name, changed and node is not None
        self.setEnabled(node is not None)
        self.setText(say(words.WHO[self.who]))
        self.setAccessibleName(f"{self.text()}: {name or say(words.NOT_SEEN)}. {self._standing()}")
        self.setToolTip(self.accessibleName())
        self.update()

    def _standing(self) -> str:
        if self.node is None:
            return ""
        if self.who == "ca":
            return say(words.ROOT)
        if self._changed:
            return say(TRUST_TITLE["changed"])
        if self.node.checked is None:
            return say(words.UNCHECKED)
        return say(words.SIGNED if self.node.checked else words.NOT_SIGNED)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Card, role, name, standing."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on, bad = self.isChecked(), self.node is not None and (self._changed or self.node.checked is False)
        known = self.node is not None and self.node.checked is True
        painter.setPen(QPen(QColor(p.bad if bad else p.outer if on else p.line), 2 if on else 1))
        painter.setBrush(tint(p.outer, 0.08) if on else QColor(p.hover if self.underMouse() else p.card))
        painter.drawRoundedRect(box, 10, 10)
        if self.hasFocus():
            # Apart from the edge, which says which one is open.
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(p.text3), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), 7, 7)
        inside = box.adjusted(6, 7, -6, -7)
        if self._changed:
            self._paint_changed(painter, inside)
            painter.end()
            return
        for text, size, ink, top in (
            (self.text(), 11, p.text2, 0.0),
            (self._name or say(words.NOT_SEEN), 13, p.text if self._name else p.text3, 16.0),
            (self._standing(), 11, p.bad if bad else p.good if known else p.text3, 34.0),
        ):
            line = _fitted(painter, text, size, inside.width())
            painter.setPen(QColor(ink))
            painter.drawText(
                QRectF(inside.left(), inside.top() + top, inside.width(), 17), Qt.AlignmentFlag.AlignHCenter, line
            )
        painter.end()

    def _paint_changed(self, painter: QPainter, inside: QRectF) -> None:
        """Who, and in full that it is another key: this must not be cut."""
        p = self._look.palette
        for text, size, ink, top, high in (
            (_fitted(painter, self._name, 13, inside.width()), 13, p.text, 0.0, 17.0),
            (self._standing(), 11, p.bad, 18.0, 34.0),
        ):
            painter.setFont(type_face(size))
            painter.setPen(QColor(ink))
            flags = int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(inside.left(), inside.top() + top, inside.width(), high), flags, text)


def _fitted(painter: QPainter, text: str, size: int, width: float) -> str:
    """What of `text` has room in the painter's font, which is set to `size` pixels, or to less if that lets it fit.

    Of `bob@relay.example` without room only `bob` is left, which the others do not share.
    """
    painter.setFont(type_face(size))
    if painter.fontMetrics().horizontalAdvance(text) > width:
        text = text.partition("@")[0]
    while size > 11 and painter.fontMetrics().horizontalAdvance(text) > width:
        size -= 1
        painter.setFont(type_face(size))
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))


class Vouching(QWidget):
    """`chosen(Who)`."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.cards = {who: NodeCard(look, who) for who in WHO}
        whole: QVBoxLayout = column(self, gap=GAP)
        top, below = row(None, gap=8), row(None, gap=8)
        top.addStretch(1)
        top.addWidget(self.cards["ca"], 6)
        top.addStretch(1)
        for who in WHO[1:]:
            below.addWidget(self.cards[who], 1)
        whole.addLayout(top)
        whole.addLayout(below)
        for who, card in self.cards.items():
            card.clicked.connect(lambda _on=False, who=who: self._choose(who))
        look.changed.connect(self.update)

    def show_nodes(self, nodes: tuple[Node, ...], chosen: Who, names: dict[Who, str], *, changed: bool = False) -> None:
        """Paint them; `names`: what each is called; `changed`: the peer's key is not the remembered one."""
        found = {node.who: node for node in nodes}
        for who, card in self.cards.items():
            card.show_node(found.get(who), names.get(who, ""), changed=changed and who == "peer")
            card.setChecked(who == chosen and who in found)
        self.update()

    def _choose(self, who: Who) -> None:
        self.cards[who].setChecked(True)  # a second click on the open one must not put it out
        self.chosen.emit(who)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """An arrow from the CA to whom it vouches for."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ca = self.cards["ca"].geometry()
        for who in WHO[1:]:
            card = self.cards[who]
            if card.node is None or card.node.checked is None:
                continue
            ink = QColor(p.good if card.node.checked else p.bad)
            begin, end = QPointF(ca.center().x(), ca.bottom() + 2), QPointF(card.geometry().center().x(), card.y() - 4)
            middle = (begin.y() + end.y()) / 2
            path = QPainterPath(begin)
            path.cubicTo(QPointF(begin.x(), middle), QPointF(end.x(), middle), end)
            style = Qt.PenStyle.SolidLine if card.node.checked else Qt.PenStyle.DashLine
            painter.setPen(QPen(ink, 1.6, style))
            painter.drawPath(path)
            painter.drawLine(end, end + QPointF(-4, -6))
            painter.drawLine(end, end + QPointF(4, -6))
        painter.end()
