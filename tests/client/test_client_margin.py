"""The margin in the playout ring: more when the ring ran dry of something heard, and back."""

from hypothesis import given
from hypothesis import strategies as st

from voip.client.margin import QUIET, QUIET_MAX, STEP, STEPS, Margin


class Ring:
    """A margin, and the count of what its ring could not give."""

    def __init__(self) -> None:
        self.margin = Margin()
        self.margin.begin(0.0)
        self.missing = 0

    def at(self, now: float, missing: int = 0, *, heard: bool = True, block: int = 240) -> int:
        """Steps beyond the least, after so many samples were `missing`."""
        self.missing += missing
        more, rest = divmod(self.margin.level(block, self.missing, now, heard=heard) - block - STEP, STEP)
        assert rest == 0
        return more


def test_a_block_and_two_and_a_half_milliseconds() -> None:
    assert Margin().level(240, 0, 5.0, heard=True) == 240 + 120 == 240 + STEP


def test_what_is_missing_before_the_first_frame_teaches_nothing() -> None:
    ring = Ring()
    assert [ring.at(5.0 + at, 240, heard=False) for at in range(100)] == [0] * 100
    assert ring.at(200.0) == 0
    assert ring.margin.dry == 0


def test_once_is_a_step_and_again_as_much_as_was_missing() -> None:
    ring = Ring()
    assert ring.at(5.0, 2400) == 1
    assert ring.at(6.0, 300) == 4
    assert ring.at(7.0, 2400) == 8  # ten milliseconds at once, and no more
    assert ring.margin.dry == 3


def test_a_busy_machine_has_enough_within_a_second() -> None:
    ring = Ring()
    needed, at = 1600, 5.0  # a loop that is late by 33 ms each time
    while (have := ring.margin.samples) < needed:
        ring.at(at, needed - have)
        at += 0.15
    assert at < 6.0
    assert ring.margin.samples < needed + 4 * STEP


def test_rare_clicks_cost_next_to_nothing() -> None:
    ring = Ring()
    assert max(ring.at(float(at), 2400 if at % 20 == 0 else 0) for at in range(5, 1000)) == 1


def test_several_within_a_moment_are_one_but_each_is_a_click() -> None:
    ring = Ring()
    assert [ring.at(5.0 + at / 100, 240) for at in range(10)] == [1] * 10
    assert ring.margin.dry == 10


def test_it_shrinks_again_and_waits_longer_when_that_was_too_early() -> None:
    ring = Ring()
    ring.at(5.0, 100)
    assert ring.at(5.0 + QUIET) == 1
    assert ring.at(5.1 + QUIET) == 0
    now = 6.0 + QUIET
    assert ring.at(now, 100) == 1
    assert ring.at(now + QUIET + 1) == 1
    assert ring.at(now + 2 * QUIET + 1) == 0


def test_from_its_most_it_is_back_within_minutes() -> None:
    ring = Ring()
    for at in range(20):
        ring.at(5.0 + at, 480)
    assert ring.at(30.0) == STEPS - 1
    assert [ring.at(30.0 + at) for at in range(180)][-1] == 0


def test_another_device_begins_with_what_was_learnt_and_a_second_of_peace() -> None:
    ring = Ring()
    ring.at(5.0, 48)
    ring.margin.begin(10.0)
    assert ring.at(10.5, 4800, block=960) == 1
    assert ring.at(12.0, 120, block=960) == 2


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 5000), st.booleans()), max_size=300))
def test_it_stays_within_its_bounds(events: list[tuple[float, int, bool]]) -> None:
    ring, now = Ring(), 0.0
    for wait, missing, heard in events:
        now += wait
        assert 0 <= ring.at(now, missing, heard=heard) < STEPS
    assert ring.margin.dry <= len(events)
    assert QUIET <= ring.margin._quiet <= QUIET_MAX
