"""Several tries at once: the first that succeeds is taken, the others leave nothing, and no more run than allowed."""

import asyncio

import pytest

from voip.client import insisting
from voip.client.insisting import TRIES_MAX, insist
from voip.errors import RelayError, TlsError

FINAL = frozenset({"revoked"})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "EVERY", 0.01)
    monkeypatch.setattr(insisting, "STAGGER", 0.02)


class Tries:
    """Each try does what its number says; `given_up` are those that were cancelled."""

    def __init__(self, does) -> None:
        self._does = does
        self.begun = self.running = self.most = 0
        self.given_up: list[int] = []
        self.dropped: list[int] = []

    async def attempt(self) -> int:
        number = self.begun
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self._does(number)
        except asyncio.CancelledError:
            self.given_up.append(number)
            raise
        finally:
            self.running -= 1
        return number

    async def insist(self, wanted=lambda: True) -> int:
        return await insist(self.attempt, drop=self.dropped.append, final=FINAL, wanted=wanted)


async def forever(_number: int) -> None:
    await asyncio.Event().wait()


async def test_the_first_success_is_taken_and_the_others_given_up() -> None:
    async def does(number: int) -> None:
        if number != 2:
            await forever(number)

    tries = Tries(does)
    assert await tries.insist() == 2
    assert (tries.given_up, tries.running) == ([0, 1], 0)


async def test_an_old_try_may_still_succeed() -> None:
    answer = asyncio.Event()

    async def does(number: int) -> None:
        if number == 3:
            answer.set()
        await (answer.wait() if number == 0 else forever(number))

    tries = Tries(does)
    assert await tries.insist() == 0
    assert tries.given_up == [1, 2, 3]


async def test_two_that_succeed_together() -> None:
    answer = asyncio.Event()

    async def does(number: int) -> None:
        if number == 2:
            answer.set()
        await answer.wait()

    tries = Tries(does)
    assert await tries.insist() == 0
    assert sorted(tries.dropped + tries.given_up) == [1, 2]


async def test_failures_are_tried_again_but_not_faster_than_that() -> None:
    async def does(number: int) -> None:
        if number < 3:
            raise RelayError("Nobody is there.")

    loop = asyncio.get_running_loop()
    begun, tries = loop.time(), Tries(does)
    assert await tries.insist() == 3
    assert loop.time() - begun >= 3 * 0.01


async def test_a_refusal_for_good_is_one_at_once() -> None:
    async def does(_number: int) -> None:
        raise TlsError("No.", code="revoked")

    tries = Tries(does)
    with pytest.raises(TlsError, match="No"):
        await tries.insist()
    assert tries.begun == 1


async def test_a_defect_is_not_tried_again() -> None:
    async def does(_number: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Tries(does).insist()


async def test_no_more_at_once_than_allowed() -> None:
    tries = Tries(forever)
    running = asyncio.ensure_future(tries.insist(lambda: tries.begun < TRIES_MAX + 4))
    with pytest.raises(RelayError):
        await running
    assert tries.most <= TRIES_MAX + 1
    assert sorted(tries.given_up) == list(range(tries.begun))


async def test_it_ends_when_it_is_not_wanted_any_more_and_says_why() -> None:
    async def does(number: int) -> None:
        raise RelayError(f"Nobody is there ({number}).")

    tries = Tries(does)
    with pytest.raises(RelayError, match=r"\(2\)"):
        await tries.insist(lambda: tries.begun < 3)


async def test_whoever_gives_it_up_leaves_nothing() -> None:
    third = asyncio.Event()

    async def does(number: int) -> None:
        if number == 2:
            third.set()
        await forever(number)

    tries = Tries(does)
    running = asyncio.ensure_future(tries.insist())
    await third.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert tries.running == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
