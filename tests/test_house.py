"""The floors of the house, and the proof that somebody looked.

Two watchmen: import-linter walks the graph of imports (its contracts stand in pyproject.toml: floors, Qt, the relay),
and the syntax tree of each file tells what it asks of the standard library, which that graph leaves out. Each is also
shown a house with a crack in it, and must find the crack.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]

WAITS_OR_TOUCHES = {
    "asyncio", "concurrent", "multiprocessing", "select", "selectors", "signal", "socket", "sounddevice", "ssl",
    "subprocess", "threading", "time", "uvloop",
}  # fmt: skip
QT = {"PySide6", "shiboken6", "pyqtgraph", "gui"}

RULES = [
    ("voip/wire", WAITS_OR_TOUCHES),
    ("voip/session", WAITS_OR_TOUCHES),
    ("voip/media", WAITS_OR_TOUCHES),
    ("voip", QT),
]


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Every module that `source` names in an import, wherever it stands: (line, dotted name)."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.Call(
                func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield node.lineno, module


def cracks(root: Path, room: str, forbidden: set[str]) -> tuple[list[str], int]:
    """What `room` imports although it must not, as `file:line module`; and how many files were read."""
    files = sorted((root / room).rglob("*.py"))
    found = [
        f"{file.relative_to(root)}:{line} {module}"
        for file in files
        for line, module in imports(file.read_text(encoding="utf-8"))
        if module.partition(".")[0] in forbidden
    ]
    return found, len(files)


@pytest.mark.parametrize(("room", "forbidden"), RULES, ids=[room for room, _ in RULES])
def test_no_room_imports_what_it_must_not(room: str, forbidden: set[str]) -> None:
    found, read = cracks(HOUSE, room, forbidden)
    assert read >= 5, f"only {read} files were read in {room}: the watchman looked in the wrong place"
    assert found == []


@pytest.mark.parametrize(
    "crack",
    [
        "import time",
        "import asyncio.events",
        "from threading import Lock",
        "import json, socket as s",
        "def later():\n    from sounddevice import query_devices",
        "if TYPE_CHECKING:\n    import subprocess",
        "__import__('time')",
        "importlib.import_module('asyncio')",
    ],
)
def test_the_watchman_finds_a_forbidden_import(tmp_path: Path, crack: str) -> None:
    room = tmp_path / "voip" / "wire" / "deep"
    room.mkdir(parents=True)
    (room / "innocent.py").write_text(
        "import struct\nfrom .time import x\nfrom voip.wire import time\ntime = 'asyncio'\n"
    )
    (room / "cracked.py").write_text(crack)

    found, read = cracks(tmp_path, "voip/wire", WAITS_OR_TOUCHES)

    assert read == 2
    assert len(found) == 1
    assert found[0].startswith("voip/wire/deep/cracked.py:")


def lint(root: Path) -> tuple[int, str]:
    """Runs import-linter over the house at `root`: (exit status, what it said)."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_floors_hold() -> None:
    status, said = lint(HOUSE)
    assert status == 0, said
    assert re.search(r"Contracts: [4-9] kept, 0 broken", said), said
    analyzed = re.search(r"Analyzed (\d+) files", said)
    assert analyzed, said
    assert int(analyzed[1]) >= len([*HOUSE.glob("voip/**/*.py"), *HOUSE.glob("gui/**/*.py")])


@pytest.mark.parametrize(
    ("file", "crack", "contract"),
    [
        ("voip/wire/framing.py", "import voip.session.call", "A room imports only lower floors"),
        ("voip/pki/names.py", "import voip.journal.book", "A room imports only lower floors"),
        ("voip/attic.py", "", "A room imports only lower floors"),
        ("voip/client/phone.py", "import PySide6.QtCore", "Only gui/ knows Qt"),
        ("voip/cli/main.py", "import gui.theme", "Only gui/ knows Qt"),
        ("voip/relay/patchbay.py", "import voip.media.pcm", "The relay cannot read a call"),
        ("voip/io/stream.py", "import voip.session.keys", "The relay cannot read a call"),  # through another room
        ("gui/view_state.py", "import PySide6.QtGui", "What the window says"),
    ],
)
def test_import_linter_finds_a_crack(tmp_path: Path, file: str, crack: str, contract: str) -> None:
    for room in ("voip", "gui"):
        shutil.copytree(HOUSE / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.png", "*.qm"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    cracked = tmp_path / file
    cracked.write_text(
        (cracked.read_text(encoding="utf-8") if cracked.exists() else "") + f"\n{crack}\n", encoding="utf-8"
    )

    status, said = lint(tmp_path)

    assert status != 0, said
    broken = {line.removesuffix("BROKEN").strip() for line in said.splitlines() if line.endswith("BROKEN")}
    assert len(broken) >= 1, said
    assert any(name.startswith(contract) for name in broken), said
