"""One sound device, and which one is meant by a word."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voip.errors import AudioError

Kind = Literal["input", "output"]
NOUN: dict[Kind, str] = {"input": "microphone", "output": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class Device:
    """One device as its back end sees it."""

    index: int
    """What the back end calls it; changes when devices come and go."""
    name: str
    api: str
    """The host API through which it is reached: `PulseAudio`, `ALSA`, `Core Audio`, `Windows WASAPI`."""
    inputs: int
    """Channels that it records."""
    outputs: int
    """Channels that it plays."""
    rate: float
    """The rate that it calls its own, Hz."""
    key: str = ""
    """What it is known by as long as it is there, and when it comes back. Empty: whichever is the default."""

    monitor: bool = False
    """It hears what a loudspeaker plays: a microphone only for whoever names it."""

    def channels(self, kind: Kind) -> int:
        return self.inputs if kind == "input" else self.outputs


def find_device(wanted: str | None, kind: Kind, usable: Sequence[Device]) -> Device:
    """The device among `usable` (the default first) that `wanted` names.

    None is the default, digits an index, else it is a name, a key, or a part of just one name or key. Raises
    `AudioError`: `no-device` when there is none of this kind, `no-such-device` when none is meant by this name.
    """
    if not usable:
        raise AudioError(
            f"This machine has no {NOUN[kind]}. Connect one, or use a file: --{kind} NAME.wav", code="no-device"
        )
    if wanted is None:
        return usable[0]
    if wanted.isdecimal():
        same = [device for device in usable if device.index == int(wanted)]
    else:
        same = [device for device in usable if wanted in (device.name, device.key)] or [
            device
            for device in usable
            if wanted.casefold() in device.name.casefold() or wanted.casefold() in device.key.casefold()
        ]
    if len(same) == 1 or (same and same[0].name == wanted):
        return same[0]
    raise _unknown(wanted, kind, same, usable)


def _unknown(wanted: str, kind: Kind, same: Sequence[Device], usable: Sequence[Device]) -> AudioError:
    names = list(dict.fromkeys(device.name for device in same or usable))
    near = names if same else difflib.get_close_matches(wanted, names, n=4, cutoff=0.3) or names[:4]
    listed = ", ".join(f"“{name}”" for name in near[:6])
    what = "is the name of more than one" if same else "is no"
    return AudioError(f"“{wanted}” {what} {NOUN[kind]} here. Did you mean {listed}?", code="no-such-device")
