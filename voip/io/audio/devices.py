"""Which sound devices there are, and which one is meant. The only door to PortAudio.

PortAudio is a C library that may be missing, so it is loaded only when somebody asks. Looking for devices makes ALSA's
and JACK's libraries write to standard error in C; sounddevice holds it closed meanwhile.
"""

import difflib
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from voip.config import SAMPLE_RATE
from voip.errors import AudioError

Kind = Literal["input", "output"]
NOUN: dict[Kind, str] = {"input": "microphone", "output": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class Device:
    """One device as PortAudio sees it."""

    index: int
    """What PortAudio calls it; changes when devices come and go."""
    name: str
    api: str
    """The host API through which it is reached: `ALSA`, `Core Audio`, `Windows WASAPI`."""
    inputs: int
    """Channels that it records."""
    outputs: int
    """Channels that it plays."""
    rate: float
    """The rate that it calls its own, Hz."""

    def channels(self, kind: Kind) -> int:
        return self.inputs if kind == "input" else self.outputs


def portaudio() -> ModuleType:
    """The sounddevice module. Raises `AudioError` (`no-portaudio`) when its C library is missing or will not start."""
    try:
        import sounddevice  # noqa: PLC0415 - importing it starts PortAudio, which may be missing
    except Exception as error:
        raise AudioError(
            f"PortAudio, which reaches the sound card, cannot be loaded ({error}). "
            "On Debian and Ubuntu: sudo apt install libportaudio2",
            code="no-portaudio",
        ) from error
    return sounddevice  # type: ignore[no-any-return]


def list_devices() -> list[Device]:
    """Every device, in PortAudio's order; empty on a machine without sound. Raises `AudioError` (`no-portaudio`)."""
    sd = portaudio()
    apis = sd.query_hostapis()
    return [
        Device(
            index=found["index"],
            name=found["name"],
            api=apis[found["hostapi"]]["name"],
            inputs=found["max_input_channels"],
            outputs=found["max_output_channels"],
            rate=found["default_samplerate"],
        )
        for found in sd.query_devices()
    ]


def find_device(wanted: str | None, kind: Kind) -> Device:
    """The device that `wanted` names: None the default, digits an index, else a name or a part of just one name.

    Raises `AudioError`: `no-device` when there is none of this kind, `no-such-device` when none is meant by this name.
    """
    usable = [device for device in list_devices() if device.channels(kind) > 0]
    if not usable:
        raise AudioError(
            f"This machine has no {NOUN[kind]}. Connect one, or use a file: --{kind} NAME.wav", code="no-device"
        )
    if wanted is None:
        return _default(usable, kind)
    if wanted.isdecimal():
        same = [device for device in usable if device.index == int(wanted)]
    else:
        same = [device for device in usable if device.name == wanted] or [
            device for device in usable if wanted.casefold() in device.name.casefold()
        ]
    if len(same) == 1 or (same and same[0].name == wanted):
        return same[0]
    raise _unknown(wanted, kind, same, usable)


def _default(usable: list[Device], kind: Kind) -> Device:
    preferred: Any = portaudio().default.device["input" if kind == "input" else "output"]
    for device in usable:
        if device.index == preferred:
            return device
    return usable[0]


def _unknown(wanted: str, kind: Kind, same: list[Device], usable: list[Device]) -> AudioError:
    names = list(dict.fromkeys(device.name for device in same or usable))
    near = names if same else difflib.get_close_matches(wanted, names, n=4, cutoff=0.3) or names[:4]
    listed = ", ".join(f"“{name}”" for name in near[:6])
    what = "is the name of more than one" if same else "is no"
    return AudioError(f"“{wanted}” {what} {NOUN[kind]} here. Did you mean {listed}?", code="no-such-device")


def default_available() -> bool:
    """Is there a default microphone *and* a default loudspeaker that say they can do 48 kHz? Never raises."""
    try:
        sd = portaudio()
        for kind, check in (("input", sd.check_input_settings), ("output", sd.check_output_settings)):
            device = find_device(None, "input" if kind == "input" else "output")
            check(device=device.index, channels=1, dtype="int16", samplerate=SAMPLE_RATE)
    except Exception:  # noqa: BLE001 - whatever keeps sound from working, the answer is no
        return False
    return True
