"""The attack lab: on the left every attack with a mark of how far it has come, on the right the chosen one as a story.

catalogue ──→ invitation ──→ list │ story       LabRun (a process of its own) ──→ Board ──→ both
"""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from gui.lab_board import ALL, Board, Case
from gui.panels.lab_invite import LabInvite
from gui.panels.lab_run import LabRun
from gui.panels.lab_story import LabStory
from gui.say import say
from gui.theme import Look
from gui.widgets.basic import column, frame, label, row, tone
from gui.widgets.lab_list import LabList, group_name
from gui.widgets.lab_progress import LabProgress
from gui.words.lab import (
    FAILED,
    FAILED_WHY,
    FIGURES,
    FIGURES_CONTROL,
    FIGURES_WRONG,
    NONE_FOUND,
    PROGRESS,
    RUN_ALL,
    SEARCH,
    STOP,
    STOPPED,
)

LIST_WIDE, LIST_NARROW = 340, 268
NARROW = 900


class LabView(QWidget):
    """Needs nothing of the call. `stop()` ends what runs; the end of the program does so too."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.lab = LabRun(self)
        cases = self.lab.board.cases
        self._chosen: Case = cases[0]
        self._alone = ""
        self.invite, self.story, self.list = LabInvite(look, len(cases)), LabStory(look), LabList(look)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(self.invite)
        board = QWidget()
        whole = column(board, gap=12, margins=(0, 2, 0, 0))
        whole.addLayout(self._bar(look))
        both = row(None, gap=16)
        both.addWidget(self._side())
        both.addWidget(self.story, 1)
        whole.addLayout(both, 1)
        self._faces.addWidget(board)
        self.list.show_cases(cases, self._chosen.name)
        self.list.chosen.connect(self.open)
        self.story.run.connect(self.start)
        self.invite.run.connect(lambda: self.start(ALL))
        self.invite.look_around.connect(self.look_around)
        self.lab.changed.connect(self._show)
        look.changed.connect(self._dress)
        self._dress()
        self._translate()

    def _bar(self, look: Look) -> QHBoxLayout:
        bar = row(None, gap=12)
        self.all, self.halt = QPushButton(), QPushButton()
        self.all.clicked.connect(lambda: self.start(ALL))
        self.halt.clicked.connect(self.stop)
        self.figures, self._said, self.progress = label("heading"), label("caption", wrap=True), LabProgress(look)
        self._wrong = label("heading")
        tone(self._wrong, "bad")
        for widget in (self.all, self.halt, self.figures, self._wrong):
            bar.addWidget(widget)
        bar.addWidget(self._said, 1)
        bar.addWidget(self.progress, 1)
        return bar

    def _side(self) -> QWidget:
        self._card = card = frame("card")
        inside: QVBoxLayout = column(card, gap=4, margins=(8, 10, 6, 8))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self._none = label("caption", wrap=True, centre=True)
        inside.addWidget(self.search)
        inside.addWidget(self._none)
        inside.addWidget(self.list, 1)
        card.setFixedWidth(LIST_WIDE)
        return card

    # ── what a person does ──

    def open(self, name: str) -> None:
        """Look at one attack."""
        self._chosen = self.lab.board.case(name)
        self._alone = self._alone if self._alone == name else ""
        self.look_around()
        self._show()

    def look_around(self) -> None:
        """From the invitation to the list."""
        if self._faces.currentIndex() != 1:
            self._faces.setCurrentIndex(1)
            self.list.setFocus()

    def start(self, name: str) -> None:
        """Run one attack, or `gui.lab_board.ALL`."""
        self._alone = "" if name == ALL else name
        self.look_around()
        self.lab.start(name)
        if name == ALL:
            self.halt.setFocus()  # and not the list: it follows what runs as long as nobody is in it

    def stop(self) -> None:
        """End what runs."""
        self.lab.stop()

    def _filter(self) -> None:
        wanted = self.search.text().casefold().split()
        found = [case for case in self.lab.board.cases if _matches(case, wanted)]
        self._none.setVisible(not found)
        self.list.show_cases(found, self._chosen.name)

    # ── what is seen ──

    def _show(self) -> None:
        board = self.lab.board
        self.list.show_board(board)
        self.list.choose(self._chosen.name)
        self.story.show_case(board, self._chosen, self._problem(board) if self._alone == self._chosen.name else "")
        self.all.setEnabled(not board.busy)
        if self.halt.hasFocus() and not board.busy:
            self.all.setFocus()
        self.halt.setVisible(board.busy)
        count = say(PROGRESS, done=board.done, count=len(board.queue))
        self.progress.setVisible(board.busy)
        self.progress.show_share(board.done / len(board.queue) if board.queue else 0.0, count)
        held, control, wrong = board.figures
        parts = [say(FIGURES, held=held)] if held else []
        parts += [say(FIGURES_CONTROL, count=control)] if control else []
        self.figures.setText(count if board.busy else " · ".join(parts))
        self._wrong.setText(say(FIGURES_WRONG, count=wrong) if wrong else "")
        self._wrong.setVisible(bool(wrong))
        said = "" if self._alone else self._problem(board)
        self._said.setText(said)
        self._said.setVisible(not board.busy)
        tone(self._said, "bad" if board.problem is not None else "")

    @staticmethod
    def _problem(board: Board) -> str:
        if board.busy or not board.queue:
            return ""
        done, count = board.done, len(board.queue)
        if board.stopped:
            return say(STOPPED, done=done, count=count)
        if board.problem is None:
            return ""
        return (
            say(FAILED_WHY, done=done, count=count, why=board.problem)
            if board.problem
            else say(FAILED, done=done, count=count)
        )

    def _translate(self) -> None:
        self.all.setText(say(RUN_ALL))
        self.halt.setText(say(STOP))
        self.search.setPlaceholderText(say(SEARCH))
        self.search.setAccessibleName(say(SEARCH))
        self._none.setText(say(NONE_FOUND))
        self._filter()
        self._show()

    def _dress(self) -> None:
        p = self._look.palette
        self.search.setStyleSheet(
            f"QLineEdit {{ background: {p.window}; border: 1px solid {p.line}; border-radius: 9px; padding: 7px 10px;"
            f" selection-background-color: {p.outer}; placeholder-text-color: {p.text3}; }}"
            f"QLineEdit:focus {{ border: 2px solid {p.outer}; padding: 6px 9px; }}"
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room."""
        self._card.setFixedWidth(LIST_NARROW if event.size().width() < NARROW else LIST_WIDE)
        super().resizeEvent(event)


def _matches(case: Case, wanted: list[str]) -> bool:
    """Whether every word is in the name, the title or the group, in English or in the language in use."""
    text = " ".join((case.name, case.title, say(case.title), group_name(case.group))).casefold()
    return all(word in text for word in wanted)
