"""Which tests must have the machine for themselves: `tools/test` runs them one after another, all others two at a time.

They judge in real time: how a voice sounds at the other end, how soon a device is replaced, how long a window stood
still; or whether a real attack gets as far as it must. Two of them at once would judge each other.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ALONE = (
    "bench/",
    "cli/test_cli_measure.py",
    "cli/test_cli_revoke.py",
    "cli/test_cli_story.py::test_two_phones_talk",
    "client/test_client_sound.py",
    "demo/",
    "gui/test_gui_lab.py",
    "gui/test_gui_inspector.py::test_opening_does_not_stall_the_window",
    "gui/test_gui_pages.py::test_pages_are_made_ahead_without_a_stall",
    "io/test_io_audio_",
    "test_calls_over_sound_cards.py",
    "test_devices_that_go.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    for item in items:
        where = f"{item.path.relative_to(HERE).as_posix()}::{item.name}"
        if where.startswith(ALONE):
            item.add_marker(pytest.mark.alone)


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are started do not count their lines: it takes the time that a voice needs."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)
