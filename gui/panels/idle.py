"""Middle, when nobody calls: a friendly place to begin from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from gui.say import say
from gui.theme import Look
from gui.view_state import ViewState
from gui.widgets.avatar import Avatar
from gui.widgets.basic import Mark, column, label
from gui.widgets.icons import icon
from gui.widgets.people import presence
from gui.wording import CALL, IDLE_LEAD, IDLE_TITLE, OFFLINE_LEAD, OFFLINE_TITLE


class IdlePanel(QWidget):
    """`called` with the chosen person's name."""

    called = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._chosen = look, ""
        inside = column(self, gap=8, margins=(32, 24, 32, 24))
        inside.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._mark = Mark(look, "wave", "text3", 44)
        self._avatar = Avatar(look, 96, room=0)
        inside.addWidget(self._mark, 0, centre)
        inside.addWidget(self._avatar, 0, centre)
        inside.addSpacing(12)
        self._title, self._lead = label("name", wrap=True, centre=True), label("lead", wrap=True, centre=True)
        inside.addWidget(self._title)
        inside.addWidget(self._lead)
        inside.addSpacing(16)
        self.button = QPushButton()
        self.button.setProperty("tone", "good")
        self.button.setMinimumSize(176, 46)
        self.button.clicked.connect(lambda: self.called.emit(self._chosen))
        inside.addWidget(self.button, 0, centre)
        inside.addStretch(3)
        look.changed.connect(self._dress)
        self._dress()

    def show_state(self, state: ViewState, chosen: str) -> None:
        """Paint `state`; `chosen` is the person picked, or empty."""
        person = next((person for person in state.people if person.name == chosen), None)
        online = state.link_state.state == "online"
        self._chosen = chosen
        self._mark.setVisible(person is None)
        self._avatar.setVisible(person is not None)
        self.button.setVisible(person is not None)
        if person is None:
            self._title.setText(say(IDLE_TITLE if online else OFFLINE_TITLE))
            self._lead.setText(say(IDLE_LEAD if online else OFFLINE_LEAD))
            return
        self._avatar.show_name(person.name)
        self._title.setText(person.name)
        self._lead.setText(presence(person) if online else say(OFFLINE_LEAD))
        self.button.setText(" " + say(CALL, name=person.name))
        self.button.setEnabled(online and person.online and not person.busy)

    def _dress(self) -> None:
        self.button.setIcon(icon("phone", self._look.palette.on_fill, 18))
