"""Looking closer: which page is looked at instead of the call, the ways there and back, the tour, and the export.

doors, locks, ladders, the tour ──→ go(Study) ──→ Pages.show_state ──→ the room, in the place of the home
                                     leave() ──→ the home, with the focus where one came from
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.exporting import Exporting
from gui.inspection import Inspection, Opened, opened
from gui.pages import Pages
from gui.panels.tour_guide import TourGuide
from gui.study import Page, Study
from gui.theme import Look
from gui.view_state import ViewState
from voip.journal.tape import Passed

if TYPE_CHECKING:
    from gui.panels.call import CallPanel
    from gui.panels.evidence import Evidence


class Asking(Protocol):
    """What looking closer asks of the phone."""

    def watch_relay(self, on: bool) -> None: ...
    def passed(self, number: int) -> tuple[Passed, ...]: ...
    def export(self, kind: str, path: str, language: str) -> None: ...
    def choose_voice(self, mode: str) -> None: ...
    def process_voice(self, on: bool) -> None: ...
    def switch_device(self, kind: str, device: str) -> None: ...


class Home(Protocol):
    """Where one looks closer from."""

    @property
    def state(self) -> ViewState: ...
    @property
    def evidence(self) -> "Evidence": ...
    @property
    def call(self) -> "CallPanel": ...


class Studying(QObject):
    """`furnished(StudyRoom)`: the room was made; its bar wants to be heard. `prepared`: so was every page in it.

    `dismissed(about)`: something was read.
    """

    furnished = Signal(object)
    prepared = Signal()
    dismissed = Signal(str)

    def __init__(
        self, look: Look, home: Home, window: QWidget, rooms: QStackedWidget, asking: Asking, clock: Callable[[], float]
    ) -> None:
        super().__init__(window)
        self._look, self._home, self._rooms, self._asking, self._clock = look, home, rooms, asking, clock
        self.study: Study | None = None
        """What is looked at instead of the call, if anything."""
        self.pages: Pages | None = None
        """Made soon after the window is there, before a call has anything to lose by it."""
        self.ready = False
        """Whether every page was made."""
        self._wired = self._voiced = False
        self._soon = QTimer(self, singleShot=True, interval=200)
        self._soon.timeout.connect(self._prepare_all)
        self._beat = QTimer(self, interval=100)
        self._beat.timeout.connect(self._follow_wire)
        self.tour = TourGuide(look, window, self.find)
        self.tour.wanted.connect(self._turn_for_tour)
        self.exporting = Exporting(look, window, asking.export)
        evidence = home.evidence
        evidence.opened.connect(self.inspect)
        evidence.doors.opened.connect(self.open_page)
        evidence.doors.tour.connect(self.begin_tour)
        evidence.doors.export.connect(self.begin_export)
        evidence.locks.opened.connect(self._open_lock)
        self._soon.start()

    @property
    def inspection(self) -> Inspection | None:
        """What of a handshake is opened, if that is looked at."""
        return self.study.inspection if self.study is not None and self.study.page == "handshake" else None

    def show_state(self, state: ViewState) -> None:
        """Paint what is looked at."""
        if self.pages is not None and self.study is not None:
            self.pages.show_state(state, self.study, self._clock())
        self.tour.show_state(state)
        self.exporting.show_state(state)

    def inspect(self, channel: Opened, message: int) -> None:
        """Open a message of a handshake."""
        self.go(Study("handshake", opened(channel, message)))
        if self.pages is not None:
            self.pages.inspector.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_page(self, page: Page) -> None:
        """Look closer, on that page."""
        self.go(Study(page) if self.study is None else replace(self.study, page=page))

    def go(self, study: Study) -> None:
        """Look at `study`."""
        pages = self._prepare()
        self.study = study
        pages.show_state(self._home.state, study, self._clock())
        if study.page == "wire":
            if not self._wired:
                self._wired = True
                pages.wire.watch.connect(self._asking.watch_relay)
            self._beat.start()
            self._follow_wire()
        else:
            self._beat.stop()
        if study.page == "voice" and not self._voiced:
            self._voiced = True
            self._connect_voice(pages)
        self._rooms.setCurrentWidget(pages.room)

    def _connect_voice(self, pages: Pages) -> None:
        pages.voice.mode_chosen.connect(self._asking.choose_voice)
        pages.voice.processing.connect(self._asking.process_voice)
        pages.voice.device_wanted.connect(self._asking.switch_device)
        pages.voice.note_dismissed.connect(self.dismissed)

    def leave(self) -> None:
        """Back to the call."""
        left, evidence = self.inspection, self._home.evidence
        from_sound = (
            self.study is not None and self.study.page == "voice" and self._home.call.sound.isVisibleTo(self._home.call)
        )
        self.study = None
        self._beat.stop()
        self._rooms.setCurrentIndex(0)
        if left is not None:
            card = {"link": evidence.link.view, "session": evidence.session.view}.get(left.channel)
            (card or evidence.leg).setFocus(Qt.FocusReason.OtherFocusReason)
        elif from_sound:
            self._home.call.sound.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            evidence.doors.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop(self) -> None:
        """End what runs beside the pages."""
        if self.pages is not None:
            self.pages.stop()

    def begin_tour(self) -> None:
        """Take the tour, from its first step."""
        self._prepare()
        self.tour.start(self._home.state)

    def begin_export(self) -> None:
        """Choose what to save."""
        self.exporting.open(self._home.state)

    def find(self, place: str) -> QWidget | None:
        """The live thing that a step of the tour points at."""
        evidence, pages, call = self._home.evidence, self._prepare(), self._home.call
        at_home: dict[str, QWidget] = {
            "locks": evidence.locks,
            "ladder-link": evidence.link,
            "ladder-session": evidence.session,
            "leg": evidence.leg,
            "latency": evidence.latency,
            "words": call.words,
            "call-controls": call.hang_up if self.study is None else pages.room.call,
        }
        if place in at_home:
            return at_home[place]
        if place == "inspector-clienthello":
            return pages.inspector.anatomy
        if place == "keys":
            return pages.inspector.keys
        return pages.room.view(cast("Page", place.partition("-")[0]))

    def _prepare(self) -> Pages:
        if self.pages is None:
            self.pages = Pages(self._look)
            room = self.pages.room
            self.pages.inspector.changed.connect(lambda inspection: self.go(Study("handshake", inspection)))
            room.turned.connect(self.open_page)
            room.closed.connect(self.leave)
            room.tour.connect(self.begin_tour)
            room.export.connect(self.begin_export)
            self._rooms.addWidget(room)
            self.furnished.emit(room)
        return self.pages

    def _prepare_all(self) -> None:
        """One page at a time, so that the window stays at hand meanwhile; and none while somebody talks."""
        call = self._home.state.live_call
        if call is not None and call.phase == "talking":
            self._soon.start(1000)
        elif self._prepare().make_next():
            self._soon.start(30)
        else:
            self.ready = True
            self.prepared.emit()

    def _follow_wire(self) -> None:
        if self.pages is not None:
            self.pages.follow(self._asking.passed, self._clock())

    def _open_lock(self, name: str) -> None:
        if name == "media":
            self.open_page("wire")
        else:
            self.inspect("link" if name == "link" else "session", 0)

    def _turn_for_tour(self, page: str) -> None:
        step = self.tour.step
        if page == "home":
            if self.study is not None:
                self.leave()
        elif step is not None and step.inspection is not None:
            self.go(Study("handshake", step.inspection))
        else:
            self.open_page(cast("Page", page))
        if page == "wire" and step is not None and self.pages is not None:
            self.pages.wire.open("relay" if step.place == "wire-relay" else "live")
