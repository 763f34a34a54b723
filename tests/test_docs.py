"""What the pages say, held against the code: links, commands, options, signals, numbers.

Each search is also shown a page with a mistake in it, and must find the mistake.
"""

import argparse
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from voip.cli.main import parser
from voip.config import ADMISSION, ALPN_CALL, ALPN_JOIN, ALPN_SESSION, EXPORTER_LABEL, Admission, Limits, Rate
from voip.journal.book import Journal
from voip.pki import ca
from voip.session.words import WORDS_LABEL
from voip.wire import signals
from voip.wire.framing import Kind

HOUSE = Path(__file__).resolve().parents[1]
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md"), HOUSE / "assets" / "README.md"])
PROTOCOL = (HOUSE / "docs" / "protocol.md").read_text(encoding="utf-8")
SECURITY = (HOUSE / "docs" / "security.md").read_text(encoding="utf-8")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
CALL = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?glasscall ([a-z-]+)(.*)")


def commands() -> dict[str, set[str]]:
    """Each command of the real parser, with its options."""
    top = parser()._subparsers
    assert top is not None
    found = next(action for action in top._group_actions if isinstance(action, argparse._SubParsersAction))
    return {name: set(command._option_string_actions) for name, command in found.choices.items()}


COMMANDS = commands()
EVERY_OPTION = set().union(*COMMANDS.values(), {"--help", "--version"})


