"""The account of time: what each end adds, what is told to the peer, and that the sum is the sum."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.client.stages import Mean, Stages
from voip.journal.observations import STAGES
from voip.wire.signals import SignalError, decode_untrusted, encode, session_decoder

SECONDS = st.floats(-1.0, 100.0)


def test_what_our_end_adds() -> None:
    stages = Stages()
    stages.sent(0.0012, 0.0004, 120)
    told = stages.own(0.004, 480, 312, 15.9)
    assert told.capture == 4.0 + 2.5  # the device, and what waited in the ring behind its last sample
    assert told.frame == 10.0
    assert told.encode == pytest.approx(6.5 + 15.9 + 1.2)
    assert told.send == 0.4


def test_the_sum_is_of_all_stages_and_known_only_with_both_ends() -> None:
    here, there = Stages(), Stages()
    here.played(0.001, 360)
    assert here.latency(0.040, 0.03, 0.006) is None
    there.sent(0.001, 0.0005, 0)
    here.peer = there.own(0.004, 480, 312, 0.0)
    assert here.latency(None, 0.03, 0.006) is None
    found = here.latency(0.040, 0.03, 0.006)
    assert found is not None
    assert tuple(found.stages) == STAGES
    assert found.stages == {"capture": 4.0, "frame": 10.0, "encode": 7.5, "send": 0.5, "network": 20.0, "jitter": 30.0,
                            "decode": 1.0, "playout": 13.5}  # fmt: skip
    assert (found.round_trip, found.mouth_to_ear) == (40.0, 86.5)
    assert here.playout_ms(0.006) == 13.5


@given(SECONDS, st.integers(1, 1920), st.integers(0, 400), SECONDS, SECONDS, SECONDS, st.integers(0, 48_000))
def test_whatever_a_device_says_the_peer_can_read(
    device: float, frame: int, lookahead: int, processing: float, encode_s: float, send: float, left: int
) -> None:
    """A device's latency can be below nothing for a moment; a negative figure would end the call at the peer's."""
    stages = Stages()
    stages.sent(encode_s, send, left)
    told = stages.own(device, frame, lookahead, processing)
    try:
        assert decode_untrusted(encode(told), session_decoder) == told
    except SignalError:
        pytest.fail(f"the peer refuses {told}")


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 48_000)), max_size=30), SECONDS)
def test_playout_is_finite_and_not_negative(blocks: list[tuple[float, int]], device: float) -> None:
    stages = Stages()
    for decode, waiting in blocks:
        stages.played(decode, waiting)
    assert 0 <= stages.playout_ms(device) < math.inf


def test_a_mean_begins_with_its_first_value_and_follows() -> None:
    mean = Mean()
    mean.add(10.0)
    assert mean.value == 10.0
    for _ in range(100):
        mean.add(20.0)
    assert mean.value == pytest.approx(20.0, abs=0.1)


def test_the_echo_delay_does_not_breathe_but_follows_another_device_at_once() -> None:
    stages = Stages()
    seen = [stages.echo(360 + 240 * (turn % 2), 0.010) for turn in range(400)]
    assert max(seen[100:]) - min(seen[100:]) < 0.5
    assert seen[-1] == pytest.approx(20.0, abs=0.5)
    assert stages.echo(360, 0.060) - seen[-1] == pytest.approx(50.0, abs=1.0)
    stages.another_device()
    assert stages.echo(1920, 0.010) == 50.0


def test_the_load_of_processing() -> None:
    stages = Stages()
    assert stages.load == 0.0
    for _ in range(100):
        stages.processed(0.0025, 240)
    assert stages.load == pytest.approx(0.5)
