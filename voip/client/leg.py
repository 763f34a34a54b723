"""A client's pipe for one call to the relay's patchbay: a second TLS connection that resumes the link's session."""

import asyncio
from collections.abc import Callable
from typing import Self

from voip.client.desk import Desk, watcher
from voip.client.link import relay_check, server_name
from voip.errors import CallError, GlasscallError, ProtocolError, SignalError
from voip.io.stream import TlsStream, connect
from voip.journal.observations import Connecting
from voip.session.tls import Resumption
from voip.wire import framing, signals
from voip.wire.framing import Kind
from voip.wire.signals import JoinLeg, LegJoined, Refused


class Leg:
    """Packets to and from the other end's leg. Set the three `on_…` before `begin`."""

    def __init__(self, stream: TlsStream) -> None:
        self._stream = stream
        self.on_tls: Callable[[bytes], None]
        """Given each TLS record of the end-to-end session."""
        self.on_media: Callable[[bytes], None]
        """Given each SRTP or SRTCP packet."""
        self.on_end: Callable[[GlasscallError | None], None]
        """Told once that the leg is gone."""

    @classmethod
    async def open(cls, desk: Desk, call: str, token: str, resume: Resumption | None) -> Self:
        """Connect, show `token`, and wait for the other end's leg. Raises `RelayError`, `TlsError` or `CallError`."""
        account = desk.account
        desk.journal.add("leg", Connecting(f"{account.host}:{account.port}"), call=call)
        stream = await connect(
            account.host,
            account.port,
            desk.link,
            server_name=server_name(account.relay_name),
            resume=resume,
            check_peer=relay_check(account.relay_name),
            observe=watcher(desk.journal, "leg", call),
            tap=desk.options.tap,
            limits=desk.limits,
        )
        try:
            stream.send_packet(signals.encode(JoinLeg(call=call, token=token)))
            packet = await asyncio.wait_for(stream.receive_packet(), desk.limits.reply)
            answer = None if packet is None else signals.decode_untrusted(packet, signals.leg_decoder)
        except TimeoutError:
            stream.abort()
            raise CallError("The other phone did not open its side of the call.", code="leg-silent") from None
        except BaseException:
            stream.abort()
            raise
        if isinstance(answer, LegJoined):
            return cls(stream)
        stream.abort()
        if isinstance(answer, Refused):
            raise CallError(answer.sentence, code=answer.code)
        raise CallError("The relay closed the call's connection without a reason.", code="leg-closed")

    def begin(self) -> None:
        """Hand over what comes from now on, starting with what already came."""
        self._stream.on_end = self.on_end
        for packet in self._stream.take_over(self._receive):
            self._receive(packet)
        if self._stream.ended:
            self.on_end(None)

    def send(self, packet: bytes) -> None:
        """Send one TLS record, SRTP or SRTCP packet; after the end it is dropped."""
        self._stream.send_packet(packet)

    @property
    def backlog(self) -> int:
        """Bytes that wait because the relay does not take them."""
        return self._stream.write_backlog

    async def close(self) -> None:
        """Say goodbye to the relay."""
        await self._stream.close()

    def _receive(self, packet: bytes) -> None:
        try:
            kind = framing.kind(packet)
            if kind is Kind.TLS:
                self.on_tls(packet)
            elif kind is Kind.MEDIA:
                self.on_media(packet)
            else:
                self._give_up(_reason_untrusted(packet))
        except ProtocolError as error:
            self._give_up(error)

    def _give_up(self, error: GlasscallError) -> None:
        self._stream.on_end = None  # it is told here, and why
        self._stream.abort()
        self.on_end(error)


def _reason_untrusted(packet: bytes) -> GlasscallError:
    """The relay has nothing more to say on an open leg but why it ends it; anything else raises `SignalError`."""
    answer = signals.decode_untrusted(packet, signals.leg_decoder)
    if isinstance(answer, Refused):
        return CallError(answer.sentence, code=answer.code)
    return SignalError("The relay sent a message that has no place on an open leg.", code="leg-kind")
