"""Two real phones, each with a sound card of its own (virtual ones), and a real relay between them.

alice.wav ──→ mic_a ──→ glasscall call ══ relay ══ glasscall answer ──→ spk_b ──→ recorded, and judged
"""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from programs import SPEECH, Program, village
from rig.virtual_sound import RATE, Recording, VirtualSoundCards, missing_programs
from speech import quality

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}"),
]
SECONDS = 5
GOOD = 3.5
"""WB-PESQ, through two sound cards that run on clocks of their own. Undisturbed it is 4.2 to 4.5."""
TAKES = 2
"""A machine that is busy with something else stops the virtual sound cards for a moment; a defect of ours would show
in every take."""
SAID = {"a": SPEECH / "alice.wav", "b": SPEECH / "bob.wav"}


@pytest.fixture(scope="module")
def cards() -> Iterator[VirtualSoundCards]:
    with VirtualSoundCards() as rig:
        yield rig


def clip(source: Path, path: Path) -> Path:
    """The first seconds of a recording."""
    with wave.open(str(source)) as whole, wave.open(str(path), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(SECONDS * whole.getframerate()))
    return path


def save(recording: Recording, path: Path) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(np.rint(recording.samples * 32767).astype("<i2").tobytes())
    return path


def take(cards: VirtualSoundCards, said: dict[str, Path], folder: Path) -> dict[str, float]:
    """Both speak at once; how well each was heard by the other."""
    recorder = cards.record("spk_b.monitor", "spk_a.monitor")
    players = [cards.play(said[side], f"mic_{side}") for side in ("a", "b")]
    for player in players:
        assert player.wait(SECONDS + 10) == 0
    heard = dict(zip(("a", "b"), recorder.stop(), strict=True))
    return {
        speaker: quality(said[speaker], save(recording, folder / f"from-{speaker}.wav"), within=2.5)[0]
        for speaker, recording in heard.items()
    }


@pytest.mark.parametrize("tls", ["1.3", "1.2"])
def test_each_hears_what_the_other_says(cards: VirtualSoundCards, tmp_path: Path, tls: str, uncounted: None) -> None:
    said = {side: clip(SAID[side], tmp_path / f"{side}-said.wav") for side in ("a", "b")}
    # These cards have no room: what processing does to a voice is judged in tests/media/test_media_voice.py.
    options = ("--tls", tls, "--processing", "off")
    with village(tmp_path, ("alice", "bob"), "--tls", tls) as place:
        bob = place.start("answer", "--home", place.home("bob"), *options, env=cards.env("b"))
        bob.says("ready bob")
        alice: Program = place.start("call", "bob", "--home", place.home("alice"), *options, env=cards.env("a"))
        alice.says("Talking with bob")
        bob.says("Talking with alice")
        alice.says("Voice travels")
        scores: dict[str, list[float]] = {"a": [], "b": []}
        for _ in range(TAKES):
            for speaker, score in take(cards, said, tmp_path).items():
                scores[speaker].append(score)
            if all(max(found) >= GOOD for found in scores.values()):
                break
        alice.interrupt()
        assert alice.ends(5) == 130
        bob.says("is over")
        bob.interrupt()
        assert bob.ends(5) == 0
        for program in (alice, bob):
            assert f"session: TLSv{tls}" in program.err
            assert "microphone" not in program.err
            assert "loudspeaker" not in program.err
    assert all(max(found) >= GOOD for found in scores.values()), scores
