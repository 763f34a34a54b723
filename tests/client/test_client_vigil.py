"""What the watch over a talk does, second by second: heard, silent, doubted, heard again, lost. Time is a table."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest

from voip.client.vigil import LEG_QUIET, LEG_QUIET_MOST, LINK_QUIET, QUIET, TICK, Vigil
from voip.io import clock
from voip.journal.observations import Observation, Reconnected, Reconnecting


@dataclass
class Watched:
    """A talk of which each test says what it hears."""

    last_authentic_at: float = 0.0
    link_heard_at: float | None = 0.0
    seeking: bool = False
    did: list[str] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)

    def suspect_link(self, *, at_once: bool) -> None:
        self.did.append("link at once" if at_once else "link")

    def renew_leg(self) -> None:
        self.did.append("leg")

    def observe(self, what: Observation) -> None:
        self.seen.append(what)


def watch(talk: Watched, until: float, absence: float = 30.0, *, link: bool = True, voice: bool = False) -> list[float]:
    """Look every `TICK` from 0 to `until`; when the leg was doubted. `link`, `voice`: whether these are heard."""
    vigil, doubts = Vigil(talk, absence), []
    for step in range(int(until / TICK) + 1):
        now = step * TICK
        if link:
            talk.link_heard_at = now
        if voice:
            talk.last_authentic_at = now
        before = talk.did.count("leg")
        assert vigil.look(now) is (now >= absence and not voice)
        if talk.did.count("leg") > before:
            doubts.append(round(now, 1))
    return doubts


def test_while_the_voice_is_heard_nothing_is_done() -> None:
    talk = Watched()
    watch(talk, 60.0, voice=True)
    assert (talk.did, talk.seen) == ([], [])


def test_a_silent_link_is_doubted_even_while_the_voice_is_heard() -> None:
    talk = Watched()
    watch(talk, LINK_QUIET + TICK, link=False, voice=True)
    assert talk.did == ["link", "link"]
    assert talk.seen == []


def test_silence_is_said_once_and_the_link_must_answer() -> None:
    talk = Watched()
    watch(talk, QUIET + 3 * TICK, link=False)
    assert talk.seen == [Reconnecting()]
    assert talk.did == ["link"] * 4


def test_a_leg_is_doubted_ever_more_rarely_while_the_link_answers() -> None:
    doubts = watch(Watched(), 40.0, absence=60.0)
    assert doubts[0] == pytest.approx(LEG_QUIET, abs=TICK)
    pauses = [later - earlier for earlier, later in pairwise(doubts)]
    assert pauses == pytest.approx([3.0, 6.0, LEG_QUIET_MOST, LEG_QUIET_MOST], abs=2 * TICK)


def test_no_leg_is_doubted_without_a_link_or_while_one_is_made() -> None:
    talk = Watched(link_heard_at=None)
    assert watch(talk, 10.0, link=False) == []
    assert talk.did == []
    assert watch(Watched(seeking=True), 10.0) == []


def test_what_is_heard_again_is_measured() -> None:
    talk, vigil = Watched(last_authentic_at=1.0), Vigil(Watched(), 30.0)
    vigil = Vigil(talk, 30.0)
    for now in (1.2, 1.6, 2.5):
        talk.link_heard_at = now
        vigil.look(now)
    talk.last_authentic_at = 2.75
    vigil.look(2.8)
    assert talk.seen == [Reconnecting(), Reconnected(pytest.approx(1.8))]
    vigil.look(2.9)
    assert len(talk.seen) == 2


def test_the_second_interruption_is_doubted_as_soon_as_the_first() -> None:
    talk = Watched()
    vigil = Vigil(talk, 60.0)
    doubts = []
    for start in (0.0, 20.0):
        talk.last_authentic_at = start
        for step in range(1, 100):
            now = talk.link_heard_at = start + step * TICK
            before = len(talk.did)
            vigil.look(now)
            if len(talk.did) > before:
                doubts.append(now - start)
        talk.last_authentic_at = start + 10.0
        vigil.look(start + 10.0)
    assert doubts[:2] == pytest.approx(doubts[2:], abs=TICK)


@pytest.mark.parametrize("slept", [0.0, 1.9, 2.1, 3600.0])
def test_after_a_sleep_nothing_is_believed_that_has_not_answered_since(slept: float) -> None:
    talk = Watched(last_authentic_at=99.9, link_heard_at=99.9)
    Vigil(talk, 30.0).look(100.0, slept=slept)
    assert talk.did == (["link at once"] if slept > 2 else [])


async def test_a_sleep_shows_in_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own clock stands still while a computer sleeps; a machine that stood still shows in late ticks."""
    asked, wall = 0, clock.wall
    begun = clock.monotonic()

    def later() -> object:
        nonlocal asked
        asked += 1
        return wall() + (timedelta(hours=1) if asked >= 4 else timedelta())

    monkeypatch.setattr(clock, "wall", later)
    talk = Watched(last_authentic_at=begun + 1e6, link_heard_at=begun + 1e6)

    def once(*, at_once: bool) -> None:
        talk.did.append("link at once" if at_once else "link")
        talk.last_authentic_at = -1e9  # and that was all

    talk.suspect_link = once
    await Vigil(talk, 30.0).wait_lost()
    assert talk.did == ["link at once"]
