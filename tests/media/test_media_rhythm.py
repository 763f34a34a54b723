"""By how much the delay may change, as the pulls allow."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.rhythm import REMEMBERED, Rhythm

BLOCK = 0.005


def rhythm(*taken):
    made = Rhythm()
    for offset, rest in taken:
        made.taken(offset, rest)
    return made


def test_nothing_is_known_before_the_first_frame():
    assert Rhythm().spare(BLOCK, 0.0)[0] == 0.0


@pytest.mark.parametrize(
    ("offset", "rest", "required", "spare"),
    [
        # In step with the blocks: only whole blocks matter.
        (0.007, 0.0, 0.003, 0.0),
        (0.009, 0.0, 0.003, 0.005),
        (0.013, 0.0, 0.003, 0.010),
        (0.002, 0.0, 0.003, -0.005),
        # What is still ahead when a frame is taken may always go.
        (0.004, 0.003, 0.003, 0.003),
        (0.009, 0.003, 0.003, 0.008),
        (0.002, 0.003, 0.003, -0.002),
        # Taken before it had to be.
        (0.004, 0.013, 0.003, 0.013),
    ],
)
def test_table(offset, rest, required, spare):
    assert rhythm((offset, rest)).spare(BLOCK, required)[0] == pytest.approx(spare, abs=1e-5)


def test_the_frame_in_danger_decides():
    assert rhythm((0.020, 0.0), (0.009, 0.0), (0.020, 0.0)).spare(BLOCK, 0.003)[0] == pytest.approx(0.005, abs=1e-5)


def test_a_move_is_taken_into_account_at_once_and_old_frames_are_forgotten():
    made = rhythm((0.013, 0.0))
    made.moved(-0.010)
    assert made.spare(BLOCK, 0.003)[0] == pytest.approx(0.0, abs=1e-5)
    for _ in range(REMEMBERED):
        made.taken(0.050, 0.0)
    assert made.spare(BLOCK, 0.003)[0] == pytest.approx(0.045, abs=1e-5)
    made.forget()
    assert made.spare(BLOCK, 0.003)[0] == 0.0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.0025, 0.005, 0.0107, 0.020]), st.sampled_from([0.005, 0.01, 0.02]))
def test_what_it_says_is_what_happens(seed, block, frame):
    """Frames are pulled in blocks. Shortened by what is spare, none is taken too early; by more, one is."""
    chance = random.Random(seed)
    required, begin = 0.002 + 0.02 * chance.random(), 0.05 + 0.05 * chance.random()

    def taken(heard_after):
        """(offset, rest) of each frame if its sound is heard `heard_after` its timestamp."""
        for number in range(REMEMBERED):
            heard = number * frame + heard_after
            pull = (heard + 1e-7) // block * block
            yield pull - number * frame, heard - pull

    spare = rhythm(*taken(begin)).spare(block, required)[0]
    assert min(offset for offset, _ in taken(begin - spare + 1e-5)) >= required - 2e-5
    assert min(offset for offset, _ in taken(begin - spare - 1e-4)) < required + 2e-4
