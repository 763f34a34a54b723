"""The interface that a call has of a sound card."""

from collections.abc import Callable
from typing import Protocol

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
        """Seconds from the sound in the air to the sample in the ring, as the device says."""
        ...

    @property
    def output_latency(self) -> float:
        """Seconds from a sample leaving the ring to the sound in the air, as the device says."""
        ...

    @property
    def playout_block(self) -> int:
        """Samples that the device takes at a time: the ring must hold at least these when it comes."""
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
