"""What the window shows of the microphone: loudness, clipping, whether somebody speaks, and into a muted one too.

    microphone ──→ heard ──┬──→ [processing] ──→ sent ──→ reading
                 clipping  level in        level out, speaking

Somebody speaks when what is left after processing, so without the loudspeaker's echo, stands clear of the background
for a while and, where WebRTC's detector is there, sounds like speech.
"""

from dataclasses import dataclass

import numpy as np

from voip.config import SAMPLE_RATE
from voip.media.pcm import LEVEL_FLOOR, Frame, level

ABOVE = 9.0
"""dB over the background at which speech begins …"""
STAYS = 5.0
"""… and under which it ends."""
AUDIBLE = -50.0
"""dBFS; what is fainter is nobody speaking into this microphone."""
LIKELY, UNLIKELY = 0.6, 0.25
"""The detector's probability at which speech may begin, and under which it ends."""
BEGINS, ENDS = 0.10, 0.40
"""Seconds that it must last, and that a pause between words may."""
NOTICED, FORGOTTEN = 0.8, 2.0
"""Seconds of speech into a muted microphone until the window says so, and without any until it stops saying so. An echo
that nobody knows of yet looks like speech for half a second."""
_RISE = 3.0
"""dB/s by which the background follows upwards; downwards it does at once."""
_CLIP_MEMORY = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """How the microphone does."""

    heard: float
    """dBFS (root mean square) of the last frame from the microphone."""
    sent: float
    """dBFS of the last frame after processing."""
    clipped: float
    """Share of the samples of about the last second that were at full scale, 0 to 1."""
    speaking: bool
    muted_but_speaking: bool


class Meter:
    """Reads frame by frame; knows the time only by counting samples."""

    def __init__(self) -> None:
        self._heard = self._sent = LEVEL_FLOOR
        self._clipped = 0.0
        self._background = LEVEL_FLOOR
        self._speaking = False
        self._against = 0.0
        """Seconds for which what we see has spoken against what we say."""
        self._muted = False
        self._spoken = 0.0
        self._unspoken = FORGOTTEN

    def heard(self, pcm: Frame) -> None:
        """`pcm`, int16 of any length, came from the microphone."""
        self._heard = level(pcm)
        share = float(np.count_nonzero((pcm == 32767) | (pcm == -32768))) / max(1, pcm.size)
        weight = min(1.0, pcm.size / SAMPLE_RATE / _CLIP_MEMORY)
        self._clipped += weight * (share - self._clipped)

    def sent(self, pcm: Frame, likely: float | None, *, muted: bool) -> None:
        """`pcm` is what processing made of it; `likely`: how probably it is speech, 0 to 1, or None if nobody knows."""
        seconds = pcm.size / SAMPLE_RATE
        self._sent = level(pcm)
        # Digital silence is a device that has not begun, not a background.
        if self._sent > LEVEL_FLOOR:
            lifted = self._background + _RISE * seconds if self._background > LEVEL_FLOOR else self._sent
            self._background = min(self._sent, lifted)
        self._judge(seconds, likely)
        if not muted or not self._muted:
            self._spoken, self._unspoken = 0.0, FORGOTTEN
        self._muted = muted
        if self._speaking:
            self._spoken += seconds
            if self._spoken >= NOTICED:
                self._unspoken = 0.0
        else:
            self._unspoken += seconds
            if self._unspoken >= FORGOTTEN:
                self._spoken = 0.0

    def reading(self) -> Reading:
        """Now."""
        clipped = self._clipped if self._clipped > 1e-6 else 0.0
        warn = self._muted and self._spoken >= NOTICED and self._unspoken < FORGOTTEN
        return Reading(self._heard, self._sent, clipped, self._speaking, warn)

    def _judge(self, seconds: float, likely: float | None) -> None:
        over = self._sent - self._background
        if self._speaking:
            against = over < STAYS or (likely is not None and likely < UNLIKELY)
            patience = ENDS
        else:
            against = over > ABOVE and self._sent > AUDIBLE and (likely is None or likely > LIKELY)
            patience = BEGINS
        self._against = self._against + seconds if against else 0.0
        if self._against >= patience:
            self._speaking, self._against = not self._speaking, 0.0
