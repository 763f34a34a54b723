"""Options that several commands share, and what they mean."""

import argparse
import json
from pathlib import Path
from typing import Any

from voip.errors import StoreError
from voip.io.store import ClientStore
from voip.session.tls.context import Version


def add_home(parser: argparse.ArgumentParser) -> None:
    """`--home DIR`."""
    parser.add_argument("--home", metavar="DIR", type=Path, help="this client's folder (default: %(default)s)",
                        default=ClientStore.default_home())  # fmt: skip


def add_tls(parser: argparse.ArgumentParser) -> None:
    """`--tls 1.2|1.3`, kept as the tuple of versions that are offered."""
    parser.add_argument("--tls", metavar="1.2|1.3", type=versions, default=("1.3",),
                        help="TLS version; 1.2 is there to be studied (default: 1.3)")  # fmt: skip


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json FILE`."""
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the report to FILE as JSON")


def versions(text: str) -> tuple[Version, ...]:
    """The versions that `--tls TEXT` offers."""
    if text == "1.3":
        return ("1.3",)
    if text == "1.2":
        return ("1.2",)
    raise argparse.ArgumentTypeError(f"TLS version {text!r} is not one of 1.2, 1.3")


def store_of(args: argparse.Namespace) -> ClientStore:
    """The client folder that was asked for."""
    return ClientStore(args.home)


def write_json(path: Path | None, report: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Write `report` to `path`, if there is one; raises `StoreError`."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The report could not be written to {path}: {error.strerror}.", code="not-writable") from None
