"""Where in what we played is what the microphone now hears: gives the echo canceller its reference, in step.

    loudspeaker ──→ played ──→ far ring ──→ reference(start) ──→ the 10 ms that the echo canceller compares with
    microphone  ──→ heard ───→ near ring ─┐      ▲
                              far ring ───┴─→ every 100 ms: cross-correlation with phase transform → offset

An offset is the number of a sample in the microphone's stream minus its number in the loudspeaker's; it stays as it is
while neither device changes. It comes from three sources, the surer before the other:

1. the correlation (GCC-PHAT: Knapp and Carter, 1976), believed when three in a row agree;
2. a change in the delay that the devices report, at once;
3. that delay itself, until there has been something to correlate.

WebRTC's canceller finds the delay as well, but in three to four seconds (measured); when the reference jumps with the
echo, its filter goes on fitting, and it has nothing to learn again.
"""

from collections import deque

import numpy as np
from numpy.fft import irfft, rfft
from numpy.typing import NDArray

from voip.config import SAMPLE_RATE
from voip.media.pcm import Frame

MS = SAMPLE_RATE // 1000
LEAD = 10 * MS
"""The reference comes this much before its echo, so that a small error does not make it come too late."""
BLIND_LEAD = 25 * MS
"""… while we know no more than what the devices say."""
LATEST = 40 * MS
"""An echo later than this after its reference is brought back; the canceller's filter is 52 ms long."""
JUMP = 2 * MS
"""What moves less is drift, which the canceller follows by itself."""
ANNOUNCED = 15.0
"""Milliseconds; a smaller change in the reported delay is a buffer breathing, not another device."""
GAP = 0.1
"""Seconds without `played` before we take it that the loudspeaker was silent."""

_EVERY = 100 * MS
_WINDOW = 600 * MS
_REACH = 600 * MS
"""The longest delay that is looked for."""
_SPAN = 1 << 17
_DOWN = 6
"""The correlation is taken at 8 kHz …"""
_BAND = slice(300, 3400)
"""… of this band, in Hz."""
_SURE = 9.0
"""How far a peak must stand above the correlation's root mean square; noise reaches 5."""
_FAR_FLOOR = 30.0
"""Root mean square in steps of 16 bit; nothing is learned from what is fainter."""
_AGREE = 3
FORGOTTEN = 100
"""Searches (10 s) in which something was played and the microphone did not hear it, until it is said not to hear it."""


class _Ring:
    """The last 2.7 s of a stream whose samples are numbered from 0."""

    def __init__(self) -> None:
        self._samples: Frame = np.zeros(2 * _SPAN, np.int16)  # twice, so that every stretch lies in one piece
        self.end = 0

    def write(self, pcm: Frame) -> None:
        pcm = pcm[-_SPAN:]
        at = self.end % _SPAN
        first = min(pcm.size, _SPAN - at)
        for offset in (0, _SPAN):
            self._samples[offset + at : offset + at + first] = pcm[:first]
            self._samples[offset : offset + pcm.size - first] = pcm[first:]
        self.end += pcm.size

    def read(self, start: int, size: int) -> Frame:
        """Zeros where there is nothing yet, or nothing any more."""
        if self.end - _SPAN <= start and start + size <= self.end:
            at = start % _SPAN
            return self._samples[at : at + size]
        out: Frame = np.zeros(size, np.int16)
        low, high = max(start, self.end - _SPAN), min(start + size, self.end)
        if low < high:
            at = low % _SPAN
            out[low - start : high - start] = self._samples[at : at + high - low]
        return out


