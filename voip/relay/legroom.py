"""Connections that are legs and lanes: from their first signal to their end."""

import asyncio
import logging
from collections.abc import Callable

from voip.config import ADMISSION, Admission
from voip.errors import GlasscallError, ProtocolError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.relay.meter import Meter
from voip.relay.patchbay import Patchbay
from voip.relay.switchboard import Switchboard
from voip.wire.signals import JoinLane, JoinLeg

log = logging.getLogger(__name__)


class LegRoom:
    """`changed`: told when the switchboard may have something new to wait for."""

    def __init__(
        self,
        switchboard: Switchboard,
        patchbay: Patchbay,
        changed: Callable[[], None],
        admission: Admission = ADMISSION,
    ) -> None:
        self._switchboard = switchboard
        self._patchbay = patchbay
        self._changed = changed
        self._admission = admission

    async def serve(self, stream: TlsStream, name: str, hello: JoinLeg) -> None:
        """The leg of `name`, until its connection ends. Raises `GlasscallError` when that was not a goodbye."""
        self._switchboard.open_leg(hello.call, hello.token, name, clock.monotonic())
        paired = self._switchboard.is_remade(hello.call)
        leg, line = self._patchbay.join(hello.call, name, stream, paired=paired)
        error: GlasscallError | None = None
        try:
            error = await _drain(stream, leg.receive, Meter(self._admission, clock.monotonic()))
        finally:
            if leg.lose(line):
                broken = not isinstance(error, ProtocolError)
                self._switchboard.leg_closed(hello.call, name, clock.monotonic(), broken=broken)
                self._changed()
            leg.settle()
            log.info("a leg of %s has closed: %s", name, leg.counters)
        if error is not None:
            raise error

    async def serve_lane(self, stream: TlsStream, name: str, hello: JoinLane) -> None:
        """A lane of the leg that `name` has open. Raises `SignalError` (`leg-token`), and like `serve`."""
        leg, lane = self._patchbay.join_lane(hello.call, name, stream, hello.token)
        try:
            error = await _drain(stream, leg.receive_lane, Meter(self._admission, clock.monotonic()))
        finally:
            leg.lose_lane(lane)
        if error is not None:
            raise error


async def _drain(stream: TlsStream, receive: Callable[[bytes], None], meter: Meter) -> GlasscallError | None:
    """Give `receive` each packet as it comes, as many as `meter` allows; how it ended."""
    ended: asyncio.Future[GlasscallError | None] = asyncio.get_running_loop().create_future()

    def finish(error: GlasscallError | None) -> None:
        if not ended.done():
            ended.set_result(error)

    def take(packet: bytes) -> None:
        if ended.done():
            return
        try:
            meter.count(len(packet), clock.monotonic())
            receive(packet)
        except GlasscallError as error:
            finish(error)

    stream.on_end = finish
    for packet in stream.take_over(take):
        take(packet)
    if stream.ended:
        finish(None)
    return await ended
