"""A relay that means harm: the town's certificate and port, and a script instead of the relay's manners."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from town import RELAY, Town

from voip.io.serving import serve
from voip.io.stream import TlsStream
from voip.session.tls import relay_context
from voip.wire import signals
from voip.wire.signals import Person, Signal, Welcome

WELCOME = Welcome(name="alice", relay=RELAY, people=(Person("bob", online=True),))


class HostileRelay:
    """`on_first(stream, packet)` is called with the first packet of each connection."""

    def __init__(self) -> None:
        self.streams: list[TlsStream] = []
        self.received: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.on_first: Callable[[TlsStream, bytes], None] = lambda _stream, _packet: None

    async def attend(self, stream: TlsStream) -> None:
        self.streams.append(stream)
        try:
            first = await stream.receive_packet()
            if first is not None:
                self.on_first(stream, first)
            while (packet := await stream.receive_packet()) is not None:
                self.received.put_nowait(packet)
        except Exception:  # noqa: BLE001 - it is rude, not curious
            pass
        self.received.put_nowait(None)


def say(stream: TlsStream, what: Iterable[Signal | bytes]) -> None:
    """Send each in its own frame."""
    for one in what:
        stream.send_packet(one if isinstance(one, bytes) else signals.encode(one))


def say_raw(stream: TlsStream, data: bytes) -> None:
    """Send inside TLS, without a frame."""
    stream._send_all()
    stream._watch(stream._engine.send(data))


@asynccontextmanager
async def hostile(place: Town) -> AsyncIterator[HostileRelay]:
    """In the place of `place`'s relay, on its port, with its certificate."""
    identity = place.store.load()
    port = await place.crash()
    relay = HostileRelay()
    context = relay_context(
        identity.relay.certificate, identity.relay.key, identity.authority.certificate, place.versions
    )
    server = await serve("127.0.0.1", port, context, relay.attend, limits=place.limits)
    try:
        yield relay
    finally:
        server.close()
        await asyncio.gather(*(stream.close(within=0.2) for stream in relay.streams))
