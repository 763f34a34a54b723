"""The journal as JSON: everything that was observed, one line each, for whoever wants to check a claim by themselves.

    {"schema": 1, "clock": {"wall": ISO, "monotonic": s}, "entries": [{"at", "channel", "call", "what", …fields}]}

Bytes are hex. An observation holds no secret, so its export holds none; handshake messages are what the two ends know.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from voip.journal.observations import Entry

SCHEMA = 1


def to_dict(entries: Iterable[Entry], *, monotonic: float, wall: datetime) -> dict[str, Any]:
    """Plain values, ready for JSON. `monotonic` and `wall`: the same moment on both clocks."""
    return {
        "schema": SCHEMA,
        "clock": {"wall": wall.isoformat(), "monotonic": monotonic},
        "entries": [_entry(entry, monotonic, wall) for entry in entries],
    }


def _entry(entry: Entry, monotonic: float, wall: datetime) -> dict[str, Any]:
    line: dict[str, Any] = {
        "at": round(entry.at, 6),
        "time": (wall + timedelta(seconds=entry.at - monotonic)).isoformat(),
        "channel": entry.channel,
        "call": entry.call,
        "what": type(entry.what).__name__,
    }
    return line | {name: value for name, value in _plain(entry.what).items() if name != "at"}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of an observation
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value
