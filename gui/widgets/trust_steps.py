"""How well a key is known, as steps with their dates; for a changed key, the old beside the new."""

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel

from gui.certificates import Step, steps
from gui.say import say
from gui.theme import Look, mono_face
from gui.widgets.basic import Mark, column, label, row, tone
from gui.wording import DATE_FORMAT, NEW_KEY, OLD_KEY
from gui.words.certificates import CHANGED_HELP, KNOWN, STEP, STEP_SINCE
from voip.journal.observations import TrustAssessed

_MARKS = {"certified": "shield-key", "pinned": "shield", "verified": "shield-check", "changed": "shield-alert"}


def grouped(fingerprint: str) -> str:
    """All of it, four digits each, eight groups a line."""
    parts = [fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4)]
    return "\n".join(" ".join(parts[i : i + 8]) for i in range(0, len(parts), 8))


class TrustSteps(QFrame):
    """Hidden while nobody's key was judged."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=8, margins=(16, 13, 16, 13))
        self._title = label("heading", wrap=True)
        inside.addWidget(self._title)
        self._lines = []
        for _ in range(3):
            mark, text, date = Mark(look, "shield", "text3", 18), label("body", wrap=True), label("hint")
            line = row(None, gap=9)
            line.addWidget(mark)
            line.addWidget(text, 1)
            line.addWidget(date)
            inside.addLayout(line)
            self._lines.append((mark, text, date))
        self._keys, self._help = label("hint"), label("body", wrap=True)
        self._keys.setFont(mono_face(11))
        self._keys.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(self._keys)
        inside.addWidget(self._help)
        self.hide()

    def show_trust(self, trust: TrustAssessed | None) -> None:
        """Paint it."""
        self.setVisible(trust is not None)
        if trust is None:
            return
        name = trust.peer.partition("@")[0]
        self._title.setText(say(KNOWN, name=name))
        found = steps(trust)
        for i, (mark, text, date) in enumerate(self._lines):
            step = found[i] if i < len(found) else None
            for widget in (mark, text, date):
                widget.setVisible(step is not None)
            if step is not None:
                self._paint(step, mark, text, date)
        changed = trust.level == "changed"
        self._keys.setVisible(changed)
        self._help.setVisible(changed)
        if changed:
            old, new = grouped(trust.old_fingerprint), grouped(trust.fingerprint)
            self._keys.setText(f"{say(OLD_KEY)}\n{old}\n\n{say(NEW_KEY)}\n{new}")
            self._help.setText(say(CHANGED_HELP, name=name))

    @staticmethod
    def _paint(step: Step, mark: Mark, text: QLabel, date: QLabel) -> None:
        colour = "bad" if step.level == "changed" else "good" if step.reached else "text3"
        mark.become(_MARKS[step.level], colour)
        text.setText(say(STEP[step.level]))
        tone(text, "bad" if step.level == "changed" else "")
        text.setEnabled(step.reached)
        day = QDate.fromString(step.date[:10], Qt.DateFormat.ISODate)
        shown = QLocale().toString(day, say(DATE_FORMAT)) if day.isValid() else ""
        date.setText(say(STEP_SINCE, date=shown) if shown else "")
