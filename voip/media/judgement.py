"""One plain word for a call, and the one cause that takes most away from it.

    Conditions (the last seconds) ──→ score (E-model) ──→ word: clear · fair · poor
                                  └─→ what each cause takes away ──→ the largest one, if it takes enough

The word never rests on one bad packet: the conditions are those of several seconds. Words and causes are codes; the
window chooses the sentences.
"""

from dataclasses import dataclass
from typing import Literal

from voip.media.emodel import Score, burst_ratio, delay_impairment, effective_ie, opus_ie, score

Word = Literal["clear", "fair", "poor"]
Cause = Literal["", "loss", "loss-bursts", "late", "late-bursts", "far", "buffer", "device", "rate"]
CLEAR, FAIR = 3.9, 3.1
"""MOS. G.107 Annex B: above R 80 people are satisfied (4.03), below R 60 many are not (3.10)."""
NOTABLE = 3.0
"""Points of R that a cause must take away to be named."""
BURSTY = 1.6
"""BurstR above which losses are said to come in bursts."""
SHARE = 0.5
"""Of what is missing: when so much came too late, lateness is the cause, and not loss."""
GOOD_RATE = 32_000


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was measured over the last seconds, in one direction."""

    bitrate: float
    """bit/s of Opus."""
    concealed: float
    """Percent of the frames that had to be made up."""
    late: float
    """Percent of the frames whose packet did come, but too late."""
    mean_burst: float
    """Packets missing in a row, on average."""
    delay_ms: float
    """From mouth to ear."""
    network_ms: float
    """Of it: on the way."""
    buffer_ms: float
    """Of it: in the jitter buffer."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said."""

    word: Word
    cause: Cause
    """Empty when nothing takes enough away to be named."""
    score: Score


def judge(seen: Conditions) -> Judgement:
    """The word and the cause."""
    found = score(bitrate=seen.bitrate, loss=seen.concealed, delay_ms=seen.delay_ms, mean_burst=seen.mean_burst)
    word: Word = "clear" if found.mos >= CLEAR else "fair" if found.mos >= FAIR else "poor"
    takes = _takes(seen)
    cause = max(takes, key=lambda one: takes[one])
    return Judgement(word, cause if takes[cause] >= NOTABLE else "", found)


def _takes(seen: Conditions) -> dict[Cause, float]:
    """Points of R that each cause takes away."""
    ie, ratio = opus_ie(seen.bitrate), burst_ratio(seen.mean_burst, seen.concealed)
    missing = effective_ie(ie, seen.concealed, ratio) - ie
    late = seen.concealed > 0 and seen.late / seen.concealed >= SHARE
    kind: Cause = "late" if late else "loss"
    if ratio >= BURSTY:
        kind = "late-bursts" if late else "loss-bursts"
    idd = delay_impairment(seen.delay_ms)
    device_ms = max(0.0, seen.delay_ms - seen.network_ms - seen.buffer_ms)
    slow: Cause = "far"
    if max(seen.buffer_ms, device_ms) > seen.network_ms:
        slow = "buffer" if seen.buffer_ms > device_ms else "device"
    return {kind: missing, slow: idd, "rate": ie - opus_ie(GOOD_RATE)}
