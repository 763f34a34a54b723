"""Colours, spacing and type: the tokens that everything in the window is drawn from, and the style sheet made of them.

Blue is the way to the relay (the outer encryption), teal the way to the other person (the inner one), everywhere.
"""

import zlib
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

Choice = Literal["auto", "light", "dark"]

GAP = (4, 8, 12, 16, 24, 32, 48)
"""The spacing scale, in logical pixels."""
RADIUS = 14
FAMILIES = ("Inter", "SF Pro Text", "Segoe UI", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "Noto Sans")

MONO_FAMILIES = ("JetBrains Mono", "SF Mono", "Menlo", "Cascadia Mono", "Consolas", "DejaVu Sans Mono")


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours."""

    dark: bool
    window: str
    sidebar: str
    card: str
    hover: str
    line: str
    """Hairlines and empty tracks."""
    text: str
    text2: str
    """Second voice: captions."""
    text3: str
    """Third voice: times, hints; still readable (4.5:1)."""
    outer: str
    """The link to the relay."""
    inner: str
    """The session with the peer."""
    good: str
    bad: str
    warn: str
    on_fill: str
    """Text and icons on `good`, `bad`, `outer`, `inner` when these fill a shape."""
    fill_good: str
    fill_bad: str
    fill_warn: str
    stages: tuple[str, str, str, str, str, str, str, str]
    """The eight stages of the voice: their machine in blues, the network between, ours in teals."""
    avatars: tuple[str, ...]


LIGHT = Palette(
    dark=False, window="#FAFAF8", sidebar="#F2F2EE", card="#FFFFFF", hover="#E7E8E3", line="#E6E6E1",
    text="#17191C", text2="#5A5F66", text3="#686D74",
    outer="#3565D8", inner="#08776B", good="#157746", bad="#C6362F", warn="#8A5908",
    on_fill="#FFFFFF", fill_good="#1B8A53", fill_bad="#D5433B", fill_warn="#E0A13A",
    stages=("#A9C4F9", "#8FB0F5", "#6A93EC", "#4677DF", "#C3C8D0", "#7ED3C6", "#3FB3A4", "#0F8A7C"),
    avatars=("#5B7BD5", "#2F8F83", "#B5734A", "#8A68C0", "#B85C7E", "#5F8A4B"),
)  # fmt: skip

DARK = Palette(
    dark=True, window="#141517", sidebar="#191A1D", card="#1D1F22", hover="#282B2F", line="#2D3034",
    text="#F0F1F2", text2="#A9AEB5", text3="#90969D",
    outer="#8AB0FF", inner="#5CD0BF", good="#56C98D", bad="#FF7B72", warn="#E3B25B",
    on_fill="#FFFFFF", fill_good="#1F8F58", fill_bad="#D04840", fill_warn="#E3B25B",
    stages=("#C4D6FF", "#A9C4FF", "#7FA6F8", "#5C86E0", "#5A616B", "#8FE3D6", "#52BFB0", "#2E9387"),
    avatars=("#5B7BD5", "#2F8F83", "#B5734A", "#8A68C0", "#B85C7E", "#5F8A4B"),
)  # fmt: skip


class Look(QObject):
    """The palette in use. Follows the system's scheme unless told otherwise; `changed` asks everyone to repaint."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = "auto") -> None:
        super().__init__(app)
        self._app = app
        self.choice: Choice = choice
        self.palette = LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: Choice) -> None:
        """Use `choice` from now on."""
        self.choice = choice
        self._apply()

    def _apply(self) -> None:
        system_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        palette = DARK if self.choice == "dark" or (self.choice == "auto" and system_dark) else LIGHT
        sheet = style_sheet(palette)
        # To set a style sheet polishes every widget there is: only when it is another one.
        if palette is not self.palette or self._app.styleSheet() != sheet:
            self.palette = palette
            self._app.setStyleSheet(sheet)
            self.changed.emit()


def type_face(pixels: float, weight: QFont.Weight = QFont.Weight.Normal, *, figures: bool = False) -> QFont:
    """The house's font at a size; `figures`: digits of equal width, for times and counters."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(round(pixels))
    font.setWeight(weight)
    if figures:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def mono_face(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Letters of equal width, for bytes."""
    font = QFont()
    font.setFamilies(list(MONO_FAMILIES))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    font.setPixelSize(round(pixels))
    font.setWeight(weight)
    return font


def tint(colour: str, alpha: float) -> QColor:
    """`colour` at an opacity of `alpha` (0–1)."""
    mixed = QColor(colour)
    mixed.setAlphaF(alpha)
    return mixed


