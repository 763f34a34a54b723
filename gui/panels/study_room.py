"""Where one looks closer: a bar with the pages and the call, and under it the page.

‹ Back   [Handshake Certificates The wire Voice Compare Attack lab]       Export… Tour  (B) bob 02:14 (mic) (hang up)
┌───────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
│ Inspector · CertificatesView · WireView · VoiceView · CompareView · LabView                                     │
"""

from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.handshake_words import BACK
from gui.panels.call_bar import CallBar
from gui.say import say
from gui.study import Page, Study
from gui.theme import Look
from gui.view_state import ViewState
from gui.widgets.basic import column, row
from gui.widgets.icons import icon
from gui.widgets.segments import Segments
from gui.widgets.stack import Stack
from gui.widgets.strip import ProblemStrip
from gui.words.export import EXPORT, EXPORT_HINT
from gui.words.study import PAGE, PAGE_HINT, PAGES, TOUR, TOUR_HINT
from voip.journal.observations import Problem

NARROW = 900
GAP = 10


class StudyRoom(QWidget):
    """`turned(Page)`: a person wants another page; `closed`: they want back; `tour`, `export`: that was asked for."""

    turned = Signal(str)
    closed = Signal()
    tour = Signal()
    export = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pages: dict[Page, QWidget] = {}
        self.setProperty("role", "stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._whole = whole = column(self, gap=12, margins=(18, 12, 18, 16))
        self.strips = {about: ProblemStrip(look) for about in ("link", "audio", "store", "call")}
        for strip in self.strips.values():
            whole.addWidget(strip)
        whole.addLayout(self._head(look))
        self._stack = Stack()
        whole.addWidget(self._stack, 1)
        look.changed.connect(self._dress)
        self._dress()

    def _head(self, look: Look) -> QHBoxLayout:
        head = row(None, gap=GAP)
        self.back, self.learn, self.save = QPushButton(), QPushButton(), QPushButton()
        for button, signal in ((self.back, self.closed), (self.learn, self.tour), (self.save, self.export)):
            button.setProperty("tone", "plain")
            button.clicked.connect(signal)
        self.pages = Segments(get_args(Page))
        self.pages.chosen.connect(self.turned)
        self.call = CallBar(look)
        head.addWidget(self.back)
        head.addWidget(self.pages)
        head.addStretch()
        head.addWidget(self.save)
        head.addWidget(self.learn)
        head.addWidget(self.call)
        return head

    def add(self, page: Page, view: QWidget) -> None:
        """`view` is what `page` shows."""
        self._pages[page] = view
        self._stack.addWidget(view)

    def has(self, page: Page) -> bool:
        """Whether it was made."""
        return page in self._pages

    def view(self, page: Page) -> QWidget | None:
        """What `page` shows, if it was made."""
        return self._pages.get(page)

    def show_state(self, state: ViewState, study: Study, now: float) -> None:
        """Paint the bar, and turn to the page; its view is painted by whoever made it."""
        self.call.show_call(state.live_call, now)
        problems: dict[str, Problem] = {problem.about: problem for problem in state.problems}
        for about, strip in self.strips.items():
            strip.show_problem(problems.get(about))
        self._name()
        self._fit()
        self.pages.show_chosen(study.page)
        view = self._pages[study.page]
        if self._stack.currentWidget() is not view:
            self._stack.setCurrentWidget(view)

    def _name(self) -> None:
        self.back.setText(say(BACK))
        self.back.setToolTip(f"{say(BACK)} (Esc)")
        self.learn.setText(say(TOUR))
        self.learn.setToolTip(say(TOUR_HINT))
        self.save.setText(say(EXPORT))
        self.save.setToolTip(f"{say(EXPORT_HINT)} (Ctrl+E)")
        self.pages.setAccessibleName(say(PAGES))
        self.pages.name({page: say(text) for page, text in PAGE.items()})
        for page, text in PAGE_HINT.items():
            self.pages.buttons[page].setToolTip(say(text))

    def _fit(self) -> None:
        """In a narrow bar the pages and the call come first; tour and export are at home, too."""
        margins = self._whole.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        shown = [self.back, self.pages, *([self.call] if not self.call.isHidden() else [])]
        for button in (self.learn, self.save):
            shown.append(button)
            needed = sum(widget.sizeHint().width() + GAP for widget in shown) + 2 * GAP
            button.setVisible(needed <= room)

    def _dress(self) -> None:
        self.back.setIcon(icon("back", self._look.palette.text2, 16))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room."""
        narrow = event.size().width() < NARROW
        self.pages.tighten(narrow)
        self._whole.setContentsMargins(*((10, 10, 10, 10) if narrow else (18, 12, 18, 16)))
        self._fit()
        super().resizeEvent(event)
