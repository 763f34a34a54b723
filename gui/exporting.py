"""The export, as the window holds it: the dialog, made when it is first asked for, and the word on what became of it.

begin ──→ ExportDialog ──wanted──→ export(kind, path, language) ──→ the phone ──→ told(kind, path, code, sentence)
"""

from collections.abc import Callable

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QWidget

from gui.panels.export_menu import ExportDialog
from gui.theme import Look
from gui.view_state import ViewState


class Exporting(QObject):
    """Holds at most one dialog; the window goes on beside it."""

    def __init__(self, look: Look, window: QWidget, export: Callable[[str, str, str], None]) -> None:
        super().__init__(window)
        self._look, self._window, self._export = look, window, export
        self.dialog: ExportDialog | None = None

    def open(self, state: ViewState) -> None:
        """Show the choices."""
        if self.dialog is None:
            self.dialog = ExportDialog(self._look, self._window)
            self.dialog.wanted.connect(self._wanted)
        self.dialog.show_state(state.locks.key_log)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def show_state(self, state: ViewState) -> None:
        """Follow the key log: with none there are no secrets to be saved."""
        if self.dialog is not None:
            self.dialog.show_state(state.locks.key_log)

    def told(self, kind: str, path: str, code: str, sentence: str) -> None:
        """It was saved (`code` empty), or not, and why."""
        if self.dialog is None:
            return
        if code:
            self.dialog.show_failed(kind, path, code, sentence)
        else:
            self.dialog.show_done(kind, path)

    def _wanted(self, kind: str, path: str) -> None:
        korean = QLocale().language() is QLocale.Language.Korean
        self._export(kind, path, "ko" if korean else "en")
