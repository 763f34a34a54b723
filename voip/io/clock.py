"""The one place that reads the time."""

import time
from datetime import UTC, datetime


def monotonic() -> float:
    """Seconds since some fixed moment; one clock for the whole machine."""
    return time.monotonic()


def wall() -> datetime:
    """The date and time, UTC."""
    return datetime.now(UTC)


def cpu() -> float:
    """Seconds of processor time that this thread has used."""
    return time.thread_time()


def process_cpu() -> float:
    """Seconds of processor time that all threads of this process have used."""
    return time.process_time()
