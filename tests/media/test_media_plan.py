"""Which plans there are, and what each costs."""

from itertools import product

import pytest

from voip.config import MEDIA_MAX
from voip.errors import LocalError
from voip.media.codec import Encoder
from voip.media.plan import BALANCED, CLOSEST, LADDER, PLANS, ROBUST, RTP_SRTP, Mode, Plan


@pytest.mark.parametrize(
    ("plan", "frame_size", "payload_size", "packets", "gross", "wait"),
    [
        (CLOSEST, 40, 40, 200, 8 * 200 * (40 + 104), 0),
        (BALANCED, 40, 40, 100, 8 * 100 * (40 + 104), 0),
        (ROBUST, 80, 1 + 2 * 4 + 3 * 80, 50, 8 * 50 * (249 + 104), 40),
        (Plan(10, 24_000, redundancy=(2, 4)), 30, 99, 100, 8 * 100 * 203, 40),
        (Plan(40, 12_000), 60, 60, 25, 32_800, 0),
    ],
)
def test_what_a_plan_costs(plan, frame_size, payload_size, packets, gross, wait):
    assert (plan.frame_size, plan.payload_size, plan.packets_per_second) == (frame_size, payload_size, packets)
    assert (plan.gross, plan.wait_ms) == (gross, wait)


def test_every_plan_that_can_be_made_can_be_encoded():
    made = 0
    for frame_ms, bitrate, low_delay in product((5, 10, 20, 40), LADDER, (False, True)):
        try:
            plan = Plan(frame_ms, bitrate, low_delay)
        except LocalError:
            continue
        encoder = Encoder(plan.bitrate, plan.frame_ms, low_delay=plan.low_delay)
        assert (encoder.frame_samples, encoder.frame_size) == (plan.frame_samples, plan.frame_size)
        # As redundant as can be, it still is a packet that the leg takes.
        assert plan.with_redundancy((1, 2, 3)).payload_size + RTP_SRTP <= MEDIA_MAX
        made += 1
    # 5 ms of 12 and 20 kb/s are no whole bytes; 20 and 40 ms are never low delay.
    assert made == 2 * 6 + 2 * 8 + 8 + 8


@pytest.mark.parametrize(
    "fields",
    [
        {"frame_ms": 60},
        {"frame_ms": 10, "bitrate": 33_000},
        {"frame_ms": 5, "bitrate": 12_000},
        {"frame_ms": 20, "low_delay": True},
        {"frame_ms": 20, "redundancy": (0,)},
        {"frame_ms": 20, "redundancy": (2, 1)},
        {"frame_ms": 20, "redundancy": (1, 1)},
        {"frame_ms": 20, "redundancy": (1, 2, 3, 4)},
        {"frame_ms": 5, "redundancy": (9,)},
    ],
)
def test_what_cannot_be_sent_is_our_own_defect(fields):
    with pytest.raises(LocalError):
        Plan(**fields)


@pytest.mark.parametrize("mode", list(PLANS))
def test_the_modes_are_what_they_are_called(mode):
    assert PLANS[mode].mode is mode is Mode(mode.value)


def test_redundancy_changes_nothing_else():
    assert BALANCED.with_redundancy((1, 3)) == Plan(10, redundancy=(1, 3))
    assert BALANCED.with_redundancy(()) is BALANCED
