"""The relay and the two phones of one call, as real processes in a `Place`; what is heard of it, moment by moment.

with Pair(folder, place) as pair:
    pair.talk()                      both say the sweep, both write down what they hear
    mark = pair.now()                where in each recording we are
    pair.relay.kill() …
    pair.heard("bob", mark)          what bob's loudspeaker got since then
    pair.hang_up()                   how each end took it
"""

import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from village import GLASSCALL, ended, wait_until

from voip.config import PORT, SAMPLE_RATE
from voip.io.audio.wavwriter import HEADER_BYTES

from . import sweep
from .place import Place
from .trace import RECEIVED, Trace, first_arrivals, packets

PEOPLE = ("alice", "bob")
UP_WITHIN = 30.0
END_WITHIN = 15.0
_POLL = 0.01
_BEFORE = round(sweep.WINDOW * SAMPLE_RATE)
"""Samples from before a moment by which it is judged, too."""
_LAG = 0.1
"""Seconds by which a recording may be behind the clock before what it lacks counts as not heard."""
_TRACED = Path(__file__).with_name("tracedphone.py")


def other(who: str) -> str:
    """The one at the other end."""
    return "bob" if who == "alice" else "alice"


class Relay:
    """`glasscall relay` on the place's relay; it can be stopped, killed, and started again where it was."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self._folder = place, folder
        self._log = folder / "relay.log"
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes]

    @property
    def state(self) -> str:
        """Its folder."""
        return str(self._folder / "relay")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        listen = f"{self._place.address('relay')}:{PORT}"
        command = [*GLASSCALL, "relay", "--listen", listen, "--state", self.state, "--name", "relay.bench"]
        self._process = self._stack.enter_context(ended(self._place.inside("relay", command), self._log))
        wait_until(lambda: b"ready " in self._log.read_bytes(), UP_WITHIN, "the relay", self._process, self._log)

    def kill(self) -> None:
        """It is gone from one moment to the next."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It stands still: its connections stay, nothing is read, nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._process.send_signal(signal.SIGCONT)

    @property
    def said(self) -> str:
        """Since it was started last."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self.thaw()
        self._stack.close()


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: on the clock, and in each recording (samples)."""

    at: float
    samples: Mapping[str, int]


