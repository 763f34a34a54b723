"""Devices that go and come in the midst of it, over PulseAudio: must show 8 of the issue, at the port's level."""

import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest
from rig.virtual_sound import RATE, VirtualSoundCards, missing_programs

from voip.errors import AudioError
from voip.io.audio import libpulse, portaudio
from voip.io.audio.opening import open_port
from voip.io.audio.portaudio import PortAudio

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}")
LOUD = 0.05


@pytest.fixture(scope="module")
def cards():
    with VirtualSoundCards() as rig:
        yield rig


@pytest.fixture
def sound(cards, monkeypatch):
    env = cards.env("a")
    for key in ("PULSE_SERVER", "PULSE_SOURCE", "PULSE_SINK", "ALSA_CONFIG_PATH", "HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(key, env[key])
    monkeypatch.delenv("PULSE_SINK")
    monkeypatch.delenv("PULSE_SOURCE")
    cards.pactl("set-default-sink", "spk_b")
    cards.pactl("set-default-source", "mic_b.monitor")
    return cards


async def until(condition, seconds=10.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the device tells nobody but its counters
            await asyncio.sleep(0.01)


class Talk:
    """A port whose loudspeaker always has a tone to play, and which notes when something came from its microphone."""

    def __init__(self, microphone, loudspeaker):
        self.port = open_port(microphone, loudspeaker)
        self.news, self.came = [], []
        self.port.listen(self.news.append)
        t = np.arange(RATE) / RATE
        self._tone, self._at = np.rint(9000 * np.sin(2 * np.pi * 1000 * t)).astype(np.int16), 0
        self.port.start(self._tick)

    def _tick(self):
        capture, playout = self.port.capture, self.port.playout
        if len(capture):
            capture.read(len(capture))
            self.came.append(time.monotonic())
        while len(playout) < self.port.playout_block + 480:
            playout.write(self._tone[self._at : self._at + 480])
            self._at = (self._at + 480) % RATE

    def heard(self, what, kind):
        return [one for one in self.news if one.what == what and one.kind == kind]

    def silence_around(self, moment):
        """The longest time without a sample from the microphone, from shortly before `moment` on."""
        return np.diff([stamp for stamp in self.came if stamp > moment - 0.2]).max()


def loud_from(recording, begin):
    """When a sound of more than a click is first heard after `begin`."""
    power = np.convolve(np.abs(recording.samples) > LOUD, np.ones(480), "valid")
    for index in np.flatnonzero(power > 240):
        if recording.when(int(index)) > begin:
            return recording.when(int(index))
    raise AssertionError("nothing was heard")


DONT_MOVE = 0x0200


@pytest.fixture(params=["the server moves us", "the server drops us"])
def plight(request, monkeypatch):
    """What a sound server does with a stream whose device goes: most move it, some end it. Both must do."""
    if request.param == "the server drops us":
        monkeypatch.setattr(libpulse, "FLAGS", libpulse.FLAGS | DONT_MOVE)


@pytest.mark.usefixtures("plight")
async def test_a_loudspeaker_and_a_microphone_that_go_are_replaced_within_a_second(sound):
    talk = Talk("mic_a.monitor", "spk_a")
    try:
        await until(lambda: len(talk.came) > 100)
        recorder = sound.record("spk_b.monitor")
        gone = time.monotonic()
        await asyncio.to_thread(sound.unplug, "spk_a")
        unplugged = time.monotonic()
        await until(lambda: talk.heard("replaced", "output"))
        await asyncio.sleep(0.5)
        [heard] = await asyncio.to_thread(recorder.stop)
        assert loud_from(heard, gone) - unplugged < 1.0
        assert talk.port.output_name == "spk_b"
        assert "“spk_a” has stopped; “spk_b” has taken over" in talk.port.problem

        gone = time.monotonic()
        await asyncio.to_thread(sound.unplug, "mic_a")
        await until(lambda: talk.heard("replaced", "input"))
        await asyncio.sleep(0.5)
        assert talk.silence_around(gone) < 1.0
        assert talk.port.input_name == "mic_b.monitor"
        for kind in ("input", "output"):
            [lost], [replaced] = talk.heard("lost", kind), talk.heard("replaced", kind)
            assert lost.device in ("mic_a.monitor", "spk_a")
            assert 0 <= replaced.gap < 0.5

        # They come back: they are offered, not taken, until the caller says so.
        assert talk.port.half("output").offered == ""
        await asyncio.to_thread(sound.plug, "spk_a")
        await asyncio.to_thread(sound.plug, "mic_a")
        await until(lambda: talk.heard("returned", "output") and talk.heard("returned", "input"))
        assert talk.heard("returned", "output")[0].device == talk.port.half("output").offered == "spk_a"
        assert talk.port.output_name == "spk_b"
        recorder = sound.record("spk_a.monitor")
        asked = time.monotonic()
        talk.port.half("output").switch("spk_a")
        talk.port.half("input").switch("mic_a.monitor")
        await until(lambda: talk.heard("switched", "output") and talk.heard("switched", "input"))
        await asyncio.sleep(0.5)
        [heard] = await asyncio.to_thread(recorder.stop)
        assert loud_from(heard, asked) - asked < 1.0
        assert talk.silence_around(asked) < 1.0
        assert (talk.port.input_name, talk.port.output_name) == ("mic_a.monitor", "spk_a")
        assert talk.port.half("output").offered == talk.port.problem == ""
        with pytest.raises(AudioError, match="“nobody” is no loudspeaker here"):
            talk.port.half("output").switch("nobody")
    finally:
        talk.port.stop()


async def test_the_default_device_goes_and_another_becomes_it(sound):
    talk = Talk(None, None)
    try:
        await until(lambda: len(talk.came) > 50)
        assert (talk.port.input_name, talk.port.output_name) == ("mic_b.monitor", "spk_b")
        await asyncio.to_thread(sound.unplug, "spk_b")
        await until(lambda: talk.heard("replaced", "output"))
        assert talk.port.output_name != "spk_b"
        before = talk.port.half("output")._stream.blocks
        await until(lambda: talk.port.half("output")._stream.blocks > before + 50)
    finally:
        talk.port.stop()
        await asyncio.to_thread(sound.plug, "spk_b")


async def test_a_device_that_the_server_moves_us_to_is_named(sound):
    talk = Talk("mic_a.monitor", "spk_a")
    try:
        await until(lambda: len(talk.came) > 50)
        [ours] = [line.split("\t")[0] for line in sound.pactl("list", "short", "sink-inputs").splitlines()]
        await asyncio.to_thread(sound.pactl, "move-sink-input", ours, "spk_b")
        await until(lambda: talk.heard("moved", "output"))
        assert talk.port.output_name == "spk_b"
        assert talk.port.half("output").restarts == 0
    finally:
        talk.port.stop()


async def test_when_there_is_no_other_it_waits_for_one(sound, monkeypatch):
    monkeypatch.setattr(libpulse, "FLAGS", libpulse.FLAGS | DONT_MOVE)
    talk = Talk("mic_a.monitor", "spk_a")
    try:
        await until(lambda: len(talk.came) > 50)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(talk.port.half("output")._backend, "devices", lambda kind: [])
            await asyncio.to_thread(sound.unplug, "spk_a")
            await until(
                lambda: "There is no other loudspeaker" in talk.port.problem or "no such device" in talk.port.problem
            )
            await asyncio.sleep(0.3)
            assert talk.port.half("output").restarts == 0
            assert talk.port.output_latency == 0.0
        await until(lambda: talk.port.half("output").restarts == 1, 3.0)
    finally:
        talk.port.stop()
        await asyncio.to_thread(sound.plug, "spk_a")


async def test_what_a_loudspeaker_plays_never_stands_in_for_a_lost_microphone(sound, monkeypatch):
    """Else the far end would hear itself. (Here the null sinks' monitors are all there is, so one poses as a card.)"""
    monkeypatch.setattr(libpulse, "FLAGS", libpulse.FLAGS | DONT_MOVE)
    talk = Talk("mic_a.monitor", "spk_a")
    half = talk.port.half("input")
    half._preferred = half._device = replace(half._preferred, monitor=False)
    try:
        await until(lambda: len(talk.came) > 50)
        await asyncio.to_thread(sound.unplug, "mic_a")
        await until(lambda: "mic_a.monitor” cannot be opened (there is no such device)" in talk.port.problem)
        await asyncio.sleep(0.3)
        assert half.restarts == 0
    finally:
        talk.port.stop()
        await asyncio.to_thread(sound.plug, "mic_a")


async def test_with_portaudio_too_another_takes_over_and_the_lost_one_is_offered(sound, monkeypatch):
    """ALSA's plugin survives an unplugged sink, so the device is lost by decree; the child process really looks."""
    monkeypatch.setattr(portaudio, "LOOK_EVERY", 0.3)
    really_look, there = portaudio.look, False

    def look():
        return [one for one in really_look() or [] if there or one[0] != "pulse"]

    monkeypatch.setattr(portaudio, "look", look)
    talk = Talk("none", "portaudio:pulse")
    half = talk.port.half("output")
    really_open = half._backend.open
    played = []

    def open_what_is_there(device, *rest):
        if device.name == "pulse" and not there:
            raise AudioError("it is gone", code="device-refused")
        played.append(device.name)
        return really_open(device, *rest)

    try:
        await until(lambda: half._stream.blocks > 50)
        monkeypatch.setattr(half._backend, "open", open_what_is_there)
        half._stream._stream.abort()
        await until(lambda: talk.heard("replaced", "output"))
        [replaced] = talk.heard("replaced", "output")
        assert (talk.port.output_name, replaced.device) == ("default", "default")
        assert replaced.gap < 0.7
        await asyncio.sleep(1.0)
        assert half.offered == ""
        there = True
        await until(lambda: half.offered == "pulse")
        assert len(talk.heard("returned", "output")) == 1
        half.switch("pulse")
        await until(lambda: talk.heard("switched", "output"))
        assert (talk.port.output_name, half.offered, played) == ("pulse", "", ["default", "pulse"])
    finally:
        talk.port.stop()


def test_a_child_process_sees_what_portaudio_sees(sound):
    assert {"ALSA: default", "ALSA: pulse"} <= PortAudio().present("input")


def test_a_child_process_that_fails_knows_nothing(monkeypatch):
    monkeypatch.setattr(portaudio, "LISTING", "raise SystemExit(1)")
    assert portaudio.look() is None
    assert PortAudio().present("output") == set()
    monkeypatch.setattr(portaudio, "LISTING", "print({})")
    assert portaudio.look() is None
