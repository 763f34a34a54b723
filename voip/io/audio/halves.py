"""Half a sound card, and how two halves make a whole one.

microphone half  ──→ capture ring ──→┐
├── Joined (an AudioPort): either half may be a device or a file
loudspeaker half ←── playout ring ←──┘
"""

import gc
from collections.abc import Callable
from typing import Protocol

from voip.config import SAMPLE_RATE
from voip.io.audio.ring import Ring

RING_SAMPLES = SAMPLE_RATE
"""One second: far more than a healthy call ever leaves waiting, so whatever is lost is counted and not hidden."""


class Half(Protocol):
    """A microphone or a loudspeaker, 48 kHz mono int16."""

    ring: Ring

    @property
    def name(self) -> str: ...

    @property
    def latency(self) -> float:
        """Seconds between the sound in the air and the sample in the ring."""
        ...

    @property
    def block(self) -> int:
        """Samples that it moves at a time."""
        ...

    @property
    def problem(self) -> str: ...

    def start(self, on_tick: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...


class Joined:
    """An `AudioPort` of two halves, each on its own clock."""

    def __init__(self, microphone: Half, loudspeaker: Half) -> None:
        self._microphone = microphone
        self._loudspeaker = loudspeaker
        self.capture = microphone.ring
        self.playout = loudspeaker.ring

    @property
    def input_name(self) -> str:
        return self._microphone.name

    @property
    def output_name(self) -> str:
        return self._loudspeaker.name

    @property
    def input_latency(self) -> float:
        return self._microphone.latency

    @property
    def output_latency(self) -> float:
        return self._loudspeaker.latency

    @property
    def playout_block(self) -> int:
        return self._loudspeaker.block

    @property
    def problem(self) -> str:
        return " ".join(filter(None, (self._microphone.problem, self._loudspeaker.problem)))

    def start(self, on_tick: Callable[[], None]) -> None:
        """Begin both, or neither. Raises `AudioError`."""
        self._loudspeaker.start(on_tick)
        try:
            self._microphone.start(on_tick)
        except BaseException:
            self._loudspeaker.stop()
            raise
        # A full collection of a window's heap takes a tenth of a second, and no thread runs meanwhile. What is there
        # when the sound begins stays till it ends, so it need not be looked at.
        gc.freeze()

    def stop(self) -> None:
        """End both. Never raises; safe to call twice."""
        gc.unfreeze()
        self._microphone.stop()
        self._loudspeaker.stop()
