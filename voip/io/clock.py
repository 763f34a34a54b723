"""The one place that reads the time."""

import time
from datetime import UTC, datetime


def monotonic() -> float:
    """Seconds since some fixed moment; one clock for the whole machine."""
    return time.monotonic()


def wall() -> datetime:
    """The date and time, UTC."""
    return datetime.now(UTC)


cpu = time.thread_time
"""() → seconds of processor time that this thread has used; asked several times a packet, so without a detour."""
process_cpu = time.process_time
"""() → seconds of processor time that all threads of this process have used."""
