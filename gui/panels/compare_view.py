"""Compare: four handshakes side by side, measured when asked for; and what encrypting costs the running call.

Measure ──→ python -m voip.cli compare --rtt N --json - (a process of its own) ──→ gui.comparison ──→ ladders, figures
CallCost ──→ show_cost
"""

import shutil
import sys

from PySide6.QtCore import QCoreApplication, QEvent, QProcess, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QSlider, QWidget

from gui.comparison import Column, Compared, read_untrusted
from gui.say import say
from gui.theme import Look, type_face
from gui.widgets.basic import column, frame, label, row, tone
from gui.widgets.compare_ladders import CompareLadders
from gui.widgets.cost_bar import CostBar
from gui.words import compare as words
from voip.errors import ProtocolError
from voip.journal.observations import CallCost

NICENESS = "10"


class CompareView(QWidget):
    """See the head of this file. `stop()` ends what runs."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.found: Compared | None = None
        self._cost: CallCost | None = None
        self._problem = ""
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)
        whole = column(self)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        body = QWidget()
        body.setProperty("role", "clear")
        scroll.setWidget(body)
        whole.addWidget(scroll)
        inside = column(body, gap=12)
        self._title, self._lead = label("title"), label("body", wrap=True)
        inside.addWidget(self._title)
        inside.addWidget(self._lead)
        self._lay_out_bar()
        inside.addLayout(self._bar)
        self._empty = label("lead", centre=True, wrap=True)
        inside.addWidget(self._empty)
        self._cards = QWidget()
        both = row(self._cards, gap=12)
        self.ladders: dict[str, CompareLadders] = {}
        self._heads: dict[str, tuple[QLabel, QLabel]] = {}
        self._figures: dict[str, dict[str, tuple[QLabel, QLabel, QLabel]]] = {}
        for version in ("1.2", "1.3"):
            both.addWidget(self._card(look, version), 1)
        inside.addWidget(self._cards)
        cost = frame("card")
        below = column(cost, gap=5, margins=(16, 12, 16, 12))
        self._cost_title, self._cost_text = label("heading"), label("body", wrap=True)
        below.addWidget(self._cost_title)
        below.addWidget(self._cost_text)
        self.cost_bar = CostBar(look)
        below.addSpacing(6)
        below.addWidget(self.cost_bar)
        inside.addWidget(cost)
        inside.addStretch()
        self._translate()

    def _lay_out_bar(self) -> None:
        self._bar = row(None, gap=10)
        self._way, self._ms = label("body"), label("heading")
        self._ms.setMinimumWidth(64)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 300)
        self.slider.setSingleStep(10)
        self.slider.setPageStep(50)
        self.slider.setValue(100)
        self.slider.setMinimumWidth(200)
        self.slider.setMaximumWidth(300)
        self.slider.valueChanged.connect(self._translate)
        self.button = QPushButton()
        self.button.clicked.connect(self.measure)
        self.outcome, self._note = label("body", wrap=True), label("hint", wrap=True)
        for widget in (self._way, self.slider, self._ms, self.button):
            self._bar.addWidget(widget)
        for widget in (self.outcome, self._note):
            self._bar.addWidget(widget, 1)

    def _card(self, look: Look, version: str) -> QFrame:
        card = frame("card")
        inside = column(card, gap=8, margins=(16, 12, 16, 14))
        heads = row(None, gap=16)
        self._heads[version] = (label("heading", centre=True), label("heading", centre=True))
        for head in self._heads[version]:
            heads.addWidget(head, 1)
        self.ladders[version] = CompareLadders(look)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        rows: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        for i, key in enumerate(words.FIGURE):
            name, one, other = label("hint"), label("body"), label("body")
            for j, widget in enumerate((name, one, other)):
                widget.setFont(type_face(13, figures=True))
                grid.addWidget(widget, i, j, Qt.AlignmentFlag.AlignRight if j else Qt.AlignmentFlag.AlignLeft)
            rows[key] = (name, one, other)
        self._figures[version] = rows
        inside.addLayout(heads)
        inside.addWidget(self.ladders[version])
        inside.addStretch()  # figures stand on common lines, however long a ladder is
        inside.addLayout(grid)
        return card

    # ── measuring ──

    def measure(self) -> None:
        """Begin, unless it is under way."""
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            return
        self._problem = ""
        command = [sys.executable, "-m", "voip.cli", "compare", "--rtt", str(self.slider.value()), "--json", "-"]
        nice = shutil.which("nice")
        if nice:
            command = [nice, "-n", NICENESS, *command]
        self._process.start(command[0], command[1:])
        self._translate()

    def stop(self) -> None:
        """End it now."""
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.blockSignals(True)  # noqa: FBT003 - its only argument
            self._process.kill()
            self._process.waitForFinished(1000)
            self._process.blockSignals(False)  # noqa: FBT003 - its only argument
            self._translate()

    def _on_finished(self) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        try:
            self.found = read_untrusted(bytes(self._process.readAllStandardOutput().data()))
        except ProtocolError as error:
            self._problem = said.splitlines()[-1] if said else error.sentence
        self._translate()

    def _on_error(self, _error: QProcess.ProcessError) -> None:
        self._problem = self._process.errorString()
        self._translate()

    # ── painting ──

    def show_cost(self, cost: CallCost | None) -> None:
        """What the present call was seen to pay."""
        if cost is not self._cost:
            self._cost = cost
            self._show_cost()

    def _translate(self) -> None:
        busy = self._process.state() is not QProcess.ProcessState.NotRunning
        self._title.setText(say(words.TITLE))
        self._lead.setText(say(words.LEAD))
        self._way.setText(say(words.WAY))
        self.slider.setAccessibleName(say(words.WAY))
        self._ms.setText(say(words.MS, ms=self.slider.value()))
        self.button.setText(say(words.MEASURING if busy else words.MEASURE))
        self.button.setEnabled(not busy)
        self.outcome.setText(say(words.FAILED, why=self._problem) if self._problem else "")
        tone(self.outcome, "bad")
        self.outcome.setVisible(bool(self._problem))
        self._note.setVisible(not self._problem)
        self._cards.setVisible(self.found is not None)
        self._empty.setVisible(self.found is None)
        self._empty.setText(say(words.EMPTY))
        if self.found is not None:
            self._show_found(self.found)
        self._show_cost()

    def _show_found(self, found: Compared) -> None:
        self._note.setText(say(words.MEDIANS, runs=found.runs, ms=f"{found.rtt_ms:g}"))
        for version, ladders in self.ladders.items():
            full, resumed = (
                next(c for c in found.columns if c.version == version and c.resumed is kind) for kind in (False, True)
            )
            ladders.show_pair(full, resumed)
            for head, text in zip(self._heads[version], (words.FULL, words.RESUMED_KIND), strict=True):
                head.setText(say(text, version=version))
            values = zip(_values(full), _values(resumed), strict=True)
            for (key, labels), (one, other) in zip(self._figures[version].items(), values, strict=True):
                for widget, text in zip(
                    labels, (say(words.FIGURE[key], ms=f"{found.rtt_ms:g}"), one, other), strict=True
                ):
                    widget.setText(text)

    def _show_cost(self) -> None:
        self._cost_title.setText(say(words.COST_TITLE))
        cost = self._cost
        self.cost_bar.show_cost(cost)
        if cost is None or not cost.packets:
            self._cost_text.setText(say(words.COST_NONE))
            return
        whole = cost.opus_bytes + cost.rtp_bytes + cost.srtp_bytes + cost.framing_bytes + cost.tls_bytes
        srtp, tls = 100 * cost.srtp_bytes / whole, 100 * cost.tls_bytes / whole
        self._cost_text.setText(
            say(
                words.COST,
                share=f"{srtp + tls:.0f}",
                srtp=f"{srtp:.0f}",
                tls=f"{tls:.0f}",
                cpu=f"{100 * (cost.srtp_cpu + cost.tls_cpu) / max(cost.seconds, 1e-3):.2f}",
                send=f"{cost.send_delay_us:.0f}",
                receive=f"{cost.receive_delay_us:.0f}",
            )
        )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)


def _values(seen: Column) -> tuple[str, ...]:
    """In the order of `words.FIGURE`."""
    return (
        f"{seen.time_ms:.1f} ms",
        f"{seen.loopback_ms:.1f} ms",
        str(seen.round_trips),
        str(len(seen.messages)),
        f"{seen.bytes_out:,}",
        f"{seen.bytes_in:,}",
        f"{seen.client_cpu_ms + seen.server_cpu_ms:.2f} ms",
    )
