"""In the call panel: how it sounds now, why, what is done about it, and how we send. A click opens the voice page.

(ear) Clear                      89 ms
Nothing disturbs it. …      mouth to ear
You send: Balanced – the network is clean
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from gui.say import say
from gui.theme import Look, type_face
from gui.view_state import Call
from gui.voice import Voice, cause_said, copies_said, doing_said, reason_said
from gui.widgets.basic import Mark, column, label, row, tone
from gui.words import voice as words
from voip.journal.observations import VoiceChosen

LOOKS = {"clear": ("check", "good"), "fair": ("wave", "warn"), "poor": ("alert", "bad")}
"""Icon and tone of each word."""


class HeardCard(QFrame):
    """`opened`: a person wants to see more of it."""

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._told: tuple[object, ...] = ()
        self._compact = False
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._inside = column(self, gap=3, margins=(14, 9, 14, 9))
        head = row(None, gap=8)
        self._mark, self._word = Mark(look, "ear", "text2", 18), label("heading")
        self._word.setStyleSheet("font-size: 15px;")
        self._ear, self._unit = label("heading"), label("hint")
        self._ear.setProperty("tone", "inner")
        self._ear.setStyleSheet("font-size: 17px;")
        self._ear.setFont(type_face(17, QFont.Weight.DemiBold, figures=True))
        head.addWidget(self._mark)
        head.addWidget(self._word)
        head.addStretch()
        head.addWidget(self._ear)
        head.addWidget(self._unit)
        self._why, self._doing, self._how = (label(role, wrap=True) for role in ("caption", "caption", "hint"))
        self._inside.addLayout(head)
        for text in (self._why, self._doing, self._how):
            text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            self._inside.addWidget(text)

    def compact(self, on: bool) -> None:
        """In a low window only the first line stays; the hint has the rest."""
        self._compact = on
        self._inside.setContentsMargins(*((12, 5, 12, 5) if on else (14, 9, 14, 9)))
        self._fold()

    def show_voice(self, voice: Voice, call: Call) -> None:
        """Say it of `call`."""
        quality, latency = voice.quality, call.latency
        self._word.setText(say(words.WORD[quality.word] if quality is not None else words.HEARD_TITLE))
        icon, colour = LOOKS[quality.word] if quality is not None else ("ear", "text2")
        self._mark.become(icon, colour)
        tone(self._word, colour if quality is not None else "")
        self._ear.setText(say(words.EAR_MS, ms=f"{latency.mouth_to_ear:.0f}") if latency is not None else "")
        self._unit.setText(say(words.MOUTH_TO_EAR) if latency is not None else "")
        if quality is not None:
            stages = latency.stages if latency is not None else {}
            (cause, seen), (doing, done) = cause_said(quality), doing_said(quality, stages)
            self._why.setText(say(cause, **seen))
            self._doing.setText(say(doing, **done))
        else:
            self._why.setText(say(words.HEARD_WAITING))
            self._doing.setText(" ")  # nothing moves when it is known
        self._how.setText(sending(voice.chosen) if voice.chosen is not None else "")
        self._fold()
        spoken = (self._word, self._ear, self._unit, self._why, self._doing, self._how)
        told_all = " ".join(text.text() for text in spoken if text.text())
        self.setAccessibleName(f"{say(words.HEARD_TITLE)}: {told_all}")
        self.setToolTip(
            "\n".join((self._why.text(), self._doing.text(), self._how.text(), say(words.LOOK_CLOSER)))
            if self._compact
            else say(words.LOOK_CLOSER)
        )

    def _fold(self) -> None:
        self._why.setVisible(not self._compact)
        for text in (self._doing, self._how):
            text.setVisible(bool(text.text()) and not self._compact)

    def open_current(self) -> None:
        """As a click."""
        self.opened.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click anywhere."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.open_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Space opens, as on a button; Enter is the window's."""
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


def sending(chosen: VoiceChosen) -> str:
    """`You send: Robust, each frame three times – 6 % of your packets get lost`."""
    reason, values = reason_said(chosen)
    mode, why = say(words.MODE[chosen.mode]), say(reason, **values)
    if not chosen.redundancy:
        return say(words.SENDING, mode=mode, why=why)
    copies, _ = copies_said(chosen.redundancy)
    return say(words.SENDING_COPIES, mode=mode, copies=say(copies), why=why)
