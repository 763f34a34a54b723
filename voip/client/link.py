"""The client's one long-lived connection to its relay, for signalling."""

import asyncio
from typing import Self

from voip.client.desk import Desk
from voip.client.reach import reach, relay_check, server_name
from voip.errors import ProtocolError, RelayError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.session.tls import Resumption
from voip.wire import signals
from voip.wire.signals import LinkSignal, Ping, Pong, Signal, Welcome

__all__ = ["Link", "relay_check", "server_name"]


class Link:
    """Signals to and from the relay."""

    def __init__(self, stream: TlsStream, desk: Desk, welcome: Welcome) -> None:
        self._stream = stream
        self._desk = desk
        self.welcome = welcome
        self._heard_at = self._pinged_at = clock.monotonic()
        self._pings = 0

    @classmethod
    async def open(cls, desk: Desk, resume: Resumption | None = None) -> Self:
        """Connect and be welcomed. Raises `RelayError` or `TlsError` with the relay's reason."""
        stream, welcome = await reach(
            desk,
            "link",
            Ping(number=0),  # the relay tells a link from a leg by its first packet
            signals.link_decoder,
            Welcome,
            silent=RelayError("The relay accepted the connection but says nothing.", code="relay-silent"),
            closed=RelayError("The relay closed the connection without a reason.", code="relay-closed"),
            resume=resume,
        )
        return cls(stream, desk, welcome)

    @property
    def resumption(self) -> Resumption | None:
        """What a leg needs to resume this link's TLS session."""
        return self._stream.resumption

    def send(self, signal: Signal) -> None:
        """Send `signal`; after the link's end it is dropped."""
        self._stream.send_packet(signals.encode(signal))

    async def receive(self) -> LinkSignal | None:
        """The next signal but pongs; None when the relay said goodbye. Pings meanwhile, so that the relay knows of us.

        Raises `RelayError` (code `relay-lost`) when nothing at all comes for `limits.dead`.
        """
        limits = self._desk.limits
        while True:
            now = clock.monotonic()
            if now >= self._heard_at + limits.dead:
                self._stream.abort()
                raise RelayError(f"The relay has not answered for {limits.dead:g} s.", code="relay-lost")
            if now >= self._pinged_at + limits.ping:
                self._pinged_at = now
                self._pings += 1
                self.send(Ping(number=self._pings))
            due = min(self._heard_at + limits.dead, self._pinged_at + limits.ping)
            try:
                # Not wait_for: before Python 3.12 that forgets a cancellation which comes together with a packet.
                async with asyncio.timeout(due - now):
                    packet = await self._stream.receive_packet()
            except TimeoutError:
                continue
            if packet is None:
                return None
            self._heard_at = clock.monotonic()
            try:
                signal = signals.decode_untrusted(packet, signals.link_decoder)
            except ProtocolError:
                self._stream.abort()
                raise
            if not isinstance(signal, Pong):
                return signal

    async def close(self) -> None:
        """Say goodbye."""
        await self._stream.close()
