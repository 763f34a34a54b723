"""The journal itself: bounded, in order, with subscribers. It holds values, never text.

What lasts (handshakes, states, verdicts) and what flows (levels, delays, counters) are bounded apart, so that an hour's
level meters cannot push a handshake out.
"""

import heapq
import logging
from collections import deque
from collections.abc import Callable, Iterator

from voip.journal.observations import (
    CallCost,
    Channel,
    Entry,
    Latency,
    Levels,
    MediaStats,
    Observation,
    Quality,
    RecordsCounted,
    RelaySaw,
)
from voip.session.tls.events import Record

Subscriber = Callable[[Entry], None]
_FLOWING = (CallCost, Latency, Levels, MediaStats, Quality, Record, RecordsCounted, RelaySaw)
_log = logging.getLogger(__name__)


class Journal:
    """Everything observed, oldest first. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float], *, lasting: int = 4_000, flowing: int = 20_000) -> None:
        self._clock = clock
        self._lasting: deque[Entry] = deque(maxlen=lasting)
        self._flowing: deque[Entry] = deque(maxlen=flowing)
        self._subscribers: list[Subscriber] = []

    def add(self, channel: Channel, what: Observation, *, call: str = "") -> None:
        """Enter `what`, at its own time if it has one, and tell the subscribers."""
        entry = Entry(getattr(what, "at", None) or self._clock(), channel, call, what)
        (self._flowing if isinstance(what, _FLOWING) else self._lasting).append(entry)
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(entry)
            except Exception:  # noqa: BLE001 - one reader's defect must not stop a call
                _log.exception("A reader of the journal failed; it is told no more.")
                self._subscribers.remove(subscriber)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with every new entry, in the thread that enters it; the result ends that."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def __iter__(self) -> Iterator[Entry]:
        """Every entry still held, in the order of its time."""
        return heapq.merge(tuple(self._lasting), tuple(self._flowing), key=lambda entry: entry.at)

    def __len__(self) -> int:
        return len(self._lasting) + len(self._flowing)
