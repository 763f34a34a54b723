"""Who came, went, or is in a call: told to everybody in bundles, four times a second at most.

    gather(presence) ──→ the newest about each person ──EVERY──→ framed once ──→ every link, all of it in one record

With N people there, a call changes four things that N people are told. One by one that would cost the relay more than
all the rest of the call; and what has changed again meanwhile need not be told at all.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from voip.session.tls import PLAINTEXT_MAX
from voip.wire.framing import frame
from voip.wire.signals import Presence, encode

EVERY = 0.25
"""Seconds between two bundles."""
EACH = 0.0005
"""… and for each reader of the last one, so that of a thousand readers each is told twice a second."""


class Reader(Protocol):
    """Somebody who is told (`relay.link.Link`)."""

    name: str

    def send_frames(self, frames: bytes) -> None:
        """Send, never wait, never raise."""


class Tidings:
    """What is still to be told. `readers`: everybody who is there at the moment of telling."""

    def __init__(self, readers: Callable[[], Collection[Reader]]) -> None:
        self._readers = readers
        self._news: dict[str, Presence] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._told = 0

    def gather(self, presence: Presence) -> None:
        """To be told soon, to all but the person whom it is about."""
        self._news[presence.person.name] = presence
        if self._timer is None:
            wait = max(EVERY, EACH * self._told)
            self._timer = asyncio.get_running_loop().call_later(wait, self._tell)

    def stop(self) -> None:
        """Tell nobody anything more."""
        if self._timer is not None:
            self._timer.cancel()
        self._news.clear()

    def _tell(self) -> None:
        self._timer = None
        frames = {name: frame(encode(presence)) for name, presence in self._news.items()}
        self._news.clear()
        bundles = _bundles(list(frames.values()))
        readers = list(self._readers())
        self._told = len(readers)
        for reader in readers:
            own = frames.get(reader.name)
            for bundle in bundles if own is None else _bundles([one for one in frames.values() if one is not own]):
                reader.send_frames(bundle)


def _bundles(frames: list[bytes]) -> list[bytes]:
    """`frames` joined, as many as a record holds."""
    bundles, size = [], PLAINTEXT_MAX
    for one in frames:
        if size + len(one) > PLAINTEXT_MAX:
            bundles.append([one])
            size = 0
        else:
            bundles[-1].append(one)
        size += len(one)
    return [b"".join(bundle) for bundle in bundles]
