"""The call report: one call, as it was observed, as one HTML file that a person can read, print and check.

    entries ──→ model.read ──→ CallReport ──→ findings.judge ──→ what was safe, what was not, what was not seen
                                   │                  │
                                   └──→ checks.of ────┴──→ page.render(lang) ──→ HTML

model      what the journal says of one call; figures by the folds of `journal.summary`
findings   the verdict: each claim with its evidence, and never one without
checks     the commands with which a person checks each claim without believing this program
texts      every sentence, in English and Korean
markup     HTML in which a foreign name can be nothing but text
page       the page itself
"""

from collections.abc import Iterable
from datetime import datetime

from voip.journal.observations import Entry
from voip.journal.report.model import read
from voip.journal.report.page import render
from voip.journal.report.texts import Lang

__all__ = ["Lang", "call_report"]


def call_report(
    entries: Iterable[Entry], *, monotonic: float, wall: datetime, lang: Lang = "en", call: str = ""
) -> str:
    """The report on `call` (its id; the latest if empty). `monotonic` and `wall`: the same moment on both clocks."""
    return render(read(entries, call), monotonic=monotonic, wall=wall, lang=lang)
