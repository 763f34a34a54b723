"""The desktop that is there, or a virtual one (Xvfb), or none at all (Qt's offscreen drawing)."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from voip.errors import UsageError

Show = Literal["auto", "yes", "no"]
_SIZE = "2560x1440x24"


def has_desktop() -> bool:
    """Whether windows can be shown to somebody."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@asynccontextmanager
async def display(show: Show) -> AsyncIterator[tuple[dict[str, str], str]]:
    """(environment for the windows, what it is in words). Raises `UsageError` when a desktop is asked for in vain."""
    if show == "yes" and not has_desktop():
        raise UsageError(
            "There is no desktop here to show windows on (no DISPLAY). Leave --show out for a virtual one."
        )
    if show != "no" and has_desktop():
        yield {}, "your desktop"
        return
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}, "no desktop: drawn offscreen"
        return
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        "Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-nolisten", "tcp",
        pass_fds=(writing,), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = await asyncio.wait_for(asyncio.to_thread(pipe.readline), 15)
        if not number.strip():
            yield {"QT_QPA_PLATFORM": "offscreen"}, "no desktop: drawn offscreen"
        else:
            yield {"DISPLAY": f":{number.strip()}", "QT_QPA_PLATFORM": "xcb"}, "no desktop: a virtual one (Xvfb)"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
