"""Sound by PortAudio (sounddevice): every system, and where neither PulseAudio nor PipeWire answers the only way.

    PortAudio's thread
    ──────────────────
    _captured: indata ──→ FromDevice ──→ ring ─┐
                                               ├─ blocks += 1, tell() ──→ on_tick
    _played:  outdata ←── ToDevice ←─── ring ──┘

The callback copies and counts. PortAudio says once, when it starts, which devices there are, and starts anew only when
no stream is open. So in a call a process of its own is asked for the news: it starts PortAudio, looks, and ends.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.converter import FromDevice, ToDevice
from voip.io.audio.device import NOUN, Device, Kind
from voip.io.audio.priority import raise_priority
from voip.io.audio.ring import Ring, Samples

Foreign = Any
"""What sounddevice gives: it has no types."""
Setting = tuple[float | str, int]
ALSA_SETTINGS: tuple[Setting, ...] = ((0.010, 240), (0.020, 480), ("low", 480), ("high", 0))
"""Latency and block size, best first. 0.010/240 was the lowest that stayed steady; 0.005 died of xruns."""
OTHER_SETTINGS: tuple[Setting, ...] = (("low", 240), ("low", 0), ("high", 480), ("high", 0))
INVALID_SAMPLE_RATE = -9997
"""PortAudio's paInvalidSampleRate."""
LOOK_EVERY = 3.0
"""Seconds between two looks for new devices: each is a process that lives for a quarter of a second."""
LISTING = """
import json, sounddevice as sd
apis = sd.query_hostapis()
print(json.dumps([[d["name"], apis[d["hostapi"]]["name"], d["max_input_channels"], d["max_output_channels"]]
                  for d in sd.query_devices()]))
"""

FRESH = 1.0
"""Seconds for which a list is taken as new: two halves that look one after the other must see the same."""

_lock = threading.Lock()  # PortAudio is not thread-safe, and two halves may restart at once
_open: set[int] = set()  # streams that are open, by id: with none, PortAudio may be started anew
_started = [float("-inf")]  # when it was, last


def portaudio() -> ModuleType:
    """The sounddevice module. Raises `AudioError` (`no-portaudio`) when its C library is missing or will not start.

    Looking for devices makes ALSA's and JACK's libraries write to standard error in C; sounddevice holds it closed
    meanwhile.
    """
    try:
        import sounddevice  # noqa: PLC0415 - importing it starts PortAudio, which may be missing
    except Exception as error:
        raise AudioError(
            f"PortAudio, which reaches the sound card, cannot be loaded ({error}). "
            "On Debian and Ubuntu: sudo apt install libportaudio2",
            code="no-portaudio",
        ) from error
    return sounddevice  # type: ignore[no-any-return]


class PortAudio:
    """The back end."""

    name = "PortAudio"
    steps = len(ALSA_SETTINGS)

    def devices(self, kind: Kind) -> list[Device]:
        """From a fresh list if nothing is open, else from the list of PortAudio's start."""
        with _lock:
            sd = portaudio()
            if not _open and time.monotonic() - _started[0] > FRESH:
                sd._terminate()  # noqa: SLF001 - there is no other way to a fresh list
                sd._initialize()  # noqa: SLF001
                _started[0] = time.monotonic()
            default: Any = sd.default.device["input" if kind == "input" else "output"]
            apis, found = sd.query_hostapis(), sd.query_devices()
        devices = [
            Device(
                index=one["index"],
                name=one["name"],
                api=apis[one["hostapi"]]["name"],
                inputs=one["max_input_channels"],
                outputs=one["max_output_channels"],
                rate=one["default_samplerate"],
                key=_key(apis[one["hostapi"]]["name"], one["name"]),
            )
            for one in found
        ]
        usable = [device for device in devices if device.channels(kind) > 0]
        return sorted(usable, key=lambda device: device.index != default)

    def present(self, kind: Kind) -> set[str]:
        """As a fresh process sees it."""
        which = 2 if kind == "input" else 3
        return {_key(one[1], one[0]) for one in look() or [] if one[which] > 0}

    def open(self, device: Device, kind: Kind, ring: Ring, tell: Callable[[], None], step: int) -> "PortAudioStream":
        return PortAudioStream(device, kind, ring, tell, step)

    def watch(self, kind: Kind, changed: Callable[[], None]) -> "PortAudioWatch":
        return PortAudioWatch(kind, changed)


