"""On the voice page: one's own devices and how they are reached, and what is done to the microphone's sound."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from gui.panels.sidebar import device_name
from gui.say import say
from gui.theme import Look
from gui.view_state import Call, ViewState
from gui.voice import clips, news_said, reached_said
from gui.widgets.basic import Mark, column, label, row, tone
from gui.widgets.device_strip import DeviceStrip
from gui.widgets.figures import Figures
from gui.widgets.level_meter import LevelMeter
from gui.widgets.switch import Switch
from gui.words import voice as words
from voip.journal.observations import VoiceProcessing


class DevicesCard(QFrame):
    """The strip's wishes are its own: see `DeviceStrip`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=8, margins=(18, 12, 18, 12))
        self._title = label("heading")
        inside.addWidget(self._title)
        self.note = DeviceStrip(look, wide=True)
        inside.addWidget(self.note)
        self._input = self._device(look, inside, "microphone")
        self._meter = LevelMeter(look, "outer")
        self._meter.setMaximumWidth(320)
        self._level = label("hint", wrap=True)
        inside.addWidget(self._meter)
        inside.addWidget(self._level)
        self._output = self._device(look, inside, "speaker")
        self._dry = Figures({"dry": words.RAN_DRY})
        self._news = label("hint", wrap=True)
        inside.addWidget(self._dry)
        inside.addWidget(self._news)
        inside.addStretch()

    @staticmethod
    def _device(look: Look, into: QVBoxLayout, icon: str) -> tuple[QLabel, QLabel]:
        line, text = row(None, gap=10), column(None, gap=0)
        name, how = label("body", wrap=True), label("hint", wrap=True)
        text.addWidget(name)
        text.addWidget(how)
        line.addWidget(Mark(look, icon, "text2", 18), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(text, 1)
        into.addLayout(line)
        return name, how

    def show_state(self, state: ViewState, now: float) -> None:
        """Which devices, how reached, what became of them."""
        self._title.setText(say(words.DEVICES_TITLE))
        audio, stats = state.audio, state.call.stats if state.call is not None else None
        for (name, how), kind, device, reached in (
            (self._input, words.MICROPHONE, audio.input if audio else "", audio.input_how if audio else ""),
            (self._output, words.LOUDSPEAKER, audio.output if audio else "", audio.output_how if audio else ""),
        ):
            name.setText(f"{say(kind)}: {device_name(device)}" if device else say(kind))
            said = reached_said(reached)
            how.setText(say(said[0], **said[1]) if said is not None else reached or say(words.HOW_UNKNOWN))
            how.setVisible(bool(reached) or not device)
        count = stats.xruns if stats is not None else 0
        self._dry.show_values({"dry": say(words.RAN_DRY_VALUE, count=count) if count else say(words.RAN_DRY_NEVER)})
        self.note.show_voice(state.voice, now)
        news = state.voice.news
        told = say(news_said(news)[0], **news_said(news)[1]) if news is not None and self.note.isHidden() else ""
        self._news.setText(told)
        self._news.setVisible(bool(told))
        if state.call is not None:
            self.show_levels(state.call)

    def show_levels(self, call: Call) -> None:
        """How loud the microphone is now, and whether that is too loud."""
        clipped = clips(call.levels)
        self._meter.show_level(call.levels.microphone)
        self._meter.show_clipped(clipped)
        told = (
            f"{say(words.CLIPPED)}. {say(words.CLIPPED_HINT, share=f'{100 * call.levels.clipped:.1f}')}"
            if clipped
            else say(words.LEVEL_FINE)
        )
        if told != self._level.text():
            self._level.setText(told)
            tone(self._level, "warn" if clipped else "")


class ProcessingCard(QFrame):
    """`processing(bool)`: a person switches it."""

    processing = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=8, margins=(18, 12, 18, 12))
        self._title, self._text = label("heading"), label("body", wrap=True)
        self.switch = Switch(look)
        self.switch.clicked.connect(self.processing)
        line = row(None, gap=8)
        self._mark, self._problem = Mark(look, "alert", "warn", 16), label("body", wrap=True)
        tone(self._problem, "warn")
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._problem, 1)
        inside.addWidget(self._title)
        inside.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._text)
        inside.addLayout(line)
        inside.addStretch()

    def show_processing(self, now: VoiceProcessing | None) -> None:
        """What is done."""
        self._title.setText(say(words.PROCESS_TITLE))
        self.switch.setText(say(words.PROCESS_ON))
        self.switch.setAccessibleName(say(words.PROCESS_ON))
        self.switch.updateGeometry()
        self.switch.setEnabled(now is not None)
        done = [] if now is None else [name for name in words.PROCESS if getattr(now, name)]
        self.switch.setChecked(bool(done))
        if now is None:
            self._text.setText("")
        elif done:
            what = ", ".join(say(words.PROCESS[name]) for name in done)
            ms = f"{now.delay_ms:.1f}"
            text = words.PROCESS_DONE if float(ms) else words.PROCESS_FREE
            self._text.setText(say(text, what=what, ms=ms))
        else:
            self._text.setText(say(words.PROCESS_OFF))
        problem = "" if now is None else say(words.PROCESS_PROBLEM.get(now.code, now.sentence)) if now.sentence else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._mark.setVisible(bool(problem))
