"""One attack as a story: where it bites, what was tried, what stopped it, what was seen, and why.

What the lab observed is set in letters of equal width and called “observed”; everything else is explanation.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.lab_board import Board, Case, paragraphs
from gui.say import say
from gui.theme import MONO_FAMILIES, Look
from gui.widgets.basic import column, frame, label, row, tone
from gui.widgets.lab_list import group_name
from gui.widgets.lab_mark import tone_of, verdict_of
from gui.widgets.lab_picture import LabPicture
from gui.words.lab import (
    CONTROL_NOTE,
    EVIDENCE,
    NOT_SEEN,
    NOTHING,
    NOTHING_CONTROL,
    OBSERVED,
    PICTURE,
    RUN_AGAIN,
    RUN_THIS,
    STATE,
    STOPPED_BY,
    TARGET_CLEAR,
    TARGET_INNER,
    TARGET_OUTER,
    TRIES,
    WAIT,
    WHY,
)

_EQUAL = f"font-family: {', '.join(MONO_FAMILIES)}, monospace"
MONO = f"{_EQUAL}; font-size: 12.5px"
MEDDLING = frozenset({"wire", "in-relay"})
"""Places where it is not plain from the picture alone which of the two encryptions is attacked."""
LARGE, LARGE_MONO = "font-size: 18px; font-weight: 600", f"{_EQUAL}; font-size: 17px"


class Observed(QFrame):
    """A sentence as the lab wrote it down, in English in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        inside = column(self, gap=4, margins=(14, 9, 14, 11))
        self._tag, self.text = label("hint"), label("body", wrap=True)
        self.text.setStyleSheet(MONO)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(self._tag)
        inside.addWidget(self.text)

    def show_text(self, text: str) -> None:
        """Hidden without one."""
        self._tag.setText(say(OBSERVED))
        self.text.setText(text)
        self.setVisible(bool(text))


class LabStory(QScrollArea):
    """`run(name)`: a person wants to see this one happen."""

    run = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._case: Case | None = None
        self._board = Board(())
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("role", "clear")
        whole = column(inside, gap=10, margins=(8, 4, 14, 20))
        self._head(whole)
        card = frame("card")
        within = column(card, gap=0, margins=(8, 8, 8, 14))
        self.picture, self._caption = LabPicture(look), label("caption", wrap=True, centre=True)
        within.addWidget(self.picture)
        within.addWidget(self._caption)
        whole.addWidget(card)
        self._tries, self._tale, self.attempt = label("heading"), label("lead", wrap=True), Observed()
        self._stopped, self.stopper, self._note = (
            label("heading"),
            label("stopper", wrap=True),
            label("body", wrap=True),
        )
        self.stopper.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._seen, self.evidence = label("heading"), Observed()
        self._why, self._reason = label("heading"), label("lead", wrap=True)
        for head, *parts in (
            (self._tries, self._tale, self.attempt),
            (self._stopped, self.stopper, self._note),
            (self._seen, self.evidence),
            (self._why, self._reason),
        ):
            whole.addSpacing(8)
            for widget in (head, *parts):
                whole.addWidget(widget)
        whole.addStretch()
        self.setWidget(inside)

    def _head(self, whole: QVBoxLayout) -> None:
        top = row(None, gap=12)
        texts = column(None, gap=3)
        self._group, self.title, self.verdict = label("section"), label("title", wrap=True), label("heading", wrap=True)
        for text in (self._group, self.title, self.verdict):
            texts.addWidget(text)
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self.run.emit(self._case.name if self._case else ""))
        self._problem = label("caption", wrap=True)
        tone(self._problem, "bad")
        top.addLayout(texts, 1)
        top.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        whole.addLayout(top)
        whole.addWidget(self._problem)

    def show_case(self, board: Board, case: Case, problem: str = "") -> None:
        """Tell of one attack, and what was seen of it; `problem`: why it could not be run."""
        if case is not self._case:
            self.verticalScrollBar().setValue(0)
        self._board, self._case = board, case
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._group.setText(group_name(case.group))
        self.title.setText(say(case.title))
        state = board.state(case)
        self.verdict.setText(say(verdict_of(board, case)))
        tone(self.verdict, tone_of(board, case))
        again = case.name in board.results
        self.button.setText(say(RUN_AGAIN if again else RUN_THIS))
        self.button.setEnabled(not board.busy)
        self.picture.show_case(board, case)
        target = say((TARGET_INNER if case.inner else TARGET_OUTER) if case.must_hold else TARGET_CLEAR)
        self._caption.setText(" · ".join([say(PICTURE[case.place]), *([target] if case.place in MEDDLING else [])]))
        told, reason = paragraphs(say(case.story))
        for line, text in ((self._tale, "\n\n".join(told)), (self._reason, reason)):
            line.setText(text)
            line.setVisible(bool(text))
        for line, text in ((self._tries, TRIES), (self._stopped, STOPPED_BY), (self._seen, EVIDENCE), (self._why, WHY)):
            line.setText(say(text))
        self._show_seen(board, case, waiting=state in {"waiting", "running"})

    def _show_seen(self, board: Board, case: Case, *, waiting: bool) -> None:
        result = None if waiting else board.results.get(case.name)
        self._note.setVisible(not case.must_hold)
        self._note.setText(say(CONTROL_NOTE))
        self._seen.setVisible(result is not None)
        if result is None:
            self.attempt.show_text("")
            self.evidence.show_text("")
            self._large(say(WAIT if board.running == case.name else NOT_SEEN), "", plain=True)
            return
        self.attempt.show_text(result.attempt)
        self.evidence.show_text(result.evidence)
        self._seen.setVisible(bool(result.evidence))
        nothing = NOTHING if case.must_hold or not board.fine(case) else NOTHING_CONTROL
        if board.state(case) == "broken":
            nothing = STATE["broken"]  # it is not known whether anything would have stopped it
        self._large(result.stopped_by or say(nothing), tone_of(board, case), plain=not result.stopped_by)

    def _large(self, text: str, colour: str, *, plain: bool) -> None:
        self.stopper.setText(text)
        sheet = LARGE if plain else LARGE_MONO
        if self.stopper.styleSheet() != sheet:
            self.stopper.setStyleSheet(sheet)
        tone(self.stopper, colour)

    def headings(self) -> list[QLabel]:
        """What stands over the parts that can be seen."""
        return [head for head in (self._tries, self._stopped, self._seen, self._why) if not head.isHidden()]

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say it in another language."""
        if event.type() == QEvent.Type.LanguageChange and self._case is not None:
            self.show_case(self._board, self._case, self._problem.text())
        super().changeEvent(event)
