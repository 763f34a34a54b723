"""The guided tour over the window: everything a little dimmed but the thing it speaks of, which stays in use.

state ──→ gui.tour.steps ──→ TourCard, beside…
find(place) ──→ widget ──→ spotlight: a hole in this overlay, for the eye and for the mouse
"""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget

from gui.theme import RADIUS, Look
from gui.tour import Step, steps
from gui.view_state import ViewState
from gui.widgets.tour_card import TourCard

AIR = 6
"""Between a thing and the edge of its spotlight."""
MARGIN = 20
"""Between the card and whatever is beside it."""
SHADOW = 10
HEAD = 160
LEAST = 8
"""A thing smaller than this each way is not to be seen."""
CONTROLS = "call-controls"
"""`find` may know the buttons that mute and end a call by this name: they stay in use, whatever is told."""
KEYS = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter})


def beside(room: QRect, thing: QRect, card: QSize, avoid: QRect) -> QPoint:
    """`card`’s place in `room`: right of `thing`, left, below or above, not over `avoid`; else where it hides least."""
    if thing.isEmpty():
        thing = QRect(room.center(), QSize())
        centred = QRect(QPoint(), card)
        centred.moveCenter(room.center())
        if not centred.intersects(avoid):
            return centred.topLeft()
    inner = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    right, bottom = inner.right() - card.width() + 1, inner.bottom() - card.height() + 1
    x, y = max(inner.left(), min(thing.left(), right)), max(inner.top(), min(thing.top(), bottom))
    heights = (y, avoid.top() - MARGIN - card.height(), inner.top()) if not avoid.isEmpty() else (y,)
    sides = (
        *(QPoint(thing.right() + MARGIN, height) for height in heights),
        *(QPoint(thing.left() - MARGIN - card.width(), height) for height in heights),
        QPoint(x, thing.bottom() + MARGIN),
        QPoint(x, thing.top() - MARGIN - card.height()),
    )
    for at in sides:
        if inner.contains(QRect(at, card)) and not QRect(at, card).intersects(avoid):
            return at
    corners = (
        QPoint(right, bottom), QPoint(inner.left(), bottom), QPoint(right, inner.top()), inner.topLeft(),
    )  # fmt: skip
    # What stands at the head of a thing says what it is, and its lines begin at the left: rather hide the rest.
    head = QRect(thing.topLeft(), QSize(thing.width(), min(HEAD, thing.height())))
    side = QRect(thing.topLeft(), QSize(thing.width() // 3, thing.height()))
    return min(
        corners,
        key=lambda at: (
            _area(QRect(at, card) & thing)
            + 2 * _area(QRect(at, card) & head)
            + _area(QRect(at, card) & side)
            + room.width() * _area(QRect(at, card) & avoid)
        ),
    )


def _area(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0


class TourGuide(QWidget):
    """`find(place)` gives the widget of a `gui.tour.Place`, or None. `wanted(page)`: that page must be open for it."""

    wanted = Signal(str)
    closed = Signal()

    def __init__(self, look: Look, host: QWidget, find: Callable[[str], QWidget | None]) -> None:
        super().__init__(host)
        self._look, self._host, self._find = look, host, find
        self._state = ViewState()
        self._steps: tuple[Step, ...] = ()
        self._at = 0
        self._spot = QRect()
        self._controls = QRect()
        self._watched: list[QWidget] = []
        self._reaching = False
        self._placed: object = None
        self._before: QWidget | None = None
        self.card = TourCard(look, self)
        self.card.back.connect(lambda: self.go(self._at - 1))
        self.card.forth.connect(lambda: self.go(self._at + 1))
        self.card.left.connect(self.leave)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._settle)
        look.changed.connect(self.update)
        self.hide()

    @property
    def step(self) -> Step | None:
        """What is being told; None when the tour is not on."""
        return self._steps[self._at] if self._steps else None

    @property
    def spot(self) -> QRect:
        """What is left clear, in the host's coordinates; empty when there is nothing to point at."""
        return QRect(self._spot)

    def start(self, state: ViewState, at: int = 0) -> None:
        """Begin, with step `at` (from 0)."""
        if not self._steps:
            self._before = QApplication.focusWidget()
            self._host.installEventFilter(self)
        self._state, self._steps = state, steps(state)
        self.setGeometry(self._host.rect())
        self.show()
        self.go(at)

    def go(self, at: int) -> None:
        """Tell step `at`; after the last one the tour is over."""
        if not self._steps or at < 0:
            return
        if at >= len(self._steps):
            self.leave()
            return
        self._at = at
        step = self._steps[at]
        self.card.show_step(step, at, len(self._steps))
        self.wanted.emit(step.page)
        if self._steps:
            self.raise_()
            self._reaching = True
            self._place()
            self._soon.start()
            self.card.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: ViewState) -> None:
        """Follow the journal. An incoming call ends the tour: its answer must be at hand."""
        if not self._steps or state is self._state:
            return
        self._state = state
        if state.call is not None and state.call.phase == "incoming":
            self.leave()
            return
        self._steps = steps(state)
        changed = self.card.show_step(self._steps[self._at], self._at, len(self._steps))
        if changed or self._spot.isEmpty():
            self._place()

    def leave(self) -> None:
        """End the tour, wherever it is. Does nothing when it is not on."""
        if not self._steps:
            return
        self._steps = ()
        self._soon.stop()
        self._watch(None)
        self._host.removeEventFilter(self)
        self.card.forget()
        self.hide()
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    # ── where ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _settle(self) -> None:
        """Once the page that was asked for is laid out."""
        self._place()
        self._reaching = False

    def _place(self) -> None:
        """Find the thing, clear it, put the card beside it."""
        step = self.step
        if step is None:
            return
        self.setGeometry(self._host.rect())
        thing = self._find(step.place)
        self._watch(thing)
        if thing is not None and self._reaching:
            for area in self._watched:
                if isinstance(area, QScrollArea) and area is not thing:
                    area.ensureWidgetVisible(thing, 0, MARGIN)
        live = self._state.live_call is not None
        self._spot, self._controls = self._seen(thing), self._seen(self._find(CONTROLS)) if live else QRect()
        spot = self._spot.adjusted(-AIR, -AIR, AIR, AIR) if not self._spot.isEmpty() else QRect()
        self.card.move(beside(self.rect(), spot, self.card.size(), self._controls))
        placed = (self._at, self.size(), self._spot, self._controls, self.card.geometry())
        if placed == self._placed:
            return  # a mask and a full paint are not for nothing
        self._placed = placed
        mask = QRegion(self.rect()).subtracted(QRegion(self._spot)).subtracted(QRegion(self._controls))
        self.setMask(mask.united(QRegion(self._card_rect())))
        self.update()

    def _card_rect(self) -> QRect:
        return self.card.geometry().adjusted(-SHADOW, -SHADOW, SHADOW, SHADOW)

    def _seen(self, thing: QWidget | None) -> QRect:
        """What of `thing` can be seen, in our coordinates."""
        if thing is None or not thing.isVisible() or not self._host.isAncestorOf(thing):
            return QRect()
        rect = QRect(thing.mapTo(self._host, QPoint()), thing.size())
        above = thing.parentWidget()
        while above is not None:
            rect &= QRect(above.mapTo(self._host, QPoint()), above.size())
            above = above.parentWidget() if above is not self._host else None
        return rect if rect.width() >= LEAST and rect.height() >= LEAST else QRect()

    def _watch(self, thing: QWidget | None) -> None:
        """Be told when `thing`, or what it lies in, moves."""
        chain: list[QWidget] = []
        above = thing
        while above is not None and above is not self._host:
            chain.append(above)
            above = above.parentWidget()
        if chain == self._watched:
            return
        for old in self._watched:
            if shiboken6.isValid(old):
                old.removeEventFilter(self)
        for new in chain:
            new.installEventFilter(self)
        self._watched = chain

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Something that matters moved, or the window changed its size."""
        moved = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
        if self._steps and event.type() in moved:
            self._soon.start()
        return super().eventFilter(watched, event)

    # ── keys, paint, language ──────────────────────────────────────────────────────────────────────────────────

    def event(self, event: QEvent) -> bool:
        """Our keys are ours while the card has the keyboard, not the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc ends it, the arrows go back and forth, Enter presses what has the focus."""
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Left:
                self.go(self._at - 1)
            case Qt.Key.Key_Right:
                self.go(min(self._at + 1, len(self._steps) - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                focus = QApplication.focusWidget()
                (focus if isinstance(focus, QAbstractButton) else self.card.next_button).click()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """The dim, the ring around what is left clear, the card's shadow."""
        step = self.step
        if step is None:
            return
        p, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        dim, clear = QPainterPath(), QPainterPath()
        dim.addRect(QRectF(self.rect()))
        for rect in (self._spot, self._controls):
            if not rect.isEmpty():
                clear.addRoundedRect(QRectF(rect.adjusted(-AIR, -AIR, AIR, AIR)), RADIUS, RADIUS)
        painter.fillPath(dim.subtracted(clear), QColor(0, 0, 0, 120 if p.dark else 72))
        if not self._spot.isEmpty():
            colour = QColor(p.inner if step.channel == "session" else p.outer)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2))
            ring = QRectF(self._spot.adjusted(-AIR, -AIR, AIR, AIR)).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, RADIUS, RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 12 if p.dark else 4))
        for i in range(1, SHADOW):
            shade = QRectF(self.card.geometry()).adjusted(-i, 2 - i, i, min(i + 3, SHADOW))
            painter.drawRoundedRect(shade, RADIUS + i, RADIUS + i)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Another language: say it again."""
        step = self.step if hasattr(self, "_steps") else None
        if event.type() == QEvent.Type.LanguageChange and step is not None:
            self.card.forget()
            self.card.show_step(step, self._at, len(self._steps))
            self._soon.start()
        super().changeEvent(event)
