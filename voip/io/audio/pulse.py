"""Sound by PulseAudio's own client library, to which PipeWire answers as well.

    a thread for each stream                                   the event loop
    ────────────────────────                                   ──────────────
    turn (waits in C, without the interpreter lock)
    record:   peek ──→ scratch ──→ ring ─┐
                                         ├─ blocks += 1, tell() ──→ on_tick
    playback: write ←── scratch ←── ring ┘

The server says how much it wants; we give it what the ring has. What is missing may still come within `GRACE`, because
the server's own buffer lasts a little longer; after that it is silence, and the ring counts it. When the server's own
buffer runs dry (an xrun), it plays silence and goes on; then nothing of the ring is spent on the time that is past.

A device of another rate or with more channels is the server's affair: it resamples, and may move us to another device
at any time. We look at which one it is.
"""

import ctypes as c
import threading
import time
from collections.abc import Callable

import numpy as np

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio import libpulse
from voip.io.audio.device import NOUN, Device, Kind
from voip.io.audio.libpulse import NONE, TURN_US, Attributes, Connection, Handle, Library, Spec
from voip.io.audio.priority import raise_priority
from voip.io.audio.pulsedevices import PulseWatch, list_pulse
from voip.io.audio.ring import Ring, Samples

FRAGMENT_MS = 5.0
"""What a microphone gives at a time. Less wakes us more often than it brings sound sooner."""
BUFFER_MS = (10.5, 12.0, 15.0, 20.0, 30.0, 50.0, 80.0)
"""What a loudspeaker is asked for, device and queue together, best first. PulseAudio makes its period half of what
twice the least request leaves, and the queue the rest: the first is a period of 5 ms and a queue of 5.5."""
PERIOD_MS = 5.0
REQUEST_MS = (0.25, 5.0)
"""The least that the server may ask for at a time, so that the period stays at 5 ms while the queue grows."""
GRACE = 0.002
"""Seconds that the ring may be late: what is left of a period of 5 ms is for the server."""
ANSWER = 1.0
"""Seconds that a server may take to open a stream."""
HUNGRY_US = 1_000
LOOK_EVERY = 20
"""… blocks: at the latency, and at the device's name."""
SCRATCH = SAMPLE_RATE // 2
BYTES = 2


def answers() -> bool:
    """Is there a server, here and now?"""
    try:
        connection = Connection()
    except OSError:
        return False
    try:
        return connection.connect(ANSWER)
    finally:
        connection.close()


class Pulse:
    """The back end. `server`: None is the user's own."""

    name = "PulseAudio"
    steps = len(BUFFER_MS)

    def devices(self, kind: Kind) -> list[Device]:
        return list_pulse(kind)

    def present(self, kind: Kind) -> set[str]:
        return {device.key for device in list_pulse(kind)}

    def open(self, device: Device, kind: Kind, ring: Ring, tell: Callable[[], None], step: int) -> "PulseStream":
        return PulseStream(device, kind, ring, tell, step)

    def watch(self, kind: Kind, changed: Callable[[], None]) -> PulseWatch:
        return PulseWatch(kind, changed)


