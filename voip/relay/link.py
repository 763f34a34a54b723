"""A client's link, seen from the relay: signals out, signals in, and how much of both is too much."""

import asyncio
import logging

from voip.config import ADMISSION, Limits, Rate
from voip.errors import ProtocolError, SignalError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.relay.buckets import TokenBucket
from voip.wire.framing import Kind, kind
from voip.wire.signals import LinkSignal, Refused, Signal, decode_untrusted, encode, link_decoder

BACKLOG_MAX = 256 * 1024
"""A link that leaves this much unread has gone."""

log = logging.getLogger(__name__)


class Link:
    """One person's link. Sending never waits and never raises, so that nobody suffers for another's connection."""

    def __init__(
        self, stream: TlsStream, name: str, limits: Limits, key: str = "", rate: Rate = ADMISSION.signals_of_link
    ) -> None:
        self.name = name
        self.key = key
        """Fingerprint of the key with which they came in."""
        self._stream = stream
        self._limits = limits
        self._bucket = TokenBucket(rate.per_second, rate.at_once, clock.monotonic())
        self._dismissed = False

    def send(self, *signals: Signal) -> None:
        """Send, or give the connection up when it takes nothing more; several share a record."""
        try:
            self._stream.send_packets(map(encode, signals))
        except Exception:
            log.exception("the link of %s failed while it was written to", self.name)
            self._stream.abort()
        if self._stream.write_backlog > BACKLOG_MAX:
            log.warning("the link of %s does not take what it is sent; it is dropped", self.name)
            self._stream.abort()

    def dismiss(self, refused: Refused) -> None:
        """Say why, and hang up; what still waits to be read is void."""
        self._dismissed = True
        self.send(refused)
        self._stream.hang_up()

    async def wait_signal(self) -> LinkSignal | None:
        """The next signal; None at the end. Raises `ProtocolError` for silence, floods and nonsense, and `TlsError`."""
        try:
            async with asyncio.timeout(self._limits.dead):
                packet = await self._stream.receive_packet()
        except TimeoutError:
            sentence = f"Nothing came from you for {self._limits.dead:g} s; this connection is closed."
            raise ProtocolError(sentence, code="link-silent") from None
        if packet is None or self._dismissed:
            return None
        if not self._bucket.take(clock.monotonic()):
            raise SignalError("You send messages faster than a phone ever needs to.", code="too-fast")
        require_signal(packet)
        return decode_untrusted(packet, link_decoder)


def require_signal(packet: bytes) -> None:
    """Raise `FramingError` or `SignalError` unless `packet` can be a signal."""
    what = kind(packet)
    if what is not Kind.SIGNAL:
        raise SignalError(f"A {what.name} packet has no place here.", code="signal-bad")
