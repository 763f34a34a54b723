"""Files as sound card: what goes in comes out, in step with the clock, and a full disk ends in a sentence."""

import asyncio
import os
import resource
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import AudioError
from voip.io.audio.wavfile import STEP_SAMPLES, WavPort, load_wav
from voip.io.audio.wavwriter import HEADER_BYTES, WavWriter, header


def write_wav(path, data, *, rate=48_000, channels=1, width=2):
    with wave.open(str(path), "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(data)
    return path


def samples_of(path):
    with wave.open(str(path)) as source:
        assert source.getparams()[:3] == (1, 2, 48_000)
        data = source.readframes(source.getnframes())
        assert len(data) == 2 * source.getnframes()
        return np.frombuffer(data, "<i2")


def ramp(n):
    return (np.arange(n) % 20_000 + 1).astype(np.int16)


async def run_port(port, seconds, on_tick=None):
    """Let it run until its microphone has moved `seconds` of samples."""
    enough, ticks = asyncio.Event(), 0

    def tick():
        nonlocal ticks
        ticks += 1
        if on_tick:
            on_tick()
        if ticks >= 2 * seconds * 100:  # both halves tick
            enough.set()

    port.start(tick)
    await asyncio.wait_for(enough.wait(), 10)
    port.stop()


async def test_what_is_said_reaches_the_ring_and_what_is_played_the_file(tmp_path):
    said = write_wav(tmp_path / "said.wav", ramp(48_000).tobytes())
    port = WavPort(said, tmp_path / "heard.wav", said_to=tmp_path / "copy.wav")
    got = []

    def tick():
        if len(port.capture):
            block = port.capture.read(len(port.capture))
            got.append(block)
            port.playout.write(block)

    began = time.monotonic()
    await run_port(port, 0.5, tick)
    took = time.monotonic() - began
    heard, copy, captured = samples_of(tmp_path / "heard.wav"), samples_of(tmp_path / "copy.wav"), np.concatenate(got)
    assert 0.45 <= took < 1.5
    assert captured.tolist() == ramp(48_000)[: captured.size].tolist()
    assert copy.tolist() == captured.tolist()
    assert abs(heard.size - captured.size) <= 2 * STEP_SAMPLES
    lag = int(np.argmax(heard > 0))
    assert lag <= 2 * STEP_SAMPLES
    assert heard[lag : lag + 9600].tolist() == captured[:9600].tolist()
    assert (port.input_name, port.output_name) == (str(said), str(tmp_path / "heard.wav"))
    assert (port.input_latency, port.output_latency, port.playout_block) == (0.0, 0.0, STEP_SAMPLES)
    assert port.problem == ""
    port.stop()  # twice is fine


async def test_a_file_is_said_again_or_followed_by_silence(tmp_path):
    said = write_wav(tmp_path / "said.wav", ramp(1000).tobytes())
    for loop in (True, False):
        port = WavPort(said, None, loop=loop)
        await run_port(port, 0.06)
        captured = port.capture.read(2400)
        expected = np.resize(ramp(1000), 2400) if loop else np.concatenate([ramp(1000), np.zeros(1400, np.int16)])
        assert captured.tolist() == expected.tolist()


async def test_late_steps_are_caught_up_and_each_is_told(tmp_path):
    """The machine stops for 0.3 s; the files hold that time all the same, and the call had its turn in between."""
    port = WavPort(None, tmp_path / "heard.wav")
    most = 0

    def tick():
        nonlocal most
        most = max(most, len(port.capture))
        port.capture.clear()

    port.start(tick)
    began = time.monotonic()
    time.sleep(0.3)  # noqa: ASYNC251 - stopping the loop is what is tested
    await asyncio.sleep(0.05)
    took = time.monotonic() - began
    port.stop()
    assert samples_of(tmp_path / "heard.wav").size / 48_000 == pytest.approx(took, abs=0.03)
    # The two halves catch up one after the other, so the call may find one half's whole backlog, and loses none of it.
    assert port.capture.overrun == 0
    assert most >= STEP_SAMPLES


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize(("rate", "channels"), [(48_000, 2), (16_000, 1), (44_100, 2)])
def test_any_rate_width_and_channels_become_48_khz_mono(tmp_path, width, rate, channels):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    scaled = np.rint(tone * (2 ** (8 * width - 1) - 1)).astype("<i4")
    wide = (
        (scaled + 128).astype(np.uint8).reshape(-1, 1)
        if width == 1
        else scaled.view(np.uint8).reshape(-1, 4)[:, :width]
    )
    frames = np.repeat(wide, channels, axis=0) if channels > 1 else wide
    loaded = load_wav(write_wav(tmp_path / "x.wav", frames.tobytes(), rate=rate, channels=channels, width=width))
    assert loaded.size == pytest.approx(48_000, abs=2)
    expected = 16384 * np.sin(2 * np.pi * 440 * np.arange(loaded.size) / 48_000)
    middle = slice(2000, -2000)
    tolerance = 400 if width == 1 else 30
    assert np.abs(loaded[middle] - expected[middle]).max() < tolerance


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_rubbish_is_refused_with_a_sentence(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "rubbish.wav"
    for content in (data, header(len(data))[:36] + data, header(0)[: len(data)]):
        path.write_bytes(content)
        try:
            sound = load_wav(path)
        except AudioError as error:
            refused = error
            assert refused.code == "bad-wav"
        else:
            assert sound.dtype == np.int16


def test_missing_and_empty_files_are_refused(tmp_path):
    with pytest.raises(AudioError, match="cannot be read: No such file") as caught:
        load_wav(tmp_path / "missing.wav")
    assert caught.value.code == "no-such-file"
    with pytest.raises(AudioError, match="without sound") as caught:
        load_wav(write_wav(tmp_path / "empty.wav", b""))
    assert caught.value.code == "bad-wav"


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path):
    for place in (tmp_path / "no" / "folder.wav", tmp_path, Path("/dev/full")):
        with pytest.raises(AudioError, match="cannot be written") as caught:
            WavWriter(place)
        assert caught.value.code == "wav-not-writable"


FULL = """
import resource, sys
import numpy as np
from pathlib import Path
from voip.io.audio.wavwriter import WavWriter
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), before[1]))
try:
    out = WavWriter(Path(sys.argv[1]))
    for at in range(0, 48_000, 480):
        out.write(np.arange(at, at + 480).astype(np.int16))
    out.close()
    print(out.samples, out.problem)
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


def test_a_full_disk_ends_in_a_sentence_and_a_valid_file(tmp_path):
    """A size limit of the process stands for the disk: the same short write and then an error, at an odd byte."""
    path = tmp_path / "heard.wav"
    limit = HEADER_BYTES + 2 * 12_345 + 1
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(limit)], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.startswith("12345 Writing")
    assert "stopped after 0.3 s: File too large. The call goes on without it." in done.stdout
    assert samples_of(path).tolist() == np.arange(12_345).astype(np.int16).tolist()
    tiny = subprocess.run(
        [sys.executable, "-c", FULL, str(path), "20"], capture_output=True, text=True, timeout=30, check=False
    )
    assert "cannot be written: No space left" in tiny.stderr


async def test_a_call_goes_on_when_the_disk_is_full(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    port = WavPort(None, tmp_path / "heard.wav", said_to=tmp_path / "said.wav")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))
        await run_port(port, 0.2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert port.problem.count("The call goes on without it.") == 2
    assert len(port.capture) >= 9_000  # it went on
    assert samples_of(tmp_path / "heard.wav").size == (4_000 - HEADER_BYTES) // 2


def test_a_file_is_valid_while_it_is_being_written(tmp_path):
    out = WavWriter(tmp_path / "x.wav")
    for _ in range(101):
        out.write(ramp(480))
    assert samples_of(tmp_path / "x.wav").size == 48_000  # as if the program had been killed here
    out.close()
    out.write(ramp(480))
    out.close()
    assert samples_of(tmp_path / "x.wav").size == out.samples == 48_480


def test_a_header_that_cannot_be_completed_is_told(tmp_path):
    out = WavWriter(tmp_path / "x.wav")
    out.write(ramp(480))
    reader = os.open(tmp_path / "x.wav", os.O_RDONLY)
    os.dup2(reader, out._file)  # from now on nothing can be written there
    os.close(reader)
    out.close()
    assert "header of" in out.problem
    assert "cannot be completed: Bad file descriptor" in out.problem


def test_the_longest_file_that_riff_can_describe(tmp_path):
    out = WavWriter(tmp_path / "x.wav")
    out._data_bytes = 0xFFFF_FFFF - HEADER_BYTES - 100
    out.write(ramp(51))
    assert "no more than 4 GB" in out.problem
    out.close()
