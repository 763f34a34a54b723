"""Parses the command line, runs one command, and turns every failure into a sentence and an exit status.

0: done · 1: failed · 2: put wrongly · 130: interrupted
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import NoReturn

from rich.console import Console

from voip import __version__
from voip.cli import answer, call, compare, forget, inspect, invite, join, lab, measure, relay, revoke
from voip.demo import command as demo
from voip.errors import GlasscallError, UsageError

INTERRUPTED = 130
UNREAD = 141
"""What a shell says of a program whose reader went away (128 + SIGPIPE)."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are sentences like all others."""

    def error(self, message: str) -> NoReturn:
        """Complain about `message`."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}. “{self.prog} --help” shows what it takes.")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = Parser(
        prog="glasscall",
        description="A desktop phone that calls over TLS through a relay and shows why the call is safe.",
        epilog="First a relay: “glasscall relay”; an invite for each person: “glasscall invite NAME”; "
        "they “glasscall join INVITE”, then “glasscall phone”. Or see it all at once: “glasscall demo”.",
    )
    top.add_argument("--version", action="version", version=f"glasscall {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for module in (relay, invite, revoke, join):
        module.add(commands)
    for point in entry_points(group="glasscall.commands"):
        point.load()(commands)
    for module in (answer, call, forget, demo, inspect, measure, compare, lab):
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `glasscall` with `arguments` (the process's own if None) and return the exit status."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    try:
        args = parser().parse_args(arguments)
        return int(args.run(args))
    except GlasscallError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"glasscall: {error}", markup=False)
        return error.exit_status
    except KeyboardInterrupt:
        Console(stderr=True, highlight=False).print("glasscall: interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away; that is its right
        _drop_output()
        return UNREAD
    except OSError as error:  # most are sentences already; what is left is the system's own, as a full disk behind ">"
        _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"glasscall: The system refused: {where}{error.strerror or error}.\n")
        return 1


def _drop_output() -> None:
    """What still waits to be written would fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