def slug(heading: str) -> str:
    """A heading's anchor, as the usual renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken_links(page: Path, text: str) -> Iterator[str]:
    """Relative links of `page` that lead nowhere."""
    for match in LINK.finditer(FENCE.sub("", text)):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not file.exists():
            yield target
        elif anchor:
            there = text if file == page else file.read_text(encoding="utf-8")
            if anchor not in {slug(heading) for heading in re.findall(r"^#+ (.+)$", there, re.MULTILINE)}:
                yield target


def code(text: str) -> Iterator[str]:
    """Every line of code on a page: in fences and in spans."""
    for fence in FENCE.findall(text):
        yield from fence.splitlines()[1:-1]
    yield from (span.replace("\\|", "|") for span in SPAN.findall(FENCE.sub("", text)))


def strange_words(text: str) -> Iterator[str]:
    """Commands and options on a page that `glasscall` does not have."""
    for line in code(text):
        call = CALL.match(line)
        if call is not None:
            command, rest = call.groups()
            if command not in COMMANDS:
                yield f"glasscall {command}"
            else:
                yield from (
                    f"glasscall {command} {one}" for one in OPTION.findall(rest) if one not in COMMANDS[command]
                )
        elif line.startswith("--"):
            yield from (one for one in OPTION.findall(line) if one not in EVERY_OPTION)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(HOUSE)) for page in PAGES])
def test_links_lead_somewhere_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert list(broken_links(page, text)) == []
    assert list(strange_words(text)) == []


def test_the_searches_find_mistakes() -> None:
    page = HOUSE / "docs" / "protocol.md"
    assert list(broken_links(page, "# A\n[x](nowhere.md) [y](#b) [z](security.md#nothing) [ok](#a)")) == [
        "nowhere.md",
        "#b",
        "security.md#nothing",
    ]
    text = "`glasscall dance` `glasscall call bob --once` `--lowd`\n```\n$ glasscall relay --days 3\n```\n"
    assert set(strange_words(text)) == {"glasscall dance", "glasscall call --once", "--lowd", "glasscall relay --days"}
    assert len(PAGES) >= 12


def test_the_readme_names_every_command() -> None:
    named = {call[1] for line in code((HOUSE / "README.md").read_text(encoding="utf-8")) if (call := CALL.match(line))}
    assert named == set(COMMANDS)


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        match[1]
        for page in PAGES
        for line in code(page.read_text(encoding="utf-8"))
        if (match := re.match(r"(?:\$ )?make ([a-z]+)", line))
    }
    assert {"demo", "test", "check"} <= named <= targets


def rows(name: str) -> list[str]:
    """The lines of a table in docs/protocol.md that begin with `name` as code."""
    return [line for line in PROTOCOL.splitlines() if line.startswith(f"| `{name}` |")]


STRUCTS = [one for one in vars(signals).values() if inspect.isclass(one) and issubclass(one, signals.Signal)]


@pytest.mark.parametrize("struct", [one for one in STRUCTS if one is not signals.Signal], ids=lambda one: one.__name__)
def test_every_signal_is_described_with_all_its_fields(struct: type[signals.Signal]) -> None:
    described = rows(struct.__name__)
    assert described, f"docs/protocol.md has no row for {struct.__name__}"
    for line in described:
        assert f"| `{struct.__struct_config__.tag}` |" in line
        assert set(struct.__struct_fields__) <= set(SPAN.findall(line))


def test_every_signal_was_found() -> None:
    assert len(STRUCTS) >= 25
    assert all(f'"{field}"' in PROTOCOL for field in signals.Person.__struct_fields__)


def test_every_reason_has_its_row() -> None:
    for reason in get_args(signals.Reason):
        assert rows(reason), f"docs/protocol.md does not say when a call ends as {reason}"


def test_the_time_limits_are_those_of_config() -> None:
    for field in fields(Limits):
        (line,) = rows(field.name)
        assert float(line.split("|")[2]) == field.default


def test_what_a_relay_takes_on_is_that_of_config() -> None:
    for field in fields(Admission):
        (line,) = rows(field.name)
        value = field.default
        shown = f"{value.per_second} a second, {value.at_once} at once" if isinstance(value, Rate) else str(value)
        assert line.split("|")[2].strip() == shown, field.name
        assert line.count("|") == 5


def test_the_sizes_are_those_of_the_code() -> None:
    table = re.findall(r"^\| `(voip[\w.]+)\.(\w+)` \| ([\d.]+) \|", PROTOCOL, re.MULTILINE)
    assert len(table) >= 20
    for module, constant, value in table:
        assert getattr(importlib.import_module(module), constant) == float(value), f"{module}.{constant}"
    for name in vars(importlib.import_module("voip.config")):
        if name.endswith("_MAX"):
            assert ("voip.config", name) in {row[:2] for row in table}, f"{name} is not in the table"


def test_frames_labels_and_certificates() -> None:
    for kind, name in ((Kind.STUN, "STUN"), (Kind.TLS, "TLS record"), (Kind.SIGNAL, "signal"), (Kind.MEDIA, "SRTP")):
        assert re.search(rf"^\| [\d–]+.*\| [^|]*{name}[^|]*\| {kind.value} \|", PROTOCOL, re.MULTILINE), name
    for protocol in (ALPN_CALL, ALPN_JOIN, ALPN_SESSION):
        assert rows(protocol.decode())
    for label in (EXPORTER_LABEL, WORDS_LABEL):
        assert f'"{label.decode()}"' in PROTOCOL
    assert f"| validity, days | {ca.AUTHORITY_DAYS} | {ca.RELAY_DAYS} | {ca.CLIENT_DAYS} |" in PROTOCOL


def test_what_a_stranger_can_make_us_keep() -> None:
    kept = {name: value.default for name, value in inspect.signature(Journal).parameters.items()}
    assert f"{kept['lasting']} lasting entries, {kept['flowing']} passing ones" in SECURITY
    ladder, view, bridge = (importlib.import_module(f"gui.{name}") for name in ("ladder", "view_state", "bridge"))
    assert f"{ladder.ROWS_MAX} rows a ladder, {view.PEOPLE_MAX} people, {bridge.MAILBOX_MAX} entries" in SECURITY
    most = ADMISSION
    shaking = f"{most.handshaking} connections, {most.handshaking_of_address} of one address"
    assert f"| {shaking}, {Limits().handshake:g} s each;" in SECURITY
    pace = most.handshakes_of_address
    assert (
        f"| {most.connections}; {most.connections_of_address} of one address, {pace.per_second} new ones a second and "
        f"{pace.at_once} at once; {most.connections_of_person} of one person |"
    ) in SECURITY
    assert f"| {most.calls}, or what `--calls-max` says" in SECURITY
    leg, size = most.packets_of_leg, most.bytes_of_leg
    assert f"| {leg.per_second} a second, {leg.at_once} at once, {size.per_second} bytes a second;" in SECURITY
    pem = importlib.import_module("voip.pki.certificates").PEM_MAX
    assert f"| {pem} bytes are looked at;" in SECURITY
