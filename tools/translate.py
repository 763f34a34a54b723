"""Keeps the window's translations: every text it says, in order, each with its Korean, compiled for Qt.

    gui/wording, handshake_words, words/* ─┐
    the lab's stories, the anatomy's words ┼→ sources() ──→ gui/i18n/glasscall_ko.ts ──lrelease──→ .qm
    what is translated already, and FILEs ─┘

python tools/translate.py [FILE.json …]     each {"English": "한국어"}; prints what is still without a translation
"""

import argparse
import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gui.words.anatomy import explained  # noqa: E402
from voip.lab.catalogue import SCENARIOS  # noqa: E402

I18N = ROOT / "gui" / "i18n"
TS, QM = I18N / "glasscall_ko.ts", I18N / "glasscall_ko.qm"


def marked() -> Iterator[str]:
    """Every text that the window's own words mark with QT_TRANSLATE_NOOP."""
    gui = ROOT / "gui"
    for path in (gui / "wording.py", gui / "handshake_words.py", *sorted((gui / "words").glob("*.py"))):
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: call.lineno):
            if isinstance(call.func, ast.Name) and call.func.id == "QT_TRANSLATE_NOOP":
                yield ast.literal_eval(call.args[1])


def sources() -> list[str]:
    """Every text that can be said, once each."""
    stories = (text for scenario in SCENARIOS for text in (scenario.title, scenario.story))
    return list(dict.fromkeys((*marked(), *stories, *explained())))


def known() -> dict[str, str]:
    """What is translated already."""
    return {m.findtext("source") or "": m.findtext("translation") or "" for m in ET.parse(TS).iter("message")}


def write(translations: dict[str, str]) -> None:
    """The .ts and the .qm, with everything that is translated."""
    tree = ET.Element("TS", version="2.1", language="ko", sourcelanguage="en")
    context = ET.SubElement(tree, "context")
    ET.SubElement(context, "name").text = "Glasscall"
    for text in sources():
        if translations.get(text):
            message = ET.SubElement(context, "message")
            ET.SubElement(message, "source").text = text
            ET.SubElement(message, "translation").text = translations[text]
    ET.indent(tree, "    ")
    body = ET.tostring(tree, encoding="unicode")
    TS.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([tool, "-silent", TS, "-qm", QM], check=True)


def main() -> int:
    """Merge the files into the translation; 1 when a text is still without one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    translations = known()
    for path in parser.parse_args().files:
        translations |= json.loads(path.read_text(encoding="utf-8"))
    write(translations)
    missing = [text for text in sources() if not translations.get(text)]
    for text in missing:
        print(text)
    print(f"{len(sources()) - len(missing)} of {len(sources())} texts are translated.")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
