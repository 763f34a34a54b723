"""A newcomer's path: from `make demo` to an opened ClientHello, in clicks and seconds.

make demo ─→ relay, two joins, two windows, a call ─→ alice's real window ─→ hand/ clicks on the line ─→ its bytes
"""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from rows import Row, Table

HERE = Path(__file__).resolve().parent
CLICKS_MOST = 4


def measure(*, quick: bool) -> Table:  # noqa: ARG001 - there is nothing to shorten
    """All of it."""
    with tempfile.TemporaryDirectory(prefix="glasscall-newcomer-") as folder:
        note = Path(folder) / "hand.json"
        environment = os.environ | {"GLASSCALL_NEWCOMER": str(note), "PYTHONPATH": str(HERE / "hand")}
        began = time.time()
        done = subprocess.run(
            ["make", "--no-print-directory", "demo", f"ARGS=--seconds 10 --out {folder}/demo"],
            cwd=HERE.parent, env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        if not note.exists():
            raise RuntimeError(
                f"No ClientHello was opened; make demo ended with {done.returncode}: {done.stderr[-500:]}"
            )
        found = json.loads(note.read_text(encoding="utf-8"))
    rows = (
        Row(
            f"from make demo to an opened {found['message']} of {found['bytes']} bytes",
            None,
            "",
            {"clicks": found["clicks"], "s": round(found["opened"] - began, 1)},
            target=f"at most {CLICKS_MOST} clicks",
            met=found["message"] == "ClientHello" and found["clicks"] <= CLICKS_MOST,
        ),
        Row("of it, until the window is there", None, "", {"s": round(found["window"] - began, 1)}),
        Row("of it, until the line is there to be seen", None, "", {"s": round(found["seen"] - began, 1)}),
    )
    how = "One run on a machine made ready before; a second of it is the time somebody takes to react."
    return Table("newcomer", "A newcomer's path", how, rows)
