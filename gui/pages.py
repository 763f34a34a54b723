"""The pages on which one looks closer: made one after another, and painted while they are looked at.

ViewState, Study ──→ show_state ──→ StudyRoom (bar) + the page that is looked at
the tape ──10×/s──→ follow ──→ the wire page, while it is looked at
"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.panels.certificates_view import CertificatesView
from gui.panels.compare_view import CompareView
from gui.panels.inspector import Inspector
from gui.panels.lab_view import LabView
from gui.panels.study_room import StudyRoom
from gui.panels.voice_view import VoiceView
from gui.panels.wire_view import WireView
from gui.study import Page, Study
from gui.theme import Look
from gui.view_state import Call, ViewState
from voip.io import clock
from voip.journal.tape import Passed


class Pages:
    """The room and the views in it."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._waiting: dict[Page, Callable[[], QWidget]] = {
            "certificates": self._make_certificates,
            "wire": self._make_wire,
            "voice": self._make_voice,
            "compare": self._make_compare,
            "lab": self._make_lab,
        }
        self._last = 0
        self._call = ""
        self._live = False
        self.room = StudyRoom(look)
        self.inspector = Inspector(look)
        self.room.add("handshake", self.inspector)

    def make_next(self) -> bool:
        """Make one more page, before anybody asks for it; whether there are more to make."""
        if self._waiting:
            self.page(next(iter(self._waiting)))
        return bool(self._waiting)

    def page(self, page: Page) -> None:
        """See that `page` is made."""
        make = self._waiting.pop(page, None)
        if make is not None:
            view = make()
            self.room.add(page, view)
            # Styles and layouts are made when a widget is first painted: now, and not in the middle of a call.
            view.resize(self.room.size())
            view.grab()

    def show_state(self, state: ViewState, study: Study, now: float) -> None:
        """Turn to the page of `study`, and paint it."""
        self.page(study.page)
        call = state.call.id if state.call is not None else ""
        live = state.live_call is not None
        if hasattr(self, "wire") and (call, live) != (self._call, self._live):
            self._call, self._live = call, live
            self.wire.show_watching(on=False)
        if study.page == "handshake":
            self.inspector.show_state(state, study.inspection)
        elif study.page == "certificates":
            self.certificates.show_state(state.certified, clock.wall())
        elif study.page == "wire":
            self.wire.show_relay(state.relay_saw)
        elif study.page == "voice":
            self.voice.show_state(state, now)
        elif study.page == "compare":
            self.compare.show_cost(state.cost)
        self.room.show_state(state, study, now)

    def show_levels(self, call: Call, study: Study) -> None:
        """Only what moves many times a second."""
        self.room.call.show_levels(call)
        if study.page == "voice" and hasattr(self, "voice"):
            self.voice.show_levels(call)

    def follow(self, since: Callable[[int], tuple[Passed, ...] | None], now: float) -> None:
        """What passed on the wire since the last time."""
        new = since(self._last) or ()
        self._last = new[-1].number if new else self._last
        self.wire.show_rows(new, now)

    def stop(self) -> None:
        """End what runs beside us."""
        if hasattr(self, "lab"):
            self.lab.stop()
        if hasattr(self, "compare"):
            self.compare.stop()

    def _make_certificates(self) -> QWidget:
        self.certificates = CertificatesView(self._look)
        return self.certificates

    def _make_wire(self) -> QWidget:
        self.wire = WireView(self._look)
        return self.wire

    def _make_voice(self) -> QWidget:
        self.voice = VoiceView(self._look)
        return self.voice

    def _make_compare(self) -> QWidget:
        self.compare = CompareView(self._look)
        return self.compare

    def _make_lab(self) -> QWidget:
        self.lab = LabView(self._look)
        return self.lab
