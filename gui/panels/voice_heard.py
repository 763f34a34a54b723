"""On the voice page: how what one hears sounds, what that is made of, and where its delay comes from."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from gui.panels.heard_card import LOOKS
from gui.say import say
from gui.theme import Look, type_face
from gui.view_state import Call
from gui.voice import Voice, cause_said, doing_said
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.widgets.figures import Figures
from gui.widgets.latency_chart import LatencyChart
from gui.widgets.legend import Legend
from gui.widgets.share_bar import Share, ShareBar
from gui.widgets.waterfall import Waterfall
from gui.words import voice as words
from voip.journal.observations import MediaStats, Quality
from voip.media.emodel import R_DEFAULT, mos_of

BEST = mos_of(R_DEFAULT)
"""What the E-model gives when nothing is taken away."""
FIGURES = {
    "loss": words.LOSS,
    "recovered": words.RECOVERED,
    "concealed": words.CONCEALED,
    "late": words.LATE,
    "jitter": words.JITTER,
    "buffer": words.BUFFER,
    "stretched": words.STRETCHED,
}


class Verdict(QFrame):
    """The word, the cause, what is done; the sum of the delay."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "trust")
        inside = row(self, gap=14, margins=(18, 12, 18, 12))
        self._mark = Mark(look, "ear", "text2", 28)
        text = column(None, gap=1)
        self._word, self._why = label("title"), label("body", wrap=True)
        text.addWidget(self._word)
        text.addWidget(self._why)
        inside.addWidget(self._mark)
        inside.addLayout(text, 1)
        self._ear, self._ear_name = self._figure(inside)
        self._mos, self._mos_name = self._figure(inside)

    @staticmethod
    def _figure(into: QHBoxLayout) -> tuple[QLabel, QLabel]:
        number, name = label("number"), label("hint")
        number.setStyleSheet("font-size: 24px; font-weight: 600;")
        number.setFont(type_face(24, QFont.Weight.DemiBold, figures=True))
        number.setAlignment(Qt.AlignmentFlag.AlignRight)
        name.setAlignment(Qt.AlignmentFlag.AlignRight)
        side = column(None, gap=0)
        side.addWidget(number)
        side.addWidget(name)
        into.addSpacing(6)
        into.addLayout(side)
        return number, name

    def show_voice(self, voice: Voice, call: Call) -> None:
        """Say it."""
        quality, latency = voice.quality, call.latency
        icon, colour = LOOKS[quality.word] if quality is not None else ("ear", "text2")
        self._mark.become(icon, colour)
        self._word.setText(say(words.WORD[quality.word] if quality is not None else words.HEARD_TITLE))
        tone(self._word, colour if quality is not None else "")
        tone(self, colour if quality is not None else "")
        if quality is None:
            self._why.setText(say(words.HEARD_WAITING))
        else:
            stages = latency.stages if latency is not None else {}
            told = [say(text, **values) for text, values in (cause_said(quality), doing_said(quality, stages))]
            if not call.live:
                told.append(say(words.OVER))
            self._why.setText(" ".join(told))
        self._ear.setText(say(words.EAR_MS, ms=f"{latency.mouth_to_ear:.0f}") if latency is not None else "–")
        self._ear_name.setText(say(words.MOUTH_TO_EAR))
        self._mos.setText(f"{quality.mos:.1f}" if quality is not None else "–")
        self._mos_name.setText(say(words.MOS_OF, best=f"{BEST:.1f}"))
        self.setAccessibleName(
            f"{self._word.text()}. {self._why.text()} {self._ear.text()} {self._ear_name.text()}. "
            f"{self._mos.text()} {self._mos_name.text()}"
        )


