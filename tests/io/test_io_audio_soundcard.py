"""The sound card against a real one (virtual, but PulseAudio, ALSA and PortAudio are what they are everywhere)."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import wave

import numpy as np
import pytest
from rig.virtual_sound import RATE, VirtualSoundCards, missing_programs

from voip.errors import AudioError
from voip.io.audio import bell, devices, soundcard
from voip.io.audio.devices import default_available, find_device, list_devices, portaudio
from voip.io.audio.opening import open_port
from voip.io.audio.soundcard import DeviceHalf, SoundCard
from voip.io.audio.wavfile import load_wav

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}")
TONE = 1000.0


@pytest.fixture(scope="module")
def cards():
    with VirtualSoundCards() as rig:
        yield rig


@pytest.fixture
def sound(cards, monkeypatch):
    """PortAudio in this process, on side a of the rig. It reads the environment only when it starts."""
    env = cards.env("a")
    for key in ("PULSE_SERVER", "PULSE_SOURCE", "PULSE_SINK", "ALSA_CONFIG_PATH", "HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(key, env[key])
    assert cards._answers(), f"the rig's server is gone: {cards.server.poll()} {cards.log('pulseaudio')[-1500:]}"
    sd = portaudio()
    sd._terminate()
    sd._initialize()
    yield sd
    monkeypatch.undo()
    sd._terminate()
    sd._initialize()


def tone(seconds):
    return np.rint(9000 * np.sin(2 * np.pi * TONE * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def strength(samples):
    """Share of the loudest second's power that is our tone."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(samples.size))) ** 2
    at = round(TONE * samples.size / RATE)
    return spectrum[at - 3 : at + 4].sum() / (spectrum.sum() + 1e-9)


