"""What a back end is: a way to reach sound devices. Two of them stand behind this: `pulse` and `portaudio`.

Backend.open(device, …) ──→ Stream ──blocks, in a thread of its own──→ tell()
Backend.watch(changed)  ──→ Watch  ──devices came or went──→ changed()
"""

from collections.abc import Callable
from typing import Protocol

from voip.io.audio.device import Device, Kind
from voip.io.audio.ring import Ring


class Stream(Protocol):
    """A device that is moving sound. Its counters are written by its own thread and read by anyone."""

    @property
    def key(self) -> str:
        """The `Device.key` that it really moves: a sound server may change it. Empty until it is known."""
        ...

    @property
    def latency(self) -> float:
        """Seconds, as the device says now; see `AudioPort`."""
        ...

    @property
    def block(self) -> int:
        """Samples at 48 kHz that it moves at a time, as seen."""
        ...

    @property
    def blocks(self) -> int:
        """How many blocks it has moved."""
        ...

    @property
    def xruns(self) -> int:
        """How often the device itself ran dry, or what it recorded was lost."""
        ...

    @property
    def dead(self) -> str:
        """Why it will never move again, or empty. One that merely stands still says nothing here."""
        ...

    @property
    def priority(self) -> str:
        """What its thread got: `real time`, `nice −11`, `ordinary`."""
        ...

    @property
    def step(self) -> int:
        """Which of the back end's buffer sizes it has."""
        ...

    def resize(self, step: int) -> bool:
        """Change the buffer without stopping, if that is possible here; else it must be opened again."""
        ...

    def close(self) -> None:
        """End it. May block, never raises; it touches the ring no more afterwards."""
        ...


class Watch(Protocol):
    """Somebody who looks out for devices."""

    def close(self) -> None: ...


class Backend(Protocol):
    """A way to reach devices. All but `name` and `steps` may block, so in a call they run in a thread."""

    @property
    def name(self) -> str: ...

    @property
    def steps(self) -> int:
        """How many buffer sizes there are, the smallest first."""
        ...

    def devices(self, kind: Kind) -> list[Device]:
        """All of this kind that can be opened now, the default first. Raises `AudioError`."""
        ...

    def present(self, kind: Kind) -> set[str]:
        """The keys of all of this kind that are there now, be they opened yet or not. Raises `AudioError`."""
        ...

    def open(self, device: Device, kind: Kind, ring: Ring, tell: Callable[[], None], step: int) -> Stream:
        """Begin to move samples between `device` and `ring`; `tell` after each block. Raises `AudioError`."""
        ...

    def watch(self, kind: Kind, changed: Callable[[], None]) -> Watch:
        """Call `changed`, in another thread, whenever `devices` may have a new answer."""
        ...
