"""The primer's pictures are those that the script draws, in both languages, and the script can draw them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

HOUSE = Path(__file__).parents[2]
TOOL = HOUSE / "tools" / "tour_pictures.py"
LANGUAGES = {"en": "tls-in-glasscall.md", "ko": "tls-in-glasscall.ko.md"}


def drawn() -> set[str]:
    """Every name that the script knows, as it tells them itself."""
    asked = subprocess.run(
        [sys.executable, TOOL, "no-such-picture"], cwd=HOUSE, capture_output=True, text=True, check=False, timeout=60
    )
    assert asked.returncode == 2
    return {name.strip(",") for name in asked.stderr.rpartition("there are ")[2].split()}


def test_the_primer_shows_all_that_is_drawn_and_nothing_else() -> None:
    names = drawn()
    assert len(names) >= 10
    for language, page in LANGUAGES.items():
        shown = re.findall(r"images/tour/([a-z0-9-]+)\.([a-z]+)\.png", (HOUSE / "docs" / page).read_text("utf-8"))
        assert {name for name, _ in shown} == names, page
        assert {tongue for _, tongue in shown} == {language}, page
    there = {path.name for path in (HOUSE / "docs" / "images" / "tour").iterdir()}
    assert there == {f"{name}.{language}.png" for name in names for language in LANGUAGES}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_drawn(tmp_path: Path, theme: str) -> None:
    subprocess.run(
        [sys.executable, TOOL, "--out", tmp_path, "--theme", theme, "guide"], cwd=HOUSE, check=True, timeout=120,
        capture_output=True,
    )  # fmt: skip
    english, korean = (QImage(str(tmp_path / f"guide.{language}.png")) for language in LANGUAGES)
    assert english.size() == korean.size() == QImage(str(HOUSE / "docs/images/tour/guide.en.png")).size()
    assert english != korean
    dark = QImage(english).scaled(1, 1).pixelColor(0, 0).lightness() < 100
    assert dark is (theme == "dark")
