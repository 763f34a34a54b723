"""A WAV file as microphone, another as loudspeaker, paced by the clock.

    said.wav ──10 ms──→ capture ring ──→ the call ──→ playout ring ──10 ms──→ heard.wav
                 └────→ said_to.wav: exactly what the ring took in, for whoever compares

Each step has an absolute deadline on the event loop's clock. A late step is caught up, never dropped, and the call is
told after every single one; so a file holds as many samples as time has passed, whatever the machine did meanwhile.
"""

import asyncio
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.halves import RING_SAMPLES, Joined, Unchanging
from voip.io.audio.ring import Ring, Samples
from voip.io.audio.wavwriter import WavWriter

Floats = NDArray[np.float64]
STEP = 0.010
STEP_SAMPLES = SAMPLE_RATE // 100


def load_wav(path: Path) -> Samples:
    """The whole file as 48 kHz mono int16; any rate, any number of channels, PCM of 8 to 32 bits.

    Raises `AudioError`: `no-such-file`, or `bad-wav` when there is no sound in it that we can read.
    """
    try:
        with wave.open(str(path), "rb") as source:
            channels, width, rate, _, _, _ = source.getparams()
            data = source.readframes(source.getnframes())
    except OSError as error:
        raise AudioError(f"The file “{path}” cannot be read: {error.strerror}.", code="no-such-file") from error
    except (wave.Error, EOFError, RuntimeError) as error:
        reason = str(error) or "it ends too early"
        raise AudioError(f"“{path}” is no WAV file with PCM sound in it ({reason}).", code="bad-wav") from error
    frame = channels * width
    if rate < 1 or width not in (1, 2, 3, 4) or len(data) < frame:
        raise AudioError(f"“{path}” is a WAV file without sound in it.", code="bad-wav")
    data = data[: len(data) // frame * frame]
    if (rate, channels, width) == (SAMPLE_RATE, 1, 2):  # as it is: a call is waiting to begin
        return np.frombuffer(data, "<i2").astype(np.int16)
    sound = _as_float(data, width).reshape(-1, channels)
    mono = sound.mean(axis=1)
    if rate != SAMPLE_RATE:
        import soxr  # noqa: PLC0415 - only for files at another rate

        mono = soxr.resample(mono, rate, SAMPLE_RATE)
    return _as_int16(mono)


def _as_float(data: bytes, width: int) -> Floats:
    """PCM as ±1. WAV keeps 8 bits unsigned and everything else signed, low byte first."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0] / 2.0**31
    return np.frombuffer(data, f"<i{width}") / 2.0 ** (8 * width - 1)


def _as_int16(sound: Floats) -> Samples:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)


class Metronome:
    """Calls `step` once for each 10 ms since `start`, on the running event loop."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._step = step
        self._due = self._loop.time() + STEP
        self._timer = self._loop.call_at(self._due, self._beat)
        self._beating = True

    def _beat(self) -> None:
        while self._beating and self._due <= self._loop.time():
            self._due += STEP
            self._step()
        if self._beating:
            self._timer = self._loop.call_at(self._due, self._beat)

    def stop(self) -> None:
        self._beating = False
        self._timer.cancel()


class WavMicrophone(Unchanging):
    """Half a sound card: speaks from `said` (None: silence), again and again if `loop`.

    `said_to`: a file for exactly the samples that went into the ring.
    """

    latency = 0.0
    block = STEP_SAMPLES

    def __init__(self, said: Path | None, *, loop: bool = True, said_to: Path | None = None) -> None:
        super().__init__()
        self.ring = Ring(RING_SAMPLES)
        self.name = str(said) if said else "silence"
        self._sound: Samples = load_wav(said) if said else np.zeros(STEP_SAMPLES, np.int16)
        self._again = loop
        self._at = 0
        self._copy = WavWriter(said_to) if said_to else None
        self._metronome: Metronome | None = None

    @property
    def problem(self) -> str:
        return self._copy.problem if self._copy else ""

    def start(self, on_tick: Callable[[], None]) -> None:
        def step() -> None:
            block = self._next()
            accepted = self.ring.write(block)
            if self._copy is not None:
                self._copy.write(block[:accepted])
            on_tick()

        self._metronome = Metronome(step)

    def _next(self) -> Samples:
        end = self._at + STEP_SAMPLES
        if self._again:
            block: Samples = np.take(self._sound, range(self._at, end), mode="wrap")
            self._at = end % len(self._sound)
            return block
        block = np.zeros(STEP_SAMPLES, np.int16)
        rest = self._sound[self._at : end]
        block[: len(rest)] = rest
        self._at = min(end, len(self._sound))
        return block

    def stop(self) -> None:
        if self._metronome is not None:
            self._metronome.stop()
        if self._copy is not None:
            self._copy.close()


class WavLoudspeaker(Unchanging):
    """Half a sound card: writes what is played to `heard` (None: nowhere)."""

    latency = 0.0
    block = STEP_SAMPLES

    def __init__(self, heard: Path | None) -> None:
        super().__init__()
        self.ring = Ring(RING_SAMPLES)
        self.name = str(heard) if heard else "nowhere"
        self._file = WavWriter(heard) if heard else None
        self._block: Samples = np.zeros(STEP_SAMPLES, np.int16)
        self._metronome: Metronome | None = None

    @property
    def problem(self) -> str:
        return self._file.problem if self._file else ""

    def start(self, on_tick: Callable[[], None]) -> None:
        def step() -> None:
            self.ring.read_into(self._block)
            if self._file is not None:
                self._file.write(self._block)
            on_tick()

        self._metronome = Metronome(step)

    def stop(self) -> None:
        if self._metronome is not None:
            self._metronome.stop()
        if self._file is not None:
            self._file.close()


class WavPort(Joined):
    """A sound card made of files: speaks from `said`, writes to `heard`; None is silence, or nowhere."""

    def __init__(
        self, said: Path | None, heard: Path | None, *, loop: bool = True, said_to: Path | None = None
    ) -> None:
        super().__init__(WavMicrophone(said, loop=loop, said_to=said_to), WavLoudspeaker(heard))
