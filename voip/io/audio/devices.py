"""Which sound devices there are, and by which back end they are reached.

a word after --input or --output    back end                                     device
────────────────────────────────    ────────                                     ──────
nothing, NAME                       PulseAudio where it answers, else PortAudio  the default, NAME
pulse:, pulse:NAME                  PulseAudio                                   the default, NAME
portaudio:, portaudio:NAME          PortAudio                                    the default, NAME
"""

from collections.abc import Callable

from voip.errors import AudioError
from voip.io.audio.backend import Backend
from voip.io.audio.device import Device, Kind
from voip.io.audio.portaudio import PortAudio
from voip.io.audio.pulse import Pulse, answers

__all__ = ["choose", "default_available", "list_devices"]

BACKENDS: dict[str, Callable[[], Backend]] = {"pulse": Pulse, "portaudio": PortAudio}


def choose(word: str | None) -> tuple[Backend, str | None]:
    """The back end for this word, and what remains of the word: a device, or None for the default one."""
    prefix, colon, rest = (word or "").partition(":")
    if colon and prefix.lower() in BACKENDS:
        return BACKENDS[prefix.lower()](), rest or None
    return BACKENDS["pulse" if answers() else "portaudio"](), word


def list_devices(kind: Kind) -> list[Device]:
    """Every microphone or loudspeaker that can be named, the default first. Raises `AudioError` (`no-portaudio`)."""
    backend, _ = choose(None)
    return backend.devices(kind)


def default_available() -> bool:
    """Is there a microphone *and* a loudspeaker? Never raises."""
    try:
        return bool(list_devices("input") and list_devices("output"))
    except AudioError:
        return False
