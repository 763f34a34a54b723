"""Writes what a phone observed into files: the capture, the journal, the call report. Private, whole or not at all.

    journal ──┐
    recorder ─┴──→ Export, of one moment ──→ write(kind, FILE) ──→ pcapng │ JSON │ HTML

To make an `Export` is quick and belongs to the phone's loop; `write` may run in another thread beside a running call.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from voip.capture.recorder import HOW, Recording
from voip.capture.tap import open_private
from voip.errors import CaptureError, StoreError
from voip.journal.export import to_lines
from voip.journal.observations import Entry
from voip.journal.report import Lang, call_report

Kind = Literal["capture", "capture-secrets", "journal", "report"]


@dataclass(frozen=True, slots=True)
class Export:
    """What was observed up to one moment."""

    entries: Iterator[Entry] = field(repr=False)
    recording: Recording
    key_log: Entry | None
    """What the journal was told when secrets began to be kept. It is bounded and may have dropped it by now."""
    monotonic: float
    wall: datetime
    """The same moment as `monotonic`, UTC."""

    def write(self, kind: Kind, path: Path, lang: Lang = "en") -> None:
        """Write it to `path`, once. Raises `StoreError` or `CaptureError`; then nothing stays there."""
        if kind in {"capture", "capture-secrets"}:
            self.recording.save(path, secrets=kind == "capture-secrets")
        elif kind == "journal":
            _write(path, to_lines(self._observed(), monotonic=self.monotonic, wall=self.wall))
        else:
            _write(path, [call_report(self._observed(), monotonic=self.monotonic, wall=self.wall, lang=lang)])

    def require(self, kind: Kind) -> None:
        """Raise `CaptureError` when there is no such thing to be had."""
        if kind == "capture-secrets" and self.recording.secrets is None:
            raise CaptureError(HOW, code="no-secrets")

    def _observed(self) -> Iterator[Entry]:
        """Every entry; that secrets are kept comes first, come what may."""
        if self.key_log is not None:
            yield self.key_log
        yield from (entry for entry in self.entries if entry is not self.key_log)


def _write(path: Path, pieces: Iterable[str]) -> None:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
        with open_private(path) as file:
            try:
                for piece in pieces:
                    file.write(piece.encode(errors="replace"))
                file.flush()
            except OSError:
                if path.is_file():
                    path.unlink()
                raise
    except OSError as error:
        why = error.strerror or error
        raise StoreError(f"{path} cannot be written: {why}. Choose another place.", code="not-writable") from None
