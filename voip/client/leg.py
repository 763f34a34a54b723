"""A client's pipe for one call to the relay's patchbay: a second TLS connection that resumes the link's session."""

from collections.abc import Callable
from typing import Self

from voip.client.desk import Desk
from voip.client.eye import RelayEye
from voip.client.reach import reach
from voip.client.toll import Toll
from voip.errors import CallError, GlasscallError, ProtocolError, SignalError
from voip.io.stream import TlsStream
from voip.session.tls import Resumption
from voip.wire import framing, signals
from voip.wire.framing import Kind
from voip.wire.signals import FlowSilent, JoinLeg, LegJoined, LegSignal, Refused, Signal


class Leg:
    """Packets to and from the other end's leg. Set the four `on_…` before `begin`."""

    def __init__(self, stream: TlsStream, joined: LegJoined, toll: Toll, eye: RelayEye) -> None:
        self._stream = stream
        self.joined = joined
        """What the relay gave us for this leg: a flow, lanes."""
        self._call = joined.call
        self._eye = eye
        self.toll = toll
        """What encrypting costs here."""
        self.on_tls: Callable[[bytes], None]
        """Given each TLS record of the end-to-end session."""
        self.on_media: Callable[[bytes], None]
        """Given each SRTP or SRTCP packet."""
        self.on_signal: Callable[[FlowSilent], None]
        """Given what the relay says about how the media travel."""
        self.on_end: Callable[[GlasscallError | None], None]
        """Told once that the leg is gone."""

    @classmethod
    async def open(cls, desk: Desk, call: str, token: str, resume: Resumption | None) -> Self:
        """Connect, show `token`, and wait for the other end's leg. Raises `RelayError`, `TlsError` or `CallError`."""
        toll = Toll()
        stream, joined = await reach(
            desk,
            "leg",
            JoinLeg(call=call, token=token),
            signals.leg_decoder,
            LegJoined,
            silent=CallError("The other phone did not open its side of the call.", code="leg-silent"),
            closed=CallError("The relay closed the call's connection without a reason.", code="leg-closed"),
            call=call,
            resume=resume,
            toll=toll,
            early=True,  # the token works once: repeating it buys nobody anything
        )
        toll.on_inside = desk.eye.inside
        desk.eye.leg_stands(call)
        return cls(stream, joined, toll, desk.eye)

    def begin(self) -> None:
        """Hand over what comes from now on, starting with what already came."""
        self._stream.on_end = self.on_end
        for packet in self._stream.take_over(self._receive):
            self._receive(packet)
        if self._stream.ended:
            self.on_end(None)

    def send(self, packet: bytes) -> None:
        """Send one TLS record of the session; after the end it is dropped. Media go through `ways`."""
        self._eye.passed("out", packet)
        self._stream.send_packet(packet)

    def say(self, signal: Signal) -> None:
        """Tell the relay how the media shall travel."""
        self._stream.send_packet(signals.encode(signal))

    @property
    def pipe(self) -> TlsStream:
        """The connection itself, for media."""
        return self._stream

    async def close(self) -> None:
        """Say goodbye to the relay."""
        self._eye.leg_gone(self._call)
        await self._stream.close()

    def _receive(self, packet: bytes) -> None:
        self._eye.passed("in", packet)
        try:
            kind = framing.kind(packet)
            if kind is Kind.TLS:
                self.on_tls(packet)
            elif kind is Kind.MEDIA:
                self.on_media(packet)
            else:
                self._hear(packet)
        except ProtocolError as error:
            self._give_up(error)

    def _hear(self, packet: bytes) -> None:
        answer = signals.decode_untrusted(packet, signals.leg_decoder)
        if isinstance(answer, FlowSilent):
            self.on_signal(answer)
        else:
            self._give_up(_reason(answer))

    def _give_up(self, error: GlasscallError) -> None:
        self._stream.on_end = None  # it is told here, and why
        self._stream.abort()
        self.on_end(error)


def _reason(answer: LegSignal) -> GlasscallError:
    """Why the relay ends an open leg, if that is what it says."""
    if isinstance(answer, Refused):
        return CallError(answer.sentence, code=answer.code)
    return SignalError("The relay sent a message that has no place on an open leg.", code="leg-kind")
