"""What the relay itself says that it forwards for us, held against what we know: its eye, in its own words."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QPushButton, QStackedLayout, QWidget

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.widgets.relay_table import RelayTable
from gui.words.wire import (
    ASK,
    ASKING,
    RELAY_HEADER,
    RELAY_LEAD,
    RELAY_LIMIT,
    RELAY_LOST,
    RELAY_MATCHED,
    RELAY_NONE,
    RELAY_NOT_ASKED,
    RELAY_SEES,
    RELAY_SKIPPED,
    RELAY_WAITING,
)
from voip.journal.observations import RelaySaw


class RelayEye(QWidget):
    """`watch(bool)`: a person wants the relay to be asked, or not any more."""

    watch = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._saw: RelaySaw | None = None
        whole = column(self, gap=12)
        card = frame("card")
        inside = column(card, gap=8, margins=(18, 14, 14, 14))
        top = row(None, gap=12)
        self._mark, self._headline = Mark(look, "eye", "text2", 22), label("title", wrap=True)
        self.ask = QPushButton()
        self.ask.setCheckable(True)
        self.ask.toggled.connect(self._on_ask)
        top.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self._headline, 1)
        top.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignTop)
        self._lead = label("body", wrap=True)
        inside.addLayout(top)
        inside.addWidget(self._lead)
        whole.addWidget(card)
        card = frame("card")
        inside = column(card, gap=6, margins=(1, 6, 4, 10))
        self._faces = QStackedLayout()
        self._none = label("lead", centre=True, wrap=True)
        self.table = RelayTable(look)
        self.table.setMinimumHeight(220)
        self.table.held.connect(lambda _on: self._show_rows())
        self._faces.addWidget(self._none)
        self._faces.addWidget(self.table)
        inside.addLayout(self._faces, 1)
        self._limit = label("hint", wrap=True)
        self._limit.setContentsMargins(14, 0, 12, 0)
        inside.addWidget(self._limit)
        whole.addWidget(card, 1)
        self._translate()

    def show_relay(self, saw: RelaySaw | None) -> None:
        """What the relay said last; None when it was not asked."""
        if saw is not self._saw:
            self._saw = saw
            self._show()

    def show_asking(self, *, on: bool) -> None:
        """Whether the relay is being asked, without asking it now."""
        self.ask.blockSignals(True)  # noqa: FBT003 - its only argument
        self.ask.setChecked(on)
        self.ask.blockSignals(False)  # noqa: FBT003 - its only argument
        self._show()

    def _on_ask(self, on: bool) -> None:
        self._show()
        self.watch.emit(on)

    def _show(self) -> None:
        saw = self._saw
        told = saw is not None and saw.matched + saw.unknown > 0
        colour = "text2"
        if saw is not None and told:
            self._headline.setText(say(RELAY_MATCHED, matched=f"{saw.matched:,}", unknown=f"{saw.unknown:,}"))
            # Green by observation only: something matched, and nothing else did not.
            colour = "good" if saw.matched and not saw.unknown else "bad"
        else:
            self._headline.setText(say(RELAY_WAITING if self.ask.isChecked() else RELAY_NOT_ASKED))
        icon = {"good": "shield-check", "bad": "shield-alert"}.get(colour, "eye")
        self._mark.become(icon, colour)
        tone(self._headline, colour if told else "")
        skipped = say(RELAY_SKIPPED, count=f"{saw.skipped:,}") if saw is not None and saw.skipped else ""
        lost = say(RELAY_LOST, count=f"{saw.lost:,}") if saw is not None and saw.lost else ""
        self._limit.setText(" ".join(filter(None, (say(RELAY_HEADER), say(RELAY_LIMIT), skipped, lost))))
        self.ask.setText(say(ASKING if self.ask.isChecked() else ASK))
        self._show_rows()

    def _show_rows(self) -> None:
        if not self.table.holding:
            rows = self._saw.rows if self._saw is not None else ()
            self.table.show_rows(rows)
            self._faces.setCurrentWidget(self.table if rows else self._none)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    def _translate(self) -> None:
        self._lead.setText(say(RELAY_LEAD))
        self._none.setText(say(RELAY_NONE))
        self.table.setAccessibleName(say(RELAY_SEES))
        self._show()
