"""The relay's UDP: its sockets, and a sweep every tenth of a second over all flows and legs, instead of many timers."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from voip.io import clock
from voip.io.datagrams import bind
from voip.relay.datagrams import DatagramSocket
from voip.relay.figures import Figures
from voip.relay.flows import SWEEP_EVERY, Flows

STALE = 0.2
"""Seconds. After a pause of ours of that length, what waits in a socket is too old to be sent on."""

log = logging.getLogger(__name__)


class DatagramPlane:
    """All UDP of a relay."""

    def __init__(self) -> None:
        self.flows = Flows()
        self._on_sweep: Callable[[], None]
        self._sockets: list[DatagramSocket] = []
        self._swept = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def figures(self, figures: Figures) -> Figures:
        """`figures`, with what is counted here."""
        return replace(
            figures,
            flows=len(self.flows.by_address),
            datagrams_refused=self.flows.refused,
            datagrams_unsent=sum(sock.unsent for sock in self._sockets),
        )

    def start(self, places: Sequence[tuple[int, tuple[str, int]]], on_sweep: Callable[[], None]) -> None:
        """Listen at each (address family, (host, port)); call `on_sweep` with each sweep.

        Raises `OSError`; then nothing is open.
        """
        self._on_sweep = on_sweep
        try:
            for family, address in places:
                self._sockets.append(DatagramSocket(bind(family, address), self.flows))
        except OSError:
            self.stop()
            raise
        for sock in self._sockets:
            sock.start()
        self._swept = clock.monotonic()
        self._sweep()

    def stop(self) -> None:
        """Close everything."""
        if self._timer is not None:
            self._timer.cancel()
        for sock in self._sockets:
            sock.stop()
        self._sockets.clear()

    def _sweep(self) -> None:
        now = clock.monotonic()
        if now - self._swept > SWEEP_EVERY + STALE:
            late = sum(sock.drain() for sock in self._sockets)
            self.flows.refused["datagram-late"] += late
            log.warning("the relay stood still for %.1f s; %d packets were too old", now - self._swept, late)
        for sock in self._sockets:
            sock.sweep(max(now - self._swept, SWEEP_EVERY))
        self._swept = now
        self.flows.sweep(now)
        self._on_sweep()
        self._timer = asyncio.get_running_loop().call_later(SWEEP_EVERY, self._sweep)
