"""What is late inside TLS: seen by the timestamps that SRTP leaves readable."""

from hypothesis import given
from hypothesis import strategies as st

from voip.client.lateness import Lateness
from voip.config import LANES


def packet(stamp: int, ssrc: bytes = b"ssrc") -> bytes:
    return b"\x80\x6f\x00\x00" + (stamp % 2**32).to_bytes(4, "big") + ssrc + bytes(40)


def stream(late: dict[int, float], *, first: int = 0, count: int = 500) -> tuple[Lateness, float]:
    """A packet each 20 ms; those in `late` come so much later, and nothing overtakes them."""
    lateness, now = Lateness(), 0.0
    for number in range(count):
        now = max(now, 100.0 + 0.02 * number + late.get(number, 0.0))
        lateness.came(packet(first + 960 * number), now)
    return lateness, now


def test_on_time() -> None:
    lateness, now = stream({})
    assert lateness.delays(now) == 0


def test_jitter_is_no_delay() -> None:
    lateness, now = stream(dict.fromkeys(range(0, 500, 3), 0.03))
    assert lateness.delays(now) == 0


def test_a_lost_segment_holds_up_what_follows_and_is_one_delay() -> None:
    lateness, now = stream({300: 0.2, 400: 0.2})
    assert lateness.delays(now) == 2
    assert lateness.delays(now + LANES.within) == 0


def test_the_timestamp_wraps() -> None:
    lateness, now = stream({400: 0.2}, first=2**32 - 960 * 250)
    assert lateness.delays(now) == 1


def test_a_longer_way_is_late_once() -> None:
    lateness, now = stream(dict.fromkeys(range(100, 1500), 0.1), count=1500)
    assert lateness.delays(now) == 0, "ten seconds later the longer way is the way"


@given(st.lists(st.tuples(st.binary(max_size=30), st.floats(0, 100)), max_size=60))
def test_any_bytes(packets: list[tuple[bytes, float]]) -> None:
    lateness = Lateness()
    for one, now in sorted(packets, key=lambda pair: pair[1]):
        lateness.came(one, now)
        assert 0 <= lateness.delays(now) <= 64
