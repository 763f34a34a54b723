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

Act = Callable[[Phone, asyncio.Event], Awaitable[int]]


def run_phone(args: argparse.Namespace, act: Act, *, interrupted: int) -> int:
    """Connect, `act`, and write the report. `act` is given the phone and an event that is set when it should end.

    `interrupted`: the exit status when a signal came before there was a connection. Raises `RelayError` when the relay
    refuses us, then or later.
    """
    return asyncio.run(_run(args, act, interrupted))


async def _run(args: argparse.Namespace, act: Act, interrupted: int) -> int:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    phone = fit(store_of(args), fitting_of(args))
    phone.journal.subscribe(Narrator(console))
    running = loop.create_task(phone.run())
    running.add_done_callback(lambda _: stop.set())  # refused for good: nobody may wait for this phone any longer
    try:
        await _online(phone, stop)
        status = interrupted if stop.is_set() else await act(phone, stop)
        _require_not_refused(phone)
        return status
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


def _require_not_refused(phone: Phone) -> None:
    last = [entry.what for entry in phone.journal if isinstance(entry.what, LinkState)][-1]
    if last.state == "refused":
        raise RelayError(last.sentence, code=last.code)


async def first_of(work: "asyncio.Future[Entry]", stop: asyncio.Event) -> None:
    """Wait for `work` or `stop`, whichever comes first."""
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
