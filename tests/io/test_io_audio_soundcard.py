"""The sound card against a real one (virtual, but PulseAudio, ALSA and PortAudio are what they are everywhere)."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import wave
from types import SimpleNamespace

import numpy as np
import pytest
from rig.virtual_sound import RATE, VirtualSoundCards, missing_programs

from voip.errors import AudioError
from voip.io.audio import bell, devices, portaudio
from voip.io.audio.device import Device, find_device
from voip.io.audio.devices import default_available, list_devices
from voip.io.audio.opening import open_port
from voip.io.audio.portaudio import PortAudio
from voip.io.audio.pulse import Pulse
from voip.io.audio.ring import Ring
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
    sd = portaudio.portaudio()
    sd._terminate()
    sd._initialize()
    yield sd
    monkeypatch.undo()
    assert portaudio._open == set(), "a stream was left open"  # PortAudio would crash
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


WAYS = {"pulse": Pulse, "portaudio": PortAudio}


@pytest.fixture(params=list(WAYS))
def way(request, sound):
    """Each back end, on side a of the rig."""
    return request.param


async def test_a_tone_comes_in_and_a_tone_goes_out(cards, way, tmp_path):
    port = SoundCard(f"{way}:", f"{way}:")
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
    shown = [port.half(kind).description for kind in ("input", "output")]
    latencies = port.input_latency, port.output_latency
    block = port.playout_block
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
    expected = ("mic_a.monitor", "spk_a") if way == "pulse" else ("default", "default")
    assert (port.input_name, port.output_name) == expected
    assert -0.01 < latencies[0] < 0.1  # a null sink renders before it is heard, and its monitor hears that
    assert 0 < latencies[1] < 0.1
    assert 200 <= block <= 600
    for line in shown:
        assert line.startswith(WAYS[way].name + (", " if way == "pulse" else ", ALSA, "))
        assert " ms blocks, " in line
    assert port.problem == ""
    port.stop()
    assert port.output_latency == 0


async def test_a_stream_that_stands_still_is_noticed_within_200_ms(cards, way):
    """The server stands still for a while, as a card does that was unplugged; then everything moves again."""
    news = []
    card = DeviceHalf("input", f"{way}:")
    card.on_news = lambda one: news.append((one.what, time.monotonic()))
    card.start(lambda: None)
    await until(lambda: card._stream.blocks > 50)
    stopped = time.monotonic()
    os.kill(cards.server.pid, signal.SIGSTOP)
    try:
        await until(lambda: news)
        assert news[0][0] == "lost"
        assert news[0][1] - stopped < 0.3  # 0.2, and what a busy machine adds
        assert "has stopped (it stands still)" in card.problem
    finally:
        os.kill(cards.server.pid, signal.SIGCONT)
    await until(lambda: card.restarts == 1, 20)
    before = card._stream.blocks
    await until(lambda: card._stream.blocks > before + 20)
    assert [what for what, _ in news] == ["lost", "resumed"]
    assert card.problem.startswith("The microphone “")
    assert card.problem.endswith("” had stopped and was opened again.")
    card.stop()


async def test_a_process_that_stands_still_raises_no_alarm(way):
    """Nothing moves while the whole program is held up; that is not the device's fault."""
    card = DeviceHalf("input", f"{way}:")
    news = []
    card.on_news = news.append
    card.start(lambda: None)
    await until(lambda: card._stream.blocks > 50)
    stop, go = (f"os.kill({os.getpid()}, signal.{name})" for name in ("SIGSTOP", "SIGCONT"))
    stopper = f"import os, signal, time; {stop}; time.sleep(0.6); {go}"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", stopper], check=True)
    time.sleep(0.4)  # noqa: ASYNC251 - and the loop alone, too
    before = card._stream.blocks
    await until(lambda: card._stream.blocks > before + 20)
    card.stop()
    assert [one for one in news if one.what in ("lost", "resumed")] == []
    assert card.restarts == 0


