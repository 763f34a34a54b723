"""A problem, said once in a calm strip next to the thing that it is about."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, label, row, tone
from gui.widgets.icons import icon
from gui.wording import DISMISS, problem_sentence
from voip.journal.observations import Problem


class ProblemStrip(QFrame):
    """Hidden while there is no problem. `dismissed` when the person has read it."""

    dismissed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._about = look, ""
        self.setProperty("role", "strip")
        inside = row(self, gap=10, margins=(14, 10, 8, 10))
        self._mark = Mark(look, "alert", "warn")
        self._text = label("lead", wrap=True)
        self._close = QPushButton()
        self._close.setProperty("tone", "plain")
        self._close.clicked.connect(lambda: self.dismissed.emit(self._about))
        inside.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._text, 1)
        inside.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show or hide."""
        if problem is not None:
            self._about = problem.about
            bad = problem.about == "call"
            tone(self, "bad" if bad else "warn")
            self._mark.become("alert", "bad" if bad else "warn")
            self._text.setText(say(problem_sentence(problem)))
            self.setAccessibleName(self._text.text())
            self._close.setAccessibleName(say(DISMISS))
            self._close.setToolTip(say(DISMISS))
        self.setVisible(problem is not None)

    def _dress(self) -> None:
        self._close.setIcon(icon("close", self._look.palette.text2, 16))
