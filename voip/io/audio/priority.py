"""A thread that moves sound should not wait behind one that does not.

Real time where the system lets us (a limit `rtprio`, as audio groups have it), else a better nice value, else nothing.
What it costs when refused is one system call.
"""

import contextlib
import os
import sys

REALTIME = 5
"""Above everything ordinary, below the sound server itself (PulseAudio takes 5 to 9, PipeWire 20 and more)."""
NICE = -11
"""What PulseAudio asks of RtKit for its own helpers."""


def raise_priority() -> str:
    """Of the calling thread; says what was got: `real time`, `nice −11`, or `ordinary`. Never raises."""
    if sys.platform != "linux":
        return "ordinary"  # CoreAudio and WASAPI raise their own threads
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(REALTIME))
        return "real time"
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)  # on Linux, of the thread alone
        return f"nice −{-NICE}"
    return "ordinary"
