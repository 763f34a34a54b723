"""`glasscall lab run --progress json`: one line as each scenario begins and one when it is done, while it happens."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from voip.cli import lab
from voip.cli.main import main
from voip.lab.catalogue import chosen
from voip.lab.result import Finding, Scenario


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def nothing_stops_it(_folder: Path) -> Finding:
    """Nothing stops this."""
    return Finding("tried “ü”", "", "it went through", held=False)


def test_a_line_when_it_begins_and_one_when_it_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "lab.json"
    assert main(["lab", "run", "tamper-finished", "--progress", "json", "--json", str(report)]) == 0
    began, done = lines(capsys)
    assert began == {"is": "began", "name": "tamper-finished"}
    assert done.pop("is") == "done"
    assert [done] == json.loads(report.read_text())
    assert done["held"] is True


def test_each_is_told_in_turn_and_what_did_not_hold_is_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = (Scenario("open-door", nothing_stops_it), *chosen("tamper-finished"))
    monkeypatch.setattr(lab, "chosen", lambda _name: two)
    assert main(["lab", "run", "all", "--progress", "json"]) == 1
    told = lines(capsys)
    assert [(line["is"], line["name"]) for line in told] == [
        ("began", "open-door"), ("done", "open-door"), ("began", "tamper-finished"), ("done", "tamper-finished"),
    ]  # fmt: skip
    assert told[1]["attempt"] == "tried “ü”"


def test_lines_come_while_it_runs() -> None:
    command = [sys.executable, "-m", "voip.cli", "lab", "run", "all", "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline()) == {"is": "began", "name": "eavesdrop"}
        assert json.loads(child.stdout.readline())["is"] == "done"
        assert child.poll() is None
        child.kill()


def test_another_way_of_progress_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "run", "all", "--progress", "xml"]) == 2
    assert "invalid choice" in capsys.readouterr().err
