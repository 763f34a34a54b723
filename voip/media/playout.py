"""From frames to sound in blocks of any size: what was decoded and not yet played, and what is done to it on the way.

    jitter.take ──→ frame ──→ decode ──→ [rejoin after a gap] ──→ ┐
                    conceal ─→ make up ─────────────────────────→ ├─ sound ──→ [accelerate | expand] ──→ block
                    silence ────────────────────────────────────→ ┘  (HISTORY played | ahead)

What was made up and is not played yet is thrown away when the frame itself comes after all.
"""

import numpy as np

from voip.errors import PacketError
from voip.media.concealment import Concealer
from voip.media.jitter import Counts, JitterBuffer, Kind, Played
from voip.media.stretch import FADE, HISTORY, LAG_MAX, Samples, accelerate, expand

_CONCEAL_MAX = 480
"""Samples made up at once: a frame, but at most 10 ms, for the frame may yet come."""
_PAUSE = 0.05
"""Seconds between two changes of the delay, unless in a hurry."""
_HURRY = 2400
"""Samples (50 ms) of excess from which there is no such pause, and rougher places will do."""
_HURRY_LONGER = 480
"""The same for too short a delay, which is heard sooner."""
_LITTLE = 720
"""Samples (15 ms) of excess up to which shortening waits for a pause to do it in; nobody hears those either …"""
_PATIENCE = 3.0
"""… but for so many seconds, most people pause."""
_WITHIN = 4800
"""Samples of quiet (100 ms) that make it a pause, and not a stop within a word."""
_SMOOTHING = 1 / 16


class Playout:
    """One stream's sound. `pull` never fails."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.played = 0
        """Frames decoded and played."""
        self.malformed = 0
        """Frames that Opus did not take."""
        self.pulled = 0
        """Samples handed out since the first frame."""
        self.concealed_samples = 0
        """… of these, made up in place of missing ones."""
        self.concealment_events = 0
        """Gaps: each is heard once, however long it is."""
        self.accelerated_samples = 0
        """Left out to shorten the delay."""
        self.expanded_samples = 0
        """Played twice to lengthen it."""
        self.jitter_delay = 0.0
        """Seconds between a packet's arrival and its being heard, smoothed over about 16 frames."""
        self._sound: Samples = np.zeros(HISTORY, np.int16)
        self._ahead = 0
        """Samples at the end of `_sound` that are yet to be played."""
        self.restart()

    def restart(self) -> None:
        """The sender began anew: nothing of the old stream fits the new one."""
        self.jitter = JitterBuffer(self.counts)
        self._concealer = Concealer()
        self._made_up = 0
        """Samples at the end of `_sound` that are made up."""
        self.frame_samples = _CONCEAL_MAX
        """Of the last frame."""
        self._changed_at = 0.0
        self._too_long_since: float | None = None

    def pull(self, samples: int, now: float) -> Samples:
        """The next block, int16 (samples,)."""
        self._resume(now, samples)
        while self._ahead < samples:
            self._more(now, samples)
        start = self._sound.size - self._ahead
        block = self._sound[start : start + samples]
        self._ahead -= samples
        self._sound = self._sound[start + samples - HISTORY :]
        if self.played:
            self.pulled += samples
        return block

    # ── sound in ───────────────────────────────────────────────────────────────────────────────────────────────

    def _more(self, now: float, block: int) -> None:
        played = self.jitter.take(now, self._ahead)
        if played.kind is Kind.FRAME:
            self._frame(played, self._sound[:0], block)
            self._stretch(now, block)
        elif played.kind is Kind.CONCEAL:
            self._conceal(min(self.frame_samples, _CONCEAL_MAX, played.samples or _CONCEAL_MAX))
        else:
            self._append(np.zeros(block - self._ahead, np.int16))

    def _resume(self, now: float, block: int) -> None:
        """Play a frame that has come after all, in place of what was made up for it and not played yet."""
        unplayed = min(self._made_up, self._ahead)
        if not unplayed or not self.jitter.resumable(now, unplayed):
            return
        made_up = self._sound[-unplayed:]
        self._sound = self._sound[:-unplayed]
        self._ahead -= unplayed
        self.concealed_samples -= unplayed
        self.jitter.made_up(-unplayed)
        played = self.jitter.take(now, self._ahead)
        if played.kind is Kind.FRAME:
            self._frame(played, made_up, block)

    def _frame(self, played: Played, made_up: Samples, block: int) -> None:
        try:
            pcm = self._concealer.decode(played.payload)
        except PacketError:
            self.malformed += 1
            self._conceal(played.samples)
            self.jitter.made_up(-played.samples)
            self._made_up = 0
            return
        self.frame_samples = played.samples
        if played.after_gap or made_up.size:
            before = self._sound[-HISTORY:]
            most = max(0, self.jitter.spare(block))
            pcm, shift = self._concealer.rejoin(before, made_up, pcm, exact=played.exact, most=most)
            self.accelerated_samples += shift
            self.jitter.stretched(-shift)
        self._append(pcm)
        self._made_up = 0
        self.played += 1
        self.jitter_delay += (played.delay - self.jitter_delay) * (_SMOOTHING if self.played > 1 else 1)

    def _conceal(self, samples: int) -> None:
        if not self._made_up:
            self.concealment_events += 1
        self._append(self._concealer.conceal(samples))
        self._made_up += samples
        self.concealed_samples += samples
        self.jitter.made_up(samples)

    def _append(self, pcm: Samples) -> None:
        self._sound = np.concatenate([self._sound, pcm])
        self._ahead += pcm.size

    # ── the delay ──────────────────────────────────────────────────────────────────────────────────────────────

    def _stretch(self, now: float, block: int) -> None:
        spare = self.jitter.spare(block)
        hurry = spare > _HURRY or spare < -_HURRY_LONGER
        if spare <= 0:
            self._too_long_since = None
        elif self._too_long_since is None:
            self._too_long_since = now
        if not spare or (now - self._changed_at < _PAUSE and not hurry):
            return
        background = self._concealer.background
        if 0 < spare <= _LITTLE and background.quiet_for < _WITHIN and self._patient(now):
            return
        if spare > 0:
            # A pitch period can only go if there are two.
            while self._ahead < LAG_MAX + FADE and self.jitter.follows:
                played = self.jitter.take(now, self._ahead)
                self._frame(played, self._sound[:0], block)
            start = self._sound.size - self._ahead
            result = accelerate(self._sound, start, most=spare, fast=hurry, quiet=background.quiet)
            self.accelerated_samples += result.changed
            change = -result.changed
        else:
            start = self._sound.size - self._ahead
            result = expand(self._sound, start, most=FADE - spare, fast=hurry, quiet=background.quiet)
            self.expanded_samples += result.changed
            change = result.changed
        if change:
            self._changed_at = now
            self._sound = result.sound
            self._ahead += change
            self.jitter.stretched(change)

    def _patient(self, now: float) -> bool:
        return self._too_long_since is not None and now - self._too_long_since < _PATIENCE
