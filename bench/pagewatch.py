"""`lagwatch.py` for a window whose every page is looked at during the call: `pagewatch.py FILE phone …`.

While the call talks it opens one page after another, every `TURN`, and looks at the wire for as long again. A timer
that should ring every `PROBE` notes how late it was: so long the Qt loop was not free. FILE gets the lags of the
phone's event loop, FILE.qt those of the window's.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import get_args

import lagwatch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from rows import percentile

import gui.main_window
import voip.client.fitting
from gui.inspection import Face, Inspection, Opened
from gui.study import Page, Study
from voip.cli import main
from voip.journal.observations import Entry

PROBE = 0.01
TURN = 0.7
"""Seconds for each page: twenty turns fit into the measured part of a call."""


class WatchedWindow(gui.main_window.MainWindow):
    """Turns its own pages, and knows how late its loop was."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.lags: list[tuple[float, str]] = []
        """How late each ring was, ms, and the page that was opened last."""
        self._due, self._page = 0.0, ""
        self._turns = cycle(self._pages_in_turn())
        self._probe, self._turn = QTimer(self), QTimer(self, interval=int(1000 * TURN))
        self._probe.setTimerType(Qt.TimerType.PreciseTimer)
        self._probe.setInterval(int(1000 * PROBE))
        self._probe.timeout.connect(self._ring)
        self._turn.timeout.connect(self._turn_page)

    def take(self, entries: Iterable[Entry]) -> None:
        """As the window's own; begins and ends with the talking."""
        super().take(entries)
        talking = self.state.call is not None and self.state.call.phase == "talking"
        if talking and not self._turn.isActive():
            self._turn.start()
            QTimer.singleShot(int(1000 * lagwatch.SETTLE), self._begin)
        elif not talking and self._turn.isActive():
            self._finish()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """As the window's own."""
        self._finish()
        super().closeEvent(event)

    def _finish(self) -> None:
        self._turn.stop()
        if self._probe.isActive():
            self._probe.stop()
            write(self.lags)

    def _begin(self) -> None:
        self._due = time.monotonic() + PROBE
        self._probe.start()

    def _ring(self) -> None:
        now = time.monotonic()
        self.lags.append((1000 * max(0.0, now - self._due), self._page))
        self._due = now + PROBE

    def _turn_page(self) -> None:
        self._page, turn = next(self._turns)
        turn()

    def _pages_in_turn(self) -> list[tuple[str, Callable[[], object]]]:
        turns: list[tuple[str, Callable[[], object]]] = [
            (f"{channel} {face}", partial(self.studying.go, Study("handshake", Inspection(channel, face=face))))
            for channel in get_args(Opened)
            for face in get_args(Face)
        ]
        for page in get_args(Page):
            turns.append((page, partial(self.open_page, page)))
            turns.append(("wire", partial(self.open_page, "wire")))
        return [*turns, ("call", self.studying.leave)]


def write(lags: list[tuple[float, str]]) -> None:
    """Leave the figures beside the phone's, and for each page its longest."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}
    late = [lag for lag, _ in lags]
    found: dict[str, object] = {name: round(percentile(late, share), 2) for name, share in shares.items() if late}
    pages: dict[str, float] = {}
    for lag, page in lags:
        pages[page] = max(pages.get(page, 0.0), round(lag, 2))
    found["pages"] = dict(sorted(pages.items(), key=lambda item: -item[1]))
    Path(f"{sys.argv[1]}.qt").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    gui.main_window.MainWindow = WatchedWindow  # type: ignore[misc]
    voip.client.fitting.FittedPhone = lagwatch.WatchedPhone  # type: ignore[misc]
    sys.exit(main(sys.argv[2:]))
