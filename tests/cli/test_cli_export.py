"""Files that a phone is asked to leave, as real processes: loud where dangerous, private, told when they fail."""

import json
import stat
from pathlib import Path

import pytest
from programs import Village, glasscall, refuses, village

SILENT = ("--input", "none", "--output", "none")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    with village(tmp_path_factory.mktemp("village"), ("alice", "bob")) as built:
        yield built


def call(place: Village, *options: str, **env: str):
    return glasscall("call", "bob", "--home", place.home("alice"), *SILENT, "--seconds", "2", *options, env=env)


def test_everything_that_was_asked_for_is_there_and_private(place: Village, tmp_path: Path) -> None:
    place.answer("bob")
    names = {
        "--tap": "call.pcapng",
        "--key-log": "keys.log",
        "--journal": "journal.json",
        "--call-report": "report.html",
    }
    options = [part for option, name in names.items() for part in (option, str(tmp_path / name))]
    alice = call(place, *options, "--tap-secrets", SSLKEYLOGFILE=str(tmp_path / "by-environment"), LANG="C.UTF-8")
    assert alice.status == 0, alice.err
    assert "WARNING" in alice.err.splitlines()[0], "before anything else"
    assert str(tmp_path / "keys.log") in alice.err
    for name in names.values():
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
    assert not (tmp_path / "by-environment").exists()
    page = (tmp_path / "report.html").read_text()
    assert "This phone wrote its TLS secrets down" in page
    assert json.loads((tmp_path / "journal.json").read_text())["entries"][0]["what"] == "KeyLogging"

    quiet = call(place, "--call-report", str(tmp_path / "quiet.html"), LANG="C.UTF-8")
    assert quiet.status == 0, quiet.err
    assert "WARNING" not in quiet.err
    assert "This phone wrote no TLS secrets down" in (tmp_path / "quiet.html").read_text()

    failed = call(place, "--call-report", str(tmp_path))
    assert failed.status == 1
    assert "cannot be written: Is a directory." in " ".join(failed.err.split())


def test_what_is_put_wrongly_or_cannot_begin(place: Village, tmp_path: Path) -> None:
    refuses(call(place, "--tap-secrets"), 2, "--tap FILE")
    refuses(call(place, "--key-log", str(tmp_path / "no" / "keys.log")), 1, "cannot be written", "No such file")
    assert not list(tmp_path.iterdir())
