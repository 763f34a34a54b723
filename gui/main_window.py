"""The window: people · the call · why it is safe. It holds one `ViewState`, paints it, and emits intents.

entries ──→ take() ──→ reduce ──→ show ──→ Sidebar │ IdlePanel or CallPanel │ Evidence
                                             …or │ StudyRoom, when one looks closer: `gui.studying`
clicks, and keys (`gui.keys`) ──→ Intents (the bridge, or a test)
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QWidget

from gui.inspection import Inspection, Opened
from gui.keys import Keys
from gui.pages import Pages
from gui.panels.call import CallPanel
from gui.panels.call_bar import CallBar
from gui.panels.evidence import Evidence
from gui.panels.idle import IdlePanel
from gui.panels.sidebar import NARROW, Sidebar
from gui.panels.study_room import StudyRoom
from gui.study import Page, Study
from gui.studying import Asking, Studying
from gui.theme import Look
from gui.view_state import Call, ViewState, dismiss, reduce, without_call
from gui.voice import Voice
from gui.widgets.basic import column, row
from gui.widgets.device_strip import DeviceStrip
from gui.widgets.key_log_banner import KeyLogBanner
from gui.widgets.stack import Stack
from gui.widgets.strip import ProblemStrip
from gui.wording import APP
from voip.journal.observations import Entry, Levels, Problem

FOLD_BELOW = 1080
"""Window widths under this fold the sidebar to its faces."""
CALL_WIDTH = 336
"""What the call keeps for itself in a narrow window."""
LOW = 720
"""Window heights under this are low."""


class Intents(Asking, Protocol):
    """What a person can want."""

    def call(self, name: str) -> None: ...
    def accept(self) -> None: ...
    def decline(self) -> None: ...
    def hang_up(self) -> None: ...
    def mute(self, on: bool) -> None: ...
    def words_match(self) -> None: ...
    def close(self) -> None: ...


class MainWindow(QMainWindow):
    """`clock` gives the journal's time. `shown` follows every painted state; `language` asks for another one."""

    shown = Signal(object)
    language = Signal(str)

    def __init__(self, look: Look, intents: Intents, clock: Callable[[], float], *, language: str = "auto") -> None:
        super().__init__()
        self.state = ViewState()
        self._look, self.intents, self._clock, self._language = look, intents, clock, language
        self.chosen = ""
        """Whom one would call."""
        self.setWindowTitle(APP)
        self.setMinimumSize(QSize(860, 520))
        self.resize(1200, 840)
        self.sidebar, self.idle, self.call, self.evidence = (
            Sidebar(look),
            IdlePanel(look),
            CallPanel(look),
            Evidence(look),
        )
        self._lay_out()
        self.studying = Studying(look, self, self, self._rooms, intents, clock)
        self._connect()
        self.keys = Keys(self)
        self._second = QTimer(self, interval=250)
        self._second.timeout.connect(self._show_time)
        self.show_state()

    def take(self, entries: Iterable[Entry]) -> None:
        """Fold new journal entries in, and paint once."""
        before = self.state
        only_levels = True
        for entry in entries:
            self.state = reduce(self.state, entry)
            only_levels = only_levels and isinstance(entry.what, Levels)
        if self.state is before:
            return
        if only_levels and self.state.call is not None:
            self._show_levels(self.state.call)
        else:
            self.show_state()
        self.shown.emit(self.state)

    def show_state(self) -> None:
        """Paint everything from the present state."""
        state = self.state
        self.sidebar.show_state(state, self.chosen, self._language)
        self.idle.show_state(state, self.chosen)
        self.call.show_state(state, self._clock())
        self.evidence.show_state(state)
        self.studying.show_state(state)
        page = self.call if state.call is not None else self.idle
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        self._focus_where_needed()
        self.banner.show_key_log(state.locks.key_log)
        problems: dict[str, Problem] = {problem.about: problem for problem in state.problems}
        for about, strip in self.strips.items():
            strip.show_problem(problems.get(about))
        talking = state.call is not None and state.call.phase == "talking"
        if talking != self._second.isActive():
            (self._second.start if talking else self._second.stop)()
        self._show_notes()
        peer = state.live_call.peer if state.live_call is not None else ""
        self.setWindowTitle(f"{peer} – {APP}" if peer else APP)

    @property
    def study(self) -> Study | None:
        """What is looked at instead of the call, if anything."""
        return self.studying.study

    @property
    def pages(self) -> Pages | None:
        """What one looks closer on, as soon as it is made."""
        return self.studying.pages

    @property
    def inspection(self) -> Inspection | None:
        """What of a handshake is opened, if that is looked at."""
        return self.studying.inspection

    def inspect(self, channel: Opened, message: int) -> None:
        """Open a message of a handshake."""
        self.studying.inspect(channel, message)

    def open_page(self, page: Page) -> None:
        """Look closer, on that page."""
        self.studying.open_page(page)

    def told(self, kind: str, path: str, code: str, sentence: str) -> None:
        """What became of an export."""
        self.studying.exporting.told(kind, path, code, sentence)

    @property
    def answers(self) -> CallPanel | CallBar:
        """Where the buttons that answer a call are to be seen."""
        return self.call if self.pages is None or self.study is None else self.pages.room.call

    def put_away(self) -> None:
        """The card of a call that is over has been read."""
        self.state = without_call(self.state)
        self.show_state()

    def _show_levels(self, call: Call) -> None:
        self.call.show_levels(call)
        if self.pages is not None and self.study is not None:
            self.pages.show_levels(call, self.study)

    def _show_notes(self) -> None:
        now = self._clock()
        # The voice page has it beside the devices.
        voice = self.state.voice if self.study is None or self.study.page != "voice" else Voice()
        self.sidebar.note.show_voice(Voice() if self.sidebar.folded else voice, now)
        self.note.show_voice(voice if self.sidebar.folded else Voice(), now)

    def _show_time(self) -> None:
        self._show_notes()
        self.call.show_time(self._clock())
        if self.pages is not None:
            self.pages.room.call.show_time(self._clock())

    def _lay_out(self) -> None:
        root = QWidget()
        whole = column(root, gap=0)
        self.banner = KeyLogBanner(self._look)
        whole.addWidget(self.banner)
        outside = row(None, gap=0)
        whole.addLayout(outside, 1)
        outside.addWidget(self.sidebar)
        self._rooms = Stack()
        outside.addWidget(self._rooms, 1)
        home = QWidget()
        across = row(home, gap=0)
        self._rooms.addWidget(home)
        middle = QWidget()
        middle.setProperty("role", "stage")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        middle.setMinimumWidth(300)
        middle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        down = column(middle, gap=0)
        strips = column(None, gap=8, margins=(20, 16, 20, 0))
        self.strips = {about: ProblemStrip(self._look) for about in ("link", "audio", "store", "call")}
        for strip in self.strips.values():
            strip.dismissed.connect(self._dismiss)
            strips.addWidget(strip)
        self.note = DeviceStrip(self._look, wide=True)
        strips.addWidget(self.note)
        down.addLayout(strips)
        self._pages = Stack()
        self._pages.addWidget(self.idle)
        self._pages.addWidget(self.call)
        down.addWidget(self._pages, 1)
        across.addWidget(middle, 2)
        across.addWidget(self.evidence)
        self.setCentralWidget(root)

    def _connect(self) -> None:
        self.studying.furnished.connect(self._furnish)
        self.studying.dismissed.connect(self._dismiss)
        self._rooms.currentChanged.connect(self._show_notes)
        self.sidebar.picked.connect(self._pick)
        self.sidebar.called.connect(self._call)
        self.sidebar.theme.connect(self._look.choose)
        self.sidebar.language.connect(self._speak)
        self.idle.called.connect(self._call)
        self.call.again.connect(self._call)
        self.call.done.connect(self.put_away)
        self.call.heard.connect(lambda: self.open_page("voice"))
        self._answer_with(self.call)
        self.call.matched.connect(self.intents.words_match)

        for note in (self.sidebar.note, self.note):
            note.wanted.connect(self.intents.switch_device)
            note.dismissed.connect(self._dismiss)

    def _furnish(self, room: StudyRoom) -> None:
        self._answer_with(room.call)
        for strip in room.strips.values():
            strip.dismissed.connect(self._dismiss)

    def _answer_with(self, bar: CallPanel | CallBar) -> None:
        bar.accepted.connect(self.intents.accept)
        bar.declined.connect(self.intents.decline)
        bar.hung_up.connect(self.intents.hang_up)
        bar.muted.connect(self.intents.mute)

    def _pick(self, name: str) -> None:
        if name and name != self.chosen:
            self.chosen = name
            self.put_away()
            if self.study is not None and self.state.live_call is None:
                self.studying.leave()

    def _call(self, name: str) -> None:
        if name and self.state.live_call is None:
            self.chosen = name
            self.intents.call(name)

    def _dismiss(self, about: str) -> None:
        self.state = dismiss(self.state, about)
        self.show_state()

    def _speak(self, language: str) -> None:
        self._language = language
        self.language.emit(language)

    def _focus_where_needed(self) -> None:
        """An incoming call's answer is one key away; a hidden button keeps no focus."""
        focus = self.focusWidget()
        call = self.state.live_call
        bar = self.answers
        if call is not None and call.phase == "incoming" and focus not in {bar.accept, bar.decline}:
            bar.accept.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.study is not None:
            return
        elif call is None and self.state.call is None and (focus is None or not focus.isVisible()):
            self.sidebar.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Another language: say everything again."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_second"):
            self.show_state()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fold the sidebar in a narrow window."""
        width = event.size().width()
        folded = width < FOLD_BELOW
        self.sidebar.fold(folded)
        self.evidence.fit(min(width - NARROW - CALL_WIDTH, 560) if folded else min(720, width // 2 - 40), tight=folded)
        self.call.compact(event.size().height() < LOW)
        self.sidebar.show_state(self.state, self.chosen, self._language)
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Hang up and go."""
        self.studying.stop()
        self.intents.close()
        super().closeEvent(event)
