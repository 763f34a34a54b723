"""The three locks as a card: each a line with its evidence; a click goes where the evidence is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame

from gui.locks import Lock, Locks, State
from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, label, row, tone
from gui.words.locks import LOCK, LOCKS, STATE

_LOOKS: dict[State, tuple[str, str]] = {
    "none": ("lock-open", "text3"),
    "pending": ("lock-open", "text2"),
    "good": ("lock", "good"),
    "warn": ("lock", "warn"),
    "bad": ("alert", "bad"),
}
_TONES: dict[State, str] = {"none": "", "pending": "", "good": "good", "warn": "warn", "bad": "bad"}


class LockRow(QFrame):
    """One lock. `opened(name)`: a person wants to see why."""

    opened = Signal(str)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.name = name
        self.setProperty("role", "lock")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        inside = row(self, gap=9, margins=(10, 4, 10, 4))
        self._mark = Mark(look, "lock-open", "text3", 16)
        self._title, self._evidence = label("heading"), label("hint", wrap=True)
        text = column(None, gap=0)
        text.addWidget(self._title)
        text.addWidget(self._evidence)
        inside.addWidget(self._mark)
        inside.addLayout(text, 1)

    def show_lock(self, lock: Lock) -> None:
        """Paint it."""
        self._mark.become(*_LOOKS[lock.state])
        self._title.setText(say(LOCK[self.name]))
        evidence = say(lock.evidence, **lock.values) if lock.evidence else ""
        self._evidence.setText(evidence)
        tone(self._evidence, _TONES[lock.state] if lock.state in {"warn", "bad"} else "")
        tone(self._title, _TONES[lock.state])
        self.setToolTip(evidence)
        self.setAccessibleName(f"{self._title.text()}: {say(STATE[lock.state])}. {evidence}")

    def open_current(self) -> None:
        """As a click."""
        self.opened.emit(self.name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click anywhere."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.open_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The space bar."""
        if event.key() == Qt.Key.Key_Space:
            self.open_current()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keyboard is here."""
        tone(self, "on", "focus")
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keyboard is elsewhere."""
        tone(self, "", "focus")
        super().focusOutEvent(event)


class LocksCard(QFrame):
    """`opened(name)`: `link`, `session` or `media`."""

    opened = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=0, margins=(6, 7, 6, 7))
        self.rows = {name: LockRow(look, name) for name in LOCK}
        for line in self.rows.values():
            line.opened.connect(self.opened)
            inside.addWidget(line)
        self._shown: Locks | None = None

    def show_state(self, locks: Locks) -> None:
        """Paint all three."""
        self.setAccessibleName(say(LOCKS))
        for name, lock in (("link", locks.link), ("session", locks.session), ("media", locks.media)):
            self.rows[name].show_lock(lock)
