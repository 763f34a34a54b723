"""Run `glasscall …` with a watch on its phone's event loop: `lagwatch.py FILE COMMAND…`.

The watch asks to be woken every 20 ms and notes how late it was, while the call is talking; FILE gets p50, p95, p99 and
the longest of it, in milliseconds. The phone itself is unchanged; with and without a window it bears the same watch.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path

from rows import percentile

from voip.cli import main
from voip.client.fitting import FittedPhone
from voip.journal.observations import CallChanged, Entry

EVERY = 0.02
SETTLE = 2.0
"""Seconds of call that do not count: devices open, words are exchanged, a picture is drawn."""


class WatchedPhone(FittedPhone):
    """A phone that knows how late its event loop was."""

    async def run(self) -> None:
        """As `FittedPhone.run`, watched."""
        lags: list[float] = []
        talking = asyncio.Event()

        def follow(entry: Entry) -> None:
            if isinstance(entry.what, CallChanged):
                (talking.set if entry.what.phase == "talking" else talking.clear)()

        async def watch() -> None:
            await talking.wait()
            await asyncio.sleep(SETTLE)
            while talking.is_set():
                due = time.monotonic() + EVERY
                await asyncio.sleep(EVERY)
                lags.append(1000 * (time.monotonic() - due))

        self.journal.subscribe(follow)
        watching = asyncio.get_running_loop().create_task(watch())
        try:
            await super().run()
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}
            found = {name: round(percentile(lags, share), 2) for name, share in shares.items()} if lags else {}
            Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    import voip.client.fitting

    voip.client.fitting.FittedPhone = WatchedPhone  # type: ignore[misc]
    sys.exit(main(sys.argv[2:]))
