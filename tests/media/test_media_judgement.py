"""What is said of a call, as a table."""

from dataclasses import replace

import pytest

from voip.media.judgement import Conditions, judge

GOOD = Conditions(
    bitrate=32_000, concealed=0.0, late=0.0, mean_burst=1.0, delay_ms=60, network_ms=10, buffer_ms=10
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "word", "cause"),
    [
        ({}, "clear", ""),
        ({"concealed": 0.2}, "clear", ""),
        ({"concealed": 3.0}, "fair", "loss"),
        ({"concealed": 3.0, "late": 2.5}, "fair", "late"),
        ({"concealed": 15.0, "mean_burst": 4.0}, "poor", "loss-bursts"),
        ({"concealed": 15.0, "late": 12.0, "mean_burst": 4.0}, "poor", "late-bursts"),
        ({"delay_ms": 400, "network_ms": 300}, "fair", "far"),
        ({"delay_ms": 400, "network_ms": 50, "buffer_ms": 300}, "fair", "buffer"),
        ({"delay_ms": 400, "network_ms": 20, "buffer_ms": 20}, "fair", "device"),
        ({"bitrate": 12_000}, "clear", "rate"),
    ],
)
def test_word_and_cause(changes, word, cause):
    found = judge(replace(GOOD, **changes))
    assert (found.word, found.cause) == (word, cause), found
