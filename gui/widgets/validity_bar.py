"""A certificate's life as a bar, with today marked on it, and the day from which it is renewed."""

from datetime import datetime

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, tint, type_face
from gui.wording import DATE_FORMAT
from gui.words.certificates import DAYS_LEFT, EXPIRED, NOT_YET, RENEWS, TODAY, VALIDITY

DAY = 86_400


def day_text(at: datetime) -> str:
    """`3 Nov 2026`, as the present language writes it."""
    return QLocale().toString(at.date(), say(DATE_FORMAT))  # type: ignore[call-overload,no-any-return]


class ValidityBar(QWidget):
    """From not_before to not_after."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._span: tuple[datetime, datetime] | None = None
        self._now: datetime | None = None
        self._renews: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A line of words, a bar, a line of dates."""
        return QSize(320, 56)

    def show_life(self, begin: datetime, end: datetime, now: datetime, renews: datetime | None = None) -> None:
        """Paint it as of `now`; `renews`: when its renewal begins to be asked for."""
        self._span, self._now, self._renews = (begin, end), now, renews
        told = f"{say(VALIDITY)}: {day_text(begin)} – {day_text(end)}, {self.state()[0]}"
        self.setAccessibleName(told if renews is None else f"{told}. {say(RENEWS, date=day_text(renews))}")
        self.update()

    def state(self) -> tuple[str, str]:
        """In words, and the colour for it."""
        if self._span is None or self._now is None:
            return "", "text2"
        if self._now < self._span[0]:
            return say(NOT_YET), "bad"
        left = int((self._span[1] - self._now).total_seconds() // DAY)
        return (say(DAYS_LEFT, days=left), "good") if self._now <= self._span[1] else (say(EXPIRED), "bad")

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
        at = self._place(self._now, bar)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(ink.name(), 0.22))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(8.0, at - bar.left()), bar.height()), 4, 4)
        painter.setPen(QPen(QColor(p.text), 2))
        painter.drawLine(QPointF(at, bar.top() - 4), QPointF(at, bar.bottom() + 4))
        if self._renews is not None:
            mark = self._place(self._renews, bar)
            painter.setPen(QPen(QColor(p.text3), 1))
            painter.drawLine(QPointF(mark, bar.top() - 2), QPointF(mark, bar.bottom() + 2))
        painter.setFont(type_face(12, figures=True))
        painter.setPen(ink)
        top = QRectF(box.left(), 0, box.width(), 16)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, f"{say(VALIDITY)} · {words}")
        painter.setPen(QColor(p.text2))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, f"{say(TODAY)} {day_text(self._now)}")
        below = QRectF(box.left(), 37, box.width(), 16)
        painter.setPen(QColor(p.text3))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, day_text(self._span[0]))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, day_text(self._span[1]))
        if self._renews is not None:
            told = say(RENEWS, date=day_text(self._renews))
            wide = painter.fontMetrics().horizontalAdvance(told)
            middle = self._place(self._renews, bar)
            first, last = (painter.fontMetrics().horizontalAdvance(day_text(day)) + 12.0 for day in self._span)
            left = max(box.left() + first, min(middle - wide / 2, box.right() - last - wide))
            if left + wide <= box.right() - last and left <= middle <= left + wide:
                painter.drawText(QRectF(left, 37, wide + 1, 16), Qt.AlignmentFlag.AlignLeft, told)
        painter.end()

    def _place(self, day: datetime, bar: QRectF) -> float:
        """Where `day` is on `bar`."""
        if self._span is None:
            return bar.left()
        whole = (self._span[1] - self._span[0]).total_seconds() or 1.0
        share = min(1.0, max(0.0, (day - self._span[0]).total_seconds() / whole))
        return bar.left() + share * bar.width()
