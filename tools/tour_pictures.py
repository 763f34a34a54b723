"""Pictures for docs/tls-in-glasscall.md: the real window in scripted states, with real handshakes, in both languages.

    PICTURES ──tell, study──→ MainWindow ──grab──→ docs/images/tour/NAME.LANGUAGE.png

python tools/tour_pictures.py [--out docs/images/tour] [--theme light|dark] [name …]
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "gui")]

import numpy as np  # noqa: E402
from handshakes import real_call  # noqa: E402
from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from story import Story  # noqa: E402
from tape_story import conversation  # noqa: E402

from gui.app import Tongue, dress  # noqa: E402
from gui.inspection import Inspection  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.panels.tour_guide import TourGuide  # noqa: E402
from gui.study import Study  # noqa: E402
from gui.theme import Look  # noqa: E402
from gui.tour import steps  # noqa: E402
from gui.words import tour as words  # noqa: E402

SIZE = (1200, 760)
SETTLED_MS = 1300
"""Ladders grow row by row; a picture is taken when they stand."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the call that is told, what is looked at, and what of the window is shown."""

    tell: Callable[[], Story]
    study: Study | None = None
    """The page that is opened; None for the home page."""
    part: Callable[[MainWindow], QWidget] = lambda window: window
    step: str = ""
    """The title of the tour's step that lies over it, pointing at `part`."""
    ready: Callable[[MainWindow], None] = lambda _window: None
    """What is done on the page before the picture is taken."""


def _call(version: str = "1.3") -> Callable[[], Story]:
    return lambda: real_call(version).talking(42)


def _measure(window: MainWindow) -> None:
    view = window.pages.compare
    view.measure()
    while view.found is None:
        QTest.qWait(50)


def _flow(window: MainWindow) -> None:
    rows = conversation().since(0)
    window.pages.wire.show_rows(rows, rows[-1].at)


PICTURES: dict[str, Picture] = {
    "ladders": Picture(_call(), part=lambda window: window.evidence),
    "clienthello": Picture(_call(), Study("handshake", Inspection("session", 0, field=(7, 8)))),
    "story": Picture(_call(), Study("handshake", Inspection("session", 0, "story"))),
    "keys": Picture(_call(), Study("handshake", Inspection("session", 0, "keys"))),
    "tls12": Picture(_call("1.2"), Study("handshake", Inspection("link", 3))),
    "resumed": Picture(_call(), Study("handshake", Inspection("leg", 0))),
    "locks": Picture(_call(), part=lambda window: window.evidence.locks),
    "certificates": Picture(_call(), Study("certificates")),
    "compare": Picture(_call(), Study("compare"), ready=_measure),
    "wire": Picture(_call(), Study("wire"), ready=_flow),
    "lab": Picture(_call(), Study("lab")),
    "guide": Picture(_call(), part=lambda window: window.evidence.session, step=words.HANDSHAKE),
}


class _NoIntents:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None


def take(picture: Picture, look: Look, language: str, file: Path) -> None:
    """Draw one and write it."""
    story = picture.tell()
    window = MainWindow(look, _NoIntents(), lambda: story.at, language=language)
    window.resize(*SIZE)
    window.show()
    window.take(story.entries)
    if picture.study is not None:
        window.open_page(picture.study.page)
        if window.pages is not None and picture.study.page == "handshake":
            window.pages.inspector.changed.emit(picture.study.inspection)
    QTest.qWait(SETTLED_MS)
    picture.ready(window)
    if picture.step:
        guide = TourGuide(look, window, lambda place: None if place == "call-controls" else picture.part(window))
        titles = [step.title for step in steps(window.state)]
        guide.start(window.state, titles.index(picture.step))
        QTest.qWait(100)
    image = (window if picture.step else picture.part(window)).grab().toImage()
    _few_colours(image).save(str(file), "PNG", 0)
    window.close()
    window.deleteLater()


def _few_colours(image: QImage) -> QImage:
    """`image` with its 256 most frequent colours: a quarter of the bytes, and for a window no difference to be seen."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    # Neighbouring shades count as one, so that thin coloured lines are not outvoted by the shades of smooth letters.
    _, first, counts = np.unique(pixels & 0xFFFCFCFC, return_index=True, return_counts=True)
    table = [int(colour) for colour in pixels[first[np.argsort(-counts)[:256]]]]
    return image.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)


def main() -> None:
    """Draw the pictures asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/images/tour"))
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("names", nargs="*", metavar="name")
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(PICTURES))
    if unknown:
        parser.error(f"there is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    args.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    dress(app)
    tongue, look = Tongue(app), Look(app)
    look.choose(args.theme)
    for language in ("en", "ko"):
        tongue.speak(language)
        for name in args.names or PICTURES:
            file = args.out / f"{name}.{language}.png"
            take(PICTURES[name], look, language, file)
            print(file)


if __name__ == "__main__":
    main()
