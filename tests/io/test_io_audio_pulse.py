"""PulseAudio's own client against a real server: what it says of its latency, and what it does when sound is late."""

import asyncio
import gc
import statistics
import time
import wave

import numpy as np
import pytest
from rig.virtual_sound import RATE, VirtualSoundCards, missing_programs

from voip.errors import AudioError
from voip.io.audio import libpulse, pulse
from voip.io.audio.device import Device, find_device
from voip.io.audio.opening import open_port
from voip.io.audio.pulse import BUFFER_MS, Pulse
from voip.io.audio.pulsedevices import PulseWatch, list_pulse
from voip.io.audio.ring import Ring

pytestmark = pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {missing_programs()}")
NOWHERE = Device(0, "nowhere", "PulseAudio", 1, 1, 48_000, "nowhere")


@pytest.fixture(scope="module")
def cards():
    with VirtualSoundCards() as rig:
        yield rig


@pytest.fixture
def sound(cards, monkeypatch):
    env = cards.env("a")
    for key in ("PULSE_SERVER", "PULSE_SOURCE", "PULSE_SINK", "HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(key, env[key])
    return cards


@pytest.fixture
def opened(sound):
    """Opens a stream on side a's device; closes it afterwards."""
    streams = []

    def open_stream(kind, ring, tell=lambda: None, step=0):
        device = find_device(None, kind, list_pulse(kind))
        streams.append(Pulse().open(device, kind, ring, tell, step))
        return streams[-1]

    yield open_stream
    for stream in streams:
        stream.close()


def wait_until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def chirp():
    t = np.arange(4800) / RATE
    return np.exp(2j * np.pi * (300 * t + 3100 * t * t / 0.2)) * np.hanning(4800)


def places(samples):
    """Where chirps begin, to the sample."""
    size = 1 << (samples.size + 4800).bit_length()
    strength = np.abs(np.fft.ifft(np.fft.fft(samples, size) * np.conj(np.fft.fft(chirp(), size))))[: samples.size]
    found = []
    while strength.max() > 200:
        at = int(np.argmax(strength))
        found.append(at)
        strength[max(0, at - RATE // 4) : at + RATE // 4] = 0
    return sorted(found)


async def test_what_is_said_of_the_latency_is_what_a_chirp_needs(sound, tmp_path):
    """Microphone → ring → loudspeaker: the device's word for both ends and what waits between are the whole way."""
    port = open_port("pulse:", "pulse:")
    mouth_half, ear_half, said, captured = port.half("input"), port.half("output"), [], [0.0]
    ring_mouth, ring_ear = mouth_half._ring_bell, ear_half._ring_bell

    def tick():
        port.playout.write(port.capture.read(len(port.capture)))

    def block_came():  # in the devices' own threads, so that a late loop does not blur it
        captured[0] = time.monotonic()
        ring_mouth()

    def block_went():
        now, stream = time.monotonic(), ear_half._stream
        if stream and captured[0] and mouth_half._stream:
            waiting = stream._given + len(port.playout) + len(port.capture)
            way = port.input_latency + now - captured[0] + waiting / RATE + port.output_latency
            said.append((now, way, stream.xruns))
        ring_ear()

    mouth_half._ring_bell, ear_half._ring_bell = block_came, block_went
    ear_half._easing.step = 3  # a busy machine should not make it run dry all the time

    sounds = np.zeros(8 * RATE)
    for begin in range(RATE, 8 * RATE - 4800, RATE):
        sounds[begin : begin + 4800] = 0.5 * chirp().real
    with wave.open(str(tmp_path / "chirps.wav"), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((sounds * 32767).astype("<i2").tobytes())
    port.start(tick)
    port.playout.write(np.zeros(1440, np.int16))
    await asyncio.sleep(1.5)  # both ends have settled
    recorder = sound.record("mic_a.monitor", "spk_a.monitor")
    player = sound.play(tmp_path / "chirps.wav", "mic_a")
    await asyncio.to_thread(player.wait, 20)
    port.stop()
    spoken, heard = recorder.stop()
    mouth = [spoken.when(at) for at in places(spoken.samples)]
    ear = [heard.when(at) for at in places(heard.samples)]
    assert len(mouth) >= 6
    wrong = []
    for begin in mouth:
        near = [one for one in said if abs(one[0] - begin) < 0.3]
        after = [end - begin for end in ear if 0 < end - begin < 0.5]
        if after and near[0][2] == near[-1][2]:  # while it runs dry, no figure holds
            wrong.append(after[0] - statistics.median(one[1] for one in near))
    assert len(wrong) >= 2
    assert abs(statistics.median(wrong)) < 0.003, [round(1000 * one, 1) for one in wrong]


def test_a_ring_that_is_a_little_late_loses_nothing(opened):
    """The server's own buffer lasts a little longer: sound that comes within the grace is played, not skipped."""
    ring = Ring(RATE)
    ring.write(np.full(RATE // 2, 1000, np.int16))
    late, before = 0, 0

    def tell():
        nonlocal late, before
        if len(ring) == 0 and before < 20:  # ran empty: bring a block, as a loop that woke late does
            before += 1
            late += 1
            ring.write(np.full(240, 1000, np.int16))

    stream = opened("output", ring, tell)
    wait_until(lambda: before == 20)
    wait_until(lambda: stream.blocks > 130)
    assert ring.underrun > 0  # in the end nothing came any more …
    assert stream.dead == ""  # … which is silence and no failure
    blocks = stream.blocks
    wait_until(lambda: stream.blocks > blocks + 20)


def test_who_wants_a_frame_is_not_woken_for_each_piece_of_it(opened):
    ring, waited = Ring(RATE), []

    def tell():
        waited.append(len(ring))
        ring.read(ring.enough)

    ring.enough = 960
    opened("input", ring, tell)
    wait_until(lambda: len(waited) >= 20)
    assert min(waited) >= 960
    assert max(waited) < 2 * 960


def test_a_larger_buffer_needs_no_interruption(opened):
    ring = Ring(RATE)
    stream = opened("output", ring, lambda: ring.write(np.zeros(min(480, RATE - len(ring)), np.int16)))
    wait_until(lambda: stream.blocks > 200)
    small = stream.latency
    assert stream.resize(len(BUFFER_MS) - 2)
    assert stream.step == len(BUFFER_MS) - 2
    wait_until(lambda: stream.latency > small + 0.010)
    assert stream.resize(0)
    wait_until(lambda: stream.latency < small + 0.006, 10)
    assert stream.dead == ""


def test_a_device_that_is_not_there_is_refused_with_a_sentence(sound):
    for kind in ("input", "output"):
        with pytest.raises(AudioError, match=r"“nowhere” cannot be opened \(there is no such device\)") as caught:
            Pulse().open(NOWHERE, kind, Ring(10), lambda: None, 0)
        assert caught.value.code == "device-refused"


def test_no_server_is_refused_with_a_sentence(sound, monkeypatch):
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    assert not pulse.answers()
    with pytest.raises(AudioError, match=r"“nowhere” cannot be opened \(nobody answers\)"):
        Pulse().open(NOWHERE, "output", Ring(10), lambda: None, 0)


def test_a_stream_ends_when_it_is_told_to_and_touches_its_ring_no_more(opened):
    ring = Ring(RATE)
    stream = opened("input", ring)
    wait_until(lambda: stream.blocks > 10)
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 0.5
    written = ring._written
    time.sleep(0.1)
    assert ring._written == written
    assert stream.dead == ""  # it did as it was told
    stream.close()


def test_a_watch_tells_of_what_comes_and_goes(sound):
    told = []
    watch = PulseWatch("output", lambda: told.append({device.name for device in list_pulse("output")}))
    try:
        wait_until(lambda: told)
        sound.plug("visitor")
        wait_until(lambda: "visitor" in told[-1])
        sound.unplug("visitor")
        wait_until(lambda: "visitor" not in told[-1])
    finally:
        watch.close()
    wait_until(lambda: True)


def test_every_function_that_is_declared_is_there():
    library = libpulse.load()
    assert all(getattr(library, f"pa_{name}").argtypes is not None for name in libpulse._SIGNATURES)


async def test_the_collector_leaves_alone_what_was_there_before_the_call(sound):
    before = gc.get_freeze_count()
    port = open_port("none", "none")
    port.start(lambda: None)
    assert gc.get_freeze_count() > before + 1000
    port.stop()
    assert gc.get_freeze_count() == 0


class Server:
    """What a playback stream asks of libpulse, in numbers that a test chooses."""

    def __init__(self):
        self.writable, self.underflow, self.written = 0, -1, []

    def pa_stream_get_underflow_index(self, stream):
        return self.underflow

    def pa_stream_writable_size(self, stream):
        return 2 * self.writable

    def pa_stream_write(self, stream, at, size, free, offset, seek):
        self.written.append([at[0], size // 2])
        self.writable -= size // 2
        return 0


class Address:
    """Where the scratch begins, as ctypes would say it; here it can be looked into."""

    def __init__(self, scratch):
        self.data = scratch


@pytest.fixture
def playing(monkeypatch):
    """The playback side alone, without a thread, at a time that stands still: (server, ring, stream, move)."""
    stream, server = object.__new__(pulse.PulseStream), Server()

    class Scratch(np.ndarray):
        ctypes = property(Address)

    stream._ring, stream._scratch, stream._queue = Ring(5000), np.zeros(5000, np.int16).view(Scratch), 300
    stream._size, stream.blocks, stream.xruns, stream._given = 240.0, 0, 0, 0
    stream._tell = lambda: None
    now = [100.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])
    stream._ring.write(np.full(240, 7, np.int16))
    server.writable = 240
    move = stream._play(server, None)
    assert move() == pulse.TURN_US
    assert server.written.pop() == [7, 240]
    return server, stream._ring, stream, move, now


def test_what_is_late_is_waited_for_and_then_silence(playing):
    server, ring, stream, move, now = playing
    server.writable = 240
    ring.write(np.full(100, 8, np.int16))
    assert move() == pulse.HUNGRY_US
    assert server.written == [[8, 100]]
    now[0] += pulse.GRACE / 2
    ring.write(np.full(140, 9, np.int16))
    assert move() == pulse.TURN_US  # it came in time
    assert server.written == [[8, 100], [9, 140]]
    assert ring.underrun == 0
    server.writable = 240
    assert move() == pulse.HUNGRY_US
    now[0] += pulse.GRACE * 1.1
    assert move() == pulse.TURN_US
    assert server.written[2:] == [[0, 240]]
    assert ring.underrun == 240
    server.writable = 240
    assert move() == pulse.TURN_US  # who has nothing to play is not waited for each time
    assert stream.xruns == 0


def test_nothing_is_spent_on_time_that_is_past(playing):
    server, ring, stream, move, _ = playing
    ring.write(np.full(1000, 8, np.int16))
    server.writable, server.underflow = 1300, 4711  # a queue of 300 ran dry 1000 samples ago
    move()
    assert server.written == [[0, 1000], [8, 300]]
    assert len(ring) == 700
    assert (stream.xruns, ring.underrun) == (1, 0)
