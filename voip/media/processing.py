"""WebRTC's audio processing, a stage at a time: each can be switched on and off while sound goes through.

    block ──→ high pass ──→ echo path, echo ──→ noise ──→ gain, limiter ──→ block       int16 (480,)
      reference (what was played) ─────┘

The library's one class for all of it (`AudioProcessor`, 0.2.0) is not used: it hands the noise suppressor the block
before, already suppressed, so that it takes off 6.7 dB where 12 are asked for; and a change to one part throws away
what the others have learned. Its classes for single stages do what they should.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.media.blocks import BLOCK, cross_fade
from voip.media.echopath import EchoPath
from voip.media.highpass import HighPass
from voip.media.pcm import Frame

NOISE_LEVEL = 1
"""12 dB. PESQ with noise at −65 and −55 dBFS: 4.24 and 3.72; 18 dB gives 4.07 and 3.74, 6 dB gives 4.18 and 3.61."""
GAIN_MAX = 18.0
"""dB. WebRTC would go to 50, and lift a whisper's room with it."""
WARM = 5
"""Blocks that a stage runs beside the old sound until it is let in."""

Work = Callable[[Frame, Frame], Frame]
"""(the block, the reference) → the block."""


@dataclass(frozen=True, slots=True)
class Processing:
    """What is done to the microphone's sound. All off: nothing is, and nothing is delayed."""

    echo: bool = True
    noise: bool = True
    gain: bool = True
    """Brings every voice to about the same loudness; its limiter keeps that from clipping."""
    high_pass: bool = True

    @property
    def anything(self) -> bool:
        """Whether any of it is on."""
        return self.echo or self.noise or self.gain or self.high_pass


OFF = Processing(echo=False, noise=False, gain=False, high_pass=False)

STAGES = ("high_pass", "echo", "noise", "gain")
"""In this order; each by its name in `Processing`."""
DELAY = {"high_pass": 0.0, "echo": 8.96, "noise": 6.96, "gain": 0.0}
"""Milliseconds that each adds, measured: windows and filter banks that overlap. `bench/echo.py` measures it again."""


def load() -> Any:  # noqa: ANN401 - the library's module, whose classes Library names
    """The library. Raises `AudioError` where it is missing or does not load."""
    try:
        return importlib.import_module("pywebrtc_audio")
    except (ImportError, OSError) as error:
        raise AudioError(
            f"Echo and noise are not taken out of your voice: the library pywebrtc-audio does not load ({error}). "
            "The call goes on; use headphones, or install it again.",
            code="voice-processing-missing",
        ) from error


def make(name: str, library: Any) -> Work:  # noqa: ANN401
    """A new stage by its name in `Processing`."""
    if name == "high_pass":
        high_pass = HighPass()
        return lambda block, _reference: high_pass.work(block)
    if name == "echo":
        path = EchoPath()
        canceller = library.EchoCanceller(sample_rate=SAMPLE_RATE)
        return lambda block, reference: canceller.process(path.work(block, reference), reference)
    if name == "noise":
        suppressor = library.NoiseSuppressor(sample_rate=SAMPLE_RATE, level=NOISE_LEVEL)
        return lambda block, _reference: suppressor.process(block)
    controller = library.GainController(sample_rate=SAMPLE_RATE, max_gain_db=GAIN_MAX)
    return lambda block, _reference: controller.process(block)


class Stage:
    """One stage, and the way into it and out of it: a cross-fade over one block."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.through = True
        """Otherwise it works and learns, and the sound goes past it, no later than without it."""
        self._was_through = True
        self._work: Work | None = None
        self._fresh = 0
        self._leaving = False

    @property
    def on(self) -> bool:
        """Whether sound goes through it, or is about to."""
        return self._work is not None and not self._leaving

    @property
    def delay(self) -> float:
        """Milliseconds that it adds now."""
        return DELAY[self.name] if self.on and self.through else 0.0

    @property
    def still(self) -> bool:
        """Off, and nothing left of it."""
        return self._work is None

    def begin(self, work: Work, *, at_once: bool = False) -> None:
        """Let sound through `work`; `at_once`: nothing has been heard yet that could click."""
        self._work, self._leaving, self._fresh = work, False, WARM if at_once else 0

    def end(self) -> None:
        """Let sound go past it."""
        if self._fresh < WARM:
            self._work = None
        self._leaving = self._work is not None

    def drop(self) -> None:
        """Off at once: it is broken."""
        self._work, self._leaving = None, False

    def stay(self) -> None:
        """Take back `end`, if it has not been done yet."""
        self._leaving = False

    def work(self, block: Frame, reference: Frame) -> Frame:
        """One block of int16 (480,), with what was played at its time."""
        if self._work is None:
            return block
        done = self._passed(self._work(block, reference), block)
        if self._leaving:
            self._work, self._leaving = None, False
            return cross_fade(done, block)
        if self._fresh < WARM:
            self._fresh += 1
            return cross_fade(block, done) if self._fresh == WARM else block
        return done

    def _passed(self, done: Frame, block: Frame) -> Frame:
        """What comes out: `done`, or `block`, and a cross-fade between them."""
        before, self._was_through = self._was_through, self.through
        if before != self.through:
            return cross_fade(block, done) if self.through else cross_fade(done, block)
        return done if self.through else block


QUIET_BLOCK: Frame = np.zeros(BLOCK, np.int16)
QUIET_BLOCK.flags.writeable = False
