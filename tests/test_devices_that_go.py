"""A call between two real phones goes on when one's loudspeaker, and then its microphone, is pulled out.

tone ──→ mic_a ──→ alice ══ relay ══ bob ──→ spk_b, pulled out ──→ spk_c       how long is it silent there?
spk_a ←── alice ══ relay ══ bob ←── mic_b, pulled out; then mic_c ←── tone     and there?
"""

import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from programs import COMMAND, Program, village
from rig.virtual_sound import RATE, Recording, VirtualSoundCards, missing_programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}"),
]
GAP_MAX = 1.0
"""Seconds of silence."""
HOP = RATE // 100
LOUD = 0.02
"""RMS, of 1."""
TONE_SECONDS = 60
NOT_MOVED = (
    "import sys; from voip.cli import main; from voip.io.audio import libpulse; "
    f"libpulse.FLAGS |= {0x0200}; sys.exit(main())"
)
"""A phone whose streams the sound server ends with their device (PA_STREAM_DONT_MOVE). Left alone it moves them, at
once; others do not."""
LISTEN = 1.0
"""Seconds."""


@pytest.fixture
def cards() -> Iterator[VirtualSoundCards]:
    with VirtualSoundCards() as rig:
        for sink in ("spk_c", "mic_c"):
            rig.plug(sink)
        rig.pactl("set-default-sink", "spk_c")
        rig.pactl("set-default-source", "mic_c.monitor")
        yield rig


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    times = np.arange(TONE_SECONDS * RATE) / RATE
    samples = np.rint(9000 * np.sin(2 * np.pi * 600 * times)).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return path


def loud(recording: Recording) -> np.ndarray:
    """When something was heard: monotonic seconds, one for each 10 ms that are not silent."""
    samples = recording.samples[: len(recording.samples) // HOP * HOP].reshape(-1, HOP)
    hops = np.flatnonzero(np.sqrt(np.mean(samples**2, axis=1)) > LOUD)
    return np.array([recording.when(int(hop) * HOP) for hop in hops])


def longest_silence(*recordings: Recording) -> float:
    """Seconds, between the first and the last sound, in which nothing is heard in any of `recordings`."""
    moments = np.sort(np.concatenate([loud(one) for one in recordings]))
    assert len(moments) > 100, "hardly anything was heard at all"
    return float(np.diff(moments).max())


def of_our_own(env: dict[str, str]) -> dict[str, str]:
    """`env` of somebody whom no variable binds to a device: the devices are named, or the default."""
    return {name: value for name, value in env.items() if name not in {"PULSE_SINK", "PULSE_SOURCE"}}


@pytest.mark.parametrize("command", [COMMAND, (sys.executable, "-c", NOT_MOVED)], ids=["moved", "dropped"])
def test_a_call_outlives_its_loudspeaker_and_its_microphone(
    command: tuple[str, ...],
    cards: VirtualSoundCards,
    tone: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    uncounted: None,
) -> None:
    for name in ("PULSE_SINK", "PULSE_SOURCE"):
        monkeypatch.delenv(name, raising=False)
    with village(tmp_path, ("alice", "bob")) as place:
        bob = place.start("answer", "--home", place.home("bob"), "--processing", "off", "--input", "mic_b.monitor",
                          "--output", "spk_b", env=of_our_own(cards.env("b")), command=command)  # fmt: skip
        bob.says("ready bob")
        alice: Program = place.start("call", "bob", "--home", place.home("alice"), "--processing", "off",
                                     env=cards.env("a"))  # fmt: skip
        alice.says("Voice travels")
        bob.says("Voice travels")
        for sink in ("mic_a", "mic_b", "mic_c"):
            cards.play(tone, sink)

        recorder = cards.record("spk_b.monitor", "spk_c.monitor")
        cards.wait_until(lambda: heard(cards, "spk_b.monitor"), 10, "alice at bob's")
        cards.unplug("spk_b")
        bob.says("spk_c")
        cards.wait_until(lambda: heard(cards, "spk_c.monitor"), 10, "alice at bob's again")
        assert longest_silence(*recorder.stop()) < GAP_MAX

        recorder = cards.record("spk_a.monitor")
        cards.wait_until(lambda: heard(cards, "spk_a.monitor"), 10, "bob at alice's")
        cards.unplug("mic_b")
        bob.says("mic_c")
        cards.wait_until(lambda: heard(cards, "spk_a.monitor"), 10, "bob at alice's again")
        assert longest_silence(*recorder.stop()) < GAP_MAX

        alice.interrupt()
        assert alice.ends(5) == 130
        bob.says("is over")
        bob.interrupt()
        assert bob.ends(5) == 0


def heard(cards: VirtualSoundCards, source: str) -> bool:
    """Whether there is sound at `source` now."""
    recorder = cards.record(source)
    time.sleep(LISTEN)
    return len(loud(recorder.stop()[0])) > 0
