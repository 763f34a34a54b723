"""The wire as it runs: a strip in time, and each record as the eavesdropper has it and as we have it.

strip ──────────────────────────→ now
What the eavesdropper sees │ What it meant to us
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.widgets.legend import Legend
from gui.widgets.wire_strip import LINE_COLOUR, WireStrip
from gui.widgets.wire_table import WireTable
from gui.wire import Window, without_voice
from gui.words.wire import EVE, HELD, HIDE_VOICE, LINES, PAUSE, PAUSED, RESUME, SHOW_VOICE, STILL_SEALED, STRIP_TITLE
from voip.journal.tape import Passed

CALM = 0.5
"""Seconds between two changes of the table; the strip flows, the table is there to be read."""


class WireLive(QWidget):
    """Flows until somebody pauses it or reads a line."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._latest = self._window = Window()
        self._told = float("-inf")
        whole = column(self, gap=12)
        card = frame("card")
        inside = column(card, gap=8, margins=(16, 12, 12, 10))
        top = row(None, gap=14)
        self._title = label("heading")
        top.addWidget(self._title, 1)
        self._legend = {line: Legend(look, colour) for line, colour in LINE_COLOUR.items()}
        for entry in self._legend.values():
            top.addWidget(entry)
        self.pause = QPushButton()
        self.pause.setCheckable(True)
        self.pause.setProperty("tone", "chip")
        self.pause.toggled.connect(self._on_pause)
        inside.addLayout(top)
        self.strip = WireStrip(look)
        inside.addWidget(self.strip)
        whole.addWidget(card)
        card = frame("card")
        inside = column(card, gap=6, margins=(1, 6, 4, 8))
        self.table = WireTable(look)
        self.table.setMinimumHeight(220)
        inside.addWidget(self.table, 1)
        foot = row(None, gap=10, margins=(14, 2, 12, 2))
        self._sealed = label("hint", wrap=True)
        self._state = label("caption")
        self.quiet = QPushButton()
        self.quiet.setCheckable(True)
        self.quiet.setProperty("tone", "chip")
        self.quiet.toggled.connect(self._on_quiet)
        foot.addWidget(Mark(look, "lock", "inner", 14), 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self._sealed, 1)
        foot.addWidget(self._state)
        foot.addWidget(self.quiet)
        foot.addWidget(self.pause)
        inside.addLayout(foot)
        whole.addWidget(card, 1)
        self.table.lit.connect(self._on_lit)
        self.table.held.connect(self._on_held)
        self._translate()

    def show_window(self, window: Window) -> None:
        """The wire now."""
        self._latest = window
        if self.pause.isChecked() or self.table.holding:
            return  # what is looked at stays, however long
        self._window = window
        self.strip.show_window(window)
        if not 0 <= window.now - self._told < CALM:
            self._show_table()

    def _show_table(self) -> None:
        rows = self._window.rows
        self._told = self._window.now
        self.table.show_rows(without_voice(rows) if self.quiet.isChecked() else rows, self._window.origin or 0.0)

    def _on_pause(self, _on: bool) -> None:
        self._translate()
        self.show_window(self._latest)

    def _on_quiet(self, _on: bool) -> None:
        self._translate()
        self._show_table()

    def _on_held(self, _on: bool) -> None:
        self._show_state()
        self.show_window(self._latest)

    def _on_lit(self, line: int) -> None:
        lit: Passed | None = self.table.row(line)
        self.strip.light(lit)

    def _show_state(self) -> None:
        paused = self.pause.isChecked()
        self._state.setText(say(PAUSED) if paused else say(HELD) if self.table.holding else "")
        tone(self._state, "warn" if paused else "")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    def _translate(self) -> None:
        self._title.setText(say(STRIP_TITLE))
        self.strip.setAccessibleName(say(STRIP_TITLE))
        self.table.setAccessibleName(say(EVE))
        self._sealed.setText(say(STILL_SEALED))
        self.quiet.setText(say(SHOW_VOICE if self.quiet.isChecked() else HIDE_VOICE))
        self.pause.setText(say(RESUME if self.pause.isChecked() else PAUSE))
        for line, entry in self._legend.items():
            entry.name.setText(say(LINES[line]))
        self._show_state()
        self.table.viewport().update()
        self.strip.update()
