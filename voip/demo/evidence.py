"""What must not be readable in the capture: who calls whom, the signalling's words, and the voice itself."""

import json
from dataclasses import dataclass
from pathlib import Path

from voip.errors import CaptureError

JSON_WORDS = ('{"is":"', '"people":[', '"caller":"', '"token":"', '"nonce":"', '"digest":"', '"csr":"', '"online":')
"""Pieces of every signal; long enough not to turn up in random bytes by chance."""


@dataclass(frozen=True, slots=True)
class Needle:
    """Something to look for."""

    label: str
    data: bytes


def text_needles(relay: str, people: tuple[str, ...]) -> list[Needle]:
    """Names and the signalling's own words."""
    names = [f"{person}@{relay}" for person in people]
    return [Needle(text, text.encode()) for text in (*names, *JSON_WORDS)]


def frame_needles(path: Path, who: str) -> list[Needle]:
    """The Opus frames that a phone wrote down before protecting them. Raises `CaptureError` when there are none."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise CaptureError(f"The frames that {who} sent were not written down ({error}).") from None
    if not lines:
        raise CaptureError(f"{who} sent no frame at all.")
    return [Needle(f"{who}'s {line['label']}", bytes.fromhex(line["hex"])) for line in lines]
