"""Options that several commands share, and what they mean."""

import argparse
import locale
from pathlib import Path

from voip.client.fitting import Fitting
from voip.errors import UsageError
from voip.io.store import ClientStore
from voip.journal.report import Lang
from voip.media.plan import Mode
from voip.session.tls.context import Version


def add_home(parser: argparse.ArgumentParser) -> None:
    """`--home DIR`."""
    parser.add_argument("--home", metavar="DIR", type=Path, help="this client's folder (default: %(default)s)",
                        default=ClientStore.default_home())  # fmt: skip


def add_tls(parser: argparse.ArgumentParser) -> None:
    """`--tls 1.2|1.3`, kept as the tuple of versions that are offered."""
    parser.add_argument("--tls", metavar="1.2|1.3", type=versions, default=("1.3",),
                        help="TLS version; 1.2 is there to be studied (default: 1.3)")  # fmt: skip


def add_proxy(parser: argparse.ArgumentParser) -> None:
    """`--proxy URL`."""
    parser.add_argument("--proxy", metavar="URL", default="", help=(
        "reach the relay through this HTTP proxy (CONNECT): http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT; “none” "
        "for none (default: what HTTPS_PROXY and NO_PROXY say)"))  # fmt: skip


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


def add_phone_options(parser: argparse.ArgumentParser) -> None:
    """The options of every phone, with or without a window."""
    add_home(parser)
    parser.add_argument("--input", metavar="X", help="microphone: a device's name or number, a WAV file, or “none”")
    parser.add_argument("--output", metavar="Y", help="loudspeaker: a device's name or number, a WAV file, or “none”")
    parser.add_argument("--said", metavar="FILE", type=Path, help="also write what the microphone gave to a WAV file")
    parser.add_argument("--heard", metavar="FILE", type=Path, help="also write what the loudspeaker got to a WAV file")
    parser.add_argument("--frames", metavar="FILE", type=Path, help=(
        "write each Opus frame to FILE before it is protected, so that a capture can be searched for it; "
        "whoever reads FILE can hear you"))  # fmt: skip
    parser.add_argument("--tap", metavar="FILE", type=Path, help="write our own TLS and UDP traffic to a pcapng file")
    parser.add_argument("--tap-secrets", action="store_true", help=(
        "put the TLS secrets into that file too, so that Wireshark decrypts it; "
        "whoever has it can read your calls"))  # fmt: skip
    parser.add_argument("--key-log", metavar="FILE", type=Path, help=(
        "write the TLS secrets to FILE, as Wireshark reads them; whoever has FILE can read your calls"))  # fmt: skip
    parser.add_argument("--journal", metavar="FILE", type=Path, help=(
        "write everything that was observed to FILE as JSON, at the end"))  # fmt: skip
    parser.add_argument("--call-report", metavar="FILE", type=Path, help=(
        "write a page about the last call to FILE (HTML), at the end: what was safe, and how to check it"))  # fmt: skip
    parser.add_argument("--voice", metavar="MODE", type=mode, default=Mode.AUTO, help=(
        "closest (least delay, for a LAN), balanced, robust (through loss), or auto, which moves among them "
        "(default: auto)"))  # fmt: skip
    parser.add_argument("--path", choices=("auto", "udp", "tls"), default="auto", help=(
        "how the voice travels: udp or tls alone, whatever happens, or auto, the better of both (default: auto)"
    ))  # fmt: skip
    parser.add_argument("--processing", choices=("auto", "on", "off"), default="auto", help=(
        "take echo and noise out of the microphone's sound, which takes 16 ms; auto: on, but for a file, and but for "
        "--voice closest (use headphones there)"))  # fmt: skip
    add_proxy(parser)
    add_tls(parser)
    add_json(parser)


def mode(text: str) -> Mode:
    """The mode that `--voice TEXT` names."""
    try:
        return Mode(text.lower())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(Mode)}") from None


def fitting_of(args: argparse.Namespace) -> Fitting:
    """What the options of `add_phone_options` ask for. Raises `UsageError` for secrets without a file for them."""
    if args.tap_secrets and args.tap is None:
        raise UsageError("--tap-secrets says what goes into the capture: it needs --tap FILE as well.")
    return Fitting(
        input=args.input,
        output=args.output,
        said=args.said,
        heard=args.heard,
        frames=args.frames,
        tap=args.tap,
        tap_secrets=args.tap_secrets,
        key_log=args.key_log,
        report=args.json,
        journal=args.journal,
        call_report=args.call_report,
        lang=_language(getattr(args, "lang", "auto")),
        versions=args.tls,
        voice=args.voice,
        path=args.path,
        proxy=args.proxy,
        processing={"auto": None, "on": True, "off": False}[args.processing],
    )


def _language(choice: str) -> Lang:
    """The call report's: as `--lang`, where there is one; else as the system's."""
    if choice == "auto":
        return "ko" if (locale.getlocale()[0] or "").lower().startswith(("ko", "korean")) else "en"
    return "ko" if choice == "ko" else "en"


def store_of(args: argparse.Namespace) -> ClientStore:
    """The client folder that was asked for."""
    return ClientStore(args.home)
