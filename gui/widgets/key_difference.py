"""Two fingerprints side by side, group by group; the groups that differ are lit."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.say import say
from gui.theme import Look, mono_face, tint, type_face
from gui.wording import NEW_KEY, OLD_KEY

DIGITS, ACROSS = 4, 4
"""Digits in a group, groups in a line."""
HEAD, UNDER, LINE = 20, 15, 22


def groups(fingerprint: str) -> list[str]:
    """`a94f`, `d1b2`, …"""
    return [fingerprint[i : i + DIGITS] for i in range(0, len(fingerprint), DIGITS)]


def differing(old: str, new: str) -> frozenset[int]:
    """The numbers of the groups in which the two are not the same, from 0; also of those that only one has."""
    left, right = groups(old), groups(new)
    count = max(len(left), len(right))
    return frozenset(i for i in range(count) if left[i : i + 1] != right[i : i + 1])


class KeyDifference(QWidget):
    """The key that was remembered, and the one shown now."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._old, self._new = "", ""
        self._known: tuple[str, ...] = ()
        self._shown: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two headings, and the lines of the longer fingerprint."""
        lines = -(-max(len(groups(self._old)), len(groups(self._new))) // ACROSS)
        return QSize(320, self._head() + lines * LINE)

    def _head(self) -> int:
        return HEAD + max(1, len(self._known), len(self._shown)) * UNDER

    def show_keys(self, old: str, new: str, known: tuple[str, ...], shown: tuple[str, ...] = ()) -> None:
        """Two fingerprints, hex; `known` and `shown`: lines below the headings, what is known of each with its date."""
        self._old, self._new, self._known, self._shown = old, new, known, shown
        fingerprints = f"{say(OLD_KEY)}: {' '.join(groups(old))}. {say(NEW_KEY)}: {' '.join(groups(new))}"
        self.setAccessibleName(". ".join((fingerprints, *known, *shown)))
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Old on the left, new on the right."""
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self.width() / 2
        lit = differing(self._old, self._new)
        for x, title, dates, fingerprint, ink in (
            (0.0, say(OLD_KEY), self._known, self._old, p.text2),
            (half, say(NEW_KEY), self._shown, self._new, p.bad),
        ):
            painter.setFont(type_face(12, QFont.Weight.DemiBold))
            painter.setPen(QColor(p.text))
            painter.drawText(QRectF(x, 0, half, 16), Qt.AlignmentFlag.AlignLeft, title)
            painter.setFont(type_face(11))
            painter.setPen(QColor(p.text3))
            for i, date in enumerate(dates):
                painter.drawText(QRectF(x, 16 + i * UNDER, half, UNDER), Qt.AlignmentFlag.AlignLeft, date)
            self._paint_groups(painter, QPointF(x, self._head()), half, fingerprint, lit, ink)
        painter.end()

    @staticmethod
    def _paint_groups(
        painter: QPainter, corner: QPointF, room: float, fingerprint: str, lit: frozenset[int], ink: str
    ) -> None:
        font = mono_face(12)
        painter.setFont(font)
        wide = min(QFontMetricsF(font).horizontalAdvance("0" * DIGITS) + 6, (room - 12) / ACROSS - 3)
        for i, group in enumerate(groups(fingerprint)):
            box = QRectF(corner.x() + (i % ACROSS) * (wide + 3), corner.y() + (i // ACROSS) * LINE, wide, LINE - 3)
            if i in lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tint(ink, 0.13))
                painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, group)
