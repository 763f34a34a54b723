"""How well a key is known, as steps with their dates; for a changed key, the old beside the new."""

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QFrame, QLabel

from gui.certificates import Step, steps
from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, label, row, tone
from gui.widgets.key_difference import KeyDifference
from gui.wording import DATE_FORMAT
from gui.words.certificates import CHANGED_HELP, KEY_COMPARED, KEY_ISSUED, KNOWN, STEP, STEP_LATER, STEP_SINCE
from voip.journal.observations import TrustAssessed

_MARKS = {"certified": "shield-key", "pinned": "shield", "verified": "shield-check", "changed": "shield-alert"}


def grouped(fingerprint: str) -> str:
    """All of it, four digits each, eight groups a line."""
    parts = [fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4)]
    return "\n".join(" ".join(parts[i : i + 8]) for i in range(0, len(parts), 8))


def _since(iso: str, words: str = STEP_SINCE) -> str:
    """`since 3 Nov 2026`, or nothing when there is no date."""
    day = QDate.fromString(iso[:10], Qt.DateFormat.ISODate)
    return say(words, date=QLocale().toString(day, say(DATE_FORMAT))) if day.isValid() else ""


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
        self.keys, self._help = KeyDifference(look), label("body", wrap=True)
        inside.addSpacing(4)
        inside.addWidget(self.keys)
        inside.addSpacing(2)
        inside.addWidget(self._help)
        self.hide()

    def show_trust(self, trust: TrustAssessed | None, issued: str = "") -> None:
        """Paint it; `issued`: ISO date of the peer's certificate, empty when that was not seen."""
        self.setVisible(trust is not None)
        if trust is None:
            return
        name = trust.peer.partition("@")[0]
        self._title.setText(say(KNOWN, name=name))
        found = steps(trust, issued)
        for i, (mark, text, date) in enumerate(self._lines):
            step = found[i] if i < len(found) else None
            for widget in (mark, text, date):
                widget.setVisible(step is not None)
            if step is not None:
                self._paint(step, mark, text, date)
        changed = trust.level == "changed"
        self.keys.setVisible(changed)
        self._help.setVisible(changed)
        if changed:
            known = (_since(trust.first_seen or trust.since), _since(trust.verified_at, KEY_COMPARED))
            shown = (_since(issued, KEY_ISSUED),)
            self.keys.show_keys(
                trust.old_fingerprint, trust.fingerprint, tuple(filter(None, known)), tuple(filter(None, shown))
            )
            self._help.setText(say(CHANGED_HELP, name=name))

    @staticmethod
    def _paint(step: Step, mark: Mark, text: QLabel, date: QLabel) -> None:
        colour = "bad" if step.level == "changed" else "good" if step.reached else "text3"
        mark.become(_MARKS[step.level], colour)
        text.setText(say(STEP[step.level]))
        tone(text, "bad" if step.level == "changed" else "good" if step.current else "")
        tone(text, "heading" if step.current else "body", "role")
        text.setEnabled(step.reached)
        date.setText(_since(step.date) if step.reached else say(STEP_LATER))
