"""What must not be readable in the capture: who calls whom, the signalling's words, and the voice itself."""

from dataclasses import replace
from pathlib import Path

from voip.capture.canaries import Canary, load_canaries, text_canary
from voip.errors import CaptureError

JSON_WORDS = ('{"is":"', '"people":[', '"caller":"', '"token":"', '"nonce":"', '"digest":"', '"csr":"', '"online":')
"""Pieces of every signal; long enough not to turn up in random bytes by chance."""


def text_canaries(relay: str, people: tuple[str, ...]) -> list[Canary]:
    """Names and the signalling's own words."""
    names = [f"{person}@{relay}" for person in people]
    return [text_canary(text) for text in (*names, *JSON_WORDS)]


def frame_canaries(path: Path, who: str) -> list[Canary]:
    """The Opus frames that a phone wrote down before protecting them. Raises `CaptureError` when there are none."""
    frames = load_canaries(path)
    if not frames:
        raise CaptureError(f"{who} sent no frame at all.")
    return [replace(frame, label=f"{who}'s {frame.label}") for frame in frames]
