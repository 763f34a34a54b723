"""Pictures of every view of the window, light and dark, English and Korean, from scripted calls, as PNG files.

    SCENES ──tools/stage.py──→ MainWindow ──grab──→ OUT/NAME.SIZE.THEME.LANGUAGE.png

xvfb-run -s "-screen 0 2560x1440x24" python tools/gui_gallery.py [--out out/gallery] [--size 1200x840 …] [name* …]

The README's docs/images/window-*.png are the scene locks-good at 1200x1060, in English.
"""

import argparse
import itertools
from fnmatch import fnmatch
from pathlib import Path

import gallery_scenes
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar
from stage import Scene, grab, open_scene

from gui.app import Tongue, dress
from gui.theme import Look

THEMES, LANGUAGES = ("light", "dark"), ("en", "ko")
TURNS, TURN_MS = 4, 60
"""For a window to say and lay out everything again: one step asks for the next, also on a busy machine."""


def size(text: str) -> tuple[int, int]:
    """`1200x840` as a width and a height."""
    width, _, height = text.partition("x")
    return int(width), int(height)


def draw(name: str, scene: Scene, look: Look, tongue: Tongue, args: argparse.Namespace) -> None:
    """One scene in one window, which is turned from one look to the next while it is open, as a person may do."""
    looks = list(itertools.product(args.size, args.theme, args.language))
    window = None
    for (width, height), theme, language in looks:
        look.choose(theme)
        tongue.speak(language)
        if window is None:
            window = open_scene(scene, look, language, (width, height))
        scrolled = [bar for bar in window.findChildren(QScrollBar) if 0 < bar.value() == bar.maximum()]
        window.resize(width, height)
        for _ in range(TURNS):
            QTest.qWait(TURN_MS)
            for bar in scrolled:
                bar.setValue(bar.maximum())
        file = args.out / f"{name}.{width}x{height}.{theme}.{language}.png"
        grab(scene, window).save(str(file))
        print(file, flush=True)
    if window is not None:
        window.close()
        window.deleteLater()


def main() -> None:
    """Draw the scenes asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/gallery"))
    parser.add_argument("--size", type=size, nargs="+", default=[(1200, 840), (1000, 700)], metavar="WxH")
    parser.add_argument("--theme", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("names", nargs="*", metavar="name", help="a scene, or a pattern such as 'locks-*'")
    args = parser.parse_args()
    scenes = gallery_scenes.SCENES
    wanted = {
        name: scene
        for name, scene in scenes.items()
        if not args.names or any(fnmatch(name, pattern) for pattern in args.names)
    }
    if not wanted:
        parser.error(f"there is no such scene; there are {', '.join(scenes)}")
    args.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    dress(app)
    tongue, look = Tongue(app), Look(app)
    for name, scene in wanted.items():
        draw(name, scene, look, tongue, args)


if __name__ == "__main__":
    main()
