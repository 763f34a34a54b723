"""Reports for programs: JSON, for whoever asked for a file."""

import json
from pathlib import Path
from typing import Any

from voip.errors import StoreError


def write_json(path: Path, report: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Write `report` to `path`, making its folder; raises `StoreError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The report could not be written to {path}: {error.strerror}.", code="not-writable") from None
