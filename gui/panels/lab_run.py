"""Runs the lab in a process of its own, with a lower priority: the window and a running call stay smooth.

start(name) ──→ nice python -m voip.cli lab run NAME --progress json ──lines──→ `gui.lab_board.fold` ──→ changed
"""

import shutil
import sys

from PySide6.QtCore import QCoreApplication, QObject, QProcess, Signal
from PySide6.QtGui import QGuiApplication

from gui.lab_board import Board, begin, cases, end, fold, stop

PROGRAM = ("-m", "voip.cli", "lab", "run")
NICENESS = 10
GONE_MS = 1000
"""Milliseconds that a killed process may take to go."""
KEPT = 4096
"""Last bytes of what it complained of."""


class LabRun(QObject):
    """`changed`: `board` is another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.board = Board(cases())
        self._process = QProcess(self)
        self._process.setStandardInputFile(QProcess.nullDevice())
        self._process.readyReadStandardOutput.connect(self._on_lines)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.stop)
        if isinstance(app, QGuiApplication):
            app.lastWindowClosed.connect(self.stop)

    @property
    def process_id(self) -> int:
        """The process that runs now; 0 for none."""
        return int(self._process.processId())

    def start(self, name: str) -> None:
        """Run the scenario called `name`, or `gui.lab_board.ALL`, unless something runs."""
        if self.board.busy:
            return
        self._become(begin(self.board, name))
        command = [sys.executable, *PROGRAM, name, "--progress", "json"]
        nice = shutil.which("nice")
        if nice:
            command = [nice, "-n", str(NICENESS), *command]
        self._process.start(command[0], command[1:])

    def stop(self) -> None:
        """End it now; what is done stays."""
        if not self.board.busy:
            return
        self._process.blockSignals(True)  # noqa: FBT003 - its only argument
        self._process.kill()
        self._process.waitForFinished(GONE_MS)
        self._process.blockSignals(False)  # noqa: FBT003 - its only argument
        self._become(stop(self.board))

    def _become(self, board: Board) -> None:
        if board is not self.board:
            self.board = board
            self.changed.emit()

    def _on_lines(self) -> None:
        board = self.board
        while self._process.canReadLine():
            board = fold(board, bytes(self._process.readLine().data()))
        self._become(board)

    def _on_finished(self) -> None:
        self._on_lines()
        said = bytes(self._process.readAllStandardError().data())[-KEPT:]
        self._become(end(self.board, said.decode("utf-8", "replace")))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._become(end(self.board, self._process.errorString()))