class PulseStream:
    """One stream, and its thread. Raises `AudioError` (`device-refused`) when the server does not give it in time."""

    def __init__(self, device: Device, kind: Kind, ring: Ring, tell: Callable[[], None], step: int) -> None:
        self.key = device.key
        self.latency = 0.0
        self.block = int(FRAGMENT_MS * SAMPLE_RATE / 1000)
        self._size = float(self.block)
        self.blocks = 0
        self.xruns = 0
        self.dead = ""
        self.priority = ""
        self._device = device
        self._kind: Kind = kind
        self._ring = ring
        self._tell = tell
        self.step = self._asked = step
        self._given = 0
        self._queue = SCRATCH
        self._scratch: Samples = np.zeros(SCRATCH, np.int16)
        self._closing = False
        self._begun = threading.Event()
        self._refused = ""
        self._thread = threading.Thread(target=self._run, name=f"sound {kind}", daemon=True)
        self._thread.start()
        if not self._begun.wait(2 * ANSWER + 0.5) or self._refused:
            self.close()
            raise self._refusal(self._refused or libpulse.ERRORS[libpulse.TIMEOUT])

    def _refusal(self, why: str) -> AudioError:
        return AudioError(
            f"The {NOUN[self._kind]} “{self._device.name}” cannot be opened ({why}). "
            f"Choose another with --{self._kind}, or a file: --{self._kind} NAME.wav",
            code="device-refused",
        )

    def resize(self, step: int) -> bool:
        """Our thread will ask for it at its next turn; a microphone has nothing to change."""
        self.step = step
        return True

    def close(self) -> None:
        self._closing = True
        if self._thread is not threading.current_thread():
            self._thread.join(1.0)

    # ── in the stream's own thread ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        self.priority = raise_priority()
        connection = Connection()
        pa, stream = connection.pa, None
        try:
            if connection.connect(ANSWER):
                spec = Spec(libpulse.S16LE, SAMPLE_RATE, 1)
                stream = pa.pa_stream_new(connection.context, b"call", c.byref(spec), None)
                self._connect(pa, stream)
            if stream is None or not connection.until_ready(pa.pa_stream_get_state, stream, libpulse.STREAM, ANSWER):
                self._refused = connection.error
                return
            self._begun.set()
            self._move(connection, stream)
            if not self._closing:
                self.dead = connection.error
                self._tell()
        finally:
            self._begun.set()
            if stream is not None:
                pa.pa_stream_disconnect(stream)
                pa.pa_stream_unref(stream)
            connection.close()

    def _connect(self, pa: Library, stream: Handle) -> None:
        key, attributes, flags = self._device.key.encode() or None, self._attributes(), libpulse.FLAGS
        if self._kind == "input":
            pa.pa_stream_connect_record(stream, key, c.byref(attributes), flags)
        else:
            pa.pa_stream_connect_playback(stream, key, c.byref(attributes), flags, None, None)

    def _attributes(self) -> Attributes:
        def size(milliseconds: float) -> int:
            return BYTES * round(milliseconds * SAMPLE_RATE / 1000)

        if self._kind == "input":
            return Attributes(NONE, NONE, NONE, NONE, size(FRAGMENT_MS))
        buffer, (least, most) = BUFFER_MS[self.step], REQUEST_MS
        return Attributes(NONE, size(buffer), 0, size(min(max(least, buffer / 2 - PERIOD_MS), most)), NONE)

    def _move(self, connection: Connection, stream: Handle) -> None:
        """Until closed, or until the stream is no more. The numbers that C writes to are made once, here."""
        pa = connection.pa
        move = self._capture(pa, stream) if self._kind == "input" else self._play(pa, stream)
        usec, negative = c.c_uint64(), c.c_int()
        wait = TURN_US
        while not self._closing and connection.turn(wait):
            if pa.pa_stream_get_state(stream) != libpulse.STREAM.ready:
                return
            before = self.blocks
            wait = move()
            if self.blocks == before or self.blocks % LOOK_EVERY != 1:
                continue
            if pa.pa_stream_get_latency(stream, c.byref(usec), c.byref(negative)) == 0:
                now = (-usec.value if negative.value else usec.value) / 1e6
                if self._kind == "output":
                    now -= self._given / SAMPLE_RATE  # it was asked behind the block; we want its head
                self.latency += (now - self.latency) * (0.1 if self.blocks > LOOK_EVERY else 1.0)
            self._look(pa, stream)

    def _look(self, pa: Library, stream: Handle) -> None:
        key = (pa.pa_stream_get_device_name(stream) or b"").decode(errors="replace")
        if key != self.key:
            self.key = key
        if self._kind == "output":
            self._queue = pa.pa_stream_get_buffer_attr(stream).contents.tlength // BYTES
        if self._asked != self.step:
            self._asked = self.step
            operation = pa.pa_stream_set_buffer_attr(stream, c.byref(self._attributes()), None, None)
            if operation:
                pa.pa_operation_unref(operation)

    def _count(self, samples: int) -> None:
        self.blocks += 1
        if samples:
            self._size += (samples - self._size) / 32
            self.block = round(self._size)

    def _capture(self, pa: Library, stream: Handle) -> Callable[[], int]:
        scratch, at, ring = self._scratch, self._scratch.ctypes.data, self._ring
        data, size = c.c_void_p(), c.c_size_t()

        def move() -> int:
            moved = 0
            while pa.pa_stream_readable_size(stream) > 0:
                if pa.pa_stream_peek(stream, c.byref(data), c.byref(size)) < 0 or size.value == 0:
                    break
                count = min(size.value // BYTES, SCRATCH)
                if data.value:
                    c.memmove(at, data.value, count * BYTES)
                else:  # a hole: the server had to leave something out
                    scratch[:count] = 0
                    self.xruns += 1
                ring.write(scratch[:count])
                pa.pa_stream_drop(stream)
                moved += count
            if moved:
                self._count(moved)
                if len(ring) >= ring.enough:
                    self._tell()
            return TURN_US

        return move

    def _play(self, pa: Library, stream: Handle) -> Callable[[], int]:
        scratch, at, ring = self._scratch, self._scratch.ctypes.data, self._ring
        dry, hungry_since, fed = -1, 0.0, False

        def write(count: int) -> None:
            pa.pa_stream_write(stream, at, count * BYTES, None, 0, libpulse.RELATIVE)

        def patient(waiting: int) -> bool:
            """The ring is short of samples: give what it has, and wait a little for the rest?"""
            nonlocal hungry_since
            now = time.monotonic()
            hungry_since = hungry_since or now
            if not fed or now - hungry_since >= GRACE:
                return False
            if waiting:
                ring.read_into(scratch[:waiting])
                write(waiting)
                self._tell()
            return True

        def move() -> int:
            nonlocal dry, hungry_since, fed
            underflow = pa.pa_stream_get_underflow_index(stream)
            if underflow != dry:
                dry = underflow
                self.xruns += fed  # else it was the ring that was late, and the ring has counted it
            wanted = min(pa.pa_stream_writable_size(stream) // BYTES, SCRATCH)
            if wanted <= 0:
                return TURN_US
            if wanted > self._queue:  # it ran dry, and went on without us: what we write first is already past
                scratch[: wanted - self._queue] = 0
                write(wanted - self._queue)
                wanted = self._queue
            waiting = min(wanted, len(ring))
            if waiting < wanted and patient(waiting):
                return HUNGRY_US
            ring.read_into(scratch[:wanted])
            write(wanted)
            self._given = wanted
            self._count(wanted if not hungry_since else 0)
            fed, hungry_since = waiting == wanted, 0.0
            self._tell()
            return TURN_US

        return move
