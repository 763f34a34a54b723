"""A WAV file that can be played at every moment, however its writing ends.

The header's sizes are brought up to date once a second and at the end, in place: that needs no new space, so a full
disk does not prevent it. After the first failure nothing more is written, and `problem` says why.
"""

import contextlib
import errno
import os
import struct
from pathlib import Path

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.ring import Samples

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
HEADER_BYTES = HEADER.size
DATA_MAX = 0xFFFF_FFFF - HEADER_BYTES
"""RIFF counts bytes in 32 bits: 12 hours at 48 kHz mono."""


def header(data_bytes: int) -> bytes:
    """The 44 bytes in front of `data_bytes` of 48 kHz mono 16-bit samples."""
    riff_bytes = HEADER_BYTES - 8 + data_bytes
    return HEADER.pack(
        b"RIFF", riff_bytes, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16, b"data", data_bytes
    )


class WavWriter:
    """Writes 48 kHz mono 16-bit samples to `path`. Raises `AudioError` (`wav-not-writable`) if it cannot even begin."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """What went wrong while writing, as a sentence, or empty."""
        self._data_bytes = 0
        self._patched = 0
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._cannot_begin(error) from error
        self._open = True
        try:
            begun = os.write(self._file, header(0))
        except OSError as error:
            self.close()
            raise self._cannot_begin(error) from error
        if begun < HEADER_BYTES:
            self.close()
            raise self._cannot_begin(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def _cannot_begin(self, error: OSError) -> AudioError:
        return AudioError(
            f"The file “{self.path}” cannot be written: {error.strerror}. Name another place, or free some space.",
            code="wav-not-writable",
        )

    @property
    def samples(self) -> int:
        """Samples that the file holds."""
        return self._data_bytes // 2

    def write(self, block: Samples) -> None:
        """Append `block`; never raises. A failure is told once, in `problem`."""
        if not self._open or self.problem:
            return
        if self._data_bytes + 2 * len(block) > DATA_MAX:
            self._fail("a WAV file holds no more than 4 GB")
            return
        data = block.astype("<i2", copy=False).tobytes()
        written = 0
        try:
            while written < len(data):
                count = os.write(self._file, data[written:])
                written += count
                self._data_bytes += count
        except OSError as error:
            self._fail(error.strerror or str(error))
            return
        if self._data_bytes - self._patched >= 2 * SAMPLE_RATE:
            self._patch()

    def _fail(self, reason: str) -> None:
        seconds = self._data_bytes / 2 / SAMPLE_RATE
        self.problem = f"Writing “{self.path}” stopped after {seconds:.1f} s: {reason}. The call goes on without it."
        self._data_bytes -= self._data_bytes % 2  # half a sample may have found room
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, HEADER_BYTES + self._data_bytes)
        self._patch()

    def _patch(self) -> None:
        try:
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, header(self._data_bytes))
            os.lseek(self._file, 0, os.SEEK_END)
            self._patched = self._data_bytes
        except OSError as error:
            self.problem = self.problem or f"The header of “{self.path}” cannot be completed: {error.strerror}."

    def close(self) -> None:
        """Complete the file. Never raises; safe to call twice."""
        if self._open:
            if self._data_bytes != self._patched:
                self._patch()
            self._open = False
            os.close(self._file)
