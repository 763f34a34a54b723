"""How the call sounds here, judged from the last seconds and not from the whole of it.

counters, once or twice a second ──→ Hearing ──→ shares over the last seconds ──→ judge ──→ word, cause, score
"""

from collections import deque
from dataclasses import dataclass

from voip.media.judgement import Conditions, Judgement, judge

SECONDS = 6.0
"""Long enough that one click does not make a call poor, short enough that a bad moment is told while it lasts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What has been counted since the call began."""

    samples: int
    """Handed to the loudspeaker since the first frame."""
    concealed: int
    """Of them made up."""
    frames: int
    """Frames that were due."""
    missing: int
    """Of them not there by themselves when they were due."""
    missing_runs: int
    """… in so many runs."""
    lost: int
    """Of them never played …"""
    lost_runs: int
    """… in so many runs."""
    recovered: int
    """Of the missing played from a redundant copy."""
    late: int
    """Packets that came when their time was over."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Percent of the last seconds."""

    loss: float
    """Frames that did not come in time: before recovery."""
    recovered: float
    concealed: float
    """Of the sound, made up: what is heard of all loss."""
    late: float
    burst: float
    """Frames missing in a row, on average, after recovery."""


class Hearing:
    """Bounded: a snapshot for each call of `note`, those of the last seconds."""

    def __init__(self) -> None:
        self._noted: deque[tuple[float, Counted]] = deque(maxlen=64)

    def note(self, counted: Counted, now: float) -> Shares | None:
        """The shares of the last seconds, up to `now`; None while there is nothing to compare with."""
        noted = self._noted
        noted.append((now, counted))
        while len(noted) > 2 and noted[1][0] <= now - SECONDS:
            noted.popleft()
        before = noted[0][1]
        samples, frames = counted.samples - before.samples, counted.frames - before.frames
        if samples <= 0:
            return None
        concealed = _percent(counted.concealed - before.concealed, samples)
        if frames <= 0:  # nothing at all comes, and what is lost is known only by what comes after it
            return Shares(loss=concealed, recovered=0.0, concealed=concealed, late=0.0, burst=1.0)
        lost, runs = counted.lost - before.lost, counted.lost_runs - before.lost_runs
        return Shares(
            loss=_percent(counted.missing - before.missing, frames),
            recovered=_percent(counted.recovered - before.recovered, frames),
            concealed=concealed,
            late=_percent(counted.late - before.late, frames),
            burst=max(1.0, lost / runs) if runs > 0 else 1.0,
        )


def _percent(part: int, whole: int) -> float:
    return min(100.0, max(0.0, 100 * part / whole))


def judged(shares: Shares, *, bitrate: float, delay_ms: float, network_ms: float, buffer_ms: float) -> Judgement:
    """The word for it, and its cause."""
    return judge(
        Conditions(
            bitrate=bitrate,
            concealed=shares.concealed,
            late=shares.late,
            mean_burst=shares.burst,
            delay_ms=delay_ms,
            network_ms=network_ms,
            buffer_ms=buffer_ms,
        )
    )
