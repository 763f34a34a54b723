"""The wire page: what passes outside, seen by an eavesdropper, by the relay, and by whoever only measures.

Tape.since ──→ show_rows ──→ gui.wire: Window, Shape ──→ the face that is open
RelaySaw ────→ show_relay ─────────────────────────────→ the relay's eye;   watch(bool) asks the relay
"""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from gui.panels.leaks_face import LeaksFace
from gui.panels.relay_eye import RelayEye
from gui.panels.wire_live import WireLive
from gui.say import say
from gui.theme import Look
from gui.widgets.basic import column
from gui.widgets.segments import Segments
from gui.wire import Shape, Window, advance, grown
from gui.words.wire import FACES
from voip.journal.observations import RelaySaw
from voip.journal.tape import Passed

BEAT = 0.09
"""Seconds at least between two paints: ten a second are enough to see it flow."""


class WireView(QWidget):
    """`watch(bool)`: a person wants the relay to be asked what it forwards, or not any more."""

    watch = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._window, self._shape = Window(), Shape()
        self._told = float("-inf")
        whole = column(self, gap=12, margins=(0, 2, 0, 0))
        self.faces = Segments(tuple(FACES))
        self.faces.chosen.connect(self.open)
        whole.addWidget(self.faces, 0, Qt.AlignmentFlag.AlignLeft)
        self.live, self.relay, self.leaks = WireLive(look), RelayEye(look), LeaksFace(look)
        self._pages: dict[str, QWidget] = {"live": self.live, "relay": self.relay, "leaks": self.leaks}
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        whole.addLayout(self._stack, 1)
        self.relay.watch.connect(self.watch)
        self._translate()
        self.open("live")

    def open(self, face: str) -> None:
        """Show one face: `live`, `relay` or `leaks`."""
        self._stack.setCurrentWidget(self._pages[face])
        self.faces.show_chosen(face)
        self._told = float("-inf")
        self._show()

    def show_rows(self, new: Iterable[Passed], now: float) -> None:
        """Records that passed since the last call, and the time; cheap, and painted at most ten times a second."""
        rows = tuple(new)
        self._window = advance(self._window, rows, now)
        self._shape = grown(self._shape, rows)
        self._show()

    def show_relay(self, saw: RelaySaw | None) -> None:
        """What the relay said last of what it forwarded; None when it was not asked."""
        self.relay.show_relay(saw)

    def show_watching(self, *, on: bool) -> None:
        """Whether the relay is being asked: after a call ended, say, it is not."""
        self.relay.show_asking(on=on)

    def _show(self) -> None:
        now = self._window.now
        if 0 <= now - self._told < BEAT:
            return
        self._told = now
        page = self._stack.currentWidget()
        if page is self.live:
            self.live.show_window(self._window)
        elif page is self.leaks:
            self.leaks.show_shape(self._shape, now)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    def _translate(self) -> None:
        self.faces.name({key: say(text) for key, text in FACES.items()})
