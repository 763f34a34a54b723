"""Our own line icons (gui/icons/*.svg), drawn in whatever colour the theme asks for."""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SCALES = (1.0, 2.0, 3.0)


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = (files("gui") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    """Draw icon `name` in `colour` (`#rrggbb`) into `box`."""
    _renderer(name, QColor(colour).name()).render(painter, box)


def icon(name: str, colour: str, size: int = 20) -> QIcon:
    """Icon `name` as a QIcon, sharp at 100, 200 and 300 %."""
    result = QIcon()
    for scale in SCALES:
        pixels = QPixmap(QSize(size, size) * scale)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        paint_icon(painter, name, colour, QRectF(0, 0, size * scale, size * scale))
        painter.end()
        pixels.setDevicePixelRatio(scale)
        result.addPixmap(pixels)
    return result