class Pair:
    """What the head of this file shows. `options`: of both phones.

    `packets`: they trace their packets; `one_lane`: they never open a lane beside the leg.
    """

    def __init__(
        self, folder: Path, place: Place, options: Sequence[str] = (), *, packets: bool = False, one_lane: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.place, self.folder = place, folder
        self.relay = Relay(place, folder)
        self.calls = 0
        """Calls that were made."""
        self._options, self._packets, self._one_lane = list(options), packets, one_lane
        self._phones: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = ExitStack()
        self.trace: dict[str, Trace] = {}

    def __enter__(self) -> Self:
        try:
            self._write_sound()
            self.relay.start()
            for person in PEOPLE:
                self._join(person)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_sound(self) -> None:
        with wave.open(str(self.folder / "sweep.wav"), "wb") as sound:
            sound.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            sound.writeframes(sweep.sweep().astype("<i2").tobytes())

    def _join(self, person: str) -> None:
        invite = [*GLASSCALL, "invite", person, "--state", self.relay.state]
        url = subprocess.run(invite, check=True, capture_output=True, timeout=UP_WITHIN).stdout.decode().split()[0]
        join = self.place.inside(person, [*GLASSCALL, "join", url, "--home", str(self.folder / person)])
        subprocess.run(join, check=True, capture_output=True, timeout=UP_WITHIN)

    # ── the call ───────────────────────────────────────────────────────────────────────────────────────────────

    def talk(self) -> None:
        """A new call, between phones that were just started; returns when both talk. Raises `RuntimeError`."""
        self.drop()
        self.calls += 1
        self._start("bob", "answer")
        self.wait(lambda: self.log("bob").find("ready ") >= 0, UP_WITHIN, "bob")
        self.call()

    def call(self) -> None:
        """Let alice call bob, whose phone is there already; returns when both talk. Raises `RuntimeError`."""
        self._start("alice", "call", "bob")
        self.wait(lambda: all(self.trace[who].phase == "talking" for who in PEOPLE), UP_WITHIN, "the call")

    def file(self, who: str, kind: str) -> Path:
        """Where `who`'s `heard.wav`, `log`, `trace` or `packets` of this call are."""
        return self.folder / f"call-{self.calls}" / f"{who}-{kind}"

    def _start(self, who: str, *act: str) -> None:
        self.file(who, "log").parent.mkdir(exist_ok=True)
        trace = self.file(who, "trace")
        trace.unlink(missing_ok=True)
        traced = ["--packets", str(self.file(who, "packets"))] if self._packets else []
        traced += ["--one-lane"] if self._one_lane else []
        sound = ["--input", str(self.folder / "sweep.wav"), "--output", str(self.file(who, "heard.wav"))]
        command = [
            sys.executable, str(_TRACED), *traced, str(trace), "--",
            *act, "--home", str(self.folder / who), *sound, "--processing", "off", *self._options,
        ]  # fmt: skip
        self.trace[who] = Trace(trace)
        self._phones[who] = self._stack.enter_context(ended(self.place.inside(who, command), self.file(who, "log")))

    def now(self) -> Mark:
        """Now, on the clock and in the recordings."""
        return Mark(time.monotonic(), {who: self._recorded(who) for who in PEOPLE})

    def _recorded(self, who: str) -> int:
        path = self.file(who, "heard.wav")
        return max(0, path.stat().st_size - HEADER_BYTES) // 2 if path.exists() else 0

    def heard(self, who: str, since: Mark, until: Mark | None = None) -> sweep.Bools:
        """For each `sweep.HOP` since then: was what `who` heard said by the other? What was not recorded was not."""
        until = until or self.now()  # before anything is computed, which takes its time
        end = until.samples[who]
        begin, before = since.samples[who], min(since.samples[who], _BEFORE)
        with self.file(who, "heard.wav").open("rb") as recording:
            recording.seek(HEADER_BYTES + 2 * (begin - before))
            samples = np.frombuffer(recording.read(2 * max(0, end - begin + before)), "<i2").astype(np.int16)
        heard = sweep.audible(samples)[round(before / SAMPLE_RATE / sweep.HOP) :]
        missing = until.at - since.at - len(heard) * sweep.HOP
        return np.concatenate([heard, np.zeros(max(0, round((missing - _LAG) / sweep.HOP)), bool)])

    def starved(self, who: str, since: float) -> tuple[float, float]:
        """The longest stretch without a new voice packet at `who`, in seconds from `since` on; needs `packets`."""
        found = packets(self.file(who, "packets"))
        came = first_arrivals(found[found["kind"] == RECEIVED])
        edges = np.concatenate([[since], came[came >= since]]) - since
        widest = int(np.argmax(np.diff(edges))) if len(edges) > 1 else 0
        return (float(edges[widest]), float(edges[widest + 1])) if len(edges) > 1 else (0.0, time.monotonic() - since)

    def log(self, who: str) -> str:
        """What `who`'s phone has said to its user."""
        path = self.file(who, "log")
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @property
    def talking(self) -> bool:
        """Whether both phones are there and in a call."""
        return all(self.alive(who) and self.trace[who].phase == "talking" for who in PEOPLE)

    def alive(self, who: str) -> bool:
        """Whether `who`'s phone runs."""
        return who in self._phones and self._phones[who].poll() is None

    def in_call(self, who: str) -> bool:
        """Whether `who`'s phone believes that it is in a call."""
        return self.alive(who) and self.trace[who].phase not in {"", "ended"}

    def wait(self, done: Callable[[], bool], within: float, what: str) -> None:
        """Wait for `done()`; raises `RuntimeError` with what the phones said."""
        deadline = time.monotonic() + within
        while not done():
            if time.monotonic() > deadline or not all(self.alive(who) for who in self._phones):
                said = {who: self.log(who)[-600:] for who in self._phones}
                raise RuntimeError(f"{what}: not there within {within:g} s. {said} {self.relay.said[-400:]}")
            time.sleep(_POLL)

    def hang_up(self) -> dict[str, str]:
        """Let alice hang up; what is wrong with how the call ended, by person: nothing, if all is well."""
        if self.alive("alice"):
            self._phones["alice"].send_signal(signal.SIGINT)
        deadline = time.monotonic() + END_WITHIN
        while any(self.in_call(who) for who in PEOPLE) and time.monotonic() < deadline:
            time.sleep(_POLL)
        return {who: f"still {self.trace[who].phase}" for who in PEOPLE if self.in_call(who)}

    def drop(self) -> None:
        """End both phones, whatever they are at."""
        self._stack.close()
        self._phones.clear()
        self.trace.clear()

    def close(self) -> None:
        """End everything."""
        try:
            self.drop()
        finally:
            self.relay.close()
