"""`glasscall measure`: the true delay, found by sound; held against the bench's own way of measuring it."""

import asyncio
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rig.virtual_sound import VirtualSoundCards, missing_programs

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import mouth_to_ear

from voip.cli import measure
from voip.cli.main import main
from voip.config import SAMPLE_RATE
from voip.io.audio.halves import Joined, Unchanging
from voip.io.audio.opening import open_port
from voip.io.audio.ring import Ring

DELAY_MS = 120
"""Of the call that stands between mouth and ear."""
ALIKE_MS = 10.0


class Air:
    """A loudspeaker and the microphones that hear it, so much later; stepped by the loop's clock, 5 ms at a time."""

    BLOCK = SAMPLE_RATE // 200

    def __init__(self, **delays_ms: float) -> None:
        self.speaker = Ring(SAMPLE_RATE)
        self.microphones = {name: Ring(SAMPLE_RATE) for name in delays_ms}
        self._late = {name: np.zeros(round(ms * SAMPLE_RATE / 1000), np.int16) for name, ms in delays_ms.items()}
        self.latencies: dict[str, float] = {}
        self._ticks: list = []
        self._task: asyncio.Task | None = None

    def open(self, source: str | None, _sink: str | None) -> Joined:
        silence = open_port("none", "none")
        if source == "none":
            return Joined(silence.half("input"), End(self, self.speaker, "speaker"))
        return Joined(End(self, self.microphones[source or ""], source or ""), silence.half("output"))

    def join(self, tick) -> None:
        self._ticks.append(tick)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._blow())

    async def _blow(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += self.BLOCK / SAMPLE_RATE
            await asyncio.sleep(due - loop.time())
            block = self.speaker.read(self.BLOCK)
            for name, ring in self.microphones.items():
                self._late[name] = np.concatenate((self._late[name], block))
                ring.write(self._late[name][: self.BLOCK])
                self._late[name] = self._late[name][self.BLOCK :]
            for tick in self._ticks:
                tick()


class End(Unchanging):
    """One device in this air."""

    block = Air.BLOCK
    problem = ""

    def __init__(self, air: Air, ring: Ring, name: str) -> None:
        super().__init__()
        self.ring, self.name, self._air = ring, name, air

    @property
    def latency(self) -> float:
        return self._air.latencies.get(self.name, 0.0)

    def start(self, tick) -> None:
        self._air.join(tick)

    def stop(self) -> None:
        pass


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Air:
    found = Air(ear=80.0, reference=0.0, both=0.0)
    monkeypatch.setattr(measure, "open_port", found.open)
    return found


def test_two_microphones(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["measure", "--listen", "ear", "--reference", "reference", "--chirps", "3", "--json", "-"]
    assert main(arguments) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["chirps"], result["heard"]) == (3, 3)
    assert result["p50_ms"] == pytest.approx(80, abs=6)
    assert "Mouth to ear: " in said.err


def test_a_microphone_that_is_late_by_itself_does_not_count(air: Air, tmp_path: Path) -> None:
    air.latencies = {"ear": 0.030, "reference": 0.010}
    report = tmp_path / "new" / "found.json"
    assert main(["measure", "--listen", "ear", "--reference", "reference", "--chirps", "2", "--json", str(report)]) == 0
    assert json.loads(report.read_text())["p50_ms"] == pytest.approx(60, abs=6)


def test_a_call_that_nobody_hears(air: Air, capsys: pytest.CaptureFixture[str]) -> None:
    air._late["ear"] = np.zeros(100 * SAMPLE_RATE, np.int16)
    assert main(["measure", "--listen", "ear", "--reference", "reference", "--chirps", "1"]) == 1
    assert "No chirp came out of the call." in capsys.readouterr().out


def test_a_microphone_that_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--play", "none", "--listen", "none", "--chirps", "1"]) == 1
    assert "does not hear what --play plays" in capsys.readouterr().out


def test_a_device_that_gives_not_one_block(
    air: Air, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure.Ear, "_tick", lambda _ear: None)
    assert main(["measure", "--listen", "ear", "--chirps", "1"]) == 1
    assert capsys.readouterr().err == "glasscall: Nothing came from “ear”.\n"


def test_a_loudspeaker_that_does_not_play(
    air: Air, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure, "PATIENCE", -2.0)
    monkeypatch.setattr(air.speaker, "read", lambda size: np.zeros(size, np.int16))
    assert main(["measure", "--listen", "ear", "--chirps", "1"]) == 1
    assert capsys.readouterr().err == "glasscall: “speaker” does not play.\n"


@pytest.mark.parametrize("chirps", ["0", "-1", "601", "many"])
def test_so_many_chirps_are_no_measurement(chirps: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--chirps", chirps]) == 2
    assert "chirps" in capsys.readouterr().err


def test_a_device_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "--play", "none", "--listen", "nowhere.wav", "--chirps", "1"]) == 1
    assert "nowhere.wav" in capsys.readouterr().err


def test_figures() -> None:
    assert measure.summary([], 5) == {"chirps": 5, "heard": 0}
    found = measure.summary([50.0, math.nan, 40.0, 60.0], 5)
    assert found == {"chirps": 5, "heard": 3, "p50_ms": 50.0, "p95_ms": 59.0, "p99_ms": 59.8, "min_ms": 40.0}


# ── over PulseAudio ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualSoundCards]:
    with VirtualSoundCards() as rig:
        for name in ("PULSE_SERVER", "HOME", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, rig.env("a")[name])
        rig.pactl("load-module", "module-loopback", "source=mic_a.monitor", "sink=spk_b", f"latency_msec={DELAY_MS}")
        yield rig


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}")
def test_it_agrees_with_the_bench(cards: VirtualSoundCards, capsys: pytest.CaptureFixture[str]) -> None:
    bench = mouth_to_ear.summary(mouth_to_ear.listen(cards, count=6, settle=4.0))
    devices = ["--play", "mic_a", "--listen", "spk_b.monitor", "--reference", "mic_a.monitor"]
    assert main(["measure", *devices, "--chirps", "6", "--json", "-"]) == 0
    ours = json.loads(capsys.readouterr().out)
    assert bench["missed"] == 0
    assert ours["heard"] == 6
    assert ours["p50_ms"] == pytest.approx(bench["p50"], abs=ALIKE_MS)
    assert ours["p50_ms"] == pytest.approx(DELAY_MS, abs=60)