def avatar_colour(palette: Palette, name: str) -> str:
    """Always the same colour for the same name."""
    return palette.avatars[zlib.crc32(name.encode()) % len(palette.avatars)]


def _rgba(colour: str, alpha: float) -> str:
    mixed = QColor(colour)
    return f"rgba({mixed.red()}, {mixed.green()}, {mixed.blue()}, {alpha})"


def style_sheet(p: Palette) -> str:
    """The Qt style sheet for everything that is not painted by hand. Roles are dynamic properties."""
    return f"""
    QWidget {{ color: {p.text}; font-size: 13px; }}
    QMainWindow, QWidget[role="stage"] {{ background: {p.window}; }}
    QWidget[role="sidebar"] {{ background: {p.sidebar}; border-right: 1px solid {p.line}; }}
    QWidget[role="evidence"] {{ background: {p.sidebar}; border-left: 1px solid {p.line}; }}
    QScrollArea, QScrollArea > QWidget > QWidget[role="clear"] {{ background: transparent; border: none; }}
    QFrame[role="card"] {{ background: {p.card}; border: 1px solid {p.line}; border-radius: {RADIUS}px; }}
    QFrame[role="card"][focus="on"] {{ border: 2px solid {p.outer}; }}
    QFrame[role="tile"] {{ background: {p.card}; border: 1px solid {p.line}; border-radius: 12px; }}
    QFrame[role="tile"][quiet="true"] {{ background: transparent; }}
    QFrame[role="trust"] {{ border-radius: {RADIUS}px; border: 1px solid {p.line}; background: {p.card}; }}
    QFrame[role="trust"][tone="good"] {{ background: {_rgba(p.good, 0.09)}; border-color: {_rgba(p.good, 0.28)}; }}
    QFrame[role="trust"][tone="bad"] {{ background: {_rgba(p.bad, 0.09)}; border-color: {_rgba(p.bad, 0.35)}; }}
    QFrame[role="trust"][tone="warn"] {{ background: {_rgba(p.warn, 0.10)}; border-color: {_rgba(p.warn, 0.3)}; }}
    QFrame[role="strip"] {{ border-radius: 12px; background: {_rgba(p.warn, 0.11)};
        border: 1px solid {_rgba(p.warn, 0.28)}; }}
    QFrame[role="strip"][tone="bad"] {{ background: {_rgba(p.bad, 0.09)}; border-color: {_rgba(p.bad, 0.3)}; }}
    QFrame[role="note"] {{ border-radius: 10px; background: {p.card}; border: 1px solid {p.line}; }}
    QFrame[role="lock"] {{ border-radius: 9px; border: 2px solid transparent; background: transparent; }}
    QFrame[role="lock"]:hover {{ background: {p.hover}; }}
    QFrame[role="lock"][focus="on"] {{ border-color: {p.outer}; }}
    QFrame[role="alarm"] {{ background: {p.fill_bad}; border: none; }}
    QLabel[role="alarm"] {{ color: {p.on_fill}; font-size: 13px; font-weight: 600; }}
    QFrame[role="rule"] {{ background: {p.line}; border: none; }}
    QLabel {{ background: transparent; border: none; }}
    QLabel[role="name"] {{ font-size: 26px; font-weight: 600; }}
    QLabel[role="title"] {{ font-size: 17px; font-weight: 600; }}
    QLabel[role="heading"] {{ font-size: 13px; font-weight: 600; }}
    QLabel[role="lead"] {{ font-size: 14px; color: {p.text2}; }}
    QLabel[role="body"] {{ font-size: 13px; color: {p.text2}; }}
    QLabel[role="caption"] {{ font-size: 12px; color: {p.text2}; }}
    QLabel[role="hint"] {{ font-size: 12px; color: {p.text3}; }}
    QLabel[role="section"] {{ font-size: 12px; font-weight: 600; color: {p.text3}; }}
    QLabel[role="word"] {{ font-size: 18px; font-weight: 600; }}
    QLabel[tone="good"] {{ color: {p.good}; }}
    QLabel[tone="bad"] {{ color: {p.bad}; }}
    QLabel[tone="warn"] {{ color: {p.warn}; }}
    QLabel[tone="outer"] {{ color: {p.outer}; }}
    QLabel[tone="inner"] {{ color: {p.inner}; }}
    QPushButton {{ border-radius: 10px; padding: 9px 18px; font-size: 14px; font-weight: 600;
        background: {p.card}; border: 1px solid {p.line}; }}
    QPushButton:hover {{ background: {p.hover}; }}
    QPushButton:focus {{ border: 2px solid {p.outer}; padding: 8px 17px; }}
    QPushButton:disabled {{ color: {p.text3}; }}
    QPushButton[tone="good"] {{ background: {p.fill_good}; border-color: {p.fill_good}; color: {p.on_fill}; }}
    QPushButton[tone="good"]:hover {{ background: {p.good}; }}
    QPushButton[tone="good"]:disabled {{ background: {p.hover}; border-color: {p.line}; color: {p.text3}; }}
    QPushButton[tone="good"]:focus {{ border-color: {p.text}; }}
    QPushButton[tone="plain"] {{ background: transparent; border: none; padding: 6px; color: {p.text2};
        font-weight: 500; font-size: 12px; }}
    QPushButton[tone="plain"]:hover {{ color: {p.text}; background: {p.hover}; }}
    QPushButton[tone="plain"]:focus {{ border: 2px solid {p.outer}; padding: 4px; }}
    QPushButton[tone="plain"]::menu-indicator {{ image: none; width: 0; }}
    QPushButton[tone="door"] {{ background: {p.card}; border: 1px solid {p.line}; border-radius: 9px; padding: 4px 10px;
        color: {p.text2}; font-size: 12px; font-weight: 500; }}
    QPushButton[tone="door"]:hover {{ color: {p.text}; background: {p.hover}; }}
    QPushButton[tone="door"]:focus {{ border: 2px solid {p.outer}; padding: 3px 9px; }}
    QPushButton[tone="segment"] {{ background: transparent; border: none; border-radius: 8px; padding: 6px 12px;
        color: {p.text2}; font-size: 13px; font-weight: 500; }}
    QPushButton[tone="segment"]:hover {{ color: {p.text}; }}
    QPushButton[tone="segment"]:checked {{ background: {p.card}; color: {p.text}; font-weight: 600;
        border: 1px solid {p.line}; padding: 5px 11px; }}
    QPushButton[tone="segment"]:focus {{ border: 2px solid {p.outer}; padding: 4px 10px; }}
    QPushButton[tone="segment"][tight="on"] {{ padding: 6px 7px; }}
    QPushButton[tone="segment"][tight="on"]:checked {{ padding: 5px 6px; }}
    QPushButton[tone="segment"][tight="on"]:focus {{ padding: 4px 5px; }}
    QPushButton[tone="segment"]:disabled {{ color: {_rgba(p.text3, 0.55)}; }}
    QFrame[role="segments"] {{ background: {p.hover}; border-radius: 10px; border: none; }}
    QPushButton[tone="chip"] {{ background: {p.hover}; border: 1px solid transparent; border-radius: 8px;
        padding: 2px 8px; font-size: 12px; font-weight: 500; color: {p.text}; }}
    QPushButton[tone="chip"]:hover {{ background: {p.line}; }}
    QPushButton[tone="chip"]:focus {{ border: 1px solid {p.outer}; }}
    QPushButton[tone="chip"]:disabled {{ color: {p.text2}; }}
    QTreeView {{ background: transparent; border: none; outline: none; show-decoration-selected: 0;
        selection-background-color: transparent; }}
    QTreeView::item {{ border: none; }}
    QLabel[role="purpose"] {{ font-size: 15px; color: {p.text}; }}
    QLabel[role="value"] {{ font-size: 13px; color: {p.text2}; }}
    QListView {{ background: transparent; border: none; outline: none; }}
    QMenu {{ background: {p.card}; border: 1px solid {p.line}; border-radius: 10px; padding: 6px; }}
    QMenu::item {{ padding: 7px 28px 7px 28px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {p.hover}; }}
    QMenu::item:disabled {{ color: {p.text3}; font-weight: 600; }}
    QMenu::indicator {{ width: 8px; height: 8px; left: 10px; border-radius: 4px; }}
    QMenu::indicator:checked {{ background: {p.outer}; }}
    QMenu::separator {{ height: 1px; background: {p.line}; margin: 6px 8px; }}
    QSlider:horizontal {{ min-height: 22px; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {p.line}; }}
    QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {p.outer}; }}
    QSlider::handle:horizontal {{ width: 16px; margin: -7px 0; border-radius: 9px; background: {p.card};
        border: 1px solid {p.text3}; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {p.outer}; width: 14px; }}
    QToolTip {{ background: {p.card}; color: {p.text}; border: 1px solid {p.line}; padding: 6px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {_rgba(p.text, 0.16)}; border-radius: 2px; min-height: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
        height: 0; width: 0; }}
    """
