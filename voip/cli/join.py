"""`glasscall join INVITE`: become somebody at a relay."""

import argparse
import asyncio

from rich.console import Console

from voip.cli.options import add_home, add_proxy, add_tls, store_of
from voip.client.enrol import join
from voip.pki.invite import parse_invite_untrusted


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("join", help="use an invite: make a key here, get a certificate for it")
    parser.add_argument("invite", metavar="INVITE", help="the line that “glasscall invite” printed")
    add_home(parser)
    add_proxy(parser)
    add_tls(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a key, have it certified, store both."""
    invite = parse_invite_untrusted(args.invite)
    store = store_of(args)
    account = asyncio.run(join(invite, store, args.tls, proxy=args.proxy))
    Console(highlight=False, soft_wrap=True).print(
        f"You are {account.address}. Your key was made here and is in {store.home}; it never left this computer.",
        markup=False,
    )
    return 0
