"""`glasscall relay`: run a relay until it is told to end."""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voip.config import ADMISSION, PORT, Admission
from voip.errors import UsageError
from voip.io import descriptors
from voip.io.store import RelayStore
from voip.pki.certificates import fingerprint
from voip.pki.names import HOST_HELP, is_host
from voip.relay import Relay
from voip.session.tls.context import Version

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared with, and offered as what a relay is for
LISTEN = f"{WILDCARDS[0]}:{PORT}"
TLS_1_2_WARNING = (
    "WARNING: TLS 1.2 is allowed on this relay, for study. Its handshake shows certificates, and so names, to anybody "
    "on the network, and has no post-quantum key exchange.\n"
)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser(
        "relay",
        help="run a relay",
        description="Run a relay. At the first start it makes its own CA. When it is ready it prints one line with its "
        "address and the CA's fingerprint; SIGTERM or Ctrl-C ends it. Invite people with `glasscall invite`.",
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        default=LISTEN,
        help="where to listen (default: %(default)s, every IPv4 address of this machine; port 0: a free one)",
    )
    parser.add_argument(
        "--state",
        metavar="DIR",
        type=Path,
        default=RelayStore.default_state(),
        help="where its CA, accounts and invites are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--name",
        help="what its certificate names (default: the name it has already; at the first start the host of --listen, "
        "or this machine's host name)",
    )
    parser.add_argument(
        "--tls", choices=("1.3", "1.2"), default="1.3", help="1.2 allows TLS 1.2 too, for study (default: %(default)s)"
    )
    parser.add_argument(
        "--udp",
        choices=("on", "off"),
        default="on",
        help="let voice travel in UDP too, on the same port number; off: all of it goes through TLS "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--calls-max",
        metavar="N",
        type=int,
        default=ADMISSION.calls,
        help="how many calls it takes on at once; a further one is told that the relay is full (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the relay; returns when it was told to end. Raises `UsageError`, `StoreError`, `RelayError`."""
    host, port = split_address(args.listen, "--listen")
    if args.calls_max < 1:
        raise UsageError(f"--calls-max {args.calls_max} leaves no calls at all; name a number from 1 on.")
    connections = descriptors.room_for(ADMISSION.connections)
    if connections < ADMISSION.connections:
        sys.stderr.write(
            f"This system lets the relay have {connections} connections at once, not {ADMISSION.connections}; "
            "`ulimit -n` says how many files a program may have open.\n"
        )
    admission = replace(ADMISSION, calls=args.calls_max, connections=connections)
    store = RelayStore(args.state)
    name = args.name or store.name or _own_name(host)
    versions: tuple[Version, ...] = ("1.3",)
    if args.tls == "1.2":
        sys.stderr.write(TLS_1_2_WARNING)
        versions = ("1.2", "1.3")
    logging.getLogger("voip.relay").setLevel(logging.INFO)  # an operator wants to see who comes and goes
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_run(store, name, host, port, versions, admission, udp=args.udp == "on"))
    return 0


def split_address(text: str, option: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`; raises `UsageError` naming `option`."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]").lower()
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535 or not is_host(host):
        raise UsageError(f"{option} {text[:80]!r} is not HOST:PORT; for example {option} 127.0.0.1:{PORT}.")
    return host, int(port)


async def _run(
    store: RelayStore,
    name: str,
    host: str,
    port: int,
    versions: tuple[Version, ...],
    admission: Admission,
    *,
    udp: bool,
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # not on Windows, where Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(number, ended.set)
    relay = Relay(store, name, versions=versions, udp=udp, admission=admission)
    try:
        await relay.start(host, port)
        bound, port = relay.address
        store.announce(relay.identity.name if host in WILDCARDS else host, port)
        shown = f"[{bound}]:{port}" if ":" in bound else f"{bound}:{port}"
        ca = fingerprint(relay.identity.authority.certificate)
        sys.stdout.write(f"ready glasscall relay {name!r} on {shown}, CA sha256 {ca}\n")
        sys.stdout.flush()
        await ended.wait()
    finally:
        await relay.stop()


def _own_name(host: str) -> str:
    """The name of a relay that was given none."""
    name = socket.gethostname().lower() if host in WILDCARDS else host
    if not is_host(name):
        raise UsageError(f"This machine's name {name[:60]!r} cannot be a relay's ({HOST_HELP}). Give one with --name.")
    return name


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where there is one."""
    try:
        import uvloop  # noqa: PLC0415 - it does not exist on every system
    except ImportError:  # pragma: no cover
        return None
    return uvloop.new_event_loop
