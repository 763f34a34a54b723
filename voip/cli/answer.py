"""`glasscall answer`: a phone without a window that answers every call."""

import argparse
import asyncio
import contextlib

from rich.console import Console

from voip.cli.headless import run_phone
from voip.cli.options import add_phone_options
from voip.client.phone import Phone
from voip.errors import CallError
from voip.journal.observations import CallChanged, Entry


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("answer", help="answer every call, without a window, until Ctrl-C")
    add_phone_options(parser)
    parser.add_argument("--once", action="store_true", help="end after the first call")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer until told to stop."""

    async def act(phone: Phone, stop: asyncio.Event) -> int:
        work: set[asyncio.Task[None]] = set()

        async def pick_up() -> None:
            # It fails when the caller has just given up, or when both called at once and it is answered already.
            with contextlib.suppress(CallError):
                await phone.accept()

        def watch(entry: Entry) -> None:
            if not isinstance(entry.what, CallChanged):
                return
            if entry.what.phase == "incoming":
                work.add(asyncio.get_running_loop().create_task(pick_up()))
            elif entry.what.phase == "ended" and args.once:
                stop.set()

        phone.journal.subscribe(watch)
        Console(highlight=False).print(f"ready {phone.name} answers every call; Ctrl-C ends it", markup=False)
        await stop.wait()
        return 0

    return run_phone(args, act, interrupted=0)
