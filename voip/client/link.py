"""The client's one long-lived connection to its relay, for signalling."""

import asyncio
from typing import Self

from voip.client.desk import Desk
from voip.client.reach import dial, greet, relay_check, server_name
from voip.errors import ProtocolError, RelayError
from voip.io import clock
from voip.io.stream import TlsStream
from voip.session.tls import Resumption, TlsContext
from voip.wire import signals
from voip.wire.signals import LinkSignal, Ping, Pong, Signal, Welcome

__all__ = ["Link", "relay_check", "server_name"]


class Link:
    """Signals to and from the relay."""

    def __init__(self, stream: TlsStream, desk: Desk, welcome: Welcome) -> None:
        self._stream = stream
        self._desk = desk
        self.welcome = welcome
        self.heard_at = clock.monotonic()
        """When anything came last."""
        self.answered = 0
        """The number of the last ping that was answered."""
        self._pinged_at = self.heard_at
        self._pings = 0
        self._heard = asyncio.Event()

    @classmethod
    async def open(cls, desk: Desk, resume: Resumption | None = None) -> Self:
        """Connect and be welcomed. Raises `RelayError` or `TlsError` with the relay's reason."""
        return await cls.greet(desk, await dial(desk, "link", resume=resume))

    @classmethod
    async def greet(cls, desk: Desk, stream: TlsStream) -> Self:
        """Be welcomed on a connection on which nothing has been said. An earlier link of ours is over with that."""
        welcome = await greet(
            stream,
            Ping(number=0),  # the relay tells a link from a leg by its first packet
            signals.link_decoder,
            Welcome,
            silent=RelayError("The relay accepted the connection but says nothing.", code="relay-silent"),
            closed=RelayError("The relay closed the connection without a reason.", code="relay-closed"),
            within=desk.limits.reply,
        )
        return cls(stream, desk, welcome)

    @property
    def context(self) -> TlsContext:
        """What it was made with; nothing else can resume its session."""
        return self._desk.link

    @property
    def resumption(self) -> Resumption | None:
        """What a leg needs to resume this link's TLS session."""
        return self._stream.resumption

    def send(self, signal: Signal) -> None:
        """Send `signal`; after the link's end it is dropped."""
        self._stream.send_packet(signals.encode(signal))

    def ping(self) -> int:
        """Ask whether the relay is there; the ping's number, which `answered` has or has passed once it did."""
        self._pinged_at = clock.monotonic()
        self._pings += 1
        self.send(Ping(number=self._pings))
        return self._pings

    async def wait_heard(self) -> None:
        """Until anything comes from now on; `receive` must be running."""
        self._heard.clear()
        await self._heard.wait()

    async def receive(self) -> LinkSignal | None:
        """The next signal but pongs; None when the relay said goodbye. Pings meanwhile, so that the relay knows of us.

        Raises `RelayError` (code `relay-lost`) when nothing at all comes for `limits.dead`.
        """
        limits = self._desk.limits
        while True:
            now = clock.monotonic()
            if now >= self.heard_at + limits.dead:
                self._stream.abort()
                raise RelayError(f"The relay has not answered for {limits.dead:g} s.", code="relay-lost")
            if now >= self._pinged_at + limits.ping:
                self.ping()
            due = min(self.heard_at + limits.dead, self._pinged_at + limits.ping)
            try:
                # Not wait_for: before Python 3.12 that forgets a cancellation which comes together with a packet.
                async with asyncio.timeout(due - now):
                    packet = await self._stream.receive_packet()
            except TimeoutError:
                continue
            if packet is None:
                return None
            self.heard_at = clock.monotonic()
            self._heard.set()
            try:
                signal = signals.decode_untrusted(packet, signals.link_decoder)
            except ProtocolError:
                self._stream.abort()
                raise
            if not isinstance(signal, Pong):
                return signal
            self.answered = max(self.answered, min(signal.number, self._pings))

    async def close(self) -> None:
        """Say goodbye."""
        await self._stream.close()

    def drop(self) -> None:
        """Another link has taken its place, or its network is gone: end it without a word."""
        self._stream.abort()
