"""`glasscall call NAME`: a phone without a window that calls somebody."""

import argparse
import asyncio

from voip.cli.headless import first_of, run_phone
from voip.cli.narrator import ending
from voip.cli.options import add_phone_options
from voip.client.phone import Phone
from voip.client.waiting import wait_for
from voip.errors import CallError, UsageError
from voip.journal.observations import CallChanged, Entry

INTERRUPTED = 130
FOR_EVER = 365 * 86_400.0
"""Seconds; a call lasts until somebody ends it."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("call", help="call somebody, without a window")
    parser.add_argument("name", metavar="NAME")
    add_phone_options(parser)
    parser.add_argument("--seconds", metavar="N", type=float, help="hang up after N seconds of talking")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Call, talk, hang up."""
    if args.seconds is not None and not 0 < args.seconds <= FOR_EVER:
        raise UsageError("--seconds takes a number above 0.")

    async def act(phone: Phone, stop: asyncio.Event) -> int:
        await phone.call(args.name)
        if not await _reach(phone, stop, ("talking", "ended"), None):  # the phone itself limits how long it rings
            return INTERRUPTED
        last = _last(phone)
        if last.phase == "ended":
            raise CallError(ending(last.reason, last.peer, last.sentence), code=last.reason)
        if await _reach(phone, stop, ("ended",), args.seconds):
            last = _last(phone)
            if last.reason not in {"hung-up", "cancelled"}:
                raise CallError(ending(last.reason, last.peer, last.sentence), code=last.reason)
        await phone.hang_up()
        return INTERRUPTED if stop.is_set() else 0

    return run_phone(args, act, interrupted=INTERRUPTED)


async def _reach(phone: Phone, stop: asyncio.Event, phases: tuple[str, ...], within: float | None) -> bool:
    """Whether the call came into one of `phases` before `stop`, or before `within` seconds had passed."""

    def wanted(entry: Entry) -> bool:
        return isinstance(entry.what, CallChanged) and entry.what.phase in phases

    reached = asyncio.ensure_future(wait_for(phone.journal, wanted, within or FOR_EVER, "The call"))
    await first_of(reached, stop)
    if reached.done() and reached.exception() is None:
        return True
    reached.cancel()
    return False


def _last(phone: Phone) -> CallChanged:
    return [entry.what for entry in phone.journal if isinstance(entry.what, CallChanged)][-1]
