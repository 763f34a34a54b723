"""The pages on which one looks closer: made once, and painted while they are looked at.

ViewState, Study ──→ show_state ──→ StudyRoom (bar) + the page that is looked at
"""

from gui.panels.inspector import Inspector
from gui.panels.study_room import StudyRoom
from gui.study import Study
from gui.theme import Look
from gui.view_state import ViewState


class Pages:
    """The room and the views in it."""

    def __init__(self, look: Look) -> None:
        self.room = StudyRoom(look)
        self.inspector = Inspector(look)
        self.room.add("handshake", self.inspector)

    def show_state(self, state: ViewState, study: Study, now: float) -> None:
        """Turn to the page of `study`, and paint it."""
        if study.page == "handshake":
            self.inspector.show_state(state, study.inspection)
        self.room.show_state(state, study, now)