async def until(condition, seconds=10.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the sound card tells nobody but its counters
            await asyncio.sleep(0.02)


def write_tone(path, seconds):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(tone(seconds).tobytes())
    return path


async def test_a_tone_comes_in_and_a_tone_goes_out(cards, sound, tmp_path):
    port = SoundCard()
    source, captured, ticks = tone(10), [], 0

    def tick():
        nonlocal ticks, source
        ticks += 1
        captured.append(port.capture.read(len(port.capture)))
        while len(port.playout) < 4 * port.playout_block and source.size:
            source = source[port.playout.write(source[:960]) :]

    recorder = cards.record("spk_a.monitor")
    port.start(tick)
    player = cards.play(write_tone(tmp_path / "tone.wav", 2.0), "mic_a")
    await until(lambda: player.poll() is not None)
    port.stop()
    [heard] = recorder.stop()
    said = np.concatenate(captured)
    assert ticks > 200
    assert strength(said[-RATE - 20_000 : -20_000]) > 0.9
    assert np.abs(said).max() == pytest.approx(9000, rel=0.05)
    loud = np.flatnonzero(np.abs(heard.samples) > 0.2)
    assert loud.size > RATE // 2  # a sine is above three quarters of its peak half of the time
    assert strength(heard.samples[loud[0] + 4800 : loud[0] + 4800 + RATE // 2]) > 0.9
    assert port.capture.overrun == 0
    assert (port.input_name, port.output_name) == ("default", "default")
    assert 0 < port.input_latency < 0.1
    assert 0 < port.output_latency < 0.1
    assert port.playout_block == 240
    assert port.problem == ""
    port.stop()


async def test_a_stream_that_stops_is_noticed_and_opened_again(cards, sound, monkeypatch):
    """The server stands still for a while, as a card does that was unplugged; then everything moves again."""
    monkeypatch.setattr(soundcard, "STALLED", 0.4)
    card = DeviceHalf("input", None)
    card.start(lambda: None)
    await until(lambda: card._blocks > 20)
    os.kill(cards.server.pid, signal.SIGSTOP)
    try:
        await until(lambda: "has stopped" in card.problem)
    finally:
        os.kill(cards.server.pid, signal.SIGCONT)
    await until(lambda: card.restarts == 1, 20)
    before = card._blocks
    await until(lambda: card._blocks > before + 20)
    assert card.problem == "The microphone “default” had stopped and was opened again."
    card.stop()


async def test_a_stream_that_cannot_be_opened_again_says_why_and_ends_with_the_call(sound, monkeypatch):
    monkeypatch.setattr(soundcard, "STALLED", 0.2)
    card = DeviceHalf("output", None)
    card.start(lambda: None)
    await until(lambda: card._blocks > 20)
    with monkeypatch.context() as patch:
        patch.setattr(card, "_device", soundcard.Device(9999, "gone", "ALSA", 1, 1, 48_000))
        card._stream.abort()
        await until(lambda: "cannot be opened" in card.problem)
    assert card.problem.startswith("The loudspeaker “gone” has stopped. The loudspeaker “gone” cannot be opened")
    await until(lambda: card.restarts == 1)
    gate, opened, really_open = threading.Event(), [], card._open

    def open_slowly():
        gate.wait(10)
        opened.append(really_open())
        return opened[0]

    monkeypatch.setattr(card, "_open", open_slowly)
    card._stream.abort()
    await until(lambda: card._stream is None)  # being opened again …
    card.stop()  # … when the call ends
    gate.set()
    await until(lambda: opened and opened[0].closed)
    assert card.restarts == 1


def in_a_process(code, env):
    """ALSA keeps its configuration for the life of a process: another one needs another process."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


REFUSED = """
import asyncio
from voip.errors import AudioError
from voip.io.audio.soundcard import SoundCard
async def main():
    try:
        SoundCard(None, "cdonly").start(lambda: None)
    except AudioError as error:
        print(error.code, error)
asyncio.run(main())
"""


def test_a_device_that_refuses_48_khz_is_named_with_its_rate(cards, tmp_path):
    conf = tmp_path / "asound.conf"
    conf.write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
        'pcm.cdonly { type a52 rate 44100 channels 2 slavepcm "null" }\n'
    )
    assert in_a_process(REFUSED, cards.env("a", ALSA_CONFIG_PATH=str(conf))) == (
        "sample-rate The loudspeaker “cdonly” will not run at 48 kHz, which Glasscall needs; its own rate is 44.1 kHz. "
        "Choose another with --output, or a file: --output NAME.wav\n"
    )


async def test_a_stream_that_opens_and_will_not_start_is_closed_again(sound, monkeypatch):
    made = []

    def refuse(stream):
        made.append(stream)
        raise sound.PortAudioError("the card is busy", -9985)

    monkeypatch.setattr(sound.InputStream, "start", refuse)
    card = DeviceHalf("input", None)
    with pytest.raises(AudioError, match=r"“default” cannot be opened .*the card is busy") as caught:
        card.start(lambda: None)
    assert caught.value.code == "device-refused"
    assert len(made) == len(soundcard.ALSA_SETTINGS)
    assert all(stream.closed for stream in made)


def test_a_stream_opened_again_after_the_loop_has_ended_is_closed(sound):
    card = DeviceHalf("output", None)
    card._loop = asyncio.new_event_loop()
    card._loop.close()
    opened, really_open = [], card._open
    card._open = lambda: opened.append(really_open()) or opened[0]
    card._reopen(None)
    assert opened[0].closed


async def test_when_half_of_it_cannot_start_neither_does(sound):
    port = SoundCard()
    port._microphone._device = soundcard.Device(9999, "gone", "ALSA", 1, 1, 48_000)
    with pytest.raises(AudioError, match="“gone” cannot be opened") as caught:
        port.start(lambda: None)
    assert caught.value.code == "device-refused"
    assert port._loudspeaker._stream is None
    port.stop()


async def test_half_a_sound_card_and_half_a_file(cards, sound, tmp_path):
    """From the microphone into a file; and settings that the card refuses give way to more forgiving ones."""
    port = open_port(None, str(tmp_path / "heard.wav"))

    def tick():
        port.playout.write(port.capture.read(len(port.capture)))

    begin, tried = port._microphone._begin, []

    def begin_if_forgiving(sd, latency, blocksize, channels):
        tried.append((latency, blocksize))
        if latency == 0.010:
            raise sd.PortAudioError("too fast for this card", -9993)
        return begin(sd, latency, blocksize, channels)

    port._microphone._begin = begin_if_forgiving
    port.start(tick)
    assert tried == [(0.010, 240), (0.020, 480)]
    player = cards.play(write_tone(tmp_path / "tone.wav", 1.0), "mic_a")
    await until(lambda: player.poll() is not None)
    port.stop()
    assert port._microphone.block == 480
    assert port.playout_block == 480
    heard = load_wav(tmp_path / "heard.wav")
    loud = np.flatnonzero(np.abs(heard) > 6000)
    assert strength(heard[loud[0] + 4800 : loud[0] + RATE // 2]) > 0.9


def test_devices_are_found_by_name_part_and_index(sound):
    found = list_devices()
    assert {"default", "pulse"} <= {device.name for device in found}
    assert default_available()
    default = find_device(None, "input")
    assert default.name == "default"
    assert find_device("PULS", "output").name == "pulse"
    assert find_device(str(default.index), "input") == default
    for unknown in ("plse", "4711"):
        with pytest.raises(AudioError, match=f"“{unknown}” is no microphone here. Did you mean .*“pulse”") as caught:
            find_device(unknown, "input")
        assert caught.value.code == "no-such-device"
    with pytest.raises(AudioError, match="“ul” is the name of more than one loudspeaker here") as caught:
        find_device("ul", "output")
    assert caught.value.code == "no-such-device"


def test_without_a_default_the_first_usable_device_serves(sound):
    sound.default.device = 4711
    try:
        assert find_device(None, "output") == next(device for device in list_devices() if device.outputs)
    finally:
        sound.default.reset()


SILENT = """
from voip.errors import AudioError
from voip.io.audio.devices import *
print(default_available())
for kind in ("input", "output"):
    try:
        find_device(None, kind)
    except AudioError as error:
        print(error.code, error)
"""


def test_a_machine_without_sound(cards):
    """No server answers, and there is no card behind it."""
    assert in_a_process(SILENT, cards.env("a", PULSE_SERVER="unix:/nonexistent")).splitlines() == [
        "False",
        "no-device This machine has no microphone. Connect one, or use a file: --input NAME.wav",
        "no-device This machine has no loudspeaker. Connect one, or use a file: --output NAME.wav",
    ]


def test_no_device_of_a_kind_is_a_sentence(monkeypatch):
    monkeypatch.setattr(devices, "list_devices", list)
    with pytest.raises(AudioError, match=r"no microphone.*--input NAME\.wav") as caught:
        find_device(None, "input")
    assert caught.value.code == "no-device"


def test_a_machine_without_portaudio(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(AudioError, match="apt install libportaudio2") as caught:
        list_devices()
    assert caught.value.code == "no-portaudio"
    assert not default_available()


def test_looking_for_devices_prints_nothing(cards):
    code = "from voip.io.audio.soundcard import *; print(default_available(), len(list_devices()))"
    assert in_a_process(code, cards.env("b")) == "True 2\n"


def test_importing_the_sound_card_does_not_load_portaudio(cards):
    code = "import sys, voip.io.audio.opening; print('sounddevice' in sys.modules)"
    assert in_a_process(code, cards.env("a")) == "False\n"


def test_the_callbacks_copy_and_count(sound):
    """A card without mono: its left channel is heard, and both of its channels play."""
    microphone, loudspeaker = DeviceHalf("input", None), DeviceHalf("output", None)
    microphone._captured(np.array([[1, 9], [2, 9]], np.int16), 2, None, None)
    assert microphone.ring.read(2).tolist() == [1, 2]
    loudspeaker.ring.write(np.array([5], np.int16))
    out = np.full((2, 2), 7, np.int16)
    loudspeaker._played(out, 2, None, "output underflow")
    assert out.tolist() == [[5, 5], [0, 0]]
    assert (loudspeaker.ring.underrun, loudspeaker.xruns, microphone.xruns) == (1, 1, 0)


@pytest.mark.parametrize("platform", ["linux", "another"])
async def test_a_bell_rung_in_a_thread_is_heard_in_the_loop(monkeypatch, platform):
    monkeypatch.setattr(bell.sys, "platform", platform)
    heard = asyncio.Event()
    rope = bell.Bell(heard.set)
    for _ in range(2):
        await asyncio.to_thread(lambda: [rope.ring() for _ in range(20_000)])  # more than a pipe holds
        await asyncio.wait_for(heard.wait(), 5)
        heard.clear()
    rope.close()
    rope.close()
    rope.ring()
