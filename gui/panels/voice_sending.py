"""On the voice page: how one's own voice is sent and why, with the choice of the mode."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from gui.say import say
from gui.theme import Look
from gui.voice import copies_said, reason_said
from gui.widgets.basic import column, label
from gui.widgets.figures import Figures
from gui.widgets.frames_picture import FramesPicture
from gui.widgets.segments import Segments
from gui.words import voice as words
from voip.journal.observations import VoiceChosen

FIGURES = {"frame": words.FRAME, "rate": words.RATE, "copies": words.COPIES}


class SendingCard(QFrame):
    """`mode_chosen(mode)`: a person wants that one."""

    mode_chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._chosen: VoiceChosen | None = None
        self.setProperty("role", "card")
        inside = column(self, gap=8, margins=(18, 12, 18, 12))
        self._title, self._why = label("heading"), label("body", wrap=True)
        self.modes = Segments(tuple(words.MODE))
        self.modes.chosen.connect(self.mode_chosen)
        self._figures = Figures(FIGURES)
        self._picture = FramesPicture(look)
        self._rate = label("hint", wrap=True)
        inside.addWidget(self._title)
        inside.addWidget(self.modes, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._why)
        inside.addWidget(self._figures)
        inside.addWidget(self._picture)
        inside.addWidget(self._rate)
        inside.addStretch()

    def show_chosen(self, chosen: VoiceChosen | None) -> None:
        """How it is sent now."""
        self._title.setText(say(words.SEND_TITLE))
        self.modes.name({mode: say(text) for mode, text in words.MODE.items()})
        self.modes.setAccessibleName(say(words.MODES))
        for mode, text in words.MODE_HINT.items():
            self.modes.buttons[mode].setToolTip(say(text))
        self._rate.setText(say(words.RATE_WHY))
        if chosen is None:
            return
        if chosen is not self._chosen:
            self._chosen = chosen
            self.modes.show_chosen(chosen.wanted)
            self._picture.show_copies(chosen.redundancy)
        self._picture.show_copies(chosen.redundancy)
        reason, values = reason_said(chosen)
        form = words.SEND_WHY_AUTO if chosen.wanted == "auto" else words.SEND_WHY
        self._why.setText(say(form, mode=say(words.MODE[chosen.mode]), why=say(reason, **values)))
        frame = words.FRAME_LOW if chosen.low_delay else words.FRAME_VALUE
        copies, _ = copies_said(chosen.redundancy)
        self._figures.show_values(
            {
                "frame": say(frame, ms=chosen.frame_ms, count=1000 // chosen.frame_ms),
                "rate": say(words.RATE_VALUE, rate=f"{chosen.bitrate / 1000:g}"),
                "copies": say(copies),
            }
        )