class WayCard(QFrame):
    """The waterfall of what one hears."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=4, margins=(18, 12, 18, 12))
        self._title, self._lead = label("heading"), label("hint", wrap=True)
        inside.addWidget(self._title)
        inside.addWidget(self._lead)
        inside.addSpacing(4)
        self.waterfall = Waterfall(look)
        inside.addWidget(self.waterfall)
        inside.addSpacing(4)
        line = row(None, gap=14)
        self._theirs, self._between, self._ours = (Legend(look, name) for name in ("outer", "text3", "inner"))
        for one in (self._theirs, self._between, self._ours):
            line.addWidget(one)
        line.addStretch()
        inside.addLayout(line)
        inside.addStretch()

    def show_call(self, call: Call) -> None:
        """What was measured of it."""
        self._title.setText(say(words.WAY_TITLE, name=call.peer))
        self._lead.setText(say(words.WAY_LEAD))
        self._theirs.name.setText(say(words.THEIR_PHONE, name=call.peer))
        self._between.name.setText(say(words.THE_NETWORK))
        self._ours.name.setText(say(words.YOUR_PHONE))
        self.waterfall.setAccessibleName(self._title.text())
        self.waterfall.show_stages(call.latency.stages if call.latency is not None else {})


class MinuteCard(QFrame):
    """The last minute of delay, and how it sounded."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=6, margins=(18, 12, 14, 12))
        self._title, self._ribbon = label("heading"), label("hint", wrap=True)
        inside.addWidget(self._title)
        line = row(None, gap=12)
        self._ear, self._trip = Legend(look, "inner"), Legend(look, "outer")
        line.addWidget(self._ear)
        line.addWidget(self._trip)
        line.addStretch()
        inside.addLayout(line)
        self.chart = LatencyChart(look, ribbon=True)
        self.chart.setMinimumHeight(120)
        inside.addWidget(self.chart, 1)
        inside.addWidget(self._ribbon)

    def show_call(self, call: Call) -> None:
        """Its history."""
        self._title.setText(say(words.MINUTE_TITLE))
        self._ear.name.setText(say(words.MINUTE_EAR))
        self._trip.name.setText(say(words.MINUTE_TRIP))
        self._ribbon.setText(say(words.MINUTE_RIBBON))
        self.chart.setAccessibleName(self._title.text())
        self.chart.show_history(call.history)


class ListenCard(QFrame):
    """What came, what was made up, and what an ear would say."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setProperty("role", "card")
        inside = column(self, gap=6, margins=(18, 12, 18, 12))
        self._title, self._lead = label("heading"), label("hint", wrap=True)
        self._figures = Figures(FIGURES)
        rule = frame("rule")
        rule.setFixedHeight(1)
        self._mos_title, self._mos_lead = label("heading"), label("hint", wrap=True)
        self._bar = ShareBar(look, lines=2)
        for widget in (self._title, self._lead, self._figures):
            inside.addWidget(widget)
        inside.addSpacing(6)
        inside.addWidget(rule)
        inside.addWidget(self._mos_title)
        inside.addWidget(self._mos_lead)
        inside.addSpacing(2)
        inside.addWidget(self._bar)
        inside.addStretch()

    def show_voice(self, voice: Voice, stats: MediaStats | None) -> None:
        """The figures of the last seconds."""
        self._title.setText(say(words.LISTEN_TITLE))
        self._lead.setText(say(words.LISTEN_LEAD))
        self._mos_title.setText(say(words.MOS_TITLE))
        self._mos_lead.setText(say(words.MOS_LEAD))
        quality = voice.quality
        values: dict[str, str] = {}
        if quality is not None:
            for key in ("loss", "recovered", "concealed", "late"):
                values[key] = say(words.PERCENT, share=f"{getattr(quality, key):.1f}")
            values["jitter"] = say(words.EAR_MS, ms=f"{quality.jitter_ms:.1f}")
            values["buffer"] = say(words.EAR_MS, ms=f"{quality.buffer_ms:.0f}")
        if stats is not None:
            shorter, longer = (f"{ms / 1000:.1f}" for ms in stats.stretched_ms)
            values["stretched"] = say(words.STRETCHED_VALUE, shorter=shorter, longer=longer)
        self._figures.show_values(values, warn=_notable(quality))
        self._show_mos(quality)

    def _show_mos(self, quality: Quality | None) -> None:
        if quality is None:
            self._bar.show_shares((), "")
            return
        p = self._look.palette
        sound, delay = max(0.0, BEST - quality.listening), max(0.0, quality.listening - quality.mos)
        colour = {"clear": p.fill_good, "fair": p.fill_warn, "poor": p.fill_bad}[quality.word]
        shares = (
            Share(say(words.MOS_LEFT), max(0.0, quality.mos - 1), f"{quality.mos:.1f}", colour),
            Share(say(words.MOS_SOUND), sound, f"{sound:.1f}", p.outer),
            Share(say(words.MOS_DELAY), delay, f"{delay:.1f}", p.text3),
        )
        self._bar.show_shares(shares, ", ".join(f"{share.name} {share.number}" for share in shares))


def _notable(quality: Quality | None) -> tuple[str, ...]:
    """What is pointed at: what the cause speaks of."""
    if quality is None:
        return ()
    return {
        "loss": ("concealed",),
        "loss-bursts": ("concealed",),
        "late": ("late", "concealed"),
        "late-bursts": ("late", "concealed"),
        "buffer": ("buffer",),
    }.get(quality.cause, ())


def spread(left: QWidget, right: QWidget, shares: tuple[int, int] = (1, 1)) -> QWidget:
    """Two cards side by side."""
    both = QWidget()
    line = row(both, gap=12)
    line.addWidget(left, shares[0])
    line.addWidget(right, shares[1])
    return both
