"""The options of every phone, and what they ask for."""

import argparse

import pytest

from voip.cli.main import main
from voip.cli.options import add_phone_options, fitting_of
from voip.media.plan import Mode


def fitted(*words: str):
    parser = argparse.ArgumentParser()
    add_phone_options(parser)
    return fitting_of(parser.parse_args(words))


def test_without_a_word_the_phone_decides() -> None:
    assert (fitted().voice, fitted().processing) == (Mode.AUTO, None)


@pytest.mark.parametrize("word", ["auto", "closest", "balanced", "robust", "Robust"])
def test_a_mode_by_name(word: str) -> None:
    assert fitted("--voice", word).voice is Mode(word.lower())


@pytest.mark.parametrize(("word", "wanted"), [("auto", None), ("on", True), ("off", False)])
def test_processing(word: str, wanted: bool | None) -> None:
    assert fitted("--processing", word).processing is wanted


@pytest.mark.parametrize("command", ["answer", "call bob", "phone"])
@pytest.mark.parametrize(("option", "answer"), [
    ("--voice fast", "'fast' is not one of auto, closest, balanced, robust"), ("--processing maybe", "invalid choice"),
])  # fmt: skip
def test_what_there_is_not_is_status_2(
    command: str, option: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), *option.split()]) == 2
    assert answer in capsys.readouterr().err
