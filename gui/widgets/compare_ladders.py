"""A full handshake and its resumed one on common lines: an arrow for each message, a dashed gap where none is sent."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.comparison import Column, Line, lines
from gui.say import say
from gui.theme import Look, type_face
from gui.words.compare import NOT_SENT

STEP = 18


class CompareLadders(QWidget):
    """Two columns of one TLS version."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._lines: tuple[Line, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def show_pair(self, full: Column, resumed: Column) -> None:
        """Paint both."""
        self._lines = lines(full, resumed)
        missing = ", ".join(line.name for line in self._lines if line.resumed is None)
        self.setAccessibleName(f"{say(NOT_SENT)}: {missing}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as it has lines."""
        return QSize(360, STEP * len(self._lines) + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Left the full one, right the resumed one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = (self.width() - 16) / 2
        for i, line in enumerate(self._lines):
            y = STEP * i + STEP / 2 + 2
            for left, size in ((0.0, line.full), (half + 16, line.resumed)):
                self._paint(painter, QRectF(left, y - STEP / 2, half, STEP), line, sent=size is not None)
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, line: Line, *, sent: bool) -> None:
        p = self._look.palette
        ink = QColor(p.outer if line.direction == "out" else p.inner)
        y = box.center().y()
        font = type_face(11)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        name = metrics.elidedText(
            line.title if sent else say(NOT_SENT), Qt.TextElideMode.ElideRight, int(box.width()) - 44
        )
        width = metrics.horizontalAdvance(name)
        begin, end = box.left() + 4, box.right() - 4
        middle = box.center().x()
        pen = QPen(ink if sent else QColor(p.line), 1.5, Qt.PenStyle.SolidLine if sent else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QLineF(begin, y, middle - width / 2 - 6, y))
        painter.drawLine(QLineF(middle + width / 2 + 6, y, end, y))
        if sent:
            tip, back = (end, end - 5) if line.direction == "out" else (begin, begin + 5)
            painter.drawLine(QLineF(QPointF(tip, y), QPointF(back, y - 3.5)))
            painter.drawLine(QLineF(QPointF(tip, y), QPointF(back, y + 3.5)))
        painter.setPen(QColor(p.text if sent else p.text3))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
