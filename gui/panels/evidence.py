"""Right: why this call is safe. Two ladders side by side, the voice line, the delay."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui.panels.doors import Doors
from gui.panels.ladder_card import LadderCard
from gui.panels.latency_card import LatencyCard
from gui.panels.leg_line import LegLine
from gui.panels.locks_card import LocksCard
from gui.say import say
from gui.theme import Look
from gui.view_state import ViewState
from gui.widgets.basic import column, label, row
from gui.wording import (
    LADDER,
    LADDER_SESSION_IDLE,
    RELAY,
    SAFE_IDLE,
    SAFE_LEAD,
    SAFE_TITLE,
    SAFE_TITLE_IDLE,
    SAFE_TITLE_STOPPED,
)


class Evidence(QWidget):
    """Everything here is read off the journal. `opened(channel, row)`: a person wants to see a message's bytes."""

    opened = Signal(str, int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "evidence")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        whole = column(self)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.addWidget(scroll)
        body = QWidget()
        body.setProperty("role", "clear")
        scroll.setWidget(body)
        inside = self._inside = column(body, gap=0, margins=(20, 16, 20, 14))
        self._title, self._lead = label("title"), label("caption", wrap=True)
        inside.addWidget(self._title)
        inside.addSpacing(4)
        inside.addWidget(self._lead)
        inside.addSpacing(8)
        self.doors = Doors()
        inside.addWidget(self.doors)
        inside.addSpacing(12)
        self.locks = LocksCard(look)
        inside.addWidget(self.locks)
        inside.addSpacing(10)
        ladders = row(None, gap=12)
        self.link, self.session = LadderCard(look, "outer"), LadderCard(look, "inner")
        self.link.view.opened.connect(lambda i: self.opened.emit("link", i))
        self.session.view.opened.connect(lambda i: self.opened.emit("session", i))
        ladders.addWidget(self.link, 1)
        ladders.addWidget(self.session, 1)
        inside.addLayout(ladders)
        inside.addSpacing(10)
        self.leg = LegLine(look)
        self.leg.opened.connect(lambda: self.opened.emit("leg", 0))
        inside.addWidget(self.leg)
        inside.addSpacing(10)
        self.latency = LatencyCard(look)
        inside.addWidget(self.latency)
        inside.addStretch()
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(say(SAFE_TITLE))

    def fit(self, width: int, *, tight: bool) -> None:
        """Take so much room; `tight` with less air at the sides."""
        self.setFixedWidth(width)
        side = 12 if tight else 20
        self._inside.setContentsMargins(side, 16, side, 14)
        for card in (self.link, self.session):
            card.tighten(tight)

    def show_state(self, state: ViewState) -> None:
        """Paint what changed since the last time."""
        call = state.call
        title = SAFE_TITLE_STOPPED if state.locks.worst == "bad" else SAFE_TITLE
        self._title.setText(say(title if call is not None else SAFE_TITLE_IDLE))
        self._lead.setText(say(SAFE_LEAD if call is not None else SAFE_IDLE))
        self.doors.show_words()
        self.locks.show_state(state.locks)
        self.link.show_ladder(state.link, say(LADDER["link"]), say(RELAY))
        title = say(LADDER["session"], name=call.peer) if call is not None else say(LADDER_SESSION_IDLE)
        self.session.show_ladder(state.session, title, call.peer if call is not None else "")
        self.leg.show_ladder(state.leg, call)
        self.latency.show_call(call)
        self.leg.setVisible(call is not None)
        self.latency.setVisible(call is not None and (call.live or call.latency is not None))
