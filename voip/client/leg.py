"""A client's pipe for one call to the relay's patchbay: a second TLS connection that resumes the link's session."""

from collections.abc import Callable
from typing import Self

from voip.client.desk import Desk
from voip.client.eye import RelayEye
from voip.client.reach import dial, greet
from voip.client.toll import Toll
from voip.errors import CallError, GlasscallError, ProtocolError, SignalError
from voip.io.stream import TlsStream
from voip.session.tls import Resumption
from voip.wire import framing, signals
from voip.wire.framing import Kind
from voip.wire.signals import FlowSilent, JoinLeg, LegJoined, LegReady, Receive, Refused


class Leg:
    """Packets to and from the other end's leg. Set the five `on_…` before `begin`."""

    def __init__(self, stream: TlsStream, call: str, joined: LegJoined, toll: Toll, eye: RelayEye) -> None:
        self._stream = stream
        self._call = call
        self._eye = eye
        self.joined = joined
        """The relay's word when both legs were there."""
        self.toll = toll
        """What encrypting costs here."""
        self.on_tls: Callable[[bytes], None]
        """Given each TLS record of the end-to-end session."""
        self.on_media: Callable[[bytes], None]
        """Given each SRTP or SRTCP packet."""
        self.on_silent: Callable[[], None]
        """Told that what we send by UDP does not reach the relay."""
        self.on_joined: Callable[[LegJoined], None]
        """Told that the other end's leg was lost and is here again."""
        self.on_end: Callable[[GlasscallError | None], None]
        """Told once that the leg is gone."""

    @classmethod
    async def open(
        cls,
        desk: Desk,
        call: str,
        token: str,
        resume: Resumption | None,
        *,
        toll: Toll | None = None,
        within: float | None = None,
    ) -> Self:
        """Connect, show `token`, and wait for the other end's leg. Raises `RelayError`, `TlsError` or `CallError`.

        `toll`: the account of an earlier leg of this call, to go on with; `within`: how long the other end may take.
        """
        toll = toll or Toll()
        hello = JoinLeg(call=call, token=token)
        # Early, because the token works once: repeating it buys nobody anything.
        stream = await dial(desk, "leg", call=call, resume=resume, toll=toll, early=signals.encode(hello))
        joined = await greet(
            stream,
            hello,
            signals.leg_decoder,
            LegJoined,
            silent=CallError("The other phone did not open its side of the call.", code="leg-silent"),
            closed=CallError("The relay closed the call's connection without a reason.", code="leg-closed"),
            within=within or desk.limits.reply,
        )
        toll.on_inside = desk.eye.inside
        desk.eye.leg_stands(call)
        return cls(stream, call, joined, toll, desk.eye)

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

    def say(self, signal: LegReady | Receive) -> None:
        """Send a signal to the relay."""
        self._stream.send_packet(signals.encode(signal))

    @property
    def pipe(self) -> TlsStream:
        """The connection itself, for media."""
        return self._stream

    async def close(self) -> None:
        """Say goodbye to the relay."""
        self._eye.leg_gone(self._call)
        await self._stream.close()

    def drop(self) -> None:
        """Another leg has taken its place: nothing more comes from it, not even that it is gone."""
        self._stream.on_end = None
        self._stream.abort()

    def _receive(self, packet: bytes) -> None:
        self._eye.passed("in", packet)
        try:
            kind = framing.kind(packet)
            if kind is Kind.TLS:
                self.on_tls(packet)
            elif kind is Kind.MEDIA:
                self.on_media(packet)
            else:
                self._hear_untrusted(packet)
        except ProtocolError as error:
            self._give_up(error)

    def _hear_untrusted(self, packet: bytes) -> None:
        """What the relay may say on an open leg; anything else raises `SignalError`."""
        signal = signals.decode_untrusted(packet, signals.leg_decoder)
        if isinstance(signal, Refused):
            self._give_up(CallError(signal.sentence, code=signal.code))
        elif isinstance(signal, FlowSilent):
            self.on_silent()
        elif isinstance(signal, LegJoined) and signal.call == self._call and signal.pairing > self.joined.pairing:
            self.joined = signal
            self.on_joined(signal)
        else:
            raise SignalError("The relay sent a message that has no place on an open leg.", code="leg-kind")

    def _give_up(self, error: GlasscallError) -> None:
        self._stream.on_end = None  # it is told here, and why
        self._stream.abort()
        self.on_end(error)
