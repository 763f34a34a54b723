"""A phone without a window: what `answer` and `call` share. Ctrl-C and SIGTERM end it at any moment, in good order."""

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable

from rich.console import Console

from voip.cli.narrator import Narrator
from voip.cli.options import fitting_of, store_of
from voip.client.fitting import fit
from voip.client.phone import Phone
from voip.client.waiting import wait_for
from voip.errors import RelayError
from voip.journal.observations import Entry, LinkState


def run_phone(args: argparse.Namespace, act: Callable[[Phone, asyncio.Event], Awaitable[int]]) -> int:
    """Connect, `act`, and write the report. `act` is given the phone and an event that is set when it should end."""
    return asyncio.run(_run(args, act))


async def _run(args: argparse.Namespace, act: Callable[[Phone, asyncio.Event], Awaitable[int]]) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    phone = fit(store_of(args), fitting_of(args))
    phone.journal.subscribe(Narrator(console))
    running = loop.create_task(phone.run())
    try:
        await _online(phone, stop)
        return 130 if stop.is_set() else await act(phone, stop)
    finally:
        await phone.stop()
        await running


async def _online(phone: Phone, stop: asyncio.Event) -> None:
    """Wait until the relay welcomes us; raises `RelayError` with its reason when the first try fails."""
    tried = asyncio.ensure_future(
        wait_for(
            phone.journal,
            lambda entry: isinstance(entry.what, LinkState) and entry.what.state != "connecting",
            phone.patience,
            "The connection to the relay",
        )
    )
    await first_of(tried, stop)
    if not tried.done():
        tried.cancel()
        return
    state = tried.result().what
    if isinstance(state, LinkState) and state.state != "online":
        raise RelayError(state.sentence, code=state.code)


async def first_of(work: "asyncio.Future[Entry]", stop: asyncio.Event) -> None:
    """Wait for `work` or `stop`, whichever comes first."""
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
