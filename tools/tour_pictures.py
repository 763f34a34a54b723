"""Pictures for docs/tls-in-glasscall.md: the real window in scripted states, with real handshakes, in both languages.

    PICTURES ──tools/stage.py──→ MainWindow ──grab──→ docs/images/tour/NAME.LANGUAGE.png

python tools/tour_pictures.py [--out docs/images/tour] [--theme light|dark] [name …]
"""

import argparse
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from stage import Scene, call, grab, measure, open_scene

from gui.app import Tongue, dress
from gui.inspection import Inspection
from gui.study import Study
from gui.theme import Look
from gui.words import tour as words

SIZE = (1200, 760)
TALL = {"ladders": (1200, 1060)}
"""By name, where more must be seen than fits."""

PICTURES: dict[str, Scene] = {
    "ladders": Scene(call(), part=lambda window: window.evidence),
    "clienthello": Scene(call(), Study("handshake", Inspection("session", 0, field=(7, 8)))),
    "story": Scene(call(), Study("handshake", Inspection("session", 0, "story"))),
    "keys": Scene(call(), Study("handshake", Inspection("session", 0, "keys"))),
    "tls12": Scene(call("1.2"), Study("handshake", Inspection("link", 3))),
    "resumed": Scene(call(), Study("handshake", Inspection("leg", 0))),
    "locks": Scene(call(), part=lambda window: window.evidence.locks),
    "certificates": Scene(call(), Study("certificates")),
    "compare": Scene(call(), Study("compare"), ready=measure),
    "wire": Scene(call(), Study("wire")),
    "lab": Scene(call(), Study("lab")),
    "guide": Scene(call(), step=words.HANDSHAKE),
}


def take(name: str, look: Look, language: str, file: Path) -> None:
    """Draw one and write it."""
    scene = PICTURES[name]
    window = open_scene(scene, look, language, TALL.get(name, SIZE))
    _few_colours(grab(scene, window)).save(str(file), "PNG", 0)
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
            take(name, look, language, file)
            print(file)


if __name__ == "__main__":
    main()
