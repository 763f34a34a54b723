"""The loud line while TLS secrets are written down. It cannot be dismissed: only a phone without them lets it go."""

from PySide6.QtWidgets import QFrame

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, label, row
from gui.words.locks import KEY_LOG_BANNER


class KeyLogBanner(QFrame):
    """Hidden unless there is a key log."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "alarm")
        inside = row(self, gap=10, margins=(20, 9, 20, 9))
        inside.addWidget(Mark(look, "alert", "on_fill", 18))
        self._text = label("alarm", wrap=True)
        inside.addWidget(self._text, 1)
        self.hide()

    def show_key_log(self, to: str) -> None:
        """`to`: where the secrets go; empty hides it."""
        self.setVisible(bool(to))
        if to:
            self._text.setText(say(KEY_LOG_BANNER, to=to))
            self.setAccessibleName(self._text.text())
