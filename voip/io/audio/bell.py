"""How an audio callback wakes the event loop without waiting, allocating, or taking a lock.

    callback's thread: ring() ── eventfd (or pipe) ──→ loop.add_reader ──→ on_ring()

`call_soon_threadsafe` would allocate a handle and may contend with the loop; one 8-byte write into a descriptor that
was opened beforehand does neither. Many rings before the loop looks are one.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable


class Bell:
    """Rung in any thread, heard in the event loop that is running where the bell was made."""

    def __init__(self, on_ring: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_ring = on_ring
        if sys.platform == "linux":
            self._hear = self._rope = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        else:
            self._hear, self._rope = os.pipe()
            os.set_blocking(self._hear, False)
            os.set_blocking(self._rope, False)
        self._word = (1).to_bytes(8, sys.byteorder)
        self._open = True
        self._loop.add_reader(self._hear, self._heard)

    def ring(self) -> None:
        """From the callback. A full pipe means that the loop has yet to look: it will, so nothing is lost."""
        if self._open:
            with contextlib.suppress(BlockingIOError):
                os.write(self._rope, self._word)

    def _heard(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._hear, 4096)
        self._on_ring()

    def close(self) -> None:
        """From the loop, once nobody can ring any more."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._hear)
            for descriptor in {self._hear, self._rope}:
                os.close(descriptor)
