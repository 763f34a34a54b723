"""Export: four files to choose from, each in one line. The dangerous one is asked for twice, in red.

a click ──→ (with secrets: the red question) ──→ where to? ──→ wanted(kind, path) ──→ show_done │ show_failed
"""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QPushButton, QScrollArea, QWidget

from gui.say import say
from gui.theme import Look
from gui.widgets.basic import Mark, column, frame, label, row, tone
from gui.words.export import (
    CLOSE,
    DANGER,
    DANGER_SAVE,
    DANGER_TITLE,
    FAILED,
    FILTER,
    KEEP_SAFE,
    LEAD,
    MEANING,
    NAME,
    NO_SECRETS,
    SAVE,
    SAVE_AS,
    SAVED,
    SAVING,
    TITLE,
)
from voip.client.exporting import Kind

OPEN: Kind = "capture-secrets"
ORDER: tuple[Kind, ...] = ("report", "capture", "journal", OPEN)
FILE: dict[Kind, str] = {
    "report": "call-report.html", "capture": "call.pcapng", "journal": "journal.json",
    OPEN: "call-with-secrets.pcapng",
}  # fmt: skip
ICON: dict[Kind, str] = {"report": "shield-check", "capture": "eye", "journal": "wave", OPEN: "lock-open"}
Ask = Callable[[QWidget, Kind, Callable[[str], None]], None]
"""Ask for a place, for that kind of file; then tell it."""
assert set(ORDER) == set(get_args(Kind))  # noqa: S101 - a kind that cannot be chosen is a defect


