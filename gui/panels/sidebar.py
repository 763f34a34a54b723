"""Left: who I am, the relay, the people. Below 1040 pixels of window it folds to the faces alone."""

from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look
from gui.view_state import ViewState
from gui.widgets.avatar import Avatar
from gui.widgets.basic import Mark, column, label, row, tone
from gui.widgets.device_strip import DeviceStrip
from gui.widgets.icons import icon
from gui.widgets.people import PeopleView
from gui.wording import (
    APPEARANCE,
    AUTO,
    DARK,
    LANGUAGE,
    LIGHT,
    LINK,
    LOUDSPEAKER,
    MICROPHONE,
    NO_PEOPLE,
    PEOPLE,
    SETTINGS,
)

WIDE, NARROW = 248, 76
_LOCKS = {
    "online": ("lock", "good", "good"),
    "connecting": ("lock-open", "text3", ""),
    "offline": ("lock-open", "warn", "warn"),
    "refused": ("lock-open", "bad", "bad"),
}


def device_name(name: str) -> str:
    """A sound card's name as it is; of a WAV file only its own name, without folders."""
    return PurePath(name).name if name.lower().endswith(".wav") else name


class Sidebar(QWidget):
    """`picked`, `called`: a person; `theme`, `language`: a choice from the menu."""

    picked = Signal(str)
    called = Signal(str)
    theme = Signal(str)
    language = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._folded, self._language = look, False, "auto"
        self.setProperty("role", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._inside = column(self, gap=0, margins=(14, 20, 14, 12))
        me = row(None, gap=12)
        self._avatar = Avatar(look, 44, room=0)
        me.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        self._about = QWidget()
        text = column(self._about, gap=2)
        self._me, self._relay, self._state = label("title"), label("caption"), label("hint")
        self._lock = Mark(look, "lock-open", "text3", 14)
        line = row(None, gap=5)
        line.addWidget(self._lock)
        line.addWidget(self._state, 1)
        self._relay.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._me_row = me
        text.addWidget(self._me)
        text.addWidget(self._relay)
        text.addLayout(line)
        me.addWidget(self._about, 1)
        self._inside.addLayout(me)
        self._inside.addSpacing(24)
        self._section = label("section")
        self._section.setContentsMargins(8, 0, 0, 6)
        self._inside.addWidget(self._section)
        self.list = PeopleView(look)
        self.list.picked.connect(self.picked)
        self.list.called.connect(self.called)
        self._inside.addWidget(self.list, 1)
        self._nobody = label("caption", wrap=True)
        self._nobody.setContentsMargins(8, 0, 8, 0)
        self._inside.addWidget(self._nobody, 1, Qt.AlignmentFlag.AlignTop)
        self._space = QWidget()
        self._inside.addWidget(self._space, 1)
        self._devices = label("hint", wrap=True)
        self._devices.setContentsMargins(8, 0, 8, 8)
        self.note = DeviceStrip(look)
        self._inside.addWidget(self.note)
        self._inside.addSpacing(6)
        self._inside.addWidget(self._devices)
        self.settings = QPushButton()
        self.settings.setProperty("tone", "plain")
        self._inside.addWidget(self.settings, 0, Qt.AlignmentFlag.AlignLeft)
        look.changed.connect(self._dress)
        self._dress()

    def show_state(self, state: ViewState, chosen: str, language: str) -> None:
        """Paint `state`, with `chosen` selected."""
        link = state.link_state
        self._language = language
        self._avatar.show_name(link.me or "?")
        self._me.setText(link.me)
        self._relay.setText(link.relay)
        self._relay.setToolTip(link.relay)
        mark, colour, ink = _LOCKS[link.state]
        self._lock.become(mark, colour)
        self._state.setText(say(LINK[link.state]))
        tone(self._state, ink)
        self._avatar.setToolTip(f"{link.me} · {self._state.text()}")
        self._about.setAccessibleName(f"{link.me}, {link.relay}, {self._state.text()}")
        self._section.setText(say(PEOPLE))
        self.list.setAccessibleName(say(PEOPLE))
        others = tuple(person for person in state.people if person.name != link.me)
        self.list.show_people(others, chosen)
        self.list.setVisible(bool(others))
        self._nobody.setText(say(NO_PEOPLE))
        self._nobody.setVisible(not others and not self._folded and link.state == "online")
        audio = state.audio
        if audio is not None and (audio.input or audio.output):
            lines = (
                say(MICROPHONE, device=device_name(audio.input)),
                say(LOUDSPEAKER, device=device_name(audio.output)),
            )
            self._devices.setText("\n".join(lines))
        self._devices.setVisible(bool(self._devices.text()) and not self._folded)
        self._space.setVisible(self.list.isHidden() and self._nobody.isHidden())
        self.settings.setText("" if self._folded else "  " + say(SETTINGS))
        self.settings.setAccessibleName(say(SETTINGS))
        self.settings.setToolTip(say(SETTINGS))

    @property
    def folded(self) -> bool:
        """Whether there are only the faces."""
        return self._folded

    def fold(self, folded: bool) -> None:
        """Only the faces, or everything."""
        self._folded = folded
        self.setFixedWidth(NARROW if folded else WIDE)
        self._inside.setContentsMargins(12 if folded else 14, 20, 12 if folded else 14, 12)
        self._me_row.setContentsMargins(2 if folded else 8, 0, 0, 0)
        self._about.setVisible(not folded)
        self._section.setVisible(not folded)

    def _dress(self) -> None:
        self.settings.setIcon(icon("sliders", self._look.palette.text2, 18))
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.settings.setMenu(menu)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        themes = (("auto", say(AUTO)), ("light", say(LIGHT)), ("dark", say(DARK)))
        languages = (("auto", say(AUTO)), ("en", "English"), ("ko", "한국어"))
        for title, choices, now, signal in (
            (say(APPEARANCE), themes, self._look.choice, self.theme),
            (say(LANGUAGE), languages, self._language, self.language),
        ):
            menu.addAction(title).setEnabled(False)
            group = QActionGroup(menu)
            for value, text in choices:
                action = QAction(text, menu, checkable=True, checked=value == now)
                action.triggered.connect(lambda _on=False, s=signal, v=value: s.emit(v))
                group.addAction(action)
                menu.addAction(action)
            menu.addSeparator()
