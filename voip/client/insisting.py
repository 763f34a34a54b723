"""Try again before the last try is given up: after a dead network a new packet arrives sooner than an old one's repeat.

TCP doubles the time to its next repeat with each loss: after 10 s of no network, the next may be 6 s away. So every
`EVERY` another try is begun, and the first that succeeds is taken.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from voip.errors import GlasscallError, RelayError

EVERY = 0.25
"""Seconds from the beginning of one try to that of the next, at least."""
STAGGER = 0.5
"""Seconds after which another is begun beside one that hangs."""
TRIES_MAX = 8
"""Tries at once: beyond it the oldest is given up, 4 s after its beginning."""

T = TypeVar("T")


async def insist(
    attempt: Callable[[], Coroutine[Any, Any, T]],
    *,
    drop: Callable[[T], None],
    final: frozenset[str],
    wanted: Callable[[], bool] = lambda: True,
) -> T:
    """The first success of any `attempt`; more than one are `drop`ped. An error with a `final` code is raised at once.

    Others are not, as long as it is `wanted`: then the last one.
    """
    loop = asyncio.get_running_loop()
    running: list[asyncio.Task[T]] = []
    pause: asyncio.Task[None] | None = None
    error: GlasscallError = RelayError("The relay was not reached.", code="relay-unreachable")
    try:
        while wanted():
            running.append(loop.create_task(attempt()))
            if len(running) > TRIES_MAX:
                running.pop(0).cancel()
            pause = loop.create_task(asyncio.sleep(EVERY))
            await asyncio.wait(running, timeout=STAGGER, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in running if task.done()]:
                failure = task.exception()
                if failure is None:
                    running.remove(task)
                    return task.result()
                running.remove(task)
                if not isinstance(failure, GlasscallError) or failure.code in final:
                    raise failure
                error = failure
            await pause
        raise error
    finally:
        if pause is not None:
            pause.cancel()
        for task in running:
            task.cancel()
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            if not isinstance(outcome, BaseException):
                drop(outcome)
