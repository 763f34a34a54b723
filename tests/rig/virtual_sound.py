"""A sound card for two people on a machine that has none: a private PulseAudio with four null sinks.

    played into  mic_a ──.monitor──→ side a's microphone        side a's loudspeaker ──→ spk_a ──.monitor──→ recorded
    played into  mic_b ──.monitor──→ side b's microphone        side b's loudspeaker ──→ spk_b ──.monitor──→ recorded

A program that runs in `env("a")` finds one microphone and one loudspeaker, through PulseAudio or ALSA alike. The
server has its own socket, folder and process; whatever was started here ends with the `with` block, by process id.
"""

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
SINKS = ("mic_a", "mic_b", "spk_a", "spk_b")
Side = Literal["a", "b"]
NEEDED = ("pulseaudio", "pactl", "paplay", "parec")


def missing_programs() -> list[str]:
    """Programs that this rig needs and that are not installed (Debian: pulseaudio, pulseaudio-utils)."""
    return [name for name in NEEDED if shutil.which(name) is None]


class Recording:
    """What one source gave, and when: `samples` (float, ±1) and the monotonic time at which each was captured."""

    def __init__(self, samples: NDArray[np.float64], ends: NDArray[np.int64], stamps: NDArray[np.float64]) -> None:
        self.samples = samples
        self._ends = ends
        self._offsets = stamps - ends / RATE

    def when(self, index: int) -> float:
        """Chunks come late, never early: so the earliest arrival within ±1.5 s says when its last sample was due."""
        near = np.abs(self._ends - index) < 1.5 * RATE
        return float(index / RATE + self._offsets[near].min())


