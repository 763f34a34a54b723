"""Four words to compare by voice, as big calm tiles, and the button that says they match."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.wording import WORDS_DONE, WORDS_LEAD, WORDS_MATCH, WORDS_TITLE


class Words(QWidget):
    """`matched` when the person says so. Once verified, the tiles step back and the button goes."""

    matched = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        inside = column(self, gap=8)
        head = row(None, gap=6)
        self._title = label("heading")
        self._check = Mark(look, "check", "good", 16)
        head.addWidget(self._title)
        head.addWidget(self._check)
        head.addStretch()
        inside.addLayout(head)
        self._lead = label("caption", wrap=True)
        inside.addWidget(self._lead)
        inside.addSpacing(2)
        grid = QGridLayout()
        grid.setSpacing(8)
        self._tiles: list[QFrame] = []
        self._words: list[QLabel] = []
        for i in range(4):
            tile = frame("tile")
            tile.setFixedHeight(48)
            line = row(tile, gap=10, margins=(14, 0, 14, 0))
            number, word = label("hint"), label("word")
            number.setText(str(i + 1))
            line.addWidget(number)
            line.addWidget(word, 1)
            grid.addWidget(tile, i // 2, i % 2)
            self._tiles.append(tile)
            self._words.append(word)
        inside.addLayout(grid)
        self.button = QPushButton()
        self.button.setProperty("tone", "good")
        self.button.clicked.connect(self.matched)
        inside.addWidget(self.button)

    def show_words(self, words: tuple[str, ...], *, confirmed: bool) -> None:
        """Show the four, or nothing while there are none."""
        self.setVisible(len(words) == len(self._words))
        for tile, shown, word in zip(self._tiles, self._words, words, strict=False):
            shown.setText(word)
            tone(tile, "true" if confirmed else "false", "quiet")
        self._title.setText(say(WORDS_DONE if confirmed else WORDS_TITLE))
        self._check.setVisible(confirmed)
        self._lead.setText(say(WORDS_LEAD))
        self.button.setText(say(WORDS_MATCH))
        for widget in (self._lead, self.button):
            widget.setVisible(not confirmed)
        self.setAccessibleName(f"{self._title.text()}: {', '.join(words)}")
