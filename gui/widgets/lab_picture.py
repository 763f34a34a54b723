"""Where an attack bites: you, the relay, the other person, the two encryptions between them, and Mallory.

(you) ══════════ [relay] ══════════ (bob)      the broad line: to the relay; the thin one in it: end to end
           ▲
       (Mallory)
"""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.lab_board import Board, Case
from gui.say import say
from gui.theme import Look, tint, type_face
from gui.widgets.icons import paint_icon
from gui.widgets.lab_mark import tone_of
from gui.words.lab import FRIEND, MALLORY, ME, PICTURE, RELAY_NODE

HEIGHT = 150
RADIUS = 23
LINE_Y, LOW_Y = 34.0, 102.0
BAND, THREAD = 13.0, 3.0


class LabPicture(QWidget):
    """Paints one case, and whether what it attacks held."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._board: Board | None = None
        self._case: Case | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Flat and wide."""
        return QSize(420, HEIGHT)

    def show_case(self, board: Board, case: Case) -> None:
        """What to paint."""
        self._board, self._case = board, case
        self.setAccessibleName(say(PICTURE[case.place]))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Lines first, then who stands on them."""
        if self._board is None or self._case is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        case, wide = self._case, float(self.width())
        edge = max(64.0, wide * 0.14)
        you, relay, friend = QPointF(edge, LINE_Y), QPointF(wide / 2, LINE_Y), QPointF(wide - edge, LINE_Y)
        middle = QPointF((you.x() + relay.x()) / 2, LOW_Y)
        self._lines(painter, case, you, relay, friend)
        place = case.place
        if place in {"wire", "beside"}:
            self._reach(painter, middle, QPointF(middle.x(), LINE_Y) if place == "wire" else relay)
        if place != "as-you":
            self._person(painter, you, say(ME), "outer")
        self._person(painter, friend, say(FRIEND), "inner")
        if place != "as-relay":
            self._relay(painter, relay, bad=place == "in-relay")
        mallory = {"as-you": you, "as-relay": relay, "in-relay": QPointF(relay.x(), LOW_Y)}.get(place, middle)
        if place in {"as-you", "as-relay"}:
            self._passed_over(painter, QPointF(mallory.x(), LOW_Y), say(ME if place == "as-you" else RELAY_NODE))
        if place == "in-relay":
            self._reach(painter, mallory, QPointF(relay.x(), LINE_Y + RADIUS))
        self._mallory(painter, mallory, self._board, case)
        painter.end()

    def _lines(self, painter: QPainter, case: Case, you: QPointF, relay: QPointF, friend: QPointF) -> None:
        p = self._look.palette
        if not case.must_hold:
            painter.setPen(QPen(QColor(p.bad), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(you, friend))
            return
        for left, right in ((you, relay), (relay, friend)):
            # What is not attacked steps back.
            near = left is you and not case.inner and case.place != "beside"
            painter.setPen(QPen(tint(p.outer, 0.34 if near else 0.15), BAND))
            painter.drawLine(QLineF(left, right))
        painter.setPen(QPen(tint(p.inner, 1.0 if case.inner else 0.4), THREAD))
        painter.drawLine(QLineF(you, friend))

    def _reach(self, painter: QPainter, mallory: QPointF, target: QPointF) -> None:
        """Mallory's hand, and a spark where it bites."""
        p = self._look.palette
        painter.setPen(QPen(QColor(p.bad), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(mallory, target))
        painter.setBrush(QColor(p.bad))
        painter.setPen(QPen(QColor(p.card), 2))
        painter.drawEllipse(target, 6.0, 6.0)

    def _disc(self, painter: QPainter, centre: QPointF, colour: str, *, full: bool) -> QRectF:
        box = QRectF(centre.x() - RADIUS, centre.y() - RADIUS, 2 * RADIUS, 2 * RADIUS)
        painter.setBrush(QColor(self._look.palette.card))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(box)
        painter.setBrush(tint(colour, 0.9 if full else 0.12))
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.drawEllipse(box)
        return box

    def _name(self, painter: QPainter, centre: QPointF, text: str, colour: str) -> None:
        painter.setFont(type_face(12, QFont.Weight.Medium))
        painter.setPen(QColor(colour))
        below = QRectF(centre.x() - 90, centre.y() + RADIUS + 4, 180, 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _person(self, painter: QPainter, centre: QPointF, name: str, colour: str) -> None:
        p = self._look.palette
        self._disc(painter, centre, getattr(p, colour), full=False)
        paint_icon(painter, "phone", getattr(p, colour), QRectF(centre.x() - 10, centre.y() - 10, 20, 20))
        self._name(painter, centre, name, p.text2)

    def _passed_over(self, painter: QPainter, centre: QPointF, name: str) -> None:
        """Whose place Mallory took."""
        p = self._look.palette
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(p.text3), 1.5, Qt.PenStyle.DashLine))
        painter.drawEllipse(centre, RADIUS * 0.62, RADIUS * 0.62)
        self._name(painter, QPointF(centre.x(), centre.y() - RADIUS * 0.3), name, p.text3)

    def _relay(self, painter: QPainter, centre: QPointF, *, bad: bool) -> None:
        p = self._look.palette
        colour = p.bad if bad else p.outer
        box = QRectF(centre.x() - RADIUS, centre.y() - RADIUS, 2 * RADIUS, 2 * RADIUS)
        for brush in (QColor(p.card), tint(colour, 0.12)):
            painter.setBrush(brush)
            painter.setPen(QPen(QColor(colour), 1.5))
            painter.drawRoundedRect(box, 10, 10)
        paint_icon(painter, "people", colour, QRectF(centre.x() - 11, centre.y() - 11, 22, 22))
        if not bad:
            self._name(painter, centre, say(RELAY_NODE), p.text2)
        else:
            painter.setFont(type_face(12, QFont.Weight.Medium))
            painter.setPen(QColor(p.text2))
            painter.drawText(
                QRectF(centre.x() + RADIUS + 8, centre.y() + 12, 120, 18), Qt.AlignmentFlag.AlignLeft, say(RELAY_NODE)
            )

    def _mallory(self, painter: QPainter, centre: QPointF, board: Board, case: Case) -> None:
        p = self._look.palette
        self._disc(painter, centre, p.fill_bad, full=True)
        paint_icon(painter, "eye", p.on_fill, QRectF(centre.x() - 11, centre.y() - 11, 22, 22))
        self._name(painter, centre, say(MALLORY), p.bad)
        tone = tone_of(board, case)
        if tone:
            badge = QPointF(centre.x() + RADIUS * 0.8, centre.y() - RADIUS * 0.75)
            painter.setPen(QPen(QColor(getattr(p, tone)), 1.5))
            painter.setBrush(QColor(p.card))
            painter.drawEllipse(badge, 12.0, 12.0)
            icon = {"good": "shield-check", "bad": "lock-open"}.get(tone, "alert")
            paint_icon(painter, icon, getattr(p, tone), QRectF(badge.x() - 8, badge.y() - 8, 16, 16))
