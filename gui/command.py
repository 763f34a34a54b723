"""`glasscall phone`: the desktop window. Qt is imported only when it runs, so that `glasscall --help` stays quick."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from voip.cli.options import add_phone_options, fitting_of, store_of
from voip.client.fitting import fit
from voip.errors import StoreError

if TYPE_CHECKING:
    from gui.bridge import PhoneLike

SECONDS_MAX = 86_400.0
"""A day; Qt's timers end soon after."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = commands.add_parser("phone", help="the desktop window", description="The desktop window.")
    add_phone_options(parser)
    parser.add_argument("--call", metavar="NAME", default="", help="call NAME as soon as they are there")
    parser.add_argument("--answer", action="store_true", help="answer every call by itself")
    parser.add_argument(
        "--seconds", type=seconds, metavar="N", default=0.0, help="hang up and quit after N seconds of call"
    )
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the window during the call")
    parser.add_argument("--lang", choices=("auto", "en", "ko"), default="auto", help="language of the window")
    parser.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="colours of the window")
    parser.set_defaults(run=run)


def seconds(text: str) -> float:
    """What `--seconds TEXT` asks for; 0 is for ever."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {SECONDS_MAX:g}")
    return value


def build_phone(args: argparse.Namespace) -> "PhoneLike":
    """The phone for `args`; when it stops it completes the files that they name. Called in the phone's own loop."""
    return fit(store_of(args), fitting_of(args))


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit status."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - heavy

    from gui.app import Tongue, dress, ends_at_signals, no_tracebacks  # noqa: PLC0415
    from gui.autopilot import Autopilot, Plan  # noqa: PLC0415
    from gui.bridge import Bridge  # noqa: PLC0415
    from gui.main_window import MainWindow  # noqa: PLC0415
    from gui.theme import Look  # noqa: PLC0415
    from voip.io.clock import monotonic  # noqa: PLC0415

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["glasscall"])
    failures: list[Exception] = []
    # From here on, also while the window is being built: a signal that comes early is acted on when events are.
    with ends_at_signals(app.closeAllWindows), no_tracebacks():
        dress(app)
        app.setQuitOnLastWindowClosed(False)
        tongue = Tongue(app)
        tongue.speak(args.lang)
        bridge = Bridge(lambda: build_phone(args))
        window = MainWindow(Look(app, args.theme), bridge, monotonic, language=args.lang)
        window.language.connect(tongue.speak)
        bridge.entries.connect(window.take)
        bridge.exported.connect(window.told)
        bridge.failed.connect(failures.append)
        bridge.ended.connect(app.quit)
        pilot = Autopilot(window, Plan(args.call, args.answer, args.seconds, args.screenshot), window.close)
        window.show()
        bridge.start()
        app.exec()
        window.close()
        bridge.wait()
    if args.screenshot is not None and not pilot.pictured and not failures:
        failures.append(StoreError(f"No picture was saved to {args.screenshot}: there was no call, or no room."))
    for failure in failures:
        sys.stderr.write(f"glasscall: {failure}\n")
    return int(bool(failures))
