"""The handshake as a story: one plain sentence for each message, the turn to encryption, the end."""

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.ladder import Ladder
from gui.say import say
from gui.tale import Told, Who, tell
from gui.theme import Look, tint, type_face
from gui.unfolding import Unfolding
from gui.widgets.basic import Mark, column, label, row

Names = dict[Who, str]


class _Arrow(QWidget):
    def __init__(self, look: Look, out: bool, colour: str) -> None:
        super().__init__()
        self._look, self._out, self._colour = look, out, colour
        self.setFixedSize(QSize(30, 22))
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = getattr(self._look.palette, self._colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(colour, 0.14))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setPen(QColor(colour))
        painter.setFont(type_face(15))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "→" if self._out else "←")
        painter.end()


class _Sentence(QFrame):
    opened = Signal(int)

    def __init__(self, look: Look, told: Told, ladder: Ladder, names: Names, colour: str) -> None:
        super().__init__()
        self._row = told.row
        message = ladder.rows[told.row]
        inside = row(self, gap=14, margins=(0, 7, 0, 7))
        ink = colour if message.encrypted else "text3"
        inside.addWidget(_Arrow(look, message.direction == "out", ink), 0, Qt.AlignmentFlag.AlignTop)
        text = column(None, gap=2)
        said = label("purpose", wrap=True)
        said.setText(say(told.text, who=names[told.who], **told.values))
        below = row(None, gap=8)
        name = QPushButton(message.title)
        name.setProperty("tone", "chip")
        name.setCursor(Qt.CursorShape.PointingHandCursor)
        name.clicked.connect(lambda: self.opened.emit(self._row))
        time = label("hint")
        time.setFont(type_face(12, figures=True))
        time.setText(f"{message.t_ms:.3f} ms")
        below.addWidget(name)
        below.addWidget(time)
        below.addStretch()
        text.addWidget(said)
        text.addLayout(below)
        inside.addLayout(text, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._row)


class TaleView(QScrollArea):
    """`opened(row)`: a person wants to see the bytes of that message."""

    opened = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: object = None
        self._message = 0
        self._sentences: dict[int, QWidget] = {}
        self.unfolding = Unfolding(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_ladder(self, ladder: Ladder, names: Names, colour: str, message: int = 0) -> None:
        """Tell it, again only when there is something new; `message` is to be seen."""
        shown = (ladder.rows, ladder.agreed, ladder.failure, tuple(names.values()), say("Back"), colour)
        if shown == self._shown:
            if message != self._message and message in self._sentences:
                self.ensureWidgetVisible(self._sentences[message], 0, 60)
            self._message = message
            return
        self._shown, self._message, self._sentences = shown, message, {}
        body = QWidget()
        body.setProperty("role", "clear")
        inside = column(body, gap=0, margins=(10, 4, 18, 16))
        inside.addStretch()
        self.setWidget(body)
        self.unfolding.begin(self._told(inside, ladder, names, colour))

    def _told(self, inside: QVBoxLayout, ladder: Ladder, names: Names, colour: str) -> Iterator[None]:
        """One sentence after the other, above the stretch."""
        for place, told in enumerate(tell(ladder)):
            if told.kind == "message":
                sentence = _Sentence(self._look, told, ladder, names, colour)
                sentence.opened.connect(self.opened)
                inside.insertWidget(place, sentence)
                self._sentences[told.row] = sentence
            else:
                inside.insertLayout(place, self._turn(told, names))
            yield

    def _turn(self, told: Told, names: Names) -> QHBoxLayout:
        failed = "why" in told.values
        line = row(None, gap=14, margins=(6, 12, 0, 12))
        line.addWidget(Mark(self._look, "alert" if failed else "lock" if told.kind == "turn" else "shield-check",
                            "bad" if failed else "good", 18), 0, Qt.AlignmentFlag.AlignTop)  # fmt: skip
        text = label("heading", wrap=True)
        text.setProperty("tone", "bad" if failed else "good")
        text.setText(say(told.text, who=names[told.who], **told.values))
        line.addWidget(text, 1)
        return line
