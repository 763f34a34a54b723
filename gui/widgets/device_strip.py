"""What became of a microphone or a loudspeaker, told calmly beside them; and the way back to one that returned."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from gui.say import say
from gui.theme import Look
from gui.voice import Voice, news_said, telling
from gui.widgets.basic import Mark, column, label, row
from gui.widgets.icons import icon
from gui.wording import DISMISS
from gui.words.voice import OFFER, USE_IT


class DeviceStrip(QFrame):
    """Hidden while there is nothing to tell. `wanted(kind, device)`: use that one; `dismissed`: it was read."""

    wanted = Signal(str, str)
    dismissed = Signal(str)

    def __init__(self, look: Look, *, wide: bool = False) -> None:
        """`wide`: there is room for the button beside the words."""
        super().__init__()
        self._look = look
        self._voice = Voice()
        self.setProperty("role", "note")
        inside = row(self, gap=8, margins=(10, 8, 4, 8))
        words = row(None, gap=8) if wide else column(None, gap=6)
        self._mark, self._text = Mark(look, "microphone", "text2", 16), label("caption", wrap=True)
        self.use = QPushButton()
        self.use.setProperty("tone", "chip")
        self.use.clicked.connect(self._take)
        self.close_note = QPushButton()
        self.close_note.setProperty("tone", "plain")
        self.close_note.clicked.connect(lambda: self.dismissed.emit("device"))
        words.addWidget(self._text, 1)
        words.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        inside.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(words, 1)
        inside.addWidget(self.close_note, 0, Qt.AlignmentFlag.AlignTop)
        look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_voice(self, voice: Voice, now: float) -> None:
        """Tell the latest news of `voice`, or nothing."""
        self._voice = voice
        news = telling(voice, now)
        if news is not None:
            offered = news.what.what == "returned" and bool(voice.offers)
            text, values = news_said(news)
            if offered:
                text, values = OFFER, {"device": voice.offers[-1].device}
            self._mark.become("microphone" if news.what.kind == "input" else "speaker", "text2")
            self._text.setText(say(text, **values))
            self.use.setText(say(USE_IT))
            self.use.setAccessibleName(f"{self._text.text()} {self.use.text()}")
            self.use.setVisible(offered)
            self.close_note.setToolTip(say(DISMISS))
            self.close_note.setAccessibleName(say(DISMISS))
            self.setAccessibleName(self._text.text())
        self.setVisible(news is not None)

    def _take(self) -> None:
        """A headset has a microphone and a loudspeaker: both go back to it."""
        device = self._voice.offers[-1].device if self._voice.offers else ""
        for offer in self._voice.offers:
            if offer.device == device:
                self.wanted.emit(offer.kind, offer.device)

    def _dress(self) -> None:
        self.close_note.setIcon(icon("close", self._look.palette.text2, 14))
