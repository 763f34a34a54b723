"""Frames of 5, 10, 20, 40 ms ⇄ the blocks of 10 ms that audio processing works in.

    pcm (n × 240,) ──→ [waits for its other half] ──→ work(480) ──→ [what is not due yet] ──→ pcm (n × 240,)

Whole blocks pass at once, with no delay. A frame of 5 ms must wait for the next, so from the first of them on
everything comes 5 ms later; the first whole block after that puts an end to it. The 5 ms that then are wanting, or too
many, are put in by going back and forth over the last sound, or taken out by cross-fading; neither clicks.
"""

from collections.abc import Callable

import numpy as np

from voip.config import SAMPLE_RATE
from voip.errors import LocalError
from voip.media.pcm import Frame

BLOCK = SAMPLE_RATE // 100
HALF = BLOCK // 2

_NOTHING: Frame = np.zeros(0, np.int16)


def cross_fade(old: Frame, new: Frame) -> Frame:
    """From `old` to `new`, of one length, in a straight line."""
    share = (np.arange(old.size, dtype=np.float32) + 0.5) / old.size
    return np.rint(old + (new.astype(np.float32) - old) * share).astype(np.int16)


def shorten(pcm: Frame, size: int) -> Frame:
    """The beginning and the end of `pcm`, faded into each other; `size` samples, at least half of what there is."""
    return cross_fade(pcm[:size], pcm[-size:])


class Blocks:
    """Cuts one stream into blocks, and joins them again. Not to be shared between threads."""

    def __init__(self, first: int = 0) -> None:
        """`first`: the number of the first sample that will come."""
        self._waiting = _NOTHING
        self._ready = _NOTHING
        self._last: Frame = np.zeros(HALF, np.int16)
        self._taken = first

    @property
    def delay(self) -> int:
        """Samples that this station holds back: 0 or 240."""
        return self._waiting.size + self._ready.size

    def push(self, pcm: Frame, work: Callable[[Frame, int], Frame]) -> Frame:
        """`pcm` through `work`; `work` gets 480 samples and the number of the first of them in this stream.

        Raises `LocalError` unless `pcm` is int16 of a multiple of 240.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1 or not pcm.size or pcm.size % HALF:
            raise LocalError(
                f"A frame of {pcm.dtype} {pcm.shape} was handed in; int16 of a multiple of {HALF} is needed.",
                code="pcm-shape",
            )
        whole_frame = pcm.size % BLOCK == 0
        self._taken += pcm.size
        held = np.concatenate((self._waiting, pcm))
        if whole_frame and self._waiting.size:
            # Only the front is faded: the rest of a long frame stays as it was said.
            held = np.concatenate((shorten(held[: BLOCK + HALF], BLOCK), held[BLOCK + HALF :]))
        whole = held.size - held.size % BLOCK
        first = self._taken - held.size
        done = [work(held[at : at + BLOCK], first + at) for at in range(0, whole, BLOCK)]
        self._waiting = held[whole:]
        ready = np.concatenate((self._ready, *done))
        if ready.size < pcm.size:
            quarter = HALF // 2
            ready = np.concatenate((self._last[: -quarter - 1 : -1], self._last[-quarter:], ready))
        elif whole_frame and ready.size > pcm.size:
            ready = np.concatenate((shorten(ready[: BLOCK + HALF], BLOCK), ready[BLOCK + HALF :]))
        out, self._ready = ready[: pcm.size], ready[pcm.size :]
        self._last = out[-HALF:]
        return out

    def leave(self, pcm: Frame) -> Frame:
        """The last frame, past any work: catches up with `pcm`, so that the one after it may go its own way."""
        held = np.concatenate((self._ready, self._waiting, pcm))
        late = self.delay
        if not late:
            return pcm
        front = min(pcm.size, BLOCK)
        self._ready = self._waiting = _NOTHING
        return np.concatenate((shorten(held[: front + late], front), held[front + late :]))
