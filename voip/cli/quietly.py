"""Ctrl-C while the program is still loading, which takes a moment: nothing has begun, so nothing needs to be tidied."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130


@contextmanager
def ends_quietly() -> Iterator[None]:
    """Ctrl-C ends the process at once, without a traceback through whichever module was just being imported."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
