"""The voice page: how it sounds, where the delay comes from, how it is sent, by which devices.

Verdict                                           the word, the cause, the sum
From bob's mouth to your ear │ The last minute    a waterfall; a chart
What you hear                │ How you send
Your devices                 │ Echo, noise, loudness
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.panels.voice_devices import DevicesCard, ProcessingCard
from gui.panels.voice_heard import ListenCard, MinuteCard, Verdict, WayCard, spread
from gui.panels.voice_sending import SendingCard
from gui.say import say
from gui.theme import Look
from gui.view_state import Call, ViewState
from gui.widgets.basic import column, label
from gui.words import voice as words


class VoiceView(QWidget):
    """`mode_chosen(mode)`, `processing(bool)`, `device_wanted(kind, device)`: what a person wants.

    `note_dismissed(about)`: they have read what became of a device.
    """

    mode_chosen = Signal(str)
    processing = Signal(bool)
    device_wanted = Signal(str, str)
    note_dismissed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._shown: tuple[ViewState, float] = (ViewState(), 0.0)
        whole = column(self)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.addWidget(self._scroll)
        body = QWidget()
        body.setProperty("role", "clear")
        self._scroll.setWidget(body)
        inside = column(body, gap=12, margins=(0, 0, 8, 8))
        self._empty_title, self._empty = label("title", centre=True), label("lead", centre=True, wrap=True)
        self._nothing = QWidget()
        alone = column(self._nothing, gap=6, margins=(40, 90, 40, 90))
        alone.addWidget(self._empty_title)
        alone.addWidget(self._empty)
        inside.addWidget(self._nothing)
        self.verdict, self.way, self.minute = Verdict(look), WayCard(look), MinuteCard(look)
        self.listen, self.sending = ListenCard(look), SendingCard(look)
        self.devices, self.cleaning = DevicesCard(look), ProcessingCard(look)
        self.sending.mode_chosen.connect(self.mode_chosen)
        self.cleaning.processing.connect(self.processing)
        self.devices.note.wanted.connect(self.device_wanted)
        self.devices.note.dismissed.connect(self.note_dismissed)
        self._rows = (
            self.verdict,
            spread(self.way, self.minute, (3, 2)),
            spread(self.listen, self.sending),
            spread(self.devices, self.cleaning),
        )
        for line in self._rows:
            inside.addWidget(line)
        inside.addStretch()
        self._show()

    def show_state(self, state: ViewState, now: float) -> None:
        """Paint what is known of the present call, or of the last one."""
        self._shown = (state, now)
        self._show()

    def show_levels(self, call: Call) -> None:
        """Only what moves many times a second."""
        self.devices.show_levels(call)

    def _show(self) -> None:
        state, now = self._shown
        call, voice = state.call, state.voice
        heard = call is not None and (voice.chosen is not None or call.latency is not None)
        self._nothing.setVisible(not heard)
        self._empty_title.setText(say(words.EMPTY_TITLE))
        self._empty.setText(say(words.EMPTY))
        for line in self._rows:
            line.setVisible(heard)
        if call is None or not heard:
            return
        self.verdict.show_voice(voice, call)
        self.way.show_call(call)
        self.minute.show_call(call)
        self.listen.show_voice(voice, call.stats)
        self.sending.show_chosen(voice.chosen)
        self.devices.show_state(state, now)
        self.cleaning.show_processing(voice.processing)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
