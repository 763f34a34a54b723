"""The margin in the playout ring: a step for each time that it ran dry of something heard, and back."""

from hypothesis import given
from hypothesis import strategies as st

from voip.client.margin import STEP, STEPS, Margin


def begun() -> Margin:
    margin = Margin()
    margin.begin(0.0)
    return margin


def test_a_block_and_two_and_a_half_milliseconds() -> None:
    assert begun().level(240, 0, 5.0, heard=True) == 240 + 120 == 240 + STEP


def test_what_is_missing_before_the_first_frame_teaches_nothing() -> None:
    margin = begun()
    for at in range(100):
        margin.level(240, 240 * at, 5.0 + at, heard=False)
    assert margin.level(240, 240 * 99, 200.0, heard=True) == 240 + STEP
    assert margin.dry == 0


def test_each_time_a_step_but_several_within_a_second_are_one() -> None:
    margin = begun()
    levels = [margin.level(240, missing, at, heard=True) for at, missing in [(5, 0), (5.1, 10), (5.3, 20), (7, 30)]]
    assert levels == [360, 480, 480, 600]
    assert margin.dry == 3  # each is a click all the same


def test_it_shrinks_again_while_nothing_is_missing() -> None:
    margin = begun()
    margin.level(240, 48, 5.0, heard=True)
    assert margin.level(240, 48, 20.0, heard=True) == 480
    assert margin.level(240, 48, 40.0, heard=True) == 360


def test_another_device_begins_with_what_was_learnt_and_a_second_of_peace() -> None:
    margin = begun()
    margin.level(240, 48, 5.0, heard=True)
    margin.begin(10.0)
    assert margin.level(960, 4800, 10.5, heard=True) == 960 + 2 * STEP
    assert margin.level(960, 4801, 12.0, heard=True) == 960 + 3 * STEP


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(0, 500), st.booleans()), max_size=300))
def test_it_stays_within_its_bounds(events: list[tuple[float, int, bool]]) -> None:
    margin, now, missing = begun(), 0.0, 0
    for wait, fresh, heard in events:
        now, missing = now + wait, missing + fresh
        assert STEP <= margin.level(240, missing, now, heard=heard) - 240 <= STEP * STEPS
    assert margin.dry <= len(events)
