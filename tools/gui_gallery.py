"""Pictures of the window in its main states, from scripted entries, as PNG files.

python tools/gui_gallery.py [--out out/gallery] [--size 1200x840] [state …]
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "gui")]

from handshakes import real_call  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from story import Story  # noqa: E402

from gui.app import Tongue, dress  # noqa: E402
from gui.inspection import Inspection  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.theme import Look  # noqa: E402

STATES: dict[str, tuple[str, str, Callable[[Story], Story]]] = {
    "idle": ("light", "en", lambda s: s.online()),
    "idle-dark": ("dark", "en", lambda s: s.online()),
    "ringing": ("light", "en", lambda s: s.online().ringing(upto=6)),
    "incoming": ("light", "en", lambda s: s.online().incoming()),
    "incoming-dark": ("dark", "en", lambda s: s.online().incoming("pinned")),
    "talking-certified": ("light", "en", lambda s: s.online().ringing().trusted().talking()),
    "talking-pinned": ("light", "en", lambda s: s.online().ringing().trusted("pinned").talking()),
    "talking-verified-dark": ("dark", "en", lambda s: s.online().ringing().trusted("pinned").talking().verified()),
    "talking-dark": ("dark", "en", lambda s: s.online().ringing().trusted().talking()),
    "talking-korean": ("light", "ko", lambda s: s.online().ringing().trusted("pinned").talking()),
    "incoming-korean-dark": ("dark", "ko", lambda s: s.online().incoming()),
    "muted": (
        "light",
        "en",
        lambda s: s.online().ringing().trusted("pinned").talking().verified().muted(mine=True, theirs=True),
    ),
    "key-changed": ("light", "en", lambda s: s.online().ringing().key_changed()),
    "ended": ("light", "en", lambda s: s.online().ringing().trusted().talking().ended()),
    "unreachable": ("light", "en", lambda s: s.unreachable()),
}

Opened = tuple[str, str, Callable[[], Story], Inspection]
INSPECTED: dict[str, Opened] = {
    "inspector-clienthello": ("light", "en", lambda: real_call().talking(42), Inspection("link", 0, field=(7, 10))),
    "inspector-clienthello-dark": ("dark", "en", lambda: real_call().talking(42), Inspection("link", 0, field=(5, 2))),
    "inspector-clienthello-korean": ("light", "ko", lambda: real_call().talking(42), Inspection("session", 0)),
    "inspector-encrypted": ("light", "en", lambda: real_call().talking(42), Inspection("session", 5, field=(3,))),
    "inspector-wire-dark": (
        "dark", "en", lambda: real_call().talking(42), Inspection("session", 5, side="wire", field=(3,)),
    ),
    "ladder-1.2": ("light", "en", lambda: real_call("1.2"), Inspection("link", 2, field=(2,))),
    "ladder-1.2-dark": ("dark", "ko", lambda: real_call("1.2"), Inspection("link", 6)),
    "story": ("light", "en", lambda: real_call().talking(42), Inspection("session", 0, "story")),
    "story-korean": ("dark", "ko", lambda: real_call("1.2").talking(42), Inspection("link", 0, "story")),
    "key-schedule": ("light", "en", lambda: real_call().talking(42), Inspection("session", 0, "keys")),
    "key-schedule-1.2-dark": ("dark", "en", lambda: real_call("1.2").talking(42), Inspection("link", 0, "keys")),
    "key-schedule-korean": ("light", "ko", lambda: real_call().talking(42), Inspection("session", 0, "keys")),
}  # fmt: skip


class _NoIntents:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None


def main() -> None:
    """Render the states asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/gallery"))
    parser.add_argument("--size", default="1200x840")
    parser.add_argument("states", nargs="*")
    args = parser.parse_args()
    width, height = (int(part) for part in args.size.split("x"))
    args.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    dress(app)
    tongue, look = Tongue(app), Look(app)
    for name in args.states or (*STATES, *INSPECTED):
        inspection: Inspection | None = None
        if name in INSPECTED:
            theme, language, make, inspection = INSPECTED[name]
            story = make()
        else:
            theme, language, tell = STATES[name]
            story = tell(Story())
        look.choose(theme)
        tongue.speak(language)
        window = MainWindow(look, _NoIntents(), lambda story=story: story.at, language=language)
        window.resize(width, height)
        window.show()
        if name.startswith("idle"):
            window.take(story.entries)
        else:
            window.take(story.entries[: len(story.entries) // 2])
            window.take(story.entries[len(story.entries) // 2 :])
        if inspection is not None:
            window.inspect(inspection.channel, inspection.message)
            window.pages.inspector.changed.emit(inspection)
        QTest.qWait(1300)
        window.grab().save(str(args.out / f"{name}.png"))
        print(args.out / f"{name}.png")
        window.close()
        window.deleteLater()


if __name__ == "__main__":
    main()
