"""Await something in the journal, for command lines and tests: an observation, never a moment in time."""

import asyncio
from collections.abc import Callable

from voip.errors import CallError
from voip.journal.book import Journal
from voip.journal.observations import Entry


async def wait_for(journal: Journal, wanted: Callable[[Entry], bool], within: float, what: str) -> Entry:
    """The first entry that is `wanted`, already there or to come. Raises `CallError` when `within` seconds pass."""
    found: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()

    def look(entry: Entry) -> None:
        if not found.done() and wanted(entry):
            found.set_result(entry)

    unsubscribe = journal.subscribe(look)
    try:
        for entry in journal:
            look(entry)
        async with asyncio.timeout(within):
            return await found
    except TimeoutError:
        raise CallError(f"{what} did not happen within {within:g} s.", code="timeout") from None
    finally:
        unsubscribe()
