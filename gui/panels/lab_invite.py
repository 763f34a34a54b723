"""The lab before anything has run: what it is, what it touches, and one button."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QWidget

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, frame, label, row
from gui.words.lab import INVITE_FACTS, INVITE_LEAD, INVITE_LOOK, INVITE_RUN, INVITE_TIME, INVITE_TITLE

ICONS = (("lock", "good"), ("shield-key", "inner"), ("eye", "outer"))
WIDE = 720


class LabInvite(QScrollArea):
    """`run`: all of it; `look_around`: first the list."""

    run = Signal()
    look_around = Signal()

    def __init__(self, look: Look, count: int) -> None:
        super().__init__()
        self._count = count
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("role", "clear")
        around = row(inside, margins=(24, 24, 24, 24))
        middle = QWidget()
        middle.setMaximumWidth(WIDE)
        whole = column(middle, gap=14)
        whole.addStretch()
        whole.addWidget(Mark(look, "shield-alert", "bad", 44))
        self._title, self._lead = label("name", wrap=True), label("lead", wrap=True)
        whole.addWidget(self._title)
        whole.addWidget(self._lead)
        whole.addSpacing(10)
        whole.addWidget(self._facts(look))
        whole.addSpacing(12)
        buttons = row(None, gap=12)
        self.all, self.one, self._time = QPushButton(), QPushButton(), label("hint")
        self.all.setProperty("tone", "good")
        self.all.clicked.connect(self.run)
        self.one.clicked.connect(self.look_around)
        for widget in (self.all, self.one, self._time):
            buttons.addWidget(widget)
        buttons.addStretch()
        whole.addLayout(buttons)
        whole.addStretch(2)
        around.addStretch(1)
        around.addWidget(middle, 100)
        around.addStretch(1)
        self.setWidget(inside)
        self._translate()

    def _facts(self, look: Look) -> QFrame:
        card = frame("card")
        inside = column(card, gap=14, margins=(20, 18, 20, 18))
        self._said: list[tuple[QLabel, QLabel]] = []
        for icon, colour in ICONS:
            line, texts = row(None, gap=14), column(None, gap=2)
            head, body = label("heading"), label("body", wrap=True)
            texts.addWidget(head)
            texts.addWidget(body)
            line.addWidget(Mark(look, icon, colour, 20), 0, Qt.AlignmentFlag.AlignTop)
            line.addLayout(texts, 1)
            inside.addLayout(line)
            self._said.append((head, body))
        return card

    def _translate(self) -> None:
        self._title.setText(say(INVITE_TITLE, count=self._count))
        self._lead.setText(say(INVITE_LEAD))
        self.all.setText(say(INVITE_RUN, count=self._count))
        self.one.setText(say(INVITE_LOOK))
        self._time.setText(say(INVITE_TIME))
        for (title, more), (head, body) in zip(INVITE_FACTS, self._said, strict=True):
            head.setText(say(title))
            body.setText(say(more))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say it in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)
