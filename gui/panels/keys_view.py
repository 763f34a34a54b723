"""The key schedule as a diagram: stages down the left, what is derived from each on the right, and what that protects.

┌ Early Secret ─────┐
└───────┬───────────┘
┌ Handshake Secret ─┐ ── client_handshake_traffic_secret ── Certificate · Finished
└───────┬───────────┘ ── server_handshake_traffic_secret ── EncryptedExtensions · …
┌ Master Secret ────┐ ── …
"""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QLineF, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gui.handshake_words import ALL_DATA, BYTE_COUNT, KEYS_EMPTY, KEYS_LEAD, SRTP_VOICE
from gui.key_schedule import Secret, Stage, schedule
from gui.ladder import Ladder
from gui.say import say
from gui.tale import Who
from gui.theme import Look, mono_face, tint
from gui.unfolding import Unfolding
from gui.widgets.basic import column, frame, label, row
from gui.widgets.flow import Flow

Names = dict[Who, str]


class _Board(QWidget):
    """Draws the lines between the cards; the cards themselves are widgets in its grid."""

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self.setProperty("role", "clear")
        self._look, self._colour = look, colour
        self.stages: list[tuple[QFrame, list[QFrame]]] = []
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        p = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = getattr(p, self._colour)
        for i, (stage, secrets) in enumerate(self.stages):
            box = stage.geometry()
            if i + 1 < len(self.stages):
                x, below = box.center().x(), self.stages[i + 1][0].geometry().top()
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawLine(QLineF(x, box.bottom() + 1, x, below - 7))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                painter.drawPolygon(
                    QPolygonF([QPointF(x, below - 1), QPointF(x - 5, below - 9), QPointF(x + 5, below - 9)])
                )
            painter.setPen(QPen(tint(colour, 0.6), 1.4))
            y0 = box.top() + 24.0
            for secret in secrets:
                to = secret.geometry()
                rail, y = (box.right() + to.left()) / 2, to.top() + 24.0
                painter.drawLine(QLineF(rail, y, to.left(), y))
            if secrets:
                painter.drawLine(QLineF(box.right() + 1, y0, rail, y0))
                painter.drawLine(QLineF(rail, y0, rail, y))
        painter.end()


class KeysView(QScrollArea):
    """`opened(row)`: a person wants to see a message that a secret protects."""

    opened = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: object = None
        self.unfolding = Unfolding(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_ladder(self, ladder: Ladder, names: Names, colour: str, _message: int = 0) -> None:
        """Draw the schedule; again only when there is something new."""
        shown = (ladder.rows, ladder.agreed, tuple(names.values()), say(KEYS_LEAD), colour)
        if shown == self._shown:
            return
        self._shown = shown
        board = _Board(self._look, colour)
        inside = column(board, gap=14, margins=(6, 4, 14, 16))
        stages = schedule(ladder)
        lead = label("body", wrap=True)
        lead.setText(say(KEYS_LEAD) if stages else say(KEYS_EMPTY))
        inside.addWidget(lead)
        grid = QGridLayout()
        grid.setHorizontalSpacing(34)
        grid.setVerticalSpacing(26)
        grid.setColumnMinimumWidth(0, 172)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 5)
        inside.addLayout(grid)
        inside.addStretch()
        self.setWidget(board)
        self.unfolding.begin(self._drawn(board, grid, stages, ladder, names))

    def _drawn(
        self, board: _Board, grid: QGridLayout, stages: tuple[Stage, ...], ladder: Ladder, names: Names
    ) -> Iterator[None]:
        """One card after the other, from the first stage down."""
        for i, stage in enumerate(stages):
            card, made = self._stage(stage), QVBoxLayout()
            made.setSpacing(8)
            grid.addWidget(card, i, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(made, i, 1, Qt.AlignmentFlag.AlignTop)
            secrets: list[QFrame] = []
            board.stages.append((card, secrets))
            yield
            for secret in stage.secrets:
                secrets.append(self._secret(secret, ladder, names))
                made.addWidget(secrets[-1])
                yield

    @staticmethod
    def _stage(stage: Stage) -> QFrame:
        card = frame("card")
        inside = column(card, gap=3, margins=(14, 11, 12, 11))
        name, size, fed = label("heading", wrap=True), label("caption"), label("hint", wrap=True)
        name.setText(stage.name)
        size.setText(say(BYTE_COUNT, count=stage.size))
        fed_by = say(stage.fed, **stage.values)
        fed.setText(f"{fed_by} ({say(BYTE_COUNT, count=stage.fed_size)})" if stage.fed_size else fed_by)
        for line in (name, size, fed):
            inside.addWidget(line)
        card.setAccessibleName(f"{name.text()}, {size.text()}, {fed.text()}")
        return card

    def _secret(self, secret: Secret, ladder: Ladder, names: Names) -> QFrame:
        card = frame("card")
        inside = column(card, gap=4, margins=(14, 9, 12, 10))
        name, size, use = label("heading"), label("hint"), label("caption", wrap=True)
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = row(None, gap=8)
        head.addWidget(name, 1)
        head.addWidget(size)
        name.setFont(mono_face(11))
        name.setStyleSheet("font-size: 11px")  # the longest name must fit the narrowest room
        name.setText(secret.name)
        size.setText(say(BYTE_COUNT, count=secret.size))
        use.setText(say(secret.use, who=names[secret.who]) if secret.who else say(secret.use))
        inside.addLayout(head)
        inside.addWidget(use)
        chips = self._chips(secret, ladder)
        if chips:
            flow = Flow(gap=6)
            for chip in chips:
                flow.addWidget(chip)
            inside.addLayout(flow)
        card.setAccessibleName(f"{secret.name}, {say(BYTE_COUNT, count=secret.size)}, {use.text()}")
        return card

    def _chips(self, secret: Secret, ladder: Ladder) -> list[QPushButton]:
        count = Counter(ladder.rows[i].title for i in secret.rows)
        made: list[QPushButton] = []
        told: set[str] = set()
        for i in secret.rows:
            name = ladder.rows[i].title
            if name not in told:
                told.add(name)
                made.append(QPushButton(f"{name} × {count[name]}" if count[name] > 1 else name))
                made[-1].clicked.connect(lambda _on=False, i=i: self.opened.emit(i))
                made[-1].setCursor(Qt.CursorShape.PointingHandCursor)
        if secret.protects:
            made.append(QPushButton(say(ALL_DATA if secret.protects == "data" else SRTP_VOICE)))
            made[-1].setEnabled(False)
        for chip in made:
            chip.setProperty("tone", "chip")
        return made