class Alignment:
    """Two streams of int16 at 48 kHz, and the offset between them."""

    def __init__(self) -> None:
        self._far, self._near = _Ring(), _Ring()
        self._used: int | None = None
        self._found: int | None = None
        self._due = _EVERY
        self._guesses: deque[int] = deque(maxlen=_AGREE)
        self._reports: deque[float] = deque(maxlen=5)
        self._reported: float | None = None
        self._played_until: float | None = None
        self._in_vain = 0

    @property
    def echo(self) -> bool | None:
        """Whether the microphone hears the loudspeaker: with headphones it does not. None while nobody knows yet."""
        if self._in_vain >= FORGOTTEN:
            return False
        return True if self._found is not None else None

    @property
    def delay(self) -> float | None:
        """Milliseconds from `played` to the microphone as the correlation found it; None while it has not."""
        return None if self._found is None else (self._found - self._near.end + self._far.end) / MS

    @property
    def near_end(self) -> int:
        """How many samples came from the microphone: the number of the next."""
        return self._near.end

    def played(self, block: Frame, now: float) -> None:
        """`block` of any length goes to the loudspeaker at `now`."""
        if self._played_until is not None and now - self._played_until > GAP:
            self._far.write(np.zeros(min(_SPAN, round((now - self._played_until) * SAMPLE_RATE)), np.int16))
        self._far.write(block)
        self._played_until = now + block.size / SAMPLE_RATE

    def heard(self, pcm: Frame, delay: float, *, search: bool = True) -> None:
        """`pcm` came from the microphone; the devices say that sound takes `delay` ms from `played` to here.

        `search` for the offset, which nobody needs while there is no echo to take out.
        """
        self._near.write(pcm)
        self._reports.append(delay)
        self._follow_reports()
        if search and self._near.end >= self._due:
            self._due = self._near.end + _EVERY
            self._search()

    def reference(self, start: int, size: int) -> Frame:
        """What was played a little before the microphone's samples from number `start` on."""
        return self._far.read(start - (self._used or 0), size)

    def _follow_reports(self) -> None:
        reported = sorted(self._reports)[len(self._reports) // 2]
        if self._reported is not None and abs(reported - self._reported) < ANNOUNCED:
            return
        if self._found is None or self._used is None or self._reported is None:
            self._used = self._near.end - self._far.end + round(reported * MS) - BLIND_LEAD
        else:
            change = round((reported - self._reported) * MS)
            self._used += change
            self._found += change
            # What was heard until now tells of the device before.
            self._guesses.clear()
            self._due = self._near.end + _WINDOW
        self._reported = reported

    def _search(self) -> None:
        far = _at_8_khz(self._far.read(self._far.end - _WINDOW - _REACH, _WINDOW + _REACH))
        audible = bool(np.sqrt(np.mean(far**2)) >= _FAR_FLOOR)
        guess = self._correlate(far) if audible else None
        if guess is None:
            self._guesses.clear()
            self._in_vain += audible
            if self._in_vain >= FORGOTTEN:
                self._found = None
            return
        self._guesses.append(guess)
        if len(self._guesses) == _AGREE and max(self._guesses) - min(self._guesses) <= MS:
            self._in_vain = 0
            self._settle(guess)

    def _settle(self, found: int) -> None:
        used = self._used or 0
        jump = 0 if self._found is None else found - self._found
        if abs(jump) > JUMP:
            used += jump
        if not 0 < found - used < LATEST:
            used = found - LEAD
        self._used, self._found = used, found

    def _correlate(self, far: NDArray[np.float32]) -> int | None:
        near = _at_8_khz(self._near.read(self._near.end - _WINDOW, _WINDOW))
        start = self._far.end - _WINDOW - _REACH
        if not near.any():
            return None
        cross = rfft(far) * np.conj(rfft(near, far.size))
        low, high = (round(edge * far.size * _DOWN / SAMPLE_RATE) for edge in (_BAND.start, _BAND.stop))
        white = np.zeros_like(cross)
        white[low:high] = cross[low:high] / (np.abs(cross[low:high]) + 1e-9)
        likeness = np.abs(irfft(white, far.size)[: _REACH // _DOWN + 1])
        peak = int(np.argmax(likeness))
        if likeness[peak] < _SURE * np.sqrt(np.mean(likeness**2)):
            return None
        return (self._near.end - _WINDOW) - (start + peak * _DOWN)


def _at_8_khz(pcm: Frame) -> NDArray[np.float32]:
    """The mean of every six samples. What that folds down into the band, it folds in both streams alike."""
    total = np.zeros(pcm.size // _DOWN, np.int32)
    for start in range(_DOWN):
        total += pcm[start::_DOWN]
    mean: NDArray[np.float32] = total.astype(np.float32) / np.float32(_DOWN)
    return mean
