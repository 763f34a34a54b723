"""Notices what other processes did to the relay's folder, and what the calendar asks for.

    every 0.5 s   did the folders of accounts and revocations change? ──→ review
    every 10 s    in any case ──────────────────────────────────────────→ review
    every day     ──────────────────────────────────────────────────────→ renew the relay's certificate, if due

Looking is one `stat` of two folders. Why not a signal, a socket or inotify: docs/adr, on revocation.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from voip.errors import GlasscallError
from voip.io import clock

LOOK_EVERY = 0.5
REVIEW_EVERY = 10.0
RENEW_EVERY = 86_400.0

log = logging.getLogger(__name__)


class Watch:
    """`changed_at`: differs after every change; `review` and `renew`: what to do. Nothing that they raise ends it."""

    def __init__(
        self,
        changed_at: Callable[[], object],
        review: Callable[[], Awaitable[None]],
        renew: Callable[[], None],
        *,
        look_every: float = LOOK_EVERY,
        review_every: float = REVIEW_EVERY,
        renew_every: float = RENEW_EVERY,
    ) -> None:
        self._changed_at = changed_at
        self._review = review
        self._renew = renew
        self._look_every = look_every
        self._review_every = review_every
        self._renew_every = renew_every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        seen: object = None
        settled = False
        renew_at = clock.monotonic() + self._renew_every
        review_at = 0.0
        while True:
            now = clock.monotonic()
            try:
                found = self._changed_at()
                # A file system's clock ticks in milliseconds or worse: of two changes within one tick the second does
                # not show. So after a change there is always one more review.
                if found != seen or not settled or now >= review_at:
                    settled, seen, review_at = found == seen, found, now + self._review_every
                    await self._review()
                if now >= renew_at:
                    renew_at = now + self._renew_every
                    self._renew()
            except GlasscallError as error:
                log.warning("the relay's folder could not be looked at: %s", error)
            except Exception:
                log.exception("a look at the relay's folder failed")
            await asyncio.sleep(self._look_every)
