"""The one place that reads the time."""

import time
from datetime import UTC, datetime


def monotonic() -> float:
    """Seconds since some fixed moment; one clock for the whole machine."""
    return time.monotonic()


def wall() -> datetime:
    """The date and time, UTC."""
    return datetime.now(UTC)
