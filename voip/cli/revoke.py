"""`glasscall revoke NAME`: let somebody into a relay no more, from this moment on."""

import argparse
from pathlib import Path

from rich.console import Console

from voip.errors import UsageError
from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.enrolment import Enrolment


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "revoke",
        help="let somebody into a relay no more",
        description="Let NAME in no more: new connections are refused at once, also resumed ones; the present one and "
        "its call end within a second; unused invites for NAME are void. The name stays taken. A new invite for NAME "
        "takes them back, with a new key; the old keys stay out for ever. Run it as the user that runs the relay.",
    )
    parser.add_argument("name", metavar="NAME", help="who is called so at this relay")
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        default=RelayStore.default_state(),
        help="the relay's folder (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Revoke. Raises `UsageError` for a name that nobody has, `InviteError`, `StoreError`."""
    store = RelayStore(args.state)
    identity = store.load()
    now = clock.wall()
    revocation, void = Enrolment(identity.authority, identity.name, store).revoke(args.name, now)
    if revocation is None and not void:
        raise UsageError(f"Nobody called {args.name} has joined {identity.name}, and no invite for that name is open.")
    told = f"{void} unused invite{'' if void == 1 else 's'} for {args.name} {'is' if void == 1 else 'are'} void."
    if revocation is not None:
        address = f"{args.name}@{identity.name}"
        before = f"{address} was revoked on {revocation.at:%Y-%m-%d %H:%M} UTC already."
        fresh = f"Revoked {address}. If they are connected, that ends within a second, and so does their call."
        told = " ".join([fresh if revocation.at == now else before, *([told] if void else [])])
    Console(highlight=False, soft_wrap=True).print(told, markup=False)
    return 0
