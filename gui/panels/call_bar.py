"""The call while something else is looked at: who, how long, and the buttons, in one small line."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy

from gui.say import say
from gui.theme import Look, type_face
from gui.view_state import Call, call_seconds, clock_text
from gui.widgets.avatar import Avatar
from gui.widgets.basic import column, label, row
from gui.widgets.round_button import RoundButton
from gui.wording import ACCEPT, CANCEL, DECLINE, HANG_UP, MUTE, PHASE, RECONNECTING, UNMUTE
from gui.words.voice import MUTED_SPEAKING


class CallBar(QFrame):
    """Hidden without a live call. The same wishes as the call panel's."""

    accepted = Signal()
    declined = Signal()
    hung_up = Signal()
    muted = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._call: Call | None = None
        inside = row(self, gap=2)
        self._avatar = Avatar(look, 34, room=0)
        self._name, self._status = label("heading"), label("hint")
        self._status.setFont(type_face(12, figures=True))
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._name.setMaximumWidth(120)
        text = column(None, gap=0)
        text.addStretch()
        text.addWidget(self._name)
        text.addWidget(self._status)
        text.addStretch()
        inside.addWidget(self._avatar)
        inside.addSpacing(8)
        inside.addLayout(text)
        inside.addSpacing(8)
        self.decline = RoundButton(look, "hang-up", "fill_bad", small=True)
        self.accept = RoundButton(look, "phone", "fill_good", small=True)
        self.mute = RoundButton(look, "microphone", small=True)
        self.mute.setCheckable(True)
        self.hang_up = RoundButton(look, "hang-up", "fill_bad", small=True)
        self.decline.clicked.connect(self.declined)
        self.accept.clicked.connect(self.accepted)
        self.mute.clicked.connect(self.muted)
        self.hang_up.clicked.connect(self.hung_up)
        for button in (self.decline, self.accept, self.mute, self.hang_up):
            inside.addWidget(button)
        self.hide()

    def show_call(self, call: Call | None, now: float) -> None:
        """Paint the call, or go away."""
        self._call = call
        self.setVisible(call is not None)
        if call is None:
            return
        incoming, talking, mine = call.phase == "incoming", call.phase == "talking", call.mute.mine
        self._avatar.show_name(call.peer)
        self._name.setText(call.peer)
        self.show_time(now)
        self.decline.wear("hang-up", say(DECLINE), "Esc")
        self.accept.wear("phone", say(ACCEPT), "Enter")
        self.mute.wear("microphone-off" if mine else "microphone", say(UNMUTE if mine else MUTE), "M")
        self.hang_up.wear("hang-up", say(HANG_UP if talking else CANCEL), "")
        self.mute.setChecked(mine)
        self.show_levels(call)
        self.decline.setVisible(incoming)
        self.accept.setVisible(incoming)
        self.mute.setVisible(talking)
        self.hang_up.setVisible(not incoming)

    def show_levels(self, call: Call) -> None:
        """Whether somebody speaks into a microphone that is off."""
        self.mute.alert(say(MUTED_SPEAKING) if call.levels.muted_but_speaking and call.mute.mine else "")

    def show_time(self, now: float) -> None:
        """Phase or timer."""
        call = self._call
        if call is not None:
            talking = call.phase == "talking"
            word = RECONNECTING if call.interrupted else "" if talking else PHASE[call.phase]
            self._status.setText(say(word) if word else clock_text(call_seconds(call, now)))
