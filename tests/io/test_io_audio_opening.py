"""From the words after --input and --output to a port."""

import wave

import pytest

from voip.errors import AudioError
from voip.io.audio import opening
from voip.io.audio.opening import open_port


@pytest.fixture
def said(tmp_path):
    path = tmp_path / "said.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 48_000, 0, "NONE", ""))
        out.writeframes(b"\1\0" * 480)
    return path


def test_files(said, tmp_path):
    port = open_port(str(said), str(tmp_path / "heard.WAV"), said_to=tmp_path / "copy.wav")
    assert (port.input_name, port.output_name) == (str(said), str(tmp_path / "heard.WAV"))
    port.stop()
    assert (tmp_path / "heard.WAV").stat().st_size == (tmp_path / "copy.wav").stat().st_size == 44


def test_none_is_silence_and_nowhere():
    port = open_port("none", "none")
    assert (port.input_name, port.output_name) == ("silence", "nowhere")
    port.stop()


@pytest.mark.parametrize(("said", "heard"), [(None, "none"), ("none", "usb"), ("usb", None)])
def test_everything_else_is_a_device_and_halves_may_differ(monkeypatch, said, heard):
    asked = []

    class Half:
        ring, name = None, "a device"

        def __init__(self, kind, wanted):
            asked.append((kind, wanted))

    monkeypatch.setattr(opening, "DeviceHalf", Half)
    port = open_port(said, heard)
    expected = [(kind, word) for kind, word in (("input", said), ("output", heard)) if word != "none"]
    assert asked == expected
    assert "a device" in (port.input_name, port.output_name)


def test_a_recording_is_never_written_over(said, tmp_path):
    before = said.read_bytes()
    again = f"{tmp_path}/./said.wav"
    for arguments in ({"output": again}, {"output": "none", "said_to": said}):
        with pytest.raises(AudioError, match="named twice") as caught:
            open_port(str(said), **arguments)
        assert caught.value.code == "same-file"
    assert said.read_bytes() == before


def test_a_bad_output_leaves_the_copy_closed(said, tmp_path):
    with pytest.raises(AudioError) as caught:
        open_port(str(said), str(tmp_path / "no" / "heard.wav"), said_to=tmp_path / "copy.wav")
    assert caught.value.code == "wav-not-writable"
