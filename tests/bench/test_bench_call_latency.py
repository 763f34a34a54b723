"""What the phone shows is held against the truth; which modes are measured depends on what the command knows."""

from typing import Any

import call_latency
import pytest
from call_latency import LIMITS, glasscall, modes, shown


def report(total: float, capture: float | None = 12.0) -> dict[str, Any]:
    return {"latency_ms": {"mouth_to_ear": {"p50": total}, "stages": {"capture": capture, "jitter": 20.0}}}


@pytest.mark.parametrize(
    ("totals", "met"), [([50.0, 60.0, 70.0], True), ([70.0, 70.1, 70.2], False), ([49.0, 49.9, 90.0], False)]
)
def test_the_sum_that_the_phone_shows_must_be_the_truth_within_ten_milliseconds(totals: list[float], met: bool) -> None:
    row = shown([report(total) for total in totals], 60.0)
    assert row.met is met
    assert row.target == "within 10 ms"


def test_the_stages_stand_beside_it() -> None:
    figures = shown([report(63.0), report(63.0), report(63.0, capture=None)], 60.0).figures
    assert figures == {"p50 ms": 63.0, "shown − measured ms": 3.0, "capture ms": 12.0, "jitter ms": 20.0}


def test_each_mode_has_its_row_where_it_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_latency, "known_options", lambda: "--home DIR --voice closest|balanced|robust|auto")
    assert modes() == ("closest", "balanced") == tuple(LIMITS)
    assert glasscall("closest") == "Glasscall, closest"


def test_where_it_cannot_the_call_is_judged_as_balanced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_latency, "known_options", lambda: "--home DIR")
    assert modes() == ("balanced",)
    assert "cannot be chosen" in glasscall("balanced")
