"""A long page made a little at a time, so that the window, and the voice beside it, are never held up.

Iterator[None], a pause after each widget ──→ a few milliseconds at once ──→ the next turn of the loop …
"""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

AT_ONCE = 0.006
"""Seconds of making before the loop has its turn; laying out and painting what was made come on top."""


class Unfolding(QObject):
    """Makes one page; a new one, begun before the old is done, takes its place."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] = iter(())
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._go_on)

    @property
    def done(self) -> bool:
        """Whether everything that was begun is made."""
        return not self._next.isActive()

    def begin(self, steps: Iterator[None]) -> None:
        """Make what `steps` makes; a short page is there when this returns."""
        self._steps = steps
        self._go_on()

    def _go_on(self) -> None:
        self._next.stop()
        until = time.monotonic() + AT_ONCE
        for _ in self._steps:
            if time.monotonic() >= until:
                self._next.start()
                return
