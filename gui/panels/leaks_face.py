"""What encryption does not hide: the shape of the present call, what follows from it, and the lab's experiment."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout

from gui.panels.leak_view import LeakView
from gui.say import say
from gui.theme import Look
from gui.view_state import clock_text
from gui.widgets.basic import Mark, column, frame, label, row
from gui.widgets.size_plot import SizePlot
from gui.wire import Shape
from gui.words.wire import (
    CALL_NONE,
    CALL_TITLE,
    KILOBYTES,
    LEAK_LONG,
    LEAK_LONG_IDLE,
    LEAK_LONG_MORE,
    LEAK_NAMES,
    LEAK_NAMES_MORE,
    LEAK_WHO,
    LEAK_WHO_MORE,
    SAFE_WHAT,
    SAFE_WHAT_IDLE,
    SAFE_WHAT_MORE,
    SIZES_VARY,
    SIZES_VARY_MORE,
)

CALM = 0.5
"""Seconds between two changes."""
LOOK_BACK = 60.0
SPAN_LEAST = 10.0


class LeaksFace(QScrollArea):
    """Scrolls: the experiment stands below."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._shape = Shape()
        self._told = float("-inf")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        board = frame("clear")
        whole = column(board, gap=12, margins=(0, 0, 8, 8))
        card = frame("card")
        inside = column(card, gap=8, margins=(18, 14, 14, 12))
        self._title = label("heading")
        inside.addWidget(self._title)
        self._none = label("lead", centre=True, wrap=True)
        self._none.setMinimumHeight(110)
        self.plot = SizePlot(look, "outer")
        inside.addWidget(self._none)
        inside.addWidget(self.plot)
        whole.addWidget(card)
        lines = row(None, gap=12)
        left, right = column(None, gap=12), column(None, gap=12)
        lines.addLayout(left, 1)
        lines.addLayout(right, 1)
        self._who, self._long = self._fact(look, left), self._fact(look, left)
        self._what, self._names = self._fact(look, right), self._fact(look, right)
        whole.addLayout(lines)
        self.demo = LeakView(look)
        whole.addWidget(self.demo)
        whole.addStretch()
        self.setWidget(board)
        self._show()

    @staticmethod
    def _fact(look: Look, where: QVBoxLayout) -> tuple[Mark, QLabel, QLabel]:
        card, mark = frame("card"), Mark(look, "eye", "warn", 18)
        across = row(card, gap=12, margins=(16, 12, 14, 12))
        across.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words, title, more = column(None, gap=2), label("heading", wrap=True), label("body", wrap=True)
        words.addWidget(title)
        words.addWidget(more)
        words.addStretch()
        across.addLayout(words, 1)
        where.addWidget(card, 1)
        return mark, title, more

    def show_shape(self, shape: Shape, now: float) -> None:
        """The present call, as far as it was seen."""
        if shape is not self._shape and not 0 <= now - self._told < CALM:
            self._shape, self._told = shape, now
            self._show()

    def _show(self) -> None:
        shape = self._shape
        self._title.setText(say(CALL_TITLE))
        self._none.setText(say(CALL_NONE))
        self._none.setVisible(not shape.points)
        self.plot.setVisible(bool(shape.points))
        self.plot.setAccessibleName(self._title.text())
        if shape.points:
            drawn = shape.drawn(LOOK_BACK)
            began = drawn[0][0]
            self.plot.show_points(drawn, (began, max(shape.points[-1][0], began + SPAN_LEAST)))
        self._show_facts(shape)

    def _show_facts(self, shape: Shape) -> None:
        self._say(self._who, "eye", "warn", say(LEAK_WHO), say(LEAK_WHO_MORE))
        seen = say(LEAK_LONG_IDLE)
        if shape.records:
            size = say(KILOBYTES, count=f"{shape.bytes / 1000:,.0f}")
            seen = say(LEAK_LONG_MORE, duration=clock_text(shape.seconds), records=f"{shape.records:,}", size=size)
        self._say(self._long, "eye", "warn", say(LEAK_LONG), seen)
        steady = shape.steady
        if steady is None:
            self._say(self._what, "lock", "text2", say(SAFE_WHAT), say(SAFE_WHAT_IDLE))
        elif shape.constant:
            sizes = " / ".join(map(str, dict.fromkeys(steady.sizes)))
            told = say(SAFE_WHAT_MORE, share=f"{steady.share:.0%}", sizes=sizes)
            self._say(self._what, "lock", "good", say(SAFE_WHAT), told)
        else:
            self._say(self._what, "eye", "bad", say(SIZES_VARY), say(SIZES_VARY_MORE, share=f"{steady.share:.0%}"))
        self._say(self._names, "eye", "text2", say(LEAK_NAMES), say(LEAK_NAMES_MORE))

    @staticmethod
    def _say(fact: tuple[Mark, QLabel, QLabel], icon: str, colour: str, title: str, more: str) -> None:
        mark, head, body = fact
        mark.become(icon, colour)
        head.setText(title)
        body.setText(more)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
