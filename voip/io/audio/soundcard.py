"""A real microphone and a real loudspeaker, by PortAudio.

    PortAudio's thread                                     the event loop
    ──────────────────                                     ──────────────
    _captured: indata ──→ ring ─┐
                                ├─ blocks += 1, bell.ring() ──→ on_tick
    _played:  outdata ←── ring ─┘
                                                           _watch, four times a second: did blocks grow?
                                                           if not for STALLED seconds: say so, open it again

The callback copies and counts. A stream can die of an xrun without a word (seen with 5 ms buffers), or with its device:
only the missing callbacks tell, so the loop watches their number, and reopens in a thread, because opening may block.
"""

import asyncio
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.bell import Bell
from voip.io.audio.devices import NOUN, Device, Kind, default_available, find_device, list_devices, portaudio
from voip.io.audio.halves import RING_SAMPLES, Joined
from voip.io.audio.ring import Ring, Samples

__all__ = ["DeviceHalf", "SoundCard", "default_available", "list_devices"]

Stream = Any
"""sounddevice's streams have no types."""
Setting = tuple[float | str, int]
ALSA_SETTINGS: tuple[Setting, ...] = ((0.010, 240), (0.020, 480), ("low", 480), ("high", 0))
"""Latency and block size, best first. 0.010/240 was the lowest that stayed steady; 0.005 died of xruns."""
OTHER_SETTINGS: tuple[Setting, ...] = (("low", 240), ("low", 0), ("high", 0))
WATCH = 0.25
STALLED = 0.75
"""Seconds without a callback before a stream counts as dead; a busy machine stops for 0.1 s now and then."""
FIRST = 3.0
"""The same, for the first callback of all: a wireless headset takes its time."""
RETRY_MAX = 5.0
INVALID_SAMPLE_RATE = -9997
"""PortAudio's paInvalidSampleRate."""

_portaudio_lock = threading.Lock()  # PortAudio's open and close are not thread-safe, and two halves may restart at once


