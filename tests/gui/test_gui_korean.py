"""Everything that a learner reads has its Korean: the lab's stories, and what the anatomy says of every field."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from functools import reduce as fold
from importlib.resources import files
from pathlib import Path

import pytest
from handshakes import real_call
from PySide6.QtWidgets import QApplication

from gui.app import Tongue
from gui.dissection import in_words, specimen, told
from gui.handshake_words import BYTE_COUNT
from gui.inspection import Inspection, ladder_of
from gui.panels.anatomy_view import AnatomyView
from gui.theme import Look
from gui.view_state import ViewState, reduce
from gui.words.anatomy import SAID, SHAPES, explained, known, shapes
from voip.lab.catalogue import SCENARIOS
from voip.wire.anatomy import Field
from voip.wire.anatomy.purposes import PURPOSES

HANGUL = re.compile("[가-힣]")


@lru_cache(maxsize=1)
def korean() -> dict[str, str]:
    ts = Path(str(files("gui"))) / "i18n" / "glasscall_ko.ts"
    return {m.findtext("source"): m.findtext("translation") for m in ET.parse(ts).iter("message")}


def say(text: str) -> str:
    return korean().get(text, text)


def below(field: Field) -> Iterator[Field]:
    yield field
    for child in field.children:
        yield from below(child)


def untold(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if not HANGUL.search(korean().get(text) or "")]


# ── the translation holds it all ───────────────────────────────────────────────────────────────────────────────


def test_every_attack_has_its_title_and_its_story():
    assert untold(tuple(text for one in SCENARIOS for text in (one.title, one.story))) == []
    for scenario in SCENARIOS:
        story = korean()[scenario.story]
        assert story.count("\n\n") == scenario.story.count("\n\n"), scenario.name
        assert story.partition("\n")[0] == korean()[scenario.title], scenario.name


def test_every_purpose_and_every_note_is_told():
    assert set(PURPOSES.values()) <= set(explained())
    assert untold(explained()) == []


def test_every_value_in_words_is_told():
    assert untold((*SAID, *(text for _, text in SHAPES if HANGUL.search(say(text)) is None and "+" not in text))) == []
    for _pattern, text in SHAPES:
        assert korean().get(text), text


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_every_sentence_of_a_real_handshake_is_told(version):
    state = fold(reduce, real_call(version).entries, ViewState())
    sentences = 0
    for channel in ("link", "session"):
        ladder = ladder_of(state, channel)
        for row in ladder.rows:
            for side in ("message", "wire"):
                shown = specimen(ladder, row, side)
                for field in below(told(shown.tree, say)):
                    assert not field.purpose or HANGUL.search(field.purpose), field.purpose
                    assert not re.search(r"\bbytes\b|\bvalid\b|, an? \w+ \w+", field.value), field.value
                    sentences += bool(field.purpose)
    assert sentences > 500


# ── how it is put together ─────────────────────────────────────────────────────────────────────────────────────

FIRST, LAST = "2026-11-24 12:00:00 UTC", "2027-11-24 12:00:00 UTC"
SOME = {
    BYTE_COUNT: "{count} B.",
    "{count} bytes: {head}": "{count} B.: {head}",
    "{count} bytes, {note}": "{count} B., {note}",
    "{count} certificates, the first: {rest}": "{count} Zert., zuerst: {rest}",
    "{who}, issued by {by}, valid from {first} to {last}": "{who} ({by}), {first} bis {last}",
    "{type}, {count} bytes": "{type}, {count} B.",
    "a CA: it can issue certificates": "eine CA",
    "not known to this program": "unbekannt",
    "the elliptic curve P-256 of NIST": "P-256",
    "the fixed value that makes a ServerHello a HelloRetryRequest": "fest",
    "Hang up": "Auflegen",
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", ""), ("1 byte", "1 B."), ("32 bytes: 0a 1b …", "32 B.: 0a 1b …"), ("1 byte: ff", "1 B.: ff"),
        ("secp256r1, the elliptic curve P-256 of NIST", "secp256r1, P-256"),
        ("0x1234, not known to this program", "0x1234, unbekannt"),
        ("basicConstraints: a CA: it can issue certificates", "basicConstraints: eine CA"),
        ("SEQUENCE, 12 bytes", "SEQUENCE, 12 B."), ("[3], 12 bytes", "[3], 12 B."),
        (
            f"2 certificates, the first: CN={{x}}, issued by CN=y, valid from {FIRST} to {LAST}",
            f"2 Zert., zuerst: CN={{x}} (CN=y), {FIRST} bis {LAST}",
        ),
        ("32 bytes, the fixed value that makes a ServerHello a HelloRetryRequest", "32 B., fest"),
        # What a stranger wrote stays, even where the window has the same words.
        ("Hang up", "Hang up"), ("32 bytes, Hang up", "32 bytes, Hang up"), ("x: y: Hang up", "x: y: Hang up"),
        ("a, b, c", "a, b, c"), ("{0}", "{0}"), ("a: " * 400 + "b", "a: " * 400 + "b"),
    ],
)  # fmt: skip
def test_figures_stay_and_words_change(value, said):
    assert in_words(value, lambda text: SOME.get(text, text)) == said


def test_in_english_the_tree_is_the_same():
    tree = Field("M", 0, 2, "2 bytes", "A number.", children=(Field("a", 0, 2, "nothing"),))
    assert told(tree, lambda text: text) is tree


def test_every_shape_takes_what_it_says():
    for pattern, text in shapes():
        assert set(pattern.groupindex) == set(re.findall(r"\{(\w+)\}", text)), text
    assert known() >= set(PURPOSES.values())


def test_the_view_changes_its_language(qtbot, qapp):
    look = Look(qapp, "light")
    view = AnatomyView(look)
    qtbot.addWidget(view)
    state = fold(reduce, real_call("1.3").entries, ViewState())
    ladder = ladder_of(state, "link")
    at = Inspection("link", 0, field=(0,))
    tongue = Tongue(qapp)
    try:
        view.show_message(at, ladder, ladder.rows[0], "outer")
        english = view._tree
        view.show_message(at, ladder, ladder.rows[0], "outer")
        assert view._tree is english
        assert view._purpose.text() == PURPOSES["msg_type"]
        tongue.speak("ko")
        QApplication.processEvents()
        view.show_message(at, ladder, ladder.rows[0], "outer")
        assert view._purpose.text() == korean()[PURPOSES["msg_type"]]
        assert view.fields.fields.index_of((0,)).data() == "msg_type"
    finally:
        tongue.speak("en")
