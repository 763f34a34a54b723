"""`glasscall invite NAME`: one line on standard output, the invite; and a QR code for a person at a terminal."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import segno

from voip.cli.relay import split_address
from voip.errors import UsageError
from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.certificates import fingerprint
from voip.pki.enrolment import Enrolment
from voip.pki.invite import Invite

DAYS = 7
DAYS_MAX = 365


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "invite",
        help="invite somebody to a relay",
        description="Print a one-time invite for NAME. Hand it over as you would a password: whoever has it can join "
        "once, as NAME. On a terminal a QR code is shown too.",
    )
    parser.add_argument("name", metavar="NAME", help="what the person will be called here")
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        default=RelayStore.default_state(),
        help="the relay's folder (default: %(default)s)",
    )
    parser.add_argument(
        "--address", metavar="HOST:PORT", help="where clients reach the relay (default: what the relay announced)"
    )
    parser.add_argument("--days", type=int, default=DAYS, help="how long it is good for (default: %(default)s)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the invite. Raises `UsageError`, `InviteError`, `StoreError`."""
    if not 1 <= args.days <= DAYS_MAX:
        raise UsageError(f"--days {args.days} will not do; an invite is good for 1 to {DAYS_MAX} days.")
    store = RelayStore(args.state)
    identity = store.load()
    reached = split_address(args.address, "--address") if args.address else store.announced()
    if reached is None:
        raise UsageError("The relay has not announced where it is reached; start it once, or give --address HOST:PORT.")
    token = Enrolment(identity.authority, identity.name, store).invite(
        args.name, clock.wall(), timedelta(days=args.days)
    )
    ca = fingerprint(identity.authority.certificate)
    url = Invite(args.name, *reached, identity.name, ca, token).url
    sys.stdout.write(url + "\n")
    sys.stdout.flush()
    if sys.stdout.isatty():
        segno.make(url).terminal(out=sys.stderr, compact=True)
    return 0
