"""What the microphone's processing does: how much echo it takes out, what it leaves of the near voice, what it costs.

The pipe's own station (`voip/media/voice.py`) between a loudspeaker and a microphone in a simulated room
(`tests/room.py`), in virtual time: what else the machine does changes only the figures for CPU.
"""

import statistics
import time

import numpy as np
from echoes import ALIKE, CANCEL, CONVERGED, ERLE, added_delay, convergence, double_talk, echo_loss, far_end
from room import BLOCK, RATE, echo, noise
from rows import Figure, Row, Table

from voip.media.processing import OFF, Processing
from voip.media.voice import Voice


def cost(processing: Processing, seconds: float = 6.0, frame: int = BLOCK) -> dict[str, Figure]:
    """Microseconds of CPU per 10 ms, and of the longest frames."""
    far = np.clip(far_end(seconds), -32768, 32767).astype(np.int16)
    heard = np.clip(echo(far_end(seconds), 60) + noise(far.size), -32768, 32767).astype(np.int16)
    voice, took = Voice(processing), []
    for at in range(0, far.size - frame + 1, frame):
        began = time.thread_time()
        voice.played(far[at : at + frame], at / RATE)
        voice.process(heard[at : at + frame], 60)
        took.append(1e6 * (time.thread_time() - began))
    each = statistics.median(took) * BLOCK / frame
    return {"p50 µs per 10 ms": round(each), "p99 µs of a frame": round(float(np.percentile(took, 99)))}


def measure(*, quick: bool) -> Table:
    """All of it."""
    if (problem := Voice(CANCEL).problem) is not None:
        return Table("echo", "Echo, noise, gain", "", skipped=str(problem), failed=True)
    seconds = 16.0 if quick else 30.0
    rows = []
    for delay in (40.0, 100.0, 200.0):
        found = echo_loss(delay, seconds)
        rows.append(
            Row(
                f"echo alone, {delay:.0f} ms of device delay",
                None,
                "",
                {**found},
                "ERLE ≥ 40 dB",
                found["ERLE dB"] >= ERLE,
            )
        )
    found = echo_loss(100.0, seconds, drive=2.0)
    rows.append(Row("… and an overdriven loudspeaker", None, "", {**found}, "ERLE ≥ 40 dB", found["ERLE dB"] >= ERLE))
    for db, word in ((-6.0, "6 dB under the near voice"), (0.0, "as loud as the near voice"), (6.0, "6 dB over it")):
        heard = double_talk(db)
        # An echo louder than the voice it covers is shown, and no target.
        target = ("correlation ≥ 0.8", heard["correlation"] >= ALIKE) if db <= 0 else ("", None)
        rows.append(Row(f"double talk, echo {word}", None, "", {**heard}, *target))
    for before, after in ((40.0, 200.0), (200.0, 40.0)):
        for announced in (False, True):
            took, then = convergence(before, after, announced=announced)
            what = f"delay jumps from {before:.0f} to {after:.0f} ms, {'announced' if announced else 'unannounced'}"
            figures: dict[str, Figure] = {"s to 40 dB": took, "ERLE after 2 s dB": then}
            rows.append(Row(what, None, "", figures, "within 2 s", took <= CONVERGED))
    for what, processing in (
        ("high pass", Processing(echo=False, noise=False, gain=False)),
        ("echo, listening for one", Processing(noise=False, gain=False, high_pass=False)),
        ("noise", Processing(echo=False, gain=False, high_pass=False)),
        ("gain", Processing(echo=False, noise=False, high_pass=False)),
        ("everything", Processing()),
        ("nothing", OFF),
    ):
        figures = {"added delay ms": added_delay(processing), **cost(processing, 3.0 if quick else 6.0)}
        rows.append(Row(what, None, "", figures))
    rows.append(Row("everything, frames of 5 ms", None, "", {"added delay ms": added_delay(Processing(), BLOCK // 2)}))
    how = (
        "Two voices in turn as far end, in a room of 4.2 × 3.4 × 2.6 m (image method, RT60 0.35 s), loudspeaker and "
        "microphone 0.6 m apart, echo 6 dB under what is played, microphone noise −75 dBFS. ERLE over 10 ms with echo "
        "above −50 dBFS, from the third second on, gain off. Correlation with the near voice as the high pass alone "
        "gives it, over 13 s. A jump comes after 11 s; it is caught up with when half a second reaches 40 dB."
    )
    return Table("echo", "Echo, noise, gain", how, tuple(rows))
