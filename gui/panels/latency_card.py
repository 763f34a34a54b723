"""How long the voice takes: now, over the last minute, and where the time goes."""

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui.say import say
from gui.theme import Look, type_face
from gui.view_state import Call
from gui.widgets.basic import column, label, row
from gui.widgets.latency_chart import LatencyChart
from gui.widgets.stage_bar import StageBar
from gui.wording import LATENCY_IDLE, LATENCY_TITLE, MEDIA_KEYED, MEDIA_LINE, MOUTH_TO_EAR, ROUND_TRIP


class LatencyCard(QFrame):
    """Two numbers, a chart, a bar."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, gap=4, margins=(16, 12, 16, 12))
        self._title = label("heading")
        inside.addWidget(self._title)
        self._idle = label("hint")
        inside.addWidget(self._idle)
        self._measured = QWidget()
        inside.addWidget(self._measured)
        inside = column(self._measured, gap=0, margins=(0, 4, 0, 0))
        top = row(None, gap=24)
        numbers = column(None, gap=0)
        self._ear, self._ear_name = self._number("inner", 26)
        self._trip, self._trip_name = self._number("outer", 17)
        numbers.addWidget(self._ear)
        numbers.addWidget(self._ear_name)
        numbers.addSpacing(6)
        numbers.addWidget(self._trip)
        numbers.addWidget(self._trip_name)
        numbers.addStretch()
        top.addLayout(numbers)
        self._chart = LatencyChart(look)
        top.addWidget(self._chart, 1)
        inside.addLayout(top)
        inside.addSpacing(12)
        self._bar = StageBar(look)
        inside.addWidget(self._bar)
        inside.addSpacing(6)
        self._media = label("hint", wrap=True)
        inside.addWidget(self._media)

    @staticmethod
    def _number(tone: str, size: int) -> tuple[QLabel, QLabel]:
        number, name = label("number"), label("hint")
        number.setProperty("tone", tone)
        number.setStyleSheet(f"font-size: {size}px; font-weight: 600;")
        number.setFont(type_face(size, QFont.Weight.DemiBold, figures=True))
        number.setMinimumWidth(104)
        return number, name

    def show_call(self, call: Call | None) -> None:
        """Paint what was measured in `call`."""
        latency = call.latency if call is not None else None
        self._title.setText(say(LATENCY_TITLE))
        self._ear_name.setText(say(MOUTH_TO_EAR))
        self._trip_name.setText(say(ROUND_TRIP))
        self._ear.setText(f"{latency.mouth_to_ear:.0f} ms" if latency else "–")
        self._trip.setText(f"{latency.round_trip:.1f} ms" if latency else "–")
        self._chart.show_history(call.history if call is not None else ())
        self._bar.show_stages(latency.stages if latency else {})
        self._idle.setText(say(LATENCY_IDLE))
        self._idle.setVisible(latency is None)
        self._measured.setVisible(latency is not None)
        self._media.setVisible(call is not None and call.stats is not None)
        if call is not None and call.stats is not None:
            stats = call.stats
            told = say(
                MEDIA_LINE,
                sent=f"{stats.sent:,}",
                received=f"{stats.received:,}",
                lost=stats.lost,
                rejected=stats.rejected,
            )
            self._media.setText(told)
            self._media.setToolTip(say(MEDIA_KEYED, profile=call.profile) if call.profile else "")
        self.setAccessibleName(
            f"{self._title.text()}. {self._ear_name.text()} {self._ear.text()}. "
            f"{self._trip_name.text()} {self._trip.text()}. {self._media.text()}"
        )
