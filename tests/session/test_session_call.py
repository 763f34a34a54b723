"""The table of a call's phases, held against the picture at the head of its file."""

from typing import get_args

import pytest

from voip.errors import CallError
from voip.journal.observations import CallPhase
from voip.session.call import TABLE, Phase, Step, follow

STORIES = {
    "I call and they pick up": (Step.DIAL, Step.RING, Step.ACCEPTED, Step.END),
    "I call and they do not": (Step.DIAL, Step.RING, Step.END),
    "I call and they are not there": (Step.DIAL, Step.END),
    "they call and I pick up": (Step.OFFER, Step.ACCEPT, Step.SECURED, Step.END),
    "they call and I decline": (Step.OFFER, Step.END),
    "they call and it is never secure": (Step.OFFER, Step.ACCEPT, Step.END),
}


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_stories(story: str) -> None:
    phase = Phase.IDLE
    for step in STORIES[story]:
        phase = follow(phase, step)
    assert phase is Phase.ENDED


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", Step)
def test_every_pair_is_in_the_table_or_refused(phase: Phase, step: Step) -> None:
    if (phase, step) in TABLE:
        assert follow(phase, step) is TABLE[phase, step]
        return
    with pytest.raises(CallError) as caught:
        follow(phase, step)
    assert caught.value.code == "call-step"
    assert phase.value in caught.value.sentence
    assert step.value in caught.value.sentence


def test_an_end_is_possible_always_and_once() -> None:
    assert {phase for phase, step in TABLE if step is Step.END} == set(Phase) - {Phase.ENDED}
    assert not [pair for pair in TABLE if pair[0] is Phase.ENDED]


def test_every_phase_and_every_step_is_used() -> None:
    assert {step for _, step in TABLE} == set(Step)
    assert set(TABLE.values()) == set(Phase) - {Phase.IDLE}


def test_nobody_talks_who_has_not_been_secured_or_accepted() -> None:
    assert {step for (_, step), to in TABLE.items() if to is Phase.TALKING} == {Step.SECURED, Step.ACCEPTED}


def test_the_journal_knows_each_phase_by_its_name() -> None:
    assert {phase.value for phase in Phase if phase is not Phase.IDLE} == set(get_args(CallPhase))
