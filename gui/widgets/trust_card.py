"""How well the other person's key is known: a title, one sentence on what that means, and the key itself."""

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QFrame

from gui.say import say
from gui.theme import Look, type_face
from gui.widgets.basic import Mark, column, label, row, tone
from gui.wording import (
    DATE_FORMAT,
    FINGERPRINT,
    NEW_KEY,
    OLD_KEY,
    TRUST_MEANING,
    TRUST_SINCE,
    TRUST_TITLE,
    TRUST_WAITING,
    TRUST_WAITING_MEANING,
    fingerprint_text,
)
from voip.journal.observations import TrustAssessed

_LOOKS = {
    "certified": ("shield-key", "outer", ""),
    "pinned": ("shield", "inner", ""),
    "verified": ("shield-check", "good", "good"),
    "changed": ("shield-alert", "bad", "bad"),
}


def _date(iso: str) -> str:
    """An ISO date as people write it here."""
    date = QDate.fromString(iso[:10], Qt.DateFormat.ISODate)
    return QLocale().toString(date, say(DATE_FORMAT)) if date.isValid() else iso


class TrustCard(QFrame):
    """The badge."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._compact, self._level = False, ""
        self.setProperty("role", "trust")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = row(self, gap=12, margins=(16, 13, 16, 13))
        self._mark = Mark(look, "shield", "text3", 24)
        inside.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        text = column(None, gap=4)
        inside.addLayout(text, 1)
        self._title = label("title", wrap=True)
        text.addWidget(self._title)
        self._meaning = label("body", wrap=True)
        text.addWidget(self._meaning)
        self._keys = label("hint", wrap=True)
        self._keys.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._keys.setFont(type_face(12, figures=True))
        text.addSpacing(2)
        text.addWidget(self._keys)

    def compact(self, on: bool) -> None:
        """In a low window the key moves into the tooltip, unless it is the point."""
        self._compact = on
        self._keys.setVisible(not on or self._level == "changed")

    def show_trust(self, trust: TrustAssessed | None) -> None:
        """Show the assessment, or that it is awaited."""
        if trust is None:
            self._mark.become("shield", "text3")
            tone(self, "")
            tone(self._title, "")
            self._title.setText(say(TRUST_WAITING))
            self._meaning.setText(say(TRUST_WAITING_MEANING))
            self._keys.hide()
        else:
            name, colour, ground = _LOOKS[trust.level]
            self._mark.become(name, colour)
            tone(self, ground)
            tone(self._title, ground)
            self._title.setText(say(TRUST_TITLE[trust.level]))
            self._meaning.setText(say(TRUST_MEANING[trust.level]))
            self._keys.setText(self._key_text(trust))
            self.setToolTip(trust.fingerprint)
            self._level = trust.level
            self._keys.setVisible(not self._compact or trust.level == "changed")
        self.setAccessibleName(f"{self._title.text()}. {self._meaning.text()}")

    @staticmethod
    def _key_text(trust: TrustAssessed) -> str:
        if trust.level != "changed":
            since = " · " + say(TRUST_SINCE, date=_date(trust.since)) if trust.since else ""
            return f"{say(FINGERPRINT)} {fingerprint_text(trust.fingerprint, 3 if since else 4)}{since}"
        old, new = fingerprint_text(trust.old_fingerprint), fingerprint_text(trust.fingerprint)
        return f"{say(OLD_KEY)}  {old}\n{say(NEW_KEY)}  {new}"
