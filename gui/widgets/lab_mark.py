"""How far an attack has come, as one small picture: the same in the list and beside the verdict."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.lab_board import Board, Case
from gui.theme import Palette, tint
from gui.widgets.icons import paint_icon
from gui.words.lab import CONTROL, STATE


def tone_of(board: Board, case: Case) -> str:
    """The palette's colour for what was seen; empty while nothing was."""
    state = board.state(case)
    if state in {"waiting", "running"}:
        return ""
    if state == "broken":
        return "warn"
    # The control is as it must be and still red: what it shows is an unprotected call.
    return "good" if state == "held" and case.must_hold else "bad"


def verdict_of(board: Board, case: Case) -> str:
    """What was seen, in a word, to be translated."""
    return CONTROL if not case.must_hold and board.fine(case) else STATE[board.state(case)]


def paint_mark(painter: QPainter, palette: Palette, board: Board, case: Case, box: QRectF) -> None:
    """Draw it over `box`."""
    colour = tone_of(board, case)
    if colour:
        icon = {"good": "shield-check", "bad": "lock-open" if board.fine(case) else "shield-alert"}.get(colour, "alert")
        paint_icon(painter, icon, getattr(palette, colour), box)
        return
    running = board.state(case) == "running"
    painter.setBrush(tint(palette.outer, 0.25) if running else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.outer if running else palette.text3), 2 if running else 1.2))
    edge = box.width() * (0.16 if running else 0.24)
    painter.drawEllipse(box.adjusted(edge, edge, -edge, -edge))
    if running:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.outer))
        edge = box.width() * 0.36
        painter.drawEllipse(box.adjusted(edge, edge, -edge, -edge))
