"""What is sent: how long a frame is, how many bits it has, and which earlier frames go with it again.

    closest    5 ms, 64 kb/s, restricted low delay     for a LAN: nothing is nearer (5 + 2.5 ms before a packet leaves)
    balanced  10 ms, 32 kb/s                           the default (10 + 6.5 ms)
    robust    20 ms, 32 kb/s, frames −1 and −2 again   through loss, for the fewest bits

The bit rate is constant, and so is every packet's size while a plan lasts (RFC 6562).

Measured as WB-PESQ, our two recordings (alice, bob), libopus 1.3.1 at complexity 10, nothing lost:

    kb/s   frame    as VOIP       as AUDIO, voice    restricted low delay
     24     5 ms   3.16  3.41      3.23  3.45            3.20  3.33
           10 ms   3.81  4.30      3.93  4.33            3.25  3.69
           20 ms   4.19  4.44      4.34  4.45            3.32  3.71
     32     5 ms   3.78  3.79      3.77  3.85            3.69  3.90
           10 ms   4.19  4.46      4.32  4.51            3.62  4.06
           20 ms   4.35  4.48      4.45  4.53            3.78  4.07
     48     5 ms   4.20  4.34                            4.23  4.39
           10 ms   4.52  4.45                            4.18  4.46
     64     5 ms   4.24  4.46                            4.35  4.55
           10 ms   4.56  4.48                            4.35  4.58

So frames are AUDIO with a voice as signal, and restricted low delay needs 64 kb/s. At few bits long frames win: 12 kb/s
gives 2.8 in 10 ms, where Opus leaves wide-band, and 3.3 in 20 ms. What redundancy does stands at the head of
`redundancy`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from voip.config import BITRATE, SAMPLE_RATE
from voip.errors import LocalError
from voip.media.codec import FRAME_LENGTHS_MS
from voip.wire import red

LADDER = (12_000, 16_000, 20_000, 24_000, 32_000, 40_000, 48_000, 64_000)
"""Bit rates of Opus, bit/s."""
COPIES_MAX = 3
DISTANCE_MAX = 8
"""Frames: 40 ms each, that is as far back as RED can say."""
LOW_DELAY_MS = (5, 10)
RTP_SRTP = 12 + 16
"""Bytes around a payload: RTP's header, AEAD's tag."""
LEG = 2 + 22 + 52
"""Bytes around an SRTP packet in a leg: RFC 4571's length, a TLS 1.3 record, TCP with timestamps over IPv4."""


class Mode(StrEnum):
    """The plans by name, and the choice among them."""

    AUTO = "auto"
    CLOSEST = "closest"
    BALANCED = "balanced"
    ROBUST = "robust"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the voice is sent. Raises `LocalError` for what cannot be sent with packets of one size."""

    frame_ms: int
    """5, 10, 20 or 40."""
    bitrate: int = BITRATE
    """Of Opus alone, bit/s: one of `LADDER`, and a whole number of bytes per frame."""
    low_delay: bool = False
    """Restricted low delay: 4 ms sooner, for frames of 5 and 10 ms."""
    redundancy: tuple[int, ...] = ()
    """Which earlier frames go with each, as distances in frames, ascending: (1, 3) are the last and the third last."""

    def __post_init__(self) -> None:
        distances = self.redundancy
        right = (
            self.frame_ms in FRAME_LENGTHS_MS
            and self.bitrate in LADDER
            and self.bitrate * self.frame_ms % 8000 == 0
            and (not self.low_delay or self.frame_ms in LOW_DELAY_MS)
            and len(distances) <= COPIES_MAX
            and distances == tuple(sorted(set(distances)))
            and all(0 < distance <= DISTANCE_MAX for distance in distances)
        )
        if not right:
            raise LocalError(f"The voice cannot be sent as {self}.", code="plan")

    @property
    def frame_samples(self) -> int:
        """Samples of a frame at 48 kHz."""
        return SAMPLE_RATE * self.frame_ms // 1000

    @property
    def frame_size(self) -> int:
        """Bytes of an Opus frame."""
        return self.bitrate * self.frame_ms // 8000

    @property
    def payload_size(self) -> int:
        """Bytes of an RTP payload, redundancy and all."""
        copies = len(self.redundancy)
        headers = red.PRIMARY_HEADER_SIZE + copies * red.HEADER_SIZE if copies else 0
        return headers + (copies + 1) * self.frame_size

    @property
    def packets_per_second(self) -> int:
        """One packet for each frame."""
        return 1000 // self.frame_ms

    @property
    def gross(self) -> int:
        """Bit/s that a leg's link must carry for it, with all that stands around the voice."""
        return 8 * self.packets_per_second * (self.payload_size + RTP_SRTP + LEG)

    @property
    def wait_ms(self) -> int:
        """How much longer a receiver must wait at most, to make use of the redundancy."""
        return self.redundancy[-1] * self.frame_ms if self.redundancy else 0

    @property
    def mode(self) -> Mode:
        """The name that fits it best: never `AUTO`."""
        if self.low_delay:
            return Mode.CLOSEST
        return Mode.ROBUST if len(self.redundancy) > 1 else Mode.BALANCED

    def with_redundancy(self, distances: tuple[int, ...]) -> Self:
        """The same, with other redundancy."""
        return self if distances == self.redundancy else replace(self, redundancy=distances)


CLOSEST = Plan(5, 64_000, low_delay=True)
BALANCED = Plan(10)
ROBUST = Plan(20, redundancy=(1, 2))
PLANS = {Mode.CLOSEST: CLOSEST, Mode.BALANCED: BALANCED, Mode.ROBUST: ROBUST}
