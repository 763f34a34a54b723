"""The window's tests run without a display, and on one."""

import os
import sys
from pathlib import Path

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# `tests` is on the path too, and its folder `gui` must not stand before the package.
sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
