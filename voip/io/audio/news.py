"""What happens to a device in the midst of a call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from voip.io.audio.device import NOUN, Kind

What = Literal["lost", "resumed", "replaced", "returned", "switched", "moved", "eased", "tightened"]


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """One thing that happened to a microphone or a loudspeaker."""

    kind: Kind
    what: What
    """lost: it stopped or is gone. resumed: the same one was opened again. replaced: another took over. returned: the
    one that was lost is there again; `Half.switch(device)` goes back to it. switched: by its user. moved: by the sound
    server. eased: it ran dry, so its buffer is larger now. tightened: it has been quiet, so its buffer is smaller.
    """
    device: str
    """Which device this is about: the lost, the new, or the one that returned."""
    gap: float = 0.0
    """Seconds without sound (resumed, replaced, switched)."""
    detail: str = ""
    """Why, or how it is reached now."""

    @property
    def sentence(self) -> str:
        """The same for people."""
        who = f"The {NOUN[self.kind]} “{self.device}”"
        why = f" ({self.detail})" if self.detail else ""
        return {
            "lost": f"{who} has stopped{why}.",
            "resumed": f"{who} had stopped and was opened again after {self.gap:.2f} s.",
            "replaced": f"{who} has taken over after {self.gap:.2f} s.",
            "returned": f"{who} is there again.",
            "switched": f"{who} is in use now.",
            "moved": f"{who} is in use now: the sound server chose it.",
            "eased": f"{who} ran dry; it has a larger buffer now{why}.",
            "tightened": f"{who} runs well; it has a smaller buffer now{why}.",
        }[self.what]


OnNews = Callable[[DeviceNews], None]
