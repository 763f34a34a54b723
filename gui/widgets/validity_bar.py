"""A certificate's life as a bar, with today marked on it."""

from datetime import datetime

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.wording import DATE_FORMAT
from gui.words.certificates import DAYS_LEFT, EXPIRED, NOT_YET, TODAY, VALIDITY

DAY = 86_400


class ValidityBar(QWidget):
    """From not_before to not_after."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._span: tuple[datetime, datetime] | None = None
        self._now: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A line of words, a bar, a line of dates."""
        return QSize(320, 56)

    def show_life(self, begin: datetime, end: datetime, now: datetime) -> None:
        """Paint it as of `now`."""
        self._span, self._now = (begin, end), now
        self.setAccessibleName(f"{say(VALIDITY)}: {self._date(begin)} – {self._date(end)}, {self.state()[0]}")
        self.update()

    def state(self) -> tuple[str, str]:
        """In words, and the colour for it."""
        if self._span is None or self._now is None:
            return "", "text2"
        if self._now < self._span[0]:
            return say(NOT_YET), "bad"
        left = int((self._span[1] - self._now).total_seconds() // DAY)
        return (say(DAYS_LEFT, days=left), "good") if self._now <= self._span[1] else (say(EXPIRED), "bad")

    @staticmethod
    def _date(at: datetime) -> str:
        return QLocale().toString(at.date(), say(DATE_FORMAT))  # type: ignore[call-overload,no-any-return]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The bar, its dates, today."""
        if self._span is None or self._now is None:
            return
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, colour = self.state()
        ink = QColor(getattr(p, colour))
        box = QRectF(self.rect()).adjusted(1, 0, -1, 0)
        bar = QRectF(box.left(), 22, box.width(), 8)
        whole = (self._span[1] - self._span[0]).total_seconds() or 1.0
        share = min(1.0, max(0.0, (self._now - self._span[0]).total_seconds() / whole))
        at = bar.left() + share * bar.width()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(ink.name(), 0.22))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(8.0, at - bar.left()), bar.height()), 4, 4)
        painter.setPen(QPen(QColor(p.text), 2))
        painter.drawLine(QPointF(at, bar.top() - 4), QPointF(at, bar.bottom() + 4))
        painter.setFont(type_face(12, figures=True))
        painter.setPen(ink)
        top = QRectF(box.left(), 0, box.width(), 16)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, f"{say(VALIDITY)} · {words}")
        painter.setPen(QColor(p.text2))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, f"{say(TODAY)} {self._date(self._now)}")
        below = QRectF(box.left(), 37, box.width(), 16)
        painter.setPen(QColor(p.text3))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._date(self._span[0]))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._date(self._span[1]))
        painter.end()