async def test_a_stream_that_cannot_be_opened_again_says_why_and_ends_with_the_call(sound, monkeypatch):
    card = DeviceHalf("output", "portaudio:")
    card.start(lambda: None)
    await until(lambda: card._stream.blocks > 20)
    with monkeypatch.context() as patch:
        patch.setattr(card._backend, "devices", lambda kind: [])
        card._device = Device(9999, "gone", "ALSA", 1, 1, 48_000, "ALSA: gone")
        card._stream._stream.abort()
        await until(lambda: "cannot be opened" in card.problem)
        assert card.problem.startswith("The loudspeaker “gone” has stopped. The loudspeaker “gone” cannot be opened")
    await until(lambda: card.restarts == 1)
    gate, opened, really_open = threading.Event(), [], card._open

    def open_slowly(device, step):
        gate.wait(10)
        opened.append(really_open(device, step))
        return opened[0]

    monkeypatch.setattr(card, "_open", open_slowly)
    card._stream._stream.abort()
    await until(lambda: card._stream is None)  # being opened again …
    card.stop()  # … when the call ends
    gate.set()
    await until(lambda: opened and opened[0]._stream.closed)
    assert card.restarts == 1


def in_a_process(code, env):
    """ALSA keeps its configuration for the life of a process: another one needs another process."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


FORMAT = """
import time
from voip.io.audio.device import find_device
from voip.io.audio.portaudio import PortAudio
from voip.io.audio.ring import Ring
card, ring = PortAudio(), Ring(48000)
device = find_device("cdonly", "output", card.devices("output"))
stream = card.open(device, "output", ring, lambda: None, 0)
time.sleep(0.3)
print(device.rate, stream._rate, stream._channels, stream.blocks > 5, ring.underrun > 4800)
stream.close()
"""


def test_a_device_that_refuses_48_khz_is_opened_at_its_own_rate(cards, tmp_path):
    conf = tmp_path / "asound.conf"
    conf.write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
        'pcm.cdonly { type a52 rate 44100 channels 2 slavepcm "null" }\n'
    )
    assert in_a_process(FORMAT, cards.env("a", ALSA_CONFIG_PATH=str(conf))) == "44100.0 44100.0 1 True True\n"


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1)])
async def test_sound_at_another_rate_goes_through_portaudio(cards, sound, monkeypatch, rate, channels, tmp_path):
    """48 kHz mono is refused here by decree: what follows, up to the card, is as real as ever."""

    def refuse(really):
        def check(**wish):
            if (wish["samplerate"], wish["channels"]) != (rate, channels):
                raise sound.PortAudioError("Invalid sample rate", portaudio.INVALID_SAMPLE_RATE)
            return really(**wish)

        return check

    for name in ("check_input_settings", "check_output_settings"):
        monkeypatch.setattr(sound, name, refuse(getattr(sound, name)))
    await a_tone_passes(cards, SoundCard("portaudio:", "portaudio:"), "mic_a", "spk_a", tmp_path)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1)])
async def test_a_card_of_another_rate_goes_through_pulseaudio(cards, sound, rate, channels, tmp_path):
    await asyncio.to_thread(cards.plug, "odd_mic", rate=rate, channels=channels)
    await asyncio.to_thread(cards.plug, "odd_spk", rate=rate, channels=channels)
    try:
        await a_tone_passes(cards, SoundCard("pulse:odd_mic.monitor", "pulse:odd_spk"), "odd_mic", "odd_spk", tmp_path)
    finally:
        cards.unplug("odd_mic")
        cards.unplug("odd_spk")


async def a_tone_passes(cards, port, mouth, ear, folder):
    """From a card through the port into another card: the same tone, at the same height and loudness."""

    def tick():
        port.playout.write(port.capture.read(len(port.capture)))

    recorder = cards.record(f"{ear}.monitor")
    port.start(tick)
    port.playout.write(np.zeros(1440, np.int16))
    player = cards.play(write_tone(folder / "tone.wav", 2.0), mouth)
    await until(lambda: player.poll() is not None)
    await asyncio.sleep(0.3)
    port.stop()
    [heard] = recorder.stop()
    loud = np.flatnonzero(np.abs(heard.samples) > 0.15)
    part = heard.samples[loud[0] + 4800 : loud[0] + 4800 + RATE // 2]
    assert strength(part) > 0.8  # a pass-through without a jitter buffer may miss a block on a busy machine
    assert np.percentile(np.abs(part), 99) == pytest.approx(9000 / 32768, rel=0.1)


async def test_a_portaudio_stream_that_runs_dry_is_opened_again_with_more_room(sound):
    card, news = DeviceHalf("output", "portaudio:"), []
    card.on_news = news.append
    card.start(lambda: None)
    await until(lambda: card._stream.blocks > 20)
    card._easing._settled_at = card._easing._changed_at = 0.0  # it has settled
    card._stream.xruns += 1
    await until(lambda: [one for one in news if one.what == "eased"])
    assert (card._stream.step, card.xruns >= 1, card.restarts, card.problem) == (1, True, 1, "")
    card._easing.step = 0  # quiet for long: but opening it again would be a gap for nothing
    await asyncio.sleep(0.2)
    assert (card._easing.step, card.restarts) == (1, 1)
    card.stop()


async def test_a_stream_that_opens_and_will_not_start_is_closed_again(sound, monkeypatch):
    made = []

    def refuse(stream):
        made.append(stream)
        raise sound.PortAudioError("the card is busy", -9985)

    monkeypatch.setattr(sound.InputStream, "start", refuse)
    card = DeviceHalf("input", "portaudio:")
    with pytest.raises(AudioError, match=r"“default” cannot be opened .*the card is busy") as caught:
        card.start(lambda: None)
    assert caught.value.code == "device-refused"
    assert len(made) == len(portaudio.ALSA_SETTINGS)
    assert all(stream.closed for stream in made)
    assert portaudio._open == set()


async def test_a_stream_opened_again_after_the_loop_has_ended_is_closed(sound):
    card = DeviceHalf("output", "portaudio:")
    card._loop = asyncio.new_event_loop()
    opened, really_open = [], card._open
    card._open = lambda device, step: opened.append(really_open(device, step)) or opened[0]
    card._revive([card._device], "resumed")
    card._loop.close()
    await until(lambda: opened and opened[0]._stream.closed)


async def test_when_half_of_it_cannot_start_neither_does(way):
    port = SoundCard(f"{way}:", f"{way}:")
    port._microphone._device = Device(9999, "gone", "ALSA", 1, 1, 48_000, "gone")
    with pytest.raises(AudioError, match="“gone” cannot be opened") as caught:
        port.start(lambda: None)
    assert caught.value.code == "device-refused"
    assert port._loudspeaker._stream is None
    port.stop()


async def test_half_a_sound_card_and_half_a_file(cards, sound, monkeypatch, tmp_path):
    """From the microphone into a file; and settings that the card refuses give way to more forgiving ones."""
    port = open_port("portaudio:", str(tmp_path / "heard.wav"))

    def tick():
        port.playout.write(port.capture.read(len(port.capture)))

    begin, tried = portaudio.PortAudioStream._begin, []

    def begin_if_forgiving(stream, sd, latency, blocksize):
        tried.append((latency, blocksize))
        if latency == 0.010:
            raise sd.PortAudioError("too fast for this card", -9993)
        return begin(stream, sd, latency, blocksize)

    monkeypatch.setattr(portaudio.PortAudioStream, "_begin", begin_if_forgiving)
    port.start(tick)
    assert tried == [(0.010, 240), (0.020, 480)]
    player = cards.play(write_tone(tmp_path / "tone.wav", 1.0), "mic_a")
    await until(lambda: player.poll() is not None)
    assert port._microphone.block == 480
    assert port._microphone._stream.step == 1
    port.stop()
    assert port.playout_block == 480
    assert port.half("output").description == "a file"
    with pytest.raises(AudioError, match="uses a file") as caught:
        port.half("output").switch(None)
    assert caught.value.code == "not-a-device"
    heard = load_wav(tmp_path / "heard.wav")
    loud = np.flatnonzero(np.abs(heard) > 6000)
    assert strength(heard[loud[0] + 4800 : loud[0] + RATE // 2]) > 0.9


def test_devices_are_found_by_name_part_and_index(sound):
    found = PortAudio().devices("input")
    assert {"default", "pulse"} <= {device.name for device in found}
    default = find_device(None, "input", found)
    assert default.name == "default"
    assert find_device("PULS", "input", found).name == "pulse"
    assert find_device(str(default.index), "input", found) == default
    for unknown in ("plse", "4711"):
        with pytest.raises(AudioError, match=f"“{unknown}” is no microphone here. Did you mean .*“pulse”") as caught:
            find_device(unknown, "input", found)
        assert caught.value.code == "no-such-device"
    with pytest.raises(AudioError, match="“ul” is the name of more than one microphone here") as caught:
        find_device("ul", "input", found)
    assert caught.value.code == "no-such-device"


def test_pulseaudio_is_the_default_where_it_answers(sound, monkeypatch):
    assert default_available()
    microphones, loudspeakers = list_devices("input"), list_devices("output")
    assert microphones[0].name == "mic_a.monitor"  # as PULSE_SOURCE says
    assert loudspeakers[0].name == "spk_a"
    assert {device.api for device in microphones + loudspeakers} == {"PulseAudio"}
    assert find_device("SPK_B", "output", loudspeakers).key == "spk_b"
    assert find_device(str(loudspeakers[2].index), "output", loudspeakers) == loudspeakers[2]
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    assert isinstance(devices.choose("anything")[0], PortAudio)
    assert devices.choose("portaudio:Headset: left")[1] == "Headset: left"
    assert devices.choose("hw:0")[1] == "hw:0"
    with pytest.raises(AudioError, match="No PulseAudio") as caught:
        DeviceHalf("input", "pulse:")
    assert caught.value.code == "no-pulse"


def test_portaudio_stands_in_where_libpulse_is_not_installed(sound, monkeypatch):
    from voip.io.audio import libpulse, pulsedevices

    def missing():
        raise OSError("libpulse.so.0: cannot open shared object file")

    monkeypatch.setattr(libpulse, "load", missing)
    assert isinstance(devices.choose(None)[0], PortAudio)
    monkeypatch.setattr(pulsedevices, "_pulsectl", lambda: None)
    with pytest.raises(AudioError, match="No PulseAudio"):
        pulsedevices.list_pulse("input")


def test_a_server_that_does_not_answer_is_not_waited_for(cards, sound):
    os.kill(cards.server.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert isinstance(devices.choose(None)[0], PortAudio)
        assert time.monotonic() - began < 2.5
    finally:
        os.kill(cards.server.pid, signal.SIGCONT)


SILENT = """
from voip.errors import AudioError
from voip.io.audio.soundcard import *
print(default_available())
for kind in ("input", "output"):
    try:
        DeviceHalf(kind, None)
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


