"""`glasscall forget NAME`: drop the remembered key of somebody who set up Glasscall anew."""

import argparse

from rich.console import Console

from voip.cli.options import add_home, store_of
from voip.errors import UsageError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("forget", help="forget a person's key, after making sure that they changed it")
    parser.add_argument("name", metavar="NAME")
    add_home(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Forget the pin."""
    store = store_of(args)
    address = f"{args.name}@{store.account().relay_name}"
    if not store.pins.forget(address):
        raise UsageError(f"No key of {address} is remembered here.")
    Console(highlight=False).print(f"Forgot the key of {address}; compare the words in your next call.", markup=False)
    return 0
