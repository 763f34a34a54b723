"""The window: people · the call · why it is safe. It holds one `ViewState`, paints it, and emits intents.

entries ──→ take() ──→ reduce ──→ show ──→ Sidebar │ IdlePanel or CallPanel │ Evidence
                                             …or │ StudyRoom, when one looks closer: its pages are `gui.pages`
clicks and keys ──→ Intents (the bridge, or a test)
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QSizePolicy, QStackedWidget, QWidget

from gui.inspection import Inspection, Opened, opened
from gui.pages import Pages
from gui.panels.call import CallPanel
from gui.panels.call_bar import CallBar
from gui.panels.evidence import Evidence
from gui.panels.idle import IdlePanel
from gui.panels.leg_line import LegLine
from gui.panels.locks_card import LockRow
from gui.panels.sidebar import NARROW, Sidebar
from gui.panels.tour_guide import TourGuide
from gui.study import Page, Study
from gui.theme import Look
from gui.view_state import ViewState, dismiss, reduce, without_call
from gui.widgets.basic import column, row
from gui.widgets.key_log_banner import KeyLogBanner
from gui.widgets.ladder_view import LadderView
from gui.widgets.strip import ProblemStrip
from gui.wording import APP
from voip.journal.observations import Entry, Levels, Problem
from voip.journal.tape import Passed

FOLD_BELOW = 1080
"""Window widths under this fold the sidebar to its faces."""
CALL_WIDTH = 336
"""What the call keeps for itself in a narrow window."""
LOW = 720
"""Window heights under this are low."""


class Intents(Protocol):
    """What a person can want."""

    def call(self, name: str) -> None: ...
    def accept(self) -> None: ...
    def decline(self) -> None: ...
    def hang_up(self) -> None: ...
    def mute(self, on: bool) -> None: ...
    def words_match(self) -> None: ...
    def watch_relay(self, on: bool) -> None: ...
    def passed(self, number: int) -> tuple[Passed, ...]: ...
    def close(self) -> None: ...


class MainWindow(QMainWindow):
    """`clock` gives the journal's time. `shown` follows every painted state; `language` asks for another one."""

    shown = Signal(object)
    language = Signal(str)

    def __init__(self, look: Look, intents: Intents, clock: Callable[[], float], *, language: str = "auto") -> None:
        super().__init__()
        self.state = ViewState()
        self._look, self._intents, self._clock, self._language = look, intents, clock, language
        self._chosen = ""
        self._wired = False
        self.study: Study | None = None
        """What is looked at instead of the call, if anything."""
        self.pages: Pages | None = None
        """Made soon after the window is there, before a call has anything to lose by it."""
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
        self._connect()
        self._bind_keys()
        self._second = QTimer(self, interval=250)
        self._second.timeout.connect(self._show_time)
        self._soon = QTimer(self, singleShot=True, interval=400)
        self._soon.timeout.connect(self._prepare_all)
        self._beat = QTimer(self, interval=100)
        self._beat.timeout.connect(self._follow_wire)
        self.tour = TourGuide(look, self, self._find)
        self.tour.wanted.connect(self._turn_for_tour)
        self.evidence.doors.tour.connect(self._begin_tour)
        self._soon.start()
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
            self.call.show_levels(self.state.call)
        else:
            self.show_state()
        self.shown.emit(self.state)

    def show_state(self) -> None:
        """Paint everything from the present state."""
        state = self.state
        self.sidebar.show_state(state, self._chosen, self._language)
        self.idle.show_state(state, self._chosen)
        self.call.show_state(state, self._clock())
        self.evidence.show_state(state)
        if self.pages is not None and self.study is not None:
            self.pages.show_state(state, self.study, self._clock())
        page = self.call if state.call is not None else self.idle
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        self._focus_where_needed()
        self.banner.show_key_log(state.locks.key_log)
        self.tour.show_state(state)
        problems: dict[str, Problem] = {problem.about: problem for problem in state.problems}
        for about, strip in self.strips.items():
            strip.show_problem(problems.get(about))
        talking = state.call is not None and state.call.phase == "talking"
        if talking != self._second.isActive():
            (self._second.start if talking else self._second.stop)()
        peer = state.live_call.peer if state.live_call is not None else ""
        self.setWindowTitle(f"{peer} – {APP}" if peer else APP)

    def inspect(self, channel: Opened, message: int) -> None:
        """Open a message of a handshake."""
        self._go(Study("handshake", opened(channel, message)))
        if self.pages is not None:
            self.pages.inspector.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_page(self, page: Page) -> None:
        """Look closer, on that page."""
        self._go(Study(page) if self.study is None else replace(self.study, page=page))

    @property
    def inspection(self) -> Inspection | None:
        """What of a handshake is opened, if that is looked at."""
        return self.study.inspection if self.study is not None and self.study.page == "handshake" else None

    def _prepare(self) -> Pages:
        if self.pages is None:
            self.pages = Pages(self._look)
            room = self.pages.room
            self.pages.inspector.changed.connect(lambda inspection: self._go(Study("handshake", inspection)))
            room.turned.connect(self.open_page)
            room.closed.connect(self._leave_study)
            self._answer_with(room.call)
            for strip in room.strips.values():
                strip.dismissed.connect(self._dismiss)
            room.tour.connect(self._begin_tour)
            self._rooms.addWidget(room)
        return self.pages

    def _prepare_all(self) -> None:
        """One page at a time, so that the window stays at hand meanwhile."""
        if self._prepare().make_next():
            self._soon.start(60)

    def _go(self, study: Study) -> None:
        pages = self._prepare()
        self.study = study
        had_wire = hasattr(pages, "wire")
        pages.show_state(self.state, study, self._clock())
        if study.page == "wire":
            if not had_wire or not self._wired:
                self._wired = True
                pages.wire.watch.connect(self._intents.watch_relay)
            self._beat.start()
            self._follow_wire()
        else:
            self._beat.stop()
        self._rooms.setCurrentWidget(pages.room)

    def _leave_study(self) -> None:
        left = self.inspection
        self.study = None
        self._beat.stop()
        self._rooms.setCurrentIndex(0)
        if left is not None:
            card = {"link": self.evidence.link.view, "session": self.evidence.session.view}.get(left.channel)
            (card or self.evidence.leg).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.evidence.doors.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow_wire(self) -> None:
        if self.pages is not None:
            self.pages.follow(self._intents.passed, self._clock())

    def _open_lock(self, name: str) -> None:
        if name == "media":
            self.open_page("wire")
        else:
            self.inspect("link" if name == "link" else "session", 0)

    def _begin_tour(self) -> None:
        self._prepare()
        self.tour.start(self.state)

    def _turn_for_tour(self, page: str) -> None:
        step = self.tour.step
        if page == "home":
            if self.study is not None:
                self._leave_study()
        elif step is not None and step.inspection is not None:
            self._go(Study("handshake", step.inspection))
        else:
            self.open_page(cast("Page", page))
        if page == "wire" and step is not None and self.pages is not None:
            self.pages.wire.open("relay" if step.place == "wire-relay" else "live")

    def _find(self, place: str) -> QWidget | None:
        """The live thing that a step of the tour points at."""
        evidence, pages = self.evidence, self._prepare()
        at_home: dict[str, QWidget] = {
            "locks": evidence.locks,
            "ladder-link": evidence.link,
            "ladder-session": evidence.session,
            "leg": evidence.leg,
            "latency": evidence.latency,
            "words": self.call.words,
            "call-controls": self.call.hang_up if self.study is None else pages.room.call,
        }
        if place in at_home:
            return at_home[place]
        if place == "inspector-clienthello":
            return pages.inspector.anatomy
        if place == "keys":
            return pages.inspector.keys
        page = cast("Page", place.partition("-")[0])
        return pages.room.view(page)

    def _show_time(self) -> None:
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
        self._rooms = QStackedWidget()
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
        down.addLayout(strips)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.idle)
        self._pages.addWidget(self.call)
        down.addWidget(self._pages, 1)
        across.addWidget(middle, 2)
        across.addWidget(self.evidence)
        self.setCentralWidget(root)

    def _connect(self) -> None:
        self.evidence.opened.connect(self.inspect)
        self.evidence.doors.opened.connect(self.open_page)
        self.evidence.locks.opened.connect(self._open_lock)
        self.sidebar.picked.connect(self._pick)
        self.sidebar.called.connect(self._call)
        self.sidebar.theme.connect(self._look.choose)
        self.sidebar.language.connect(self._speak)
        self.idle.called.connect(self._call)
        self.call.again.connect(self._call)
        self.call.done.connect(self._put_away)
        self._answer_with(self.call)
        self.call.matched.connect(self._intents.words_match)

    def _answer_with(self, bar: CallPanel | CallBar) -> None:
        bar.accepted.connect(self._intents.accept)
        bar.declined.connect(self._intents.decline)
        bar.hung_up.connect(self._intents.hang_up)
        bar.muted.connect(self._intents.mute)

    def _bind_keys(self) -> None:
        for keys, act in (
            ("Esc", self._escape),
            ("Return", self._enter),
            ("Enter", self._enter),
            ("M", self._toggle_mute),
            ("Ctrl+Q", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _enter(self) -> None:
        call, focus = self.state.live_call, self.focusWidget()
        if call is not None and call.phase == "incoming":
            # Enter on a focused Decline must not accept.
            bar = self._answers
            (bar.decline if focus is bar.decline else bar.accept).click()
        elif isinstance(focus, LadderView | LegLine | LockRow):
            focus.open_current()
        elif self.study is not None:
            if isinstance(focus, QAbstractButton):
                focus.click()
        elif call is not None:
            if focus in {self.call.mute, self.call.hang_up, self.call.words.button}:
                focus.click()
        elif self.state.call is not None:
            (self.call.call_again if focus is self.call.call_again else self.call.close_card).click()
        elif focus is self.sidebar.settings:
            self.sidebar.settings.click()
        elif self._chosen:
            self.idle.button.click()

    def _escape(self) -> None:
        call = self.state.live_call
        if self.tour.step is not None:
            self.tour.leave()
        elif call is not None and call.phase == "incoming":
            self._intents.decline()
        elif self.study is not None:
            self._leave_study()
        elif call is None:
            self._put_away()
        else:
            self._intents.hang_up()

    def _toggle_mute(self) -> None:
        call = self.state.live_call
        if call is not None and call.phase == "talking":
            self._intents.mute(not call.mute.mine)

    def _pick(self, name: str) -> None:
        if name and name != self._chosen:
            self._chosen = name
            self._put_away()
            if self.study is not None and self.state.live_call is None:
                self._leave_study()

    def _call(self, name: str) -> None:
        if name and self.state.live_call is None:
            self._chosen = name
            self._intents.call(name)

    def _put_away(self) -> None:
        self.state = without_call(self.state)
        self.show_state()

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
        bar = self._answers
        if call is not None and call.phase == "incoming" and focus not in {bar.accept, bar.decline}:
            bar.accept.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.study is not None:
            return
        elif call is None and self.state.call is None and (focus is None or not focus.isVisible()):
            self.sidebar.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _answers(self) -> CallPanel | CallBar:
        """Where the buttons that answer a call are to be seen."""
        return self.call if self.pages is None or self.study is None else self.pages.room.call

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
        self.sidebar.show_state(self.state, self._chosen, self._language)
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Hang up and go."""
        if self.pages is not None:
            self.pages.stop()
        self._intents.close()
        super().closeEvent(event)
