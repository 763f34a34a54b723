"""How well the voice travels, as RFC 3550 measures it: loss and jitter by the receiver, round trip by the two together.

Outbound ── SR (our clock) ──→ peer          ReceptionStatistics of the peer: last_sr, delay_since_last_sr
RoundTrip ←── report block ─── peer          round trip = now − when that SR was sent − how long the peer kept it
"""

import math
from collections import deque

from voip.config import SAMPLE_RATE
from voip.wire.rtcp import ReportBlock, middle

MINUTE = 60.0
_REPORTS_REMEMBERED = 16
"""Sender reports whose answer may still come."""
_SAMPLES_MAX = 6_000
_DROPOUT_MAX = 3_000
"""Packets ahead that still count as loss (RFC 3550 A.1)."""
_MISORDER_MAX = 100
"""Packets behind that still count as reordering (RFC 3550 A.1)."""
_CYCLE = 1 << 16


class RollingPercentile:
    """Percentiles of what was added within the last `seconds`. Bounded."""

    def __init__(self, seconds: float = MINUTE) -> None:
        self._seconds = seconds
        self._samples: deque[tuple[float, float]] = deque(maxlen=_SAMPLES_MAX)

    def add(self, value: float, now: float) -> None:
        """Note `value`, seen at `now` (never earlier than the one before)."""
        self._samples.append((now, value))
        self._forget(now)

    def percentile(self, share: float, now: float) -> float | None:
        """The smallest value that `share` (0 to 1) of the samples do not exceed; None without samples."""
        self._forget(now)
        if not self._samples:
            return None
        values = sorted(value for _, value in self._samples)
        return values[max(0, math.ceil(share * len(values)) - 1)]

    def _forget(self, now: float) -> None:
        while self._samples and self._samples[0][0] < now - self._seconds:
            self._samples.popleft()


class RoundTrip:
    """Times from our sender reports to their answers, less what the peer kept them for. Seconds.

    Works on our own monotonic clock alone: the NTP timestamp that the peer echoes is only looked up.
    """

    def __init__(self, ssrc: int) -> None:
        """`ssrc`: our own stream's; blocks about others are ignored."""
        self.ssrc = ssrc
        self._sent: dict[int, float] = {}
        self._samples = RollingPercentile()
        self.last: float | None = None
        """The newest sample, or None."""

    def sent(self, ntp: int, now: float) -> None:
        """A sender report with this NTP timestamp goes out at `now`."""
        self._sent[middle(ntp)] = now
        while len(self._sent) > _REPORTS_REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def another_way(self) -> None:
        """Packets travel another way now: what was asked on the old one is answered too late."""
        self._sent.clear()

    def answered_untrusted(self, block: ReportBlock, now: float) -> None:
        """A report block came. Ignored when it answers nothing that we sent, or claims to have been kept too long."""
        sent = self._sent.get(block.last_sr) if block.last_sr else None
        if sent is None or block.ssrc != self.ssrc:
            return
        seconds = now - sent - block.delay_since_last_sr / 65536
        # The peer rounds to 1/65536 s, so an honest zero may come out just below.
        if seconds < -1 / 65536:
            return
        self.last = max(0.0, seconds)
        self._samples.add(self.last, now)

    def p50(self, now: float) -> float | None:
        """Median of the last minute; None without samples."""
        return self._samples.percentile(0.50, now)

    def p95(self, now: float) -> float | None:
        """95th percentile of the last minute; None without samples."""
        return self._samples.percentile(0.95, now)


class ReceptionStatistics:
    """What a receiver knows of one stream (RFC 3550 A.1, A.3, A.8)."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.received = 0
        self._base: int | None = None
        self._highest = 0
        """Extended: cycles in the high bits."""
        self._transit: int | None = None
        self._jitter = 0.0
        self._expected_prior = 0
        self._received_prior = 0
        self._last_sr: tuple[int, float] | None = None

    def arrived(self, sequence_number: int, timestamp: int, now: float) -> None:
        """An authentic RTP packet came."""
        if self._base is None:
            self._restart(sequence_number)
        ahead = (sequence_number - self._highest) % _CYCLE
        if ahead < _DROPOUT_MAX:
            self._highest += ahead
        elif ahead <= _CYCLE - _MISORDER_MAX:
            # Too far to be loss or reordering: the sender began anew.
            self._restart(sequence_number)
        self.received += 1
        transit = round(now * SAMPLE_RATE) - timestamp
        if self._transit is not None:
            difference = (transit - self._transit + 2**31) % 2**32 - 2**31
            self._jitter += (abs(difference) - self._jitter) / 16
        self._transit = transit

    def sender_report(self, ntp: int, now: float) -> None:
        """The stream's sender told its clock."""
        self._last_sr = (middle(ntp), now)

    @property
    def jitter(self) -> float:
        """Interarrival jitter, seconds."""
        return self._jitter / SAMPLE_RATE

    @property
    def cumulative_lost(self) -> int:
        """Packets expected less packets received; negative when some came twice."""
        return self._expected - self.received

    @property
    def _expected(self) -> int:
        return 0 if self._base is None else self._highest - self._base + 1

    def report_block(self, now: float) -> ReportBlock:
        """The block for the next report. `fraction_lost` counts from the block before, so ask once per report."""
        expected = self._expected - self._expected_prior
        lost = expected - (self.received - self._received_prior)
        self._expected_prior, self._received_prior = self._expected, self.received
        last_sr, delay = 0, 0
        if self._last_sr is not None:
            last_sr = self._last_sr[0]
            delay = min(round((now - self._last_sr[1]) * 65536), 0xFFFF_FFFF)
        return ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=min(255, lost * 256 // expected) if expected > 0 and lost > 0 else 0,
            cumulative_lost=max(-(2**23), min(2**23 - 1, self.cumulative_lost)),
            extended_highest_sequence_number=self._highest & 0xFFFF_FFFF,
            interarrival_jitter=min(int(self._jitter), 0xFFFF_FFFF),
            last_sr=last_sr,
            delay_since_last_sr=delay,
        )

    def _restart(self, sequence_number: int) -> None:
        self._base = self._highest = sequence_number
        self.received = self._expected_prior = self._received_prior = 0
