"""The relay's own account line by line: what it says that it forwarded, and whether that is our ciphertext.

↑  127  9f3c 01ab …  80 6f 04 d2 …  ✓ our ciphertext  │  Voice 1234   80 6f 04 d2 …
"""

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui.say import say
from gui.theme import Look, mono_face, tint, type_face
from gui.widgets.icons import paint_icon
from gui.widgets.line_list import ROW, LineList
from gui.wire import parted
from gui.words.wire import (
    BYTES,
    DIGEST,
    FIRST_BYTES,
    MEANS,
    NOT_OURS,
    OURS,
    RECEIVED,
    RELAY_ROW_SPOKEN,
    RELAY_SEES,
    SENT,
    US,
)
from voip.journal.observations import Forwarded

TITLE, HEAD = 26, 48
DIGITS = 16
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_RIGHT = _MIDDLE | Qt.AlignmentFlag.AlignRight


class RelayTable(LineList):
    """Newest first."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, HEAD)
        self._rows: tuple[Forwarded, ...] = ()
        self._mono = mono_face(11.5)
        self._advance = QFontMetricsF(self._mono).horizontalAdvance("0")

    def show_rows(self, rows: tuple[Forwarded, ...]) -> None:
        """Show `rows`, oldest first."""
        self._rows = rows
        self.show_count(len(rows))

    def spoken(self, line: int) -> str:
        """See `LineList`."""
        row = self._rows[-1 - line]
        way = say(SENT if row.direction == "out" else RECEIVED)
        known = say(OURS if row.known else NOT_OURS)
        return say(RELAY_ROW_SPOKEN, way=way, size=row.size, known=known, meaning=self._meaning(row))

    @staticmethod
    def _meaning(row: Forwarded) -> str:
        return say(MEANS.get(row.meaning, MEANS["other"]), detail="").strip(" ·") if row.known else "–"

    def _columns(self, width: float) -> tuple[float, float, float, float]:
        """Where the digest, the first bytes, our own side and our first bytes begin."""
        ours = round(width * 0.62)
        digest = 190.0
        return digest, digest + self._advance * (DIGITS + 3), ours, ours + 32 + min(170.0, (width - ours) * 0.5)

    def paint_head(self, painter: QPainter, width: float) -> None:
        """What each side is called; below, what its columns are."""
        p, low = self._look.palette, HEAD - TITLE
        digest, head, ours, plain = self._columns(width)
        painter.fillRect(QRectF(ours + 12, 0, width, HEAD), tint(p.inner, 0.05))
        for x, text in ((digest, DIGEST), (head, FIRST_BYTES), (plain, FIRST_BYTES)):
            painter.drawText(QRectF(x, TITLE, 160, low), _MIDDLE, say(text))
        painter.drawText(QRectF(100, TITLE, 66, low), _RIGHT, say(BYTES))
        painter.setFont(type_face(13, QFont.Weight.DemiBold))
        painter.setPen(QColor(p.text))
        painter.drawText(QRectF(14, 2, ours - 14, TITLE), _MIDDLE, say(RELAY_SEES))
        painter.setPen(QColor(p.inner))
        painter.drawText(QRectF(ours + 32, 2, width - ours - 32, TITLE), _MIDDLE, say(US))

    def paint_lines(self, painter: QPainter, lines: range, top: float, width: float) -> None:
        """Column by column."""
        p = self._look.palette
        rows = [(self._rows[-1 - line], top + i * ROW) for i, line in enumerate(lines)]
        digest, head, ours, plain = self._columns(width)
        if rows:
            height = len(rows) * ROW
            painter.fillRect(QRectF(ours + 12, top, width, height), tint(p.inner, 0.05))
            painter.setPen(QPen(QColor(p.line), 1))
            painter.drawLine(QLineF(ours + 12, top, ours + 12, top + height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, y in rows:
            good = row.known
            paint_icon(
                painter, "check" if good else "close", p.good if good else p.bad, QRectF(14, y + ROW / 2 - 7, 14, 14)
            )
        painter.setFont(type_face(12, figures=True))
        painter.setPen(QColor(p.text2))
        for row, y in rows:
            painter.drawText(QRectF(38, y, 70, ROW), _MIDDLE, say(SENT if row.direction == "out" else RECEIVED))
        painter.setPen(QColor(p.text))
        for row, y in rows:
            painter.drawText(QRectF(100, y, 66, ROW), _RIGHT, f"{row.size:,}")
        painter.setFont(self._mono)
        painter.setPen(QColor(p.text2))
        fits = max(1, int((ours - head) / self._advance))
        for row, y in rows:
            outside, inside = parted(row)
            painter.drawText(QRectF(digest, y, head - digest, ROW), _MIDDLE, row.digest[:DIGITS] + "…")
            painter.drawText(QRectF(head, y, ours - head, ROW), _MIDDLE, outside[:fits])
            text = inside if row.known else ""
            fit = max(1, int((width - plain - 10) / self._advance))
            painter.drawText(
                QRectF(plain, y, width - plain, ROW), _MIDDLE, text if len(text) <= fit else text[: fit - 1] + "…"
            )
        painter.setFont(type_face(12, QFont.Weight.Medium))
        for row, y in rows:
            painter.setPen(QColor(p.inner if row.known else p.bad))
            text = self._meaning(row) if row.known else say(NOT_OURS)
            painter.drawText(QRectF(ours + 32, y, plain - ours - 32, ROW), _MIDDLE, text)
