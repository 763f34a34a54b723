"""An opened handshake: its messages on the left; bytes, story or keys beside them.

With bob, end to end                   [Bytes Story Keys]
[Relay Voice End-to-end]  │
1 ──▶ ClientHello         │   AnatomyView · TaleView · KeysView
"""

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.handshake_words import CHANNEL, CHANNEL_EMPTY, FACE, MESSAGES, MESSAGES_HELP, PHONE_OF, THE_RELAY
from gui.inspection import Face, Inspection, Opened, ladder_of, moved, on_channel, on_face
from gui.ladder import Ladder
from gui.panels.anatomy_view import AnatomyView
from gui.panels.keys_view import KeysView
from gui.panels.ladder_card import agreed_lines
from gui.panels.tale_view import TaleView
from gui.say import say
from gui.tale import Who
from gui.theme import Look
from gui.view_state import ViewState
from gui.widgets.basic import column, label, row
from gui.widgets.message_list import MessageList
from gui.widgets.segments import Segments
from gui.widgets.stack import Stack
from gui.wording import LADDER, LADDER_SESSION_IDLE, LEG_TITLE

COLOURS: dict[Opened, str] = {"link": "outer", "leg": "outer", "session": "inner"}
LIST_WIDTH, LIST_NARROW = 304, 268
NARROW = 844


class Inspector(QWidget):
    """`changed(Inspection)`: a person went elsewhere in it."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._inspection = Inspection("link")
        self._ladder = Ladder("link")
        whole = column(self, gap=12)
        whole.addLayout(self._head())
        body = row(None, gap=14)
        side = column(None, gap=10)
        self.channels = Segments(get_args(Opened))
        self.list = MessageList(look)
        side.addWidget(self.channels)
        side.addWidget(self.list, 1)
        self._help = label("hint", wrap=True)
        side.addWidget(self._help)
        self._side = QWidget()
        self._side.setLayout(side)
        body.addWidget(self._side)
        self._pages = Stack()
        self.anatomy = AnatomyView(look)
        self._pages.addWidget(self.anatomy)
        self._empty = label("lead", wrap=True, centre=True)
        self._pages.addWidget(self._empty)
        self._told: dict[tuple[Face, Opened], TaleView | KeysView] = {}
        """Stories and keys, each kept for its channel: to come back costs nothing."""
        body.addWidget(self._pages, 1)
        whole.addLayout(body, 1)
        self.channels.chosen.connect(self._to_channel)
        self.faces.chosen.connect(self._to_face)
        self.list.chosen.connect(lambda i: self.changed.emit(moved(self._inspection, i, self._ladder)))
        self.anatomy.changed.connect(self.changed)

    def _head(self) -> QHBoxLayout:
        head = row(None, gap=10)
        self._title, self._sub = label("title"), label("caption")
        for line in (self._title, self._sub):
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        text = column(None, gap=1)
        text.addWidget(self._title)
        text.addWidget(self._sub)
        self.faces = Segments(get_args(Face))
        head.addLayout(text, 1)
        head.addWidget(self.faces)
        return head

    def show_state(self, state: ViewState, inspection: Inspection) -> None:
        """Paint what `inspection` opens of `state`."""
        ladder = ladder_of(state, inspection.channel)
        peer = state.call.peer if state.call is not None else ""
        names: dict[Who, str] = {
            "me": say(PHONE_OF, name=state.link_state.me),
            "them": say(PHONE_OF, name=peer) if inspection.channel == "session" else say(THE_RELAY),
        }
        colour = COLOURS[inspection.channel]
        self._inspection, self._ladder = inspection, ladder
        self._show_head(state, inspection, ladder, peer)
        message = min(inspection.message, len(ladder.rows) - 1)
        self.list.show_ladder(ladder, message, colour)
        self.list.setAccessibleName(say(MESSAGES))
        self._help.setText(say(MESSAGES_HELP))
        self._help.setVisible(bool(ladder.rows))
        if not ladder.rows:
            self._empty.setText(say(CHANNEL_EMPTY))
            page: QWidget = self._empty
        elif inspection.face == "bytes":
            self.anatomy.show_message(inspection, ladder, ladder.rows[message], colour)
            page = self.anatomy
        else:
            view = self._view(inspection.face, inspection.channel)
            view.show_ladder(ladder, names, colour, message)
            page = view
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)

    def _show_head(self, state: ViewState, inspection: Inspection, ladder: Ladder, peer: str) -> None:
        if inspection.channel == "link":
            title = say(LADDER["link"])
        elif inspection.channel == "leg":
            title = say(LEG_TITLE)
        else:
            title = say(LADDER["session"], name=peer) if peer else say(LADDER_SESSION_IDLE)
        self._title.setText(title)
        first, second, _certificate = agreed_lines(ladder)
        self._sub.setText(" · ".join(part for part in (first, second) if part))
        self._sub.setToolTip(self._sub.text())
        self.faces.name({key: say(text) for key, text in FACE.items()})
        self.faces.show_chosen(inspection.face)
        self.channels.name({key: say(text) for key, text in CHANNEL.items()})
        self.channels.show_chosen(inspection.channel)
        for key, button in self.channels.buttons.items():
            button.setEnabled(key == inspection.channel or bool(ladder_of(state, key).rows))  # type: ignore[arg-type]

    def _to_channel(self, channel: Opened) -> None:
        self.changed.emit(on_channel(self._inspection, channel))

    def _to_face(self, face: Face) -> None:
        self.changed.emit(on_face(self._inspection, face))

    def _open(self, message: int) -> None:
        self.changed.emit(replace(moved(self._inspection, message, self._ladder), face="bytes"))

    @property
    def story(self) -> TaleView | KeysView:
        """The story of the channel that is looked at, made when it is first asked for."""
        return self._view("story", self._inspection.channel)

    @property
    def keys(self) -> TaleView | KeysView:
        """Its key schedule."""
        return self._view("keys", self._inspection.channel)

    def _view(self, face: Face, channel: Opened) -> TaleView | KeysView:
        view = self._told.get((face, channel))
        if view is None:
            view = TaleView(self._look) if face == "story" else KeysView(self._look)
            view.opened.connect(self._open)
            self._pages.addWidget(view)
            self._told[face, channel] = view
        return view

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the room."""
        width = event.size().width()
        narrow = width < NARROW
        self._side.setFixedWidth(LIST_NARROW if narrow else LIST_WIDTH)
        self.anatomy.fit(width - (LIST_NARROW if narrow else LIST_WIDTH) - 14)
        super().resizeEvent(event)
