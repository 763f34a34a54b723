"""The interface that a call has of a sound card."""

from collections.abc import Callable
from typing import Protocol

from voip.io.audio.device import Kind
from voip.io.audio.halves import Half
from voip.io.audio.news import OnNews
from voip.io.audio.ring import Ring


class AudioPort(Protocol):
    """A microphone and a loudspeaker, 48 kHz mono int16, each with its ring."""

    capture: Ring
    """Filled by the device; the call reads it."""
    playout: Ring
    """Filled by the call; the device drains it."""

    @property
    def input_name(self) -> str: ...

    @property
    def output_name(self) -> str: ...

    @property
    def input_latency(self) -> float:
        """Seconds from the sound in the air until it is in the ring, as the device says: of a block's youngest sample.

        Its eldest has waited for the whole block besides; but that is the filling of a frame, which is counted there.
        """
        ...

    @property
    def output_latency(self) -> float:
        """Seconds from a block leaving the ring until its first sample is in the air, as the device says."""
        ...

    @property
    def playout_block(self) -> int:
        """Samples that the device takes at a time: the ring must hold at least these when it comes."""
        ...

    def half(self, kind: Kind) -> Half:
        """The microphone or the loudspeaker: its counters, how it is reached, and `switch` to another device."""
        ...

    def listen(self, on_news: OnNews) -> None:
        """Hear, in the event loop, when a device goes, is replaced, comes back."""
        ...

    def start(self, on_tick: Callable[[], None]) -> None:
        """Begin. `on_tick` is called in the running event loop's thread after blocks moved. Raises `AudioError`."""
        ...

    def stop(self) -> None:
        """End; a WAV file being written is completed. Never raises; safe to call twice."""
        ...

    @property
    def problem(self) -> str:
        """A sentence about what went wrong since the start (a device gone, a full disk), or empty."""
        ...
