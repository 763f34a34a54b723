"""Every key has its words, every word its translation, and the compiled file is the one that belongs to the source."""

import string
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QTranslator

from gui import wording
from gui.words import path
from tools.translate import sources
from voip.cli import narrator
from voip.client.choosing import Why
from voip.journal.observations import STAGES, CallPhase, LinkState, Problem, TrustLevel
from voip.journal.report import texts as texts_of_the_report
from voip.wire.signals import Reason

I18N = Path(str(files("gui"))) / "i18n"
TS = I18N / "glasscall_ko.ts"


def texts() -> set[str]:
    return set(sources())


def messages() -> dict[str, str]:
    return {m.findtext("source"): m.findtext("translation") for m in ET.parse(TS).iter("message")}


def test_every_key_has_words():
    assert set(wording.PHASE) == set(get_args(CallPhase))
    assert set(wording.TRUST_TITLE) == set(wording.TRUST_MEANING) == set(get_args(TrustLevel))
    assert set(wording.LINK) == set(get_args(LinkState.__annotations__["state"]))
    assert set(get_args(Reason)) <= set(wording.END)
    assert tuple(wording.STAGE) == STAGES


def test_every_way_and_every_reason_for_it_has_words():
    reasons = set(get_args(Why)) - {""}
    assert set(path.WHY) == set(narrator._WHY) == reasons
    for reason in reasons:
        assert f"path-{reason}" in texts_of_the_report.PAGE
    assert set(path.PATH) == set(product(("udp", "tls"), repeat=2))


def test_every_text_is_translated_and_keeps_its_braces():
    told = messages()
    assert texts() - set(told) == set()
    assert set(told) - texts() == set(), "left over in the .ts"
    for source, translation in told.items():
        assert translation, source
        fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in (source, translation)]
        assert fields[0] == fields[1], source


def test_nothing_is_marked_unfinished():
    assert [m.findtext("source") for m in ET.parse(TS).iter("message") if m.find("translation").get("type")] == []


def test_the_compiled_file_is_up_to_date(tmp_path):
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    made = tmp_path / "made.qm"
    subprocess.run([tool, "-silent", TS, "-qm", made], check=True)
    assert made.read_bytes() == (I18N / "glasscall_ko.qm").read_bytes()
    translator = QTranslator()
    assert translator.load(str(made))
    assert translator.translate("Glasscall", wording.HANG_UP) == "끊기"


@pytest.mark.parametrize(
    ("suite", "name"),
    [
        ("TLS_AES_256_GCM_SHA384", "AES-256-GCM"), ("ECDHE-ECDSA-AES128-GCM-SHA256", "AES-128-GCM"),
        ("TLS_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305"), ("SOMETHING-ELSE", "SOMETHING-ELSE"),
    ],
)  # fmt: skip
def test_cipher_names(suite, name):
    assert wording.cipher_name(suite) == name


def test_the_words_that_came_stand_in_for_an_unknown_code():
    assert wording.problem_sentence(Problem("call", "x", "A {b} c.")) == "A {b} c."
    assert wording.problem_sentence(Problem("call", "relay-unreachable", "x")) != "x"
    assert wording.problem_sentence(Problem("call", "x", "")) == wording.PROBLEM["defect"]
    assert wording.end_sentence("x", "Because.") == "Because."
    assert wording.end_sentence("busy", "x") == wording.END["busy"]
    assert wording.end_sentence("peer-silent", "x") == wording.PROBLEM["peer-silent"]
    assert wording.end_sentence("x", "") == wording.END["failed"]


def test_small_forms():
    assert wording.version_name("TLSv1.3") == "TLS 1.3"
    assert wording.fingerprint_text("a1b2c3d4e5f6", 2) == "a1b2 c3d4 …"
    assert wording.fingerprint_text("a1b2", 2) == "a1b2"
