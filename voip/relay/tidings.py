"""Who came, went, or is in a call: told to everybody in bundles, four times a second at most.

    gather(to, presence) ──→ for each reader the newest about each person ──EVERY──→ send(reader, all of it at once)

With N people there, each call makes 4 · N signals; sent one by one they would cost the relay more than all the rest of
the call. In a bundle they share a TLS record, and what has changed again meanwhile is not told.
"""

import asyncio
from collections.abc import Callable, Iterable

from voip.wire.signals import Presence

EVERY = 0.25
"""Seconds between two bundles."""


class Tidings:
    """What is still to be told. `send` gives a reader, by name, what there is for them."""

    def __init__(self, send: Callable[[str, Iterable[Presence]], None]) -> None:
        self._send = send
        self._news: dict[str, dict[str, Presence]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def gather(self, to: str, presence: Presence) -> None:
        """To be told to `to`, soon."""
        news = self._news.get(to)
        if news is None:
            news = self._news[to] = {}
        news[presence.person.name] = presence
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self._tell)

    def forget(self, reader: str) -> None:
        """`reader` has gone, or is told everything anew."""
        self._news.pop(reader, None)

    def stop(self) -> None:
        """Tell nobody anything more."""
        if self._timer is not None:
            self._timer.cancel()
        self._news.clear()

    def _tell(self) -> None:
        self._timer = None
        told, self._news = self._news, {}
        for reader, news in told.items():
            self._send(reader, news.values())
