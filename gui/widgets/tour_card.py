"""The guided tour's card: where one is, a title, a few short paragraphs, Back and Next. It emits wishes and no more."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.handshake_words import BACK
from gui.say import say
from gui.theme import Look, type_face
from gui.tour import Step
from gui.widgets.basic import column, label, row
from gui.widgets.icons import icon
from gui.wording import DONE
from gui.words.tour import CLOSE_TOUR, NEXT, STEP_OF, TOUR

WIDTH = 360
DOT, LONG, GAP = 6.0, 18.0, 6.0


class Dots(QWidget):
    """One dot for each step; those behind are filled, the present one is long."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._at, self._total = 0, 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_step(self, at: int, total: int) -> None:
        """`at` counts from 0."""
        if (at, total) != (self._at, self._total):
            self._at, self._total = at, total
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of dots."""
        return QSize(round(self._total * (DOT + GAP) + LONG), 14)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """From left to right."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left = 0.0
        for i in range(self._total):
            width = LONG if i == self._at else DOT
            painter.setBrush(QColor(p.outer if i <= self._at else p.line))
            painter.drawRoundedRect(QRectF(left, (self.height() - DOT) / 2, width, DOT), DOT / 2, DOT / 2)
            left += width + GAP
        painter.end()


class TourCard(QFrame):
    """`back`, `forth`, `left`: what was pressed. Has the keyboard while the tour is on, so that it is read aloud."""

    back = Signal()
    forth = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: object = None
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside = column(self, gap=0, margins=(20, 14, 20, 16))
        head = row(None, gap=8)
        self.dots = Dots(look)
        self._count = label("hint")
        self._count.setFont(type_face(12, figures=True))
        self.close_button = QPushButton()
        self.close_button.setProperty("tone", "plain")
        self.close_button.clicked.connect(self.left)
        head.addWidget(self.dots, 1)
        head.addWidget(self._count)
        head.addWidget(self.close_button)
        inside.addLayout(head)
        inside.addSpacing(8)
        self.title = label("title", wrap=True)
        inside.addWidget(self.title)
        inside.addSpacing(8)
        self._text: QVBoxLayout = column(None, gap=8)
        self.paragraphs: list[QLabel] = []
        inside.addLayout(self._text)
        inside.addSpacing(16)
        foot = row(None, gap=8)
        self.back_button, self.next_button = QPushButton(), QPushButton()
        self.next_button.setProperty("tone", "good")
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.forth)
        foot.addWidget(self.back_button)
        foot.addStretch()
        foot.addWidget(self.next_button)
        inside.addLayout(foot)
        look.changed.connect(self._dress)
        self._dress()

    def show_step(self, step: Step, at: int, total: int) -> bool:
        """Paint step `at` (from 0); whether its size may have changed."""
        title = say(step.title)
        told = tuple(say(one, **step.values) if step.values else say(one) for one in step.sentences)
        shown = (at, total, title, told)
        if shown == self._shown:
            return False
        another = not isinstance(self._shown, tuple) or self._shown[:3] != shown[:3]
        self._shown = shown
        self.dots.show_step(at, total)
        self._count.setText(f"{at + 1} / {total}")
        self.title.setText(title)
        while len(self.paragraphs) < len(told):
            made = label("body", wrap=True)
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._text.addWidget(made)
            self.paragraphs.append(made)
        for i, paragraph in enumerate(self.paragraphs):
            paragraph.setText(told[i] if i < len(told) else "")
            paragraph.setVisible(i < len(told))
        self._name_buttons(at, total)
        self.setAccessibleName(f"{say(TOUR)}. {say(STEP_OF, n=at + 1, total=total)}. {title}. {' '.join(told)}")
        if another:
            # A value that ticks is not read aloud again; another step is.
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        return True

    def forget(self) -> None:
        """Say everything again next time: the language is another."""
        self._shown = None

    def _name_buttons(self, at: int, total: int) -> None:
        self.back_button.setText(say(BACK))
        self.back_button.setEnabled(at > 0)
        self.next_button.setText(say(NEXT if at + 1 < total else DONE))
        self.close_button.setToolTip(f"{say(CLOSE_TOUR)} (Esc)")
        self.close_button.setAccessibleName(say(CLOSE_TOUR))

    def _dress(self) -> None:
        self.close_button.setIcon(icon("close", self._look.palette.text2, 14))