def test_a_machine_without_portaudio(monkeypatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(AudioError, match="apt install libportaudio2") as caught:
        list_devices("input")
    assert caught.value.code == "no-portaudio"
    assert not default_available()


@pytest.mark.parametrize("server", [{}, {"PULSE_SERVER": "unix:/nonexistent"}])
def test_looking_for_devices_prints_nothing(cards, server):
    code = "from voip.io.audio.soundcard import *; print(default_available(), len(list_devices('output')))"
    assert in_a_process(code, cards.env("b", **server)) == ("False 0\n" if server else "True 4\n")


def test_where_pulseaudio_answers_portaudio_is_not_even_loaded(cards):
    code = "import sys; from voip.io.audio.opening import open_port; open_port(None, None); "
    code += "print('sounddevice' in sys.modules)"
    assert in_a_process(code, cards.env("a")) == "False\n"


def test_the_callbacks_copy_and_count(sound):
    """A card without mono: its left channel is heard, and both of its channels play."""

    when = SimpleNamespace(currentTime=10.0, inputBufferAdcTime=9.990, outputBufferDacTime=10.020)
    microphone, loudspeaker = (PortAudioStreamUnopened(kind, Ring(100)) for kind in ("input", "output"))
    microphone._captured(np.array([[1, 9], [2, 9]], np.int16), 2, when, None)
    assert microphone.ring.read(2).tolist() == [1, 2]
    loudspeaker.ring.write(np.array([5], np.int16))
    out = np.full((2, 2), 7, np.int16)
    loudspeaker._played(out, 2, when, "output underflow")
    assert out.tolist() == [[5, 5], [0, 0]]
    assert (loudspeaker.ring.underrun, loudspeaker.xruns, microphone.xruns) == (1, 1, 0)
    assert loudspeaker.latency == pytest.approx(0.020 / 16)


class PortAudioStreamUnopened(portaudio.PortAudioStream):
    def __init__(self, kind, ring):
        self.ring = ring
        super().__init__(Device(0, "x", "ALSA", 2, 2, 48_000, "x"), kind, ring, lambda: None, 0)

    def _format(self, sd):
        return 48_000.0, 2

    def _begin_somehow(self, sd):
        return None


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
