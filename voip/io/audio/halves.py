"""Half a sound card, and how two halves make a whole one.

microphone half  ──→ capture ring ──→┐
├── Joined (an AudioPort): either half may be a device or a file
loudspeaker half ←── playout ring ←──┘
"""

import gc
from collections.abc import Callable
from typing import Protocol

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.device import Kind
from voip.io.audio.news import OnNews
from voip.io.audio.ring import Ring

RING_SAMPLES = SAMPLE_RATE
"""One second: far more than a healthy call ever leaves waiting, so whatever is lost is counted and not hidden."""


class Half(Protocol):
    """A microphone or a loudspeaker, 48 kHz mono int16."""

    ring: Ring
    on_news: OnNews | None
    """Told, in the event loop, when a device goes, is replaced, comes back, or gets a larger buffer."""

    @property
    def name(self) -> str: ...

    @property
    def latency(self) -> float:
        """Seconds between the sound in the air and the sample in the ring; see `AudioPort` for which sample."""
        ...

    @property
    def block(self) -> int:
        """Samples that it moves at a time."""
        ...

    @property
    def xruns(self) -> int:
        """How often the device ran dry, or lost what it had recorded, because we were late."""
        ...

    @property
    def description(self) -> str:
        """How it is reached, for people: `PulseAudio, 5 ms blocks, 7.2 ms`."""
        ...

    @property
    def offered(self) -> str:
        """The device that was lost and is there again, or empty."""
        ...

    @property
    def problem(self) -> str: ...

    def start(self, on_tick: Callable[[], None]) -> None: ...

    def switch(self, wanted: str | None) -> None:
        """Go over to another device, in the midst of it all; None is the default. Raises `AudioError`."""
        ...

    def stop(self) -> None: ...


class Unchanging:
    """What a half that is no device says of devices: nothing happens to a file."""

    xruns = 0
    offered = ""
    description = "a file"

    def __init__(self) -> None:
        self.on_news: OnNews | None = None

    def switch(self, wanted: str | None) -> None:
        """Raises `AudioError` (`not-a-device`): a call that began with a file ends with it."""
        raise AudioError(f"This call uses a file, so it cannot go over to “{wanted}”.", code="not-a-device")


class Joined:
    """An `AudioPort` of two halves, each on its own clock."""

    def __init__(self, microphone: Half, loudspeaker: Half) -> None:
        self._microphone = microphone
        self._loudspeaker = loudspeaker
        self.capture = microphone.ring
        self.playout = loudspeaker.ring

    def half(self, kind: Kind) -> Half:
        """The half itself, for its counters, its description and `switch`."""
        return self._microphone if kind == "input" else self._loudspeaker

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

    def listen(self, on_news: OnNews) -> None:
        """Hear what happens to the devices; see `Half.on_news`."""
        self._microphone.on_news = self._loudspeaker.on_news = on_news

    def start(self, on_tick: Callable[[], None]) -> None:
        """Begin both, or neither. Raises `AudioError`.

        From now on Python's garbage collector leaves alone what is there already. A window's 70 000 objects take it
        50 to 150 ms to look through, and meanwhile no thread runs, the devices' neither (docs/adr/0009).
        """
        self._loudspeaker.start(on_tick)
        try:
            self._microphone.start(on_tick)
        except BaseException:
            self._loudspeaker.stop()
            raise
        gc.freeze()

    def stop(self) -> None:
        """End both. Never raises; safe to call twice."""
        gc.unfreeze()
        self._microphone.stop()
        self._loudspeaker.stop()
