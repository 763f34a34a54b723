"""The lab's experiment, in the window: the same speech with constant and with variable sizes, seen from outside.

button ──→ child process: glasscall lab leak --json FILE ──→ gui.leak.load ──→ two plots, the speech below each
"""

import re
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QProcess, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton

from gui.leak import Comparison, Trace, load
from gui.say import say
from gui.theme import Look
from gui.widgets.basic import column, label, row, tone
from gui.widgets.size_plot import SizePlot
from gui.words.wire import (
    DEMO_AGAIN,
    DEMO_CBR,
    DEMO_FAILED,
    DEMO_FAILED_WHY,
    DEMO_FIGURES,
    DEMO_FIGURES_ONE,
    DEMO_LEAD,
    DEMO_RUN,
    DEMO_RUNNING,
    DEMO_STARTING,
    DEMO_TITLE,
    DEMO_VBR,
)

PROGRAM = ("-m", "voip.cli", "lab", "leak")
_SECOND = re.compile(r"^(\d+) of ([\d.]+) s$", re.MULTILINE)
LINE_MAX = 300


class LeakView(QFrame):
    """Runs when it is asked to, in a process of its own: the window and a call go on."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._comparison: Comparison | None = None
        self._progress: tuple[str, str] | None = None
        self._failed, self._why = False, ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)
        inside = column(self, gap=8, margins=(18, 14, 14, 16))
        top = row(None, gap=12)
        self._title, self._state = label("heading"), label("caption")
        self.run = QPushButton()
        self.run.clicked.connect(self.start)
        top.addWidget(self._title, 1)
        top.addWidget(self._state)
        top.addWidget(self.run)
        self._lead = label("body", wrap=True)
        inside.addLayout(top)
        inside.addWidget(self._lead)
        self._plots = QFrame()
        below = column(self._plots, gap=6, margins=(0, 8, 0, 0))
        self._names: list[tuple[QLabel, QLabel]] = []
        self.plots: list[SizePlot] = []
        for colour in ("outer", "warn"):
            head, name, figures, plot = row(None, gap=10), label("heading"), label("caption"), SizePlot(look, colour)
            head.addWidget(name)
            head.addWidget(figures, 1)
            below.addLayout(head)
            below.addWidget(plot)
            self._names.append((name, figures))
            self.plots.append(plot)
        inside.addWidget(self._plots)
        self._show()

    @property
    def running(self) -> bool:
        """Whether the experiment is on its way."""
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin, unless it is running."""
        if self.running:
            return
        self._failed, self._why, self._progress = False, "", None
        self._folder = tempfile.TemporaryDirectory(prefix="glasscall-leak-")
        self._process.start(sys.executable, [*PROGRAM, "--json", str(self._file())])
        self._show()

    def stop(self) -> None:
        """End it now; there is no result then."""
        if self.running:
            self._process.blockSignals(True)  # noqa: FBT003 - its only argument
            self._process.kill()
            self._process.waitForFinished(1000)
            self._process.blockSignals(False)  # noqa: FBT003 - its only argument
            self._tidy()
            self._show()

    def _file(self) -> Path:
        return Path(self._folder.name if self._folder else ".") / "leak.json"

    def _tidy(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _on_output(self) -> None:
        told = _SECOND.findall(bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace"))
        if told:
            self._progress = told[-1]
            self._show()

    def _on_finished(self, status: int, _how: QProcess.ExitStatus) -> None:
        found = load(self._file())
        if found is None or status not in {0, 1}:
            said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip()
            last = said.splitlines()[-1][:LINE_MAX] if said else ""
            self._failed, self._why = True, last.removeprefix("glasscall: ")
        else:
            self._comparison = found
        self._tidy()
        self._show()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._failed, self._why = True, self._process.errorString()[:LINE_MAX]
            self._tidy()
            self._show()

    def _show(self) -> None:
        running = self.running
        self._title.setText(say(DEMO_TITLE))
        self._lead.setText(say(DEMO_LEAD))
        self.run.setText(say(DEMO_RUN if self._comparison is None else DEMO_AGAIN))
        self.run.setEnabled(not running)
        if running:
            told = self._progress
            self._state.setText(say(DEMO_RUNNING, second=told[0], seconds=told[1]) if told else say(DEMO_STARTING))
        elif self._failed:
            self._state.setText(say(DEMO_FAILED_WHY, why=self._why) if self._why else say(DEMO_FAILED))
        else:
            self._state.clear()
        self._state.setWordWrap(self._failed and not running)
        tone(self._state, "bad" if self._failed and not running else "")
        self._plots.setVisible(self._comparison is not None)
        if self._comparison is not None:
            self._show_comparison(self._comparison)

    def _show_comparison(self, seen: Comparison) -> None:
        traces: tuple[tuple[str, Trace], ...] = ((DEMO_CBR, seen.constant), (DEMO_VBR, seen.variable))
        for (title, trace), (name, figures), plot in zip(traces, self._names, self.plots, strict=True):
            name.setText(say(title))
            accuracy = f"{trace.accuracy:.0%}"
            one = trace.sizes == 1
            figures.setText(
                say(DEMO_FIGURES_ONE, accuracy=accuracy)
                if one
                else say(DEMO_FIGURES, sizes=trace.sizes, accuracy=accuracy)
            )
            figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            tone(figures, "good" if one else "warn")
            plot.setAccessibleName(f"{name.text()}: {figures.text()}")
            plot.show_points(trace.points, (0.0, seen.seconds), bounds=seen.bounds, voice=seen.envelope)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Say everything again in another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
