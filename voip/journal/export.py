"""The journal as JSON: everything that was observed, one line each, for whoever wants to check a claim by themselves.

    {"schema": 1, "clock": {"wall": ISO, "monotonic": s}, "entries": [{"at", "channel", "call", "what", …fields}]}

Bytes are hex. No observation holds a key, so the export holds none; handshake messages are what the two ends know. Of
what was said and signalled it holds nothing: `WITHHELD` is left out.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from voip.journal.observations import Entry

SCHEMA = 1
WITHHELD = frozenset({"plain"})
"""Fields that hold pieces of our own plaintext (`observations.Forwarded.plain`)."""
RENAMED = {"what": "happened"}
"""A field named as one of the line's own keys (`observations.DeviceChanged.what`), and what it is called there."""


def to_dict(entries: Iterable[Entry], *, monotonic: float, wall: datetime) -> dict[str, Any]:
    """Plain values, ready for JSON. `monotonic` and `wall`: the same moment on both clocks."""
    return {
        **_head(monotonic, wall),
        "entries": [_entry(entry, monotonic, wall) for entry in entries],
    }


def to_lines(entries: Iterable[Entry], *, monotonic: float, wall: datetime) -> Iterator[str]:
    """The same document as text, one entry a line, piece by piece: never long at work on one, beside a running call."""
    head = json.dumps(_head(monotonic, wall), ensure_ascii=False)
    yield head.removesuffix("}") + ', "entries": ['
    comma = "\n"
    for entry in entries:
        yield comma + json.dumps(_entry(entry, monotonic, wall), ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def _head(monotonic: float, wall: datetime) -> dict[str, Any]:
    return {"schema": SCHEMA, "clock": {"wall": wall.isoformat(), "monotonic": monotonic}}


def _entry(entry: Entry, monotonic: float, wall: datetime) -> dict[str, Any]:
    line: dict[str, Any] = {
        "at": round(entry.at, 6),
        "time": (wall + timedelta(seconds=entry.at - monotonic)).isoformat(),
        "channel": entry.channel,
        "call": entry.call,
        "what": type(entry.what).__name__,
    }
    return line | {RENAMED.get(name, name): value for name, value in _plain(entry.what).items() if name != "at"}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of an observation
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name not in WITHHELD}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value
