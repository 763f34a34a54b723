"""A ladder's message and its record as trees of fields, made when somebody looks. Without Qt."""

from dataclasses import dataclass, field
from functools import lru_cache

from gui.flights import TLS13, version_of
from gui.inspection import Side
from gui.ladder import Ladder, Row
from voip.wire.anatomy import Field, dissect, dissect_change_cipher_spec, dissect_record


@dataclass(frozen=True, slots=True)
class Specimen:
    """Bytes to look at, and what they are."""

    tree: Field
    data: bytes = field(repr=False)


@lru_cache(maxsize=16)
def _message(name: str, raw: bytes, version: str) -> Specimen:
    return Specimen(dissect_change_cipher_spec(raw) if name == "ChangeCipherSpec" else dissect(raw, version), raw)


@lru_cache(maxsize=16)
def _record(raw: bytes) -> Specimen:
    return Specimen(dissect_record(raw), raw)


def specimen(ladder: Ladder, row: Row, side: Side) -> Specimen | None:
    """The message in clear, or the record that carried it; None when its bytes were not kept."""
    if side == "wire":
        return _record(row.wire) if row.wire else None
    return _message(row.name, row.raw, version_of(ladder) or TLS13) if row.raw else None