class PortAudioStream:
    """One stream. Raises `AudioError` (`device-refused`, `no-portaudio`)."""

    def __init__(self, device: Device, kind: Kind, ring: Ring, tell: Callable[[], None], step: int) -> None:
        self.key = device.key
        self.latency = 0.0
        self.block = 240
        self.blocks = 0
        self.xruns = 0
        self.priority = ""
        self.step = step
        self._device = device
        self._kind: Kind = kind
        self._tell = tell
        self._closed = False
        sd = portaudio()
        with _lock:
            self._rate, self._channels = self._format(sd)
        self._source = FromDevice(self._rate, ring)
        self._sink = ToDevice(self._rate, ring)
        self._stream = self._begin_somehow(sd)

    def _refused(self, reason: Exception | None) -> AudioError:
        who = f"The {NOUN[self._kind]} “{self._device.name}”"
        advice = f"Choose another with --{self._kind}, or a file: --{self._kind} NAME.wav"
        return AudioError(f"{who} cannot be opened ({reason}). {advice}", code="device-refused")

    def _format(self, sd: ModuleType) -> tuple[float, int]:
        """48 kHz mono if the card has it, else what it calls its own. Asked first: PortAudio prints what it refuses."""
        check = sd.check_input_settings if self._kind == "input" else sd.check_output_settings
        most = self._device.channels(self._kind)
        reason: Exception | None = None
        for rate in dict.fromkeys((float(SAMPLE_RATE), self._device.rate, 44_100.0, 96_000.0, 16_000.0)):
            for channels in dict.fromkeys((1, min(2, most), most)):
                try:
                    check(device=self._device.index, channels=channels, dtype="int16", samplerate=rate)
                except (sd.PortAudioError, ValueError) as error:
                    reason = error
                else:
                    return rate, channels
        raise self._refused(reason) from reason

    def _begin_somehow(self, sd: ModuleType) -> Foreign:
        reason: Exception | None = None
        settings = ALSA_SETTINGS if self._device.api == "ALSA" else OTHER_SETTINGS
        for step in range(min(self.step, len(settings) - 1), len(settings)):
            try:
                stream = self._begin(sd, *settings[step])
            except sd.PortAudioError as error:
                reason = error
            else:
                self.step = step
                return stream
        raise self._refused(reason) from reason

    def _begin(self, sd: ModuleType, latency: float | str, blocksize: int) -> Foreign:
        make, callback = (sd.InputStream, self._captured) if self._kind == "input" else (sd.OutputStream, self._played)
        with _lock:
            stream = make(
                samplerate=self._rate,
                blocksize=round(blocksize * self._rate / SAMPLE_RATE),
                device=self._device.index,
                channels=self._channels,
                dtype="int16",
                latency=latency,
                callback=callback,
            )
            try:
                stream.start()
            except BaseException:
                stream.close()
                raise
            _open.add(id(self))
        self.latency = float(stream.latency)
        return stream

    @property
    def dead(self) -> str:
        """PortAudio's own thread has ended, or so it says; a stream may also stand still without a word."""
        try:
            return "" if self._closed or self._stream.active else "its stream has ended"
        except portaudio().PortAudioError as error:
            return str(error)

    def resize(self, step: int) -> bool:
        """Not while it runs."""
        del step
        return False

    def close(self) -> None:
        self._closed = True
        with _lock:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            _open.discard(id(self))

    # ── in PortAudio's thread: copy and count ──────────────────────────────────────────────────────────────────

    def _captured(self, indata: Samples, frames: int, when: Foreign, status: object) -> None:
        if self._closed:
            return
        self._source.put(indata)
        age = when.currentTime - when.inputBufferAdcTime - frames / self._rate
        self._count(frames, status, age + self._source.held if when.inputBufferAdcTime > 0 else 0.0)

    def _played(self, outdata: Samples, frames: int, when: Foreign, status: object) -> None:
        if self._closed:
            outdata[:] = 0
            return
        self._sink.get(outdata)
        ahead = when.outputBufferDacTime - when.currentTime
        self._count(frames, status, ahead + self._sink.held if when.outputBufferDacTime > 0 else 0.0)

    def _count(self, frames: int, status: object, latency: float) -> None:
        if status:
            self.xruns += 1
        if not self.blocks:
            self.priority = raise_priority()
            self.block = round(frames * SAMPLE_RATE / self._rate)
        if 0 < latency < 1:
            self.latency += (latency - self.latency) / 16
        self.blocks += 1
        self._tell()


class PortAudioWatch:
    """Asks a process of its own from time to time; calls `changed` when the devices of this kind are others."""

    def __init__(self, kind: Kind, changed: Callable[[], None]) -> None:
        self._kind = kind
        self._changed = changed
        self._closing = threading.Event()
        threading.Thread(target=self._run, name=f"{kind} devices", daemon=True).start()

    def close(self) -> None:
        """The thread ends by itself, soon."""
        self._closing.set()

    def _run(self) -> None:
        before = look()
        while not self._closing.wait(LOOK_EVERY):
            now = look()
            if now is not None and now != before and not self._closing.is_set():
                self._changed()
            before = now if now is not None else before


def _key(api: str, name: str) -> str:
    return f"{api}: {name}"


def look() -> list[list[Any]] | None:
    """[name, API, inputs, outputs] of each device there is now; None if that cannot be found out."""
    try:
        asked = subprocess.run(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-c", LISTING], stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=True
        )
        found = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return found if isinstance(found, list) else None