def ask_for_place(parent: QWidget, kind: Kind, then: Callable[[str], None]) -> None:
    """The system's dialog; it does not hold the window up. Asks before a file is written over."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, say(SAVE_AS, name=say(NAME[kind])), str(Path(folder) / FILE[kind]), say(FILTER[kind]))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(FILE[kind]).suffix[1:])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(then)
    dialog.open()


class Choice(QFrame):
    """One kind of file: what it is, a button, and what became of it. `asked`: the person wants it."""

    asked = Signal()

    def __init__(self, look: Look, kind: Kind) -> None:
        super().__init__()
        self.kind = kind
        self._told: tuple[str, str, str] = ("", "", "")
        self.setProperty("role", "tile")
        whole = column(self, gap=10, margins=(16, 14, 16, 14))
        line, texts = row(None, gap=14), column(None, gap=2)
        self.name, self.meaning, self.outcome = label("heading"), label("body", wrap=True), label("body", wrap=True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.save = QPushButton()
        self.save.clicked.connect(self.asked)
        for text in (self.name, self.meaning, self.outcome):
            texts.addWidget(text)
        line.addWidget(Mark(look, ICON[kind], "bad" if kind == OPEN else "outer", 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        line.addWidget(self.save, 0, Qt.AlignmentFlag.AlignVCenter)
        whole.addLayout(line)
        self.show_words()

    def tell(self, text: str = "", path: str = "", colour: str = "") -> None:
        """`text` (a template) about what became of it; nothing when it is empty."""
        self._told = (text, path, colour)
        self.show_words()

    def allow(self, allowed: bool) -> None:
        """Whether there is such a file to be had."""
        self.save.setEnabled(allowed)
        self.show_words()

    def show_words(self) -> None:
        """Say it in the present language."""
        text, path, colour = self._told
        self.name.setText(say(NAME[self.kind]))
        self.meaning.setText(say(MEANING[self.kind]))
        self.save.setText(say(SAVE))
        self.save.setAccessibleName(say(SAVE_AS, name=say(NAME[self.kind])))
        if self.kind == OPEN and not self.save.isEnabled() and not text:
            text, colour = NO_SECRETS, "warn"
        # Only what was written here has braces for a path.
        self.outcome.setText(say(text, path=path) if path else say(text) if text else "")
        tone(self.outcome, colour)
        self.outcome.setVisible(bool(text))
        self.save.setAccessibleDescription(self.outcome.text() or self.meaning.text())


class Danger(QFrame):
    """The red question. `agreed`, `refused`."""

    agreed = Signal()
    refused = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "alarm")
        self.setObjectName("danger")
        self.setStyleSheet("#danger { border-radius: 12px; }")
        whole, head, foot = column(self, gap=10, margins=(18, 16, 18, 16)), row(None, gap=10), row(None, gap=10)
        self.title, self.text = label("alarm", wrap=True), label("alarm", wrap=True)
        self.text.setStyleSheet("font-weight: 400;")
        self.title.setStyleSheet("font-size: 15px;")
        head.addWidget(Mark(look, "alert", "on_fill", 22), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        self.yes, self.no = QPushButton(), QPushButton()
        self.yes.clicked.connect(self.agreed)
        self.no.clicked.connect(self.refused)
        foot.addStretch()
        foot.addWidget(self.yes)
        foot.addWidget(self.no)
        whole.addLayout(head)
        whole.addWidget(self.text)
        whole.addLayout(foot)
        self.show_words()
        self.hide()

    def show_words(self) -> None:
        """Say it in the present language."""
        self.title.setText(say(DANGER_TITLE))
        self.text.setText(say(DANGER))
        self.yes.setText(say(DANGER_SAVE))
        self.no.setText(say(KEEP_SAFE))
        self.setAccessibleName(f"{say(DANGER_TITLE)}. {say(DANGER)}")


class ExportDialog(QDialog):
    """`wanted(kind, path)`: save it there. Tell it with `show_done` or `show_failed` what became of it."""

    wanted = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None, *, ask: Ask = ask_for_place) -> None:
        super().__init__(parent)
        self._look, self._ask = look, ask
        self._key_log: str | None = None
        self.setProperty("role", "stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(640, 700)
        around = column(self, gap=0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.addWidget(scroll)
        body = frame("clear")
        scroll.setWidget(body)
        whole = self._whole = column(body, gap=10, margins=(24, 22, 24, 20))
        self._title, self._lead = label("title"), label("body", wrap=True)
        whole.addWidget(self._title)
        whole.addWidget(self._lead)
        whole.addSpacing(6)
        self.choices: dict[Kind, Choice] = {}
        for kind in ORDER:
            choice = self.choices[kind] = Choice(look, kind)
            choice.asked.connect(lambda kind=kind: self._asked(kind))
            whole.addWidget(choice)
        self.danger = Danger(look)
        self.danger.agreed.connect(self._agreed)
        self.danger.refused.connect(self._refused)
        whole.addWidget(self.danger)
        whole.addStretch()
        foot = row(None)
        self.close_button = QPushButton()
        self.close_button.clicked.connect(self.close)
        foot.addStretch()
        foot.addWidget(self.close_button)
        whole.addLayout(foot)
        self._scroll = scroll
        self._translate()
        self.show_state("")

    def show_state(self, key_log: str) -> None:
        """`key_log`: where TLS secrets go (`ViewState.locks.key_log`), or empty."""
        if key_log != self._key_log:
            self._key_log = key_log
            self.choices[OPEN].allow(bool(key_log))
            if not key_log:
                self.danger.hide()

    def show_done(self, kind: str, path: str) -> None:
        """It was saved."""
        self._choice(kind).tell(SAVED, path, "good")

    def show_failed(self, kind: str, path: str, code: str, sentence: str) -> None:
        """It was not; `sentence` says why in English, `code` in any language."""
        choice = self._choice(kind)
        choice.tell(FAILED.get(code, sentence), path if code in FAILED and code != "no-secrets" else "", "bad")
        choice.outcome.setToolTip(sentence)

    def _choice(self, kind: str) -> Choice:
        return next(choice for choice in self.choices.values() if choice.kind == kind)

    def _asked(self, kind: Kind) -> None:
        if kind == OPEN:
            self.danger.show()
            self.danger.no.setFocus(Qt.FocusReason.OtherFocusReason)  # Enter must not be the dangerous answer
            self._whole.activate()
            QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.danger))
        else:
            self._ask(self, kind, lambda path: self._placed(kind, path))

    def _agreed(self) -> None:
        self.danger.hide()
        self._ask(self, OPEN, lambda path: self._placed(OPEN, path))

    def _refused(self) -> None:
        self.danger.hide()
        self.choices[OPEN].save.setFocus(Qt.FocusReason.OtherFocusReason)

    def _placed(self, kind: Kind, path: str) -> None:
        self.choices[kind].tell(SAVING)
        self.wanted.emit(kind, path)

    def _translate(self) -> None:
        self.setWindowTitle(say(TITLE))
        self._title.setText(say(TITLE))
        self._lead.setText(say(LEAD))
        self.close_button.setText(say(CLOSE))
        self.danger.show_words()
        for choice in self.choices.values():
            choice.show_words()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say it in another language."""
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "close_button"):
            self._translate()
        super().changeEvent(event)
