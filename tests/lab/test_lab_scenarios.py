"""Every scenario of the lab, against the real relay and the real phones: each must come out as it must."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from voip.cli import lab
from voip.cli.main import main
from voip.errors import CallError, UsageError
from voip.lab.catalogue import SCENARIOS, chosen
from voip.lab.result import Finding, Result, Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_it_comes_out_as_it_must(scenario: Scenario) -> None:
    result = await scenario.run()
    assert scenario.as_it_must_be(result), result
    assert result.attempt
    assert result.evidence
    assert bool(result.stopped_by) is scenario.must_hold


def test_there_are_enough_and_one_control() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) >= 20
    assert [scenario.name for scenario in SCENARIOS if not scenario.must_hold] == ["clear-control"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_its_story_can_be_told(scenario: Scenario) -> None:
    assert scenario.title.endswith(".")
    assert len(scenario.title) <= 110
    assert "\n\n" in scenario.story
    assert any(word in scenario.story for word in ("What should stop", "What should happen", "Nothing should stop"))


# ── the harness itself: it must not call held what did not hold ────────────────────────────────────────────────


async def nothing_stops_it(_folder: Path) -> Finding:
    """Nothing stops this."""
    return Finding("tried", "", "it went through", held=False)


async def it_breaks(_folder: Path) -> Finding:
    """This never gets as far as an attack."""
    raise CallError("The phone fell into the water.", code="wet")


async def test_what_did_not_hold_is_not_as_it_must_be() -> None:
    scenario = Scenario("open-door", nothing_stops_it)
    assert not scenario.as_it_must_be(await scenario.run())


@pytest.mark.parametrize("must_hold", [True, False])
async def test_a_scenario_that_breaks_is_never_as_it_must_be(must_hold: bool) -> None:
    scenario = Scenario("broken", it_breaks, must_hold=must_hold)
    result = await scenario.run()
    assert not scenario.as_it_must_be(result)
    assert "The phone fell into the water." in result.attempt + result.evidence


async def test_a_scenario_that_hangs_is_given_up() -> None:
    async def hang(_folder: Path) -> Finding:
        """This takes for ever."""
        raise TimeoutError

    assert "did not come to an end" in (await Scenario("slow", hang).run()).evidence


# ── the command ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_writes_what_it_saw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "out" / "lab.json"
    assert main(["lab", "run", "tamper-finished", "--json", str(report)]) == 0
    (entry,) = json.loads(report.read_text())
    assert list(entry) == ["name", "attempt", "stopped_by", "evidence", "held"]
    assert entry["held"] is True
    assert "decrypt_error" in entry["stopped_by"]
    said = capsys.readouterr()
    assert "✓ held" in said.out
    assert "What should stop it" in said.out
    assert said.err == ""


def test_the_command_fails_when_something_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voip.cli.lab.chosen", lambda _name: (Scenario("open-door", nothing_stops_it),))
    assert main(["lab", "run", "all"]) == 1


def test_the_command_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "list"]) == 0
    listed = capsys.readouterr().out
    assert all(scenario.name in listed for scenario in SCENARIOS)


def test_an_unknown_name_is_put_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no scenario"):
        chosen("nonsense")
    assert main(["lab", "run", "nonsense"]) == 2


def test_the_control_is_marked_as_it_must_be() -> None:
    control = Scenario("control", nothing_stops_it, must_hold=False)
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(lab.shown(control, Result("control", "a", "", "e", held=False), with_story=False))
    assert "not held, as it must be" in console.export_text()
