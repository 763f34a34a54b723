"""What is said of a device that comes or goes."""

from typing import get_args

import pytest

from voip.io.audio.news import DeviceNews, What


@pytest.mark.parametrize("what", get_args(What))
@pytest.mark.parametrize(("kind", "noun"), [("input", "microphone"), ("output", "loudspeaker")])
def test_each_is_a_sentence_that_names_the_device(what, kind, noun):
    said = DeviceNews(kind, what, "Headset", 0.25, "why").sentence
    assert said.startswith(f"The {noun} “Headset” ")
    assert said.endswith(".")


def test_the_gap_and_the_reason_are_told():
    assert DeviceNews("output", "replaced", "Desk", 0.063).sentence == (
        "The loudspeaker “Desk” has taken over after 0.06 s."
    )
    assert DeviceNews("input", "lost", "Headset", detail="it stands still").sentence == (
        "The microphone “Headset” has stopped (it stands still)."
    )
