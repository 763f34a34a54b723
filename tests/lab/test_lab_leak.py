"""The sizes of encrypted packets: ours tell nothing; and the measure is one that finds something where there is."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from voip.cli.main import main
from voip.config import FRAME_SAMPLES
from voip.errors import LocalError
from voip.lab.leak import traces
from voip.lab.sizes import CHANCE, read, threshold
from voip.lab.variable_rate import VariableEncoder, VariableOutbound
from voip.media.pcm import SILENCE
from voip.media.protector import KEY_SIZE, Unprotector
from voip.wire.rtp import unpack_untrusted

SPEECH, PAUSE = -20.0, -70.0


# ── what passes on a real wire ─────────────────────────────────────────────────────────────────────────────────


async def test_ours_are_one_size_and_theirs_follow_the_voice() -> None:
    seconds: list[int] = []
    leak = await traces(4.0, seconds.append)
    assert seconds == [1, 2, 3, 4]
    assert leak.flat
    assert leak.telling
    assert {size for _, size in leak.cbr} == {132}  # 127 and the record header: see docs/security.md
    assert len(leak.cbr) == len(leak.energy) == 200
    assert (leak.ours.sizes, leak.ours.bits, leak.ours.correlation, leak.ours.accuracy) == (1, 0.0, None, CHANCE)
    assert leak.theirs.sizes > 20
    assert leak.theirs.bits > 3
    assert leak.theirs.correlation is not None
    assert leak.theirs.correlation > 0.4
    times = [at for at, _ in leak.cbr]
    assert times == sorted(times)
    assert 3.9 < times[-1] < 8


def test_the_command_writes_both_traces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "leak.json"
    assert main(["lab", "leak", "--seconds", "4", "--json", str(report)]) == 0
    told = json.loads(report.read_text())
    assert set(told) == {"frame_ms", "cbr", "vbr", "energy", "ours", "theirs"}
    assert told["ours"]["sizes"] == 1
    said = capsys.readouterr().out
    assert "1 of 4 s" in said
    assert "right in 50%" in said


@pytest.mark.parametrize("seconds", ["0", "99", "-3", "nan", "inf"])
def test_a_length_that_the_recording_has_not_is_put_wrongly(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "leak", f"--seconds={seconds}"]) == 2
    assert "2 to 14 seconds" in capsys.readouterr().err


# ── the measure ────────────────────────────────────────────────────────────────────────────────────────────────


def test_sizes_that_follow_the_voice_tell_all_of_it() -> None:
    loudness = [SPEECH, PAUSE] * 50
    reading = read([140, 60] * 50, loudness)
    assert reading.accuracy == 1.0
    assert reading.correlation == 1.0
    assert reading.bits == 1.0


def test_sizes_that_vary_by_dice_tell_nothing_for_all_their_bits() -> None:
    dice = random.Random(1)
    reading = read([dice.randrange(60, 140) for _ in range(4000)], [dice.choice((SPEECH, PAUSE)) for _ in range(4000)])
    assert reading.bits > 6
    assert abs(reading.accuracy - CHANCE) < 0.03
    assert abs(reading.correlation or 0) < 0.05


def test_what_is_not_sent_tells_too() -> None:
    reading = read([132, 132, 0, 0] * 20, [SPEECH, SPEECH, PAUSE, PAUSE] * 20)
    assert reading.sizes == 1
    assert reading.bits == 1.0
    assert reading.accuracy == 1.0


def test_one_size_tells_nothing() -> None:
    reading = read([132] * 40, [SPEECH, PAUSE] * 20)
    assert (reading.sizes, reading.bits, reading.correlation, reading.accuracy) == (1, 0.0, None, CHANCE)


@pytest.mark.parametrize("sizes", [[], [0, 0, 0], [5]])
def test_next_to_nothing_tells_nothing(sizes: list[int]) -> None:
    assert read(sizes, [SPEECH] * len(sizes)).accuracy == CHANCE


def test_the_border_lies_between_the_two_kinds() -> None:
    assert 62 <= threshold([60, 61, 62, 139, 140, 141]) < 139
    assert threshold([132, 132]) == 0


# ── the encoder that no phone has ──────────────────────────────────────────────────────────────────────────────


def test_it_leaves_out_a_long_silence_and_its_clock_runs_on() -> None:
    key = bytes(range(KEY_SIZE))
    ours, theirs = VariableOutbound(key, 7, sequence_number=5, timestamp=0), Unprotector(key)
    packets = [ours.push(SILENCE) for _ in range(100)]
    sent = [(number, packet) for number, packet in enumerate(packets) if packet is not None]
    assert 0 < len(sent) < 60
    clear = [theirs.unprotect_untrusted(packet) for _, packet in sent]
    read_back = [unpack_untrusted(packet) for packet in clear if packet is not None]
    assert [one.sequence_number for one in read_back] == [5 + i for i in range(len(sent))]
    assert [one.timestamp for one in read_back] == [number * FRAME_SAMPLES for number, _ in sent]


def test_it_refuses_what_is_no_frame() -> None:
    with pytest.raises(LocalError):
        VariableEncoder().encode(np.zeros(3, np.int16))


def test_nothing_outside_the_lab_knows_it() -> None:
    house = Path(__file__).parents[2]
    knowing = [
        file
        for room in ("voip", "gui")
        for file in (house / room).rglob("*.py")
        if "variable_rate" in file.read_text(encoding="utf-8")
    ]
    assert [file.name for file in knowing] == ["leak.py"]
    assert knowing[0].parent.name == "lab"
