"""Middle, during a call and just after: who, since when, how well known, the words, the levels, the controls."""

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QWidget

from gui.panels.heard_card import HeardCard
from gui.say import say
from gui.theme import Look, type_face
from gui.view_state import Call, ViewState, call_seconds, clock_text
from gui.voice import clips
from gui.widgets.avatar import Avatar
from gui.widgets.basic import column, label, row, tone
from gui.widgets.level_meter import LevelMeter
from gui.widgets.round_button import RoundButton
from gui.widgets.trust_card import TrustCard
from gui.widgets.words import Words
from gui.wording import (
    ACCEPT,
    CALL_AGAIN,
    CANCEL,
    DECLINE,
    DONE,
    HANG_UP,
    MUTE,
    PHASE,
    RECONNECTING,
    THEY_MUTED,
    UNMUTE,
    YOU,
    YOU_MUTED,
    end_sentence,
)
from gui.words.voice import MUTED_SPEAKING, TOO_LOUD

FACES = ((80, 18), (56, 6))
"""The face in the middle, and the room around it: at best, and where room is scarce."""


class CallPanel(QWidget):
    """Emits what the person wants: `accepted`, `declined`, `hung_up`, `muted`, `matched`, `again(name)`, `done`,
    and `heard`: how it sounds is to be seen in full.
    """

    accepted = Signal()
    declined = Signal()
    hung_up = Signal()
    muted = Signal(bool)
    matched = Signal()
    again = Signal(str)
    done = Signal()
    heard = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._call: Call | None = None
        self._compact = False
        whole = column(self, gap=0, margins=(0, 4, 0, 12))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = self._body = QWidget()
        body.setProperty("role", "clear")
        self._scroll.setWidget(body)
        inside = column(body, gap=0, margins=(28, 8, 28, 8))
        centre = Qt.AlignmentFlag.AlignHCenter
        inside.addStretch(1)
        self._avatar = Avatar(look, FACES[0][0], room=FACES[0][1])
        inside.addWidget(self._avatar, 0, centre)
        self._name, self._address = label("name", centre=True), label("caption", centre=True)
        self._status = label("lead", centre=True, wrap=True)
        inside.addWidget(self._name)
        inside.addSpacing(2)
        inside.addWidget(self._address)
        inside.addSpacing(6)
        inside.addWidget(self._status)
        inside.addSpacing(16)
        self.trust = TrustCard(look)
        inside.addWidget(self.trust)
        inside.addSpacing(18)
        self.words = Words(look)
        self.words.matched.connect(self.matched)
        inside.addWidget(self.words)
        inside.addStretch(2)
        whole.addWidget(self._scroll, 1)
        self._sound = QWidget()
        self.sound = HeardCard(look)
        self.sound.opened.connect(self.heard)
        row(self._sound, margins=(28, 4, 28, 0)).addWidget(self.sound)
        whole.addWidget(self._sound)
        self._scroll.viewport().installEventFilter(self)
        self._meters = QWidget()
        meters = row(self._meters, gap=24, margins=(28, 12, 28, 0))
        self._mine, self._my_meter = self._meter(look, meters, "outer")
        self._theirs, self._their_meter = self._meter(look, meters, "inner")
        whole.addWidget(self._meters)
        self._unheard = label("caption", centre=True)
        tone(self._unheard, "warn")
        self._unheard.setFixedHeight(22)
        whole.addWidget(self._unheard)
        whole.addLayout(self._controls(look))
        for widget in self._buttons:
            widget.hide()

    @staticmethod
    def _meter(look: Look, into: QHBoxLayout, colour: str) -> tuple[QLabel, LevelMeter]:
        title, meter = label("caption"), LevelMeter(look, colour)
        side = column(None, gap=6)
        side.addWidget(title)
        side.addWidget(meter)
        into.addLayout(side, 1)
        return title, meter

    def _controls(self, look: Look) -> QHBoxLayout:
        line = row(None, gap=8)
        self.decline = RoundButton(look, "hang-up", "fill_bad")
        self.accept = RoundButton(look, "phone", "fill_good")
        self.mute = RoundButton(look, "microphone")
        self.mute.setCheckable(True)
        self.hang_up = RoundButton(look, "hang-up", "fill_bad")
        self.close_card, self.call_again = QPushButton(), QPushButton()
        self.call_again.setProperty("tone", "good")
        for button in (self.close_card, self.call_again):
            button.setMinimumSize(132, 44)
        self.decline.clicked.connect(self.declined)
        self.accept.clicked.connect(self.accepted)
        self.mute.clicked.connect(self.muted)
        self.hang_up.clicked.connect(self.hung_up)
        self.close_card.clicked.connect(self.done)
        self.call_again.clicked.connect(lambda: self.again.emit(self._call.peer if self._call else ""))
        line.addStretch()
        self._buttons = (self.decline, self.accept, self.mute, self.hang_up, self.close_card, self.call_again)
        for widget in self._buttons:
            line.addWidget(widget)
        line.addStretch()
        return line

    def show_state(self, state: ViewState, now: float) -> None:
        """Paint the call of `state`; with none, nothing."""
        call = self._call = state.call
        if call is None:
            return
        talking, over = call.phase == "talking", not call.live
        self._avatar.show_name(call.peer)
        self._avatar.ring(call.phase in {"calling", "ringing", "incoming"})
        self._name.setText(call.peer)
        self._address.setText(call.trust.peer if call.trust else "")
        self._address.setVisible(call.trust is not None and not (self._compact and talking))
        self.trust.show_trust(call.trust)
        self.trust.setVisible(not over or (call.trust is not None and call.trust.level == "changed"))
        self.words.show_words(call.words if talking else (), confirmed=call.confirmed)
        self._sound.setVisible(talking)
        self.sound.show_voice(state.voice, call)
        self._show_meters(call)
        self._show_controls(call)
        self.show_time(now)
        self._show_face()

    def compact(self, on: bool) -> None:
        """In a low window the face makes room for the words."""
        self._compact = on
        self.trust.compact(on)
        self.sound.compact(on)
        self._show_face()

    def _show_face(self) -> None:
        """While one talks the words come first: the face is as large as there is room for, down to none."""
        call = self._call
        talking = call is not None and call.phase == "talking"
        room = self._room_for_face() if talking else FACES[0][0] + 2 * FACES[0][1]
        face = next(((size, around) for size, around in FACES if size + 2 * around <= room), None)
        if face is not None:
            self._avatar.become(*face)
        self._avatar.setHidden(face is None or (talking and self._compact))

    def _room_for_face(self) -> float:
        """Pixels of height that nothing else needs."""
        view, layout = self._scroll.viewport(), self._body.layout()
        if layout is None or not self.isVisible():
            return math.inf
        own = 0 if self._avatar.isHidden() else self._avatar.height()
        return view.height() - layout.totalHeightForWidth(view.width()) + own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """More or less room than before."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._show_face()
        return super().eventFilter(watched, event)

    def show_time(self, now: float) -> None:
        """The line under the name: phase, timer, or why it ended."""
        call = self._call
        if call is None:
            return
        stopped = call.trust is not None and call.trust.level == "changed"
        tone(self._status, "bad" if stopped else "warn" if call.interrupted else "")
        if call.phase == "talking":
            self._status.setFont(type_face(15, figures=True))
            told = clock_text(call_seconds(call, now))
            self._status.setText(f"{told} · {say(RECONNECTING)}" if call.interrupted else told)
        elif call.phase == "ended":
            seconds = call_seconds(call, now)
            why = ("trust-fell" if seconds >= 1 else "key-changed") if stopped else call.reason
            text = say(end_sentence(why, call.sentence))
            self._status.setText(f"{clock_text(seconds)} · {text}" if seconds >= 1 else text)
        else:
            self._status.setText(say(PHASE[call.phase]))

    def show_levels(self, call: Call) -> None:
        """Only the meters: they move many times a second."""
        self._my_meter.show_level(-90.0 if call.mute.mine else call.levels.microphone)
        self._their_meter.show_level(call.levels.loudspeaker)
        clipped = clips(call.levels) and not call.mute.mine
        self._my_meter.show_clipped(clipped)
        mine = YOU_MUTED if call.mute.mine else TOO_LOUD if clipped else YOU
        self._mine.setText(say(mine))
        tone(self._mine, "warn" if mine != YOU else "")
        unheard = say(MUTED_SPEAKING) if call.levels.muted_but_speaking and call.mute.mine else ""
        self._unheard.setText(unheard)
        self.mute.alert(unheard)

    def _show_meters(self, call: Call) -> None:
        self._meters.setVisible(call.phase == "talking")
        self.show_levels(call)
        theirs = call.mute.theirs
        self._theirs.setText(say(THEY_MUTED) if theirs else call.peer)
        tone(self._theirs, "warn" if theirs else "")

    def _show_controls(self, call: Call) -> None:
        incoming, over = call.phase == "incoming", not call.live
        mine = call.mute.mine
        self.decline.wear("hang-up", say(DECLINE), "Esc")
        self.accept.wear("phone", say(ACCEPT), "Enter")
        self.mute.wear("microphone-off" if mine else "microphone", say(UNMUTE if mine else MUTE), "M")
        self.hang_up.wear("hang-up", say(HANG_UP if call.phase == "talking" else CANCEL), "Esc")
        self.mute.setChecked(mine)
        self.close_card.setText(say(DONE))
        self.call_again.setText(say(CALL_AGAIN))
        self.decline.setVisible(incoming)
        self.accept.setVisible(incoming)
        self.mute.setVisible(call.phase == "talking")
        self.hang_up.setVisible(not incoming and not over)
        self.close_card.setVisible(over)
        changed = call.trust is not None and call.trust.level == "changed"
        self.call_again.setVisible(over and not changed)
