"""The voice line (leg) as a small third ladder: one tick for each message, one line for the voice's way and what was
agreed.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui.ladder import Ladder, Row
from gui.panels.ladder_card import agreed_lines
from gui.say import say
from gui.theme import Look
from gui.view_state import Call
from gui.widgets.basic import Mark, label, row, tone
from gui.widgets.ladder_view import message_sentence
from gui.wording import LEG_IDLE, LEG_TITLE, MESSAGES_IN
from gui.words.path import LANES, PATH, WHY, WHY_BEGIN

TICK, STEP = 4.0, 7.0


class _Ticks(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: tuple[Row, ...] = ()
        look.changed.connect(self.update)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        self._rows = rows
        self.setFixedSize(QSize(int(len(rows) * STEP), 18))
        self.setToolTip("\n".join(message_sentence(row) for row in rows))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for i, message in enumerate(self._rows):
            painter.setBrush(QColor(p.outer if message.encrypted else p.text3))
            top = 1.0 if message.direction == "out" else 9.0
            painter.drawRoundedRect(QRectF(i * STEP, top, TICK, 8), 2, 2)
        painter.end()


def way_said(call: Call | None) -> tuple[str, ...]:
    """How the voice travels, and why; empty while nobody talks."""
    if call is None or not call.live or (call.path, call.receiving) not in PATH:
        return ()
    how = say(PATH[call.path, call.receiving])
    if call.connections > 1 and "tls" in {call.path, call.receiving}:
        how = f"{how}, {say(LANES, count=call.connections)}"
    return how, say(WHY.get(call.path_why, WHY_BEGIN))


class LegLine(QFrame):
    """A strip between the ladders and the delay. `opened`: a person wants to see its handshake."""

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = row(self, gap=10, margins=(16, 10, 16, 10))
        inside.addWidget(Mark(look, "wave", "outer", 16))
        self._title, self._text = label("heading"), label("caption")
        self._ticks = _Ticks(look)
        inside.addWidget(self._title)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._ticks)
        self._rows = 0
        self._parts: tuple[str, ...] = ()

    def show_ladder(self, ladder: Ladder, call: Call | None = None) -> None:
        """Paint the leg's handshake, and the way that the voice of `call` takes."""
        self._title.setText(say(LEG_TITLE))
        first, second, _certificate = agreed_lines(ladder)
        if ladder.agreed is not None:
            took = say(MESSAGES_IN, count=ladder.messages, ms=f"{ladder.agreed.handshake_ms:.1f}")
            version = first.split(" · ", 1)[0]
            self._parts = (version, *second.split(" · ")[1:], took)
            self._text.setToolTip(f"{first} · {second} · {took}")
        else:
            self._parts = (say(ladder.failure) or say(LEG_IDLE),)
            self._text.setToolTip("")
        way = way_said(call)
        if way and ladder.agreed is not None:
            self._parts = (*way, *self._parts)
            self._text.setToolTip("\n".join((" – ".join(way), self._text.toolTip())))
        self._ticks.show_rows(ladder.rows[:20])
        self._rows = len(ladder.rows)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._rows else Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._rows else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{self._title.text()}: {' · '.join(self._parts)}")
        self._fit()

    def _fit(self) -> None:
        """Say as much as there is room for; what is left out, of the middle, is in the hint."""
        parts = list(self._parts)
        while len(parts) > 2 and self._text.fontMetrics().horizontalAdvance(" · ".join(parts)) > self._text.width():
            parts.pop(1)
        self._text.setText(" · ".join(parts))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room."""
        super().resizeEvent(event)
        self._fit()

    def open_current(self) -> None:
        """Open it, if there is anything to see."""
        if self._rows:
            self.opened.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click anywhere opens it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.open_current()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keyboard is here."""
        tone(self, "on", "focus")
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keyboard is elsewhere."""
        tone(self, "", "focus")
        super().focusOutEvent(event)