class DeviceHalf:
    """A microphone or a loudspeaker. `wanted`: see `find_device`. Raises `AudioError` if there is no such device."""

    def __init__(self, kind: Kind, wanted: str | None) -> None:
        self.ring = Ring(RING_SAMPLES)
        self.xruns = 0
        """Callbacks that PortAudio flagged: it lost input or ran out of output."""
        self.restarts = 0
        self._kind: Kind = kind
        self._device: Device = find_device(wanted, kind)
        self._stream: Stream = None
        self._latency = 0.0
        self._block = 240
        self._blocks = 0
        self._problem = ""
        self._running = False
        self._bell: Bell | None = None
        self._watching: asyncio.TimerHandle | None = None

    @property
    def name(self) -> str:
        return self._device.name

    @property
    def latency(self) -> float:
        return self._latency

    @property
    def block(self) -> int:
        return self._block

    @property
    def problem(self) -> str:
        return self._problem

    def start(self, on_tick: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._bell = Bell(on_tick)
        self._running = True
        try:
            self._stream = self._open()
        except BaseException:
            self.stop()
            raise
        self._seen, self._seen_at, self._retry = self._blocks, self._loop.time(), FIRST
        self._watching = self._loop.call_later(WATCH, self._watch)

    def stop(self) -> None:
        if not self._running:
            return
        self._running = False
        if self._watching is not None:
            self._watching.cancel()
        stream, self._stream = self._stream, None
        if stream is not None:
            # In a thread and not waited for without limit: closing a stream whose device is gone may hang.
            closing = threading.Thread(target=_close, args=(stream,), daemon=True)
            closing.start()
            closing.join(1.0)
        if self._bell is not None:
            self._bell.close()

    # In PortAudio's thread: copy and count.

    def _captured(self, indata: Samples, frames: int, _time: object, status: object) -> None:
        self.ring.write(indata[:, 0])
        self._tell(frames, status)

    def _played(self, outdata: Samples, frames: int, _time: object, status: object) -> None:
        self.ring.read_into(outdata[:, 0])
        if outdata.shape[1] > 1:
            outdata[:, 1] = outdata[:, 0]
        self._tell(frames, status)

    def _tell(self, frames: int, status: object) -> None:
        if status:
            self.xruns += 1
        self._block = frames
        self._blocks += 1
        if self._bell is not None:
            self._bell.ring()

    # In the event loop, or in a thread that it started.

    def _open(self) -> Stream:
        sd = portaudio()
        channels = self._channels(sd)
        reason: Exception | None = None
        for latency, blocksize in ALSA_SETTINGS if self._device.api == "ALSA" else OTHER_SETTINGS:
            try:
                return self._begin(sd, latency, blocksize, channels)
            except sd.PortAudioError as error:
                reason = error
        raise self._refused(reason) from reason

    def _channels(self, sd: ModuleType) -> int:
        """One, or two if the card has no mono. Asked beforehand: PortAudio prints what `open` refuses."""
        check = sd.check_input_settings if self._kind == "input" else sd.check_output_settings
        reason: Exception | None = None
        for channels in range(1, min(2, self._device.channels(self._kind)) + 1):
            try:
                check(device=self._device.index, channels=channels, dtype="int16", samplerate=SAMPLE_RATE)
            except sd.PortAudioError as error:
                reason = error
            else:
                return channels
        raise self._refused(reason) from reason

    def _begin(self, sd: ModuleType, latency: float | str, blocksize: int, channels: int) -> Stream:
        make, callback = (sd.InputStream, self._captured) if self._kind == "input" else (sd.OutputStream, self._played)
        with _portaudio_lock:
            stream = make(
                samplerate=SAMPLE_RATE,
                blocksize=blocksize,
                device=self._device.index,
                channels=channels,
                dtype="int16",
                latency=latency,
                callback=callback,
            )
            try:
                stream.start()
            except BaseException:
                stream.close()
                raise
        self._latency = float(stream.latency)
        if blocksize:
            self._block = blocksize
        return stream

    def _refused(self, reason: Exception | None) -> AudioError:
        who = f"The {NOUN[self._kind]} “{self.name}”"
        advice = f"Choose another with --{self._kind}, or a file: --{self._kind} NAME.wav"
        if reason is not None and INVALID_SAMPLE_RATE in reason.args:
            needs = f"will not run at 48 kHz, which Glasscall needs; its own rate is {self._device.rate / 1000:g} kHz"
            return AudioError(f"{who} {needs}. {advice}", code="sample-rate")
        return AudioError(f"{who} cannot be opened ({reason}). {advice}", code="device-refused")

    def _watch(self) -> None:
        now = self._loop.time()
        if self._blocks != self._seen:
            self._seen, self._seen_at, self._retry = self._blocks, now, STALLED
        elif now - self._seen_at > self._retry:
            self._retry = min(2 * self._retry, RETRY_MAX)
            self._seen_at = now
            self._problem = f"The {NOUN[self._kind]} “{self.name}” has stopped; opening it again."
            stream, self._stream = self._stream, None
            threading.Thread(target=self._reopen, args=(stream,), daemon=True).start()
            return  # `_reopened` goes on watching
        self._watching = self._loop.call_later(WATCH, self._watch)

    def _reopen(self, old: Stream) -> None:
        if old is not None:
            _close(old)
        stream: Stream = None
        problem = ""
        try:
            stream = self._open()
        except AudioError as error:
            problem = error.sentence
        try:
            self._loop.call_soon_threadsafe(self._reopened, stream, problem)
        except RuntimeError:  # the loop was closed meanwhile
            if stream is not None:
                _close(stream)

    def _reopened(self, stream: Stream, problem: str) -> None:
        if not self._running:
            if stream is not None:
                threading.Thread(target=_close, args=(stream,), daemon=True).start()
            return
        self._stream = stream
        if stream is not None:
            self.restarts += 1
            self._problem = f"The {NOUN[self._kind]} “{self.name}” had stopped and was opened again."
        else:
            self._problem = f"The {NOUN[self._kind]} “{self.name}” has stopped. {problem}"
        self._seen, self._seen_at = self._blocks, self._loop.time()
        self._watching = self._loop.call_later(WATCH, self._watch)


def _close(stream: Stream) -> None:
    with _portaudio_lock:
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)


class SoundCard(Joined):
    """Microphone `input` and loudspeaker `output` (names, parts of names, indices; None: the default), two streams."""

    def __init__(self, input: str | None = None, output: str | None = None) -> None:  # noqa: A002 - as the options
        super().__init__(DeviceHalf("input", input), DeviceHalf("output", output))
