"""The hand of somebody who has never seen the window: it looks for the word ClientHello, and clicks where it stands.

real window shown ─→ the ladder has a ClientHello ─→ mouse click on that line ─→ its bytes are on the screen ─→ a note

Clicks are real mouse events at places of the screen, sent through Qt; nothing within the program is called.
"""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest

import gui.main_window
from voip.journal.observations import Entry

LOOK_EVERY = 50
REACTION = 1_000
"""Milliseconds from seeing the line to the click: a person's."""


class HandledWindow(gui.main_window.MainWindow):
    """The real window, and somebody in front of it."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._clicks = 0
        self._seen_at = self._shown_at = 0.0
        self._eyes = QTimer(self, interval=LOOK_EVERY)
        self._eyes.timeout.connect(self._see)
        self._eyes.start()

    def take(self, entries: Iterable[Entry]) -> None:
        """As the window's own; notes when it is there to be seen."""
        super().take(entries)
        if self.isVisible() and not self._shown_at:
            self._shown_at = time.time()

    def _see(self) -> None:
        hex_view = self.pages.inspector.anatomy.hex if self.pages is not None else None
        if self._clicks and hex_view is not None and hex_view.isVisible() and self.inspection is not None:
            self._eyes.stop()
            message = self.state.link.rows[self.inspection.message]
            self._tell(message.name, len(message.raw))
        elif not self._seen_at and self._line_is_there():
            self._seen_at = time.time()
            QTimer.singleShot(REACTION, self._click)

    def _line_is_there(self) -> bool:
        return self.evidence.link.view.isVisible() and any(row.name == "ClientHello" for row in self.state.link.rows)

    def _click(self) -> None:
        view = self.evidence.link.view
        row = next(i for i, row in enumerate(self.state.link.rows) if row.name == "ClientHello")
        place = QPoint(view.width() // 2, int(view._tops()[row]) + 6)  # noqa: SLF001 - where the line is painted
        self._clicks += 1
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def _tell(self, name: str, size: int) -> None:
        found = {"message": name, "bytes": size, "clicks": self._clicks, "window": self._shown_at,
                 "seen": self._seen_at, "opened": time.time()}  # fmt: skip
        Path(os.environ["GLASSCALL_NEWCOMER"]).write_text(json.dumps(found), encoding="utf-8")


def lend() -> None:
    """The next window is a handled one."""
    gui.main_window.MainWindow = HandledWindow  # type: ignore[misc]
