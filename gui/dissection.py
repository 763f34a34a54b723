"""A ladder's message and its record as trees of fields, made when somebody looks. Without Qt.

Row ──→ specimen ──→ Field, in English ──→ told(tree, say) ──→ Field, in the language in use
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from gui.flights import TLS13, version_of
from gui.handshake_words import BYTE_COUNT
from gui.inspection import Side
from gui.ladder import ALERT, Ladder, Row
from gui.words.anatomy import known, shapes
from voip.wire.anatomy import Field, dissect, dissect_alert, dissect_change_cipher_spec, dissect_records


@dataclass(frozen=True, slots=True)
class Specimen:
    """Bytes to look at, and what they are."""

    tree: Field
    data: bytes = field(repr=False)


@lru_cache(maxsize=16)
def _message(name: str, raw: bytes, version: str) -> Specimen:
    if name == ALERT:
        return Specimen(dissect_alert(raw), raw)
    return Specimen(dissect_change_cipher_spec(raw) if name == "ChangeCipherSpec" else dissect(raw, version), raw)


@lru_cache(maxsize=16)
def _record(raw: bytes, encrypted: bool, version: str, cipher: str) -> Specimen:
    return Specimen(dissect_records(raw, encrypted=encrypted, version=version, cipher=cipher), raw)


def specimen(ladder: Ladder, row: Row, side: Side) -> Specimen | None:
    """The message in clear, or the record that carried it; None when its bytes were not kept."""
    version = version_of(ladder)
    if side == "wire":
        cipher = "" if ladder.agreed is None else ladder.agreed.cipher
        return _record(row.wire, row.encrypted, version, cipher) if row.wire else None
    return _message(row.name, row.raw, version or TLS13) if row.raw else None


Say = Callable[[str], str]
"""A text of the window's own in the language in use."""
DEPTH_MAX = 3
"""How often a value is taken apart; a stranger's name could look like a part of a part of a part."""
_NAMED = re.compile(r"([A-Za-z]\w*): (.+)")


def told(tree: Field, say: Say) -> Field:
    """`tree` with purposes and values in the language in use; names stay as the RFC spells them."""
    if say(BYTE_COUNT) == BYTE_COUNT:
        return tree
    return _told(tree, lru_cache(maxsize=None)(lambda value: in_words(value, say)), say)


def _told(field: Field, words: Say, say: Say) -> Field:
    children = tuple(_told(child, words, say) for child in field.children)
    return replace(
        field, value=words(field.value), purpose=say(field.purpose) if field.purpose else "", children=children
    )


def in_words(value: str, say: Say, depth: int = 0) -> str:
    """A field's value in the language in use. What is none of the anatomy's own sentences stays as it is."""
    if value in known():
        return say(value)
    if not value or depth > DEPTH_MAX:
        return value
    for pattern, text in shapes():
        found = pattern.fullmatch(value)
        if found is None or ("note" in found.groupdict() and found["note"] not in known()):
            continue
        parts = found.groupdict()
        for part, speak in (("note", say), ("rest", lambda rest: in_words(rest, say, depth + 1))):
            if part in parts:
                parts[part] = speak(parts[part])
        return say(text).format(**parts)
    head, _, note = value.partition(", ")
    if note in known():
        return f"{head}, {say(note)}"
    named = _NAMED.fullmatch(value)
    return f"{named[1]}: {in_words(named[2], say, depth + 1)}" if named else value
