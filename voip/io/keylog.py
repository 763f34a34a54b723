"""The key log: TLS secrets in the NSS format that Wireshark reads. Whoever has it can read the calls; nobody else can.

engine ──line──→ KeyLogFile.write ──→ FILE (mode 0600)      only where `--key-log FILE` asked for it, in so many words
"""

import os
from pathlib import Path
from typing import Self

from voip.errors import StoreError

LINES_MAX = 20_000
"""A phone that runs for months should not fill the disk with secrets."""


class KeyLogFile:
    """Appends each line. Raises `StoreError` only when it cannot even begin. The environment cannot switch it on."""

    def __init__(self, path: Path) -> None:
        self.problem = ""
        """What went wrong while writing, as a sentence, or empty."""
        self._path = path
        self._lines = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        try:
            self._file = os.open(path, flags, 0o600)
            if hasattr(os, "fchmod") and path.is_file():
                os.fchmod(self._file, 0o600)
        except OSError as error:
            raise StoreError(f"The key log {path} cannot be written: {error.strerror}.", code="not-writable") from None

    def write(self, line: bytes) -> None:
        """Append `line`; after the first failure it does nothing."""
        self._lines += 1
        if self.problem:
            return
        if self._lines > LINES_MAX:
            self.problem = f"The key log {self._path} has reached its largest size; what came later is not in it."
            return
        try:
            os.write(self._file, line + b"\n")
        except OSError as error:
            self.problem = f"The key log {self._path} is not complete: {error.strerror}."

    def __enter__(self) -> Self:
        """The log itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        os.close(self._file)