class Recorder:
    """Records several sources at once, on one clock, until `stop`."""

    def __init__(self, cards: "VirtualSoundCards", sources: tuple[str, ...]) -> None:
        self._selector = selectors.DefaultSelector()
        self._chunks: list[list[tuple[float, bytes]]] = [[] for _ in sources]
        self._ended, self._heard = threading.Event(), threading.Event()
        self._processes = []
        for index, source in enumerate(sources):
            command = ["parec", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1", "--latency-msec=10"]
            process = cards.start(f"record-{source}", [*command, "-d", source], "a", stdout=subprocess.PIPE, bufsize=0)
            self._processes.append(process)
            assert process.stdout is not None
            self._selector.register(process.stdout, selectors.EVENT_READ, index)
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()
        if not self._heard.wait(10):
            raise RuntimeError(f"nothing came from {sources} within 10 s")

    def _collect(self) -> None:
        while not self._ended.is_set() and self._selector.get_map():
            for key, _ in self._selector.select(0.1):
                data, now = os.read(key.fd, 65536), time.monotonic()
                if not data:
                    self._selector.unregister(key.fileobj)
                    continue
                self._chunks[key.data].append((now, data))
                if all(self._chunks):
                    self._heard.set()

    def stop(self) -> list[Recording]:
        """The recordings, in the order of the sources."""
        self._ended.set()
        self._thread.join(5)
        for process in self._processes:
            process.terminate()
            process.wait(5)
            if process.stdout is not None:
                process.stdout.close()
        self._selector.close()
        recordings = []
        for chunks in self._chunks:
            data = b"".join(data for _, data in chunks)
            samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64) / 32768
            ends = np.cumsum([len(data) // 2 for _, data in chunks])
            recordings.append(Recording(samples, ends, np.array([now for now, _ in chunks])))
        return recordings


class VirtualSoundCards:
    """`with VirtualSoundCards() as cards:` … `subprocess.run(command, env=cards.env("a"))`."""

    def __init__(self) -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="glasscall-rig-"))
        self._processes: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []
        self._socket = self.dir / "pulse.sock"
        self._alsa = self.dir / "asound.conf"
        self._alsa.write_text(
            "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n", encoding="ascii"
        )

    def __enter__(self) -> Self:
        try:
            self.boot()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def boot(self) -> None:
        """Start the server; returns when it answers."""
        modules = [f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}"]
        modules += [f"module-null-sink sink_name={sink} rate={RATE} channels=1 channel_map=mono" for sink in SINKS]
        options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--log-target=stderr"]
        options += ["--high-priority=yes", "--realtime=yes"]
        loads = [word for module in modules for word in ("-L", module)]
        self.server = self.start("pulseaudio", ["pulseaudio", *options, *loads], "a")
        self.wait_until(self._answers, 15, "PulseAudio")
        for sink in SINKS:
            self._tick(sink)
        self.record(*(f"{sink}.monitor" for sink in SINKS)).stop()  # all four are on the move

    def pactl(self, *words: str) -> str:
        """Ask the server something; raises `CalledProcessError` when it refuses."""
        done = subprocess.run(
            ["pactl", *words], env=self.env("a"), capture_output=True, text=True, timeout=10, check=True
        )
        return done.stdout

    def unplug(self, sink: str) -> None:
        """Take a sink away, and its monitor with it, as a headset that is pulled out. The server does not move what
        played there to another: its module for that is not loaded, so a program must help itself."""
        for line in self.pactl("list", "short", "modules").splitlines():
            index, name, *arguments = line.split("\t")
            if name == "module-null-sink" and f"sink_name={sink}" in " ".join(arguments).split():
                self.pactl("unload-module", index)
                return
        raise LookupError(f"there is no sink {sink}")

    def plug(self, sink: str, *, rate: int = RATE, channels: int = 1) -> None:
        """Put a sink there, also one that was never there before; returns when it is on the move."""
        shape = [f"sink_name={sink}", f"rate={rate}", f"channels={channels}"]
        self.pactl("load-module", "module-null-sink", *shape, *(["channel_map=mono"] if channels == 1 else []))
        self._tick(sink)
        self.record(f"{sink}.monitor").stop()

    def _tick(self, sink: str) -> None:
        """Keep the null sink's period short: left to itself it renders two seconds ahead, and stands still for as long
        when somebody with small buffers comes. A real card has a steady period too."""
        command = ["parec", "--raw", f"--rate={RATE}", "--channels=1", "--latency-msec=10", "-d", f"{sink}.monitor"]
        self.start(f"tick-{sink}", command, "a", stdout=subprocess.DEVNULL)

    def _answers(self) -> bool:
        asked = subprocess.run(
            ["pactl", "list", "short", "sinks"], env=self.env("a"), capture_output=True, timeout=5, check=False
        )
        return asked.returncode == 0 and all(sink.encode() in asked.stdout for sink in SINKS)

    def env(self, side: Side, **extra: str) -> dict[str, str]:
        """The environment in which `side`'s program runs: its own home, its microphone, its loudspeaker."""
        home = self.dir / f"home_{side}"
        run = home / "run"
        run.mkdir(parents=True, exist_ok=True, mode=0o700)
        return {
            **os.environ,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(run),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_STATE_HOME": str(home / ".local/state"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_SOURCE": f"mic_{side}.monitor",
            "PULSE_SINK": f"spk_{side}",
            "ALSA_CONFIG_PATH": str(self._alsa),
            **extra,
        }

    def start(self, name: str, command: list[str], side: Side, **options: Any) -> "subprocess.Popen[bytes]":
        """Start a program on `side`; what it prints is in `log(name)`, unless `options` send it elsewhere."""
        output = (self.dir / f"{name}.log").open("wb")
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **options}
        settings.setdefault("env", self.env(side))
        process = subprocess.Popen(command, start_new_session=True, **settings)
        self._processes.append((process, output))
        return process

    def log(self, name: str) -> str:
        return (self.dir / f"{name}.log").read_text(errors="replace")

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for `ready()`; raises `RuntimeError` with the logs if it takes longer or the server has died."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.server.poll() is not None or time.monotonic() > deadline:
                logs = {path.name: path.read_text(errors="replace")[-600:] for path in self.dir.glob("*.log")}
                raise RuntimeError(f"{what}: not ready; {logs}")
            time.sleep(0.05)

    def play(self, wav: Path, sink: str) -> "subprocess.Popen[bytes]":
        """Play a file into a sink; wait for the process to know that it has been heard."""
        return self.start(f"play-{sink}", ["paplay", f"--device={sink}", str(wav)], "a")

    def record(self, *sources: str) -> Recorder:
        """Record sources such as `spk_b.monitor`; returns when all of them have begun to come."""
        return Recorder(self, sources)

    def close(self) -> None:
        """End everything that was started here, the server last."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            for process, _ in reversed(self._processes):
                if process.poll() is None:
                    os.killpg(process.pid, how)  # start_new_session made it a group of its own, children included
                    try:
                        process.wait(3)
                    except subprocess.TimeoutExpired:
                        continue
        for process, output in self._processes:
            if process.stdout is not None:
                process.stdout.close()
            output.close()
        self._processes.clear()
        shutil.rmtree(self.dir, ignore_errors=True)
