"""The few functions of PulseAudio's client library that a stream needs; PipeWire answers to the same library.

One thread owns everything here, and the library's plain main loop runs in it: `turn` waits in C without Python's
interpreter lock, and afterwards the sizes tell what there is to do. So no C code ever calls into Python.

Source: pulse/mainloop.h, context.h, stream.h, def.h. These functions and layouts are the same since libpulse 0.9.22.
"""

import ctypes as c
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Library = Any
"""The library as ctypes sees it: its functions have no types but those declared here."""
Handle = int | None
"""A pointer to something of the library's."""
NAME = "libpulse.so.0"
NONE = 0xFFFF_FFFF
"""(uint32_t) −1: let the server decide."""
S16LE = 3
FLAGS = 0x0002 | 0x0008 | 0x2000
"""PA_STREAM_INTERPOLATE_TIMING, AUTO_TIMING_UPDATE, ADJUST_LATENCY."""
RELATIVE = 0
NO_AUTOSPAWN = 1
CLIENT = b"Glasscall"
TURN_US = 20_000
TIMEOUT = 8
ERRORS = {3: "it refuses us", 5: "there is no such device", 6: "nobody answers", 8: "it took too long"}


@dataclass(frozen=True, slots=True)
class States:
    """Which of an enumeration's values mean what."""

    ready: int
    over: tuple[int, int]


CONTEXT = States(4, (5, 6))
STREAM = States(2, (3, 4))
"""pa_context_state and pa_stream_state: ready; failed or terminated."""


class Spec(c.Structure):
    """pa_sample_spec."""

    _fields_ = [("format", c.c_int), ("rate", c.c_uint32), ("channels", c.c_uint8)]


class Attributes(c.Structure):
    """pa_buffer_attr, in bytes: the most that may wait, the target, the start, the least request; a record's block."""

    _fields_ = [(n, c.c_uint32) for n in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


_P, _I, _U, _S, _Z = c.c_void_p, c.c_int, c.c_uint32, c.c_char_p, c.c_size_t
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "mainloop_new": (_P, []),
    "mainloop_get_api": (_P, [_P]),
    "mainloop_prepare": (_I, [_P, _I]),
    "mainloop_poll": (_I, [_P]),
    "mainloop_dispatch": (_I, [_P]),
    "mainloop_free": (None, [_P]),
    "context_new": (_P, [_P, _S]),
    "context_connect": (_I, [_P, _S, _I, _P]),
    "context_get_state": (_I, [_P]),
    "context_errno": (_I, [_P]),
    "context_disconnect": (None, [_P]),
    "context_unref": (None, [_P]),
    "stream_new": (_P, [_P, _S, c.POINTER(Spec), _P]),
    "stream_connect_playback": (_I, [_P, _S, c.POINTER(Attributes), _I, _P, _P]),
    "stream_connect_record": (_I, [_P, _S, c.POINTER(Attributes), _I]),
    "stream_get_state": (_I, [_P]),
    "stream_get_buffer_attr": (c.POINTER(Attributes), [_P]),
    "stream_set_buffer_attr": (_P, [_P, c.POINTER(Attributes), _P, _P]),
    "stream_get_latency": (_I, [_P, c.POINTER(c.c_uint64), c.POINTER(_I)]),
    "stream_get_device_name": (_S, [_P]),
    "stream_get_underflow_index": (c.c_int64, [_P]),
    "stream_readable_size": (_Z, [_P]),
    "stream_writable_size": (_Z, [_P]),
    "stream_peek": (_I, [_P, c.POINTER(_P), c.POINTER(_Z)]),
    "stream_drop": (_I, [_P]),
    "stream_write": (_I, [_P, _P, _Z, _P, c.c_int64, _I]),
    "stream_disconnect": (_I, [_P]),
    "stream_unref": (None, [_P]),
    "operation_unref": (None, [_P]),
    "strerror": (_S, [_I]),
}


@functools.cache
def load() -> Library:
    """The library with its signatures. Raises `OSError` when it is not installed."""
    library = c.CDLL(NAME)
    for name, (gives, takes) in _SIGNATURES.items():
        function = getattr(library, f"pa_{name}")
        function.restype, function.argtypes = gives, takes
    return library


class Connection:
    """A main loop and a context, for the thread that makes it. Raises `OSError` when libpulse is not installed."""

    def __init__(self) -> None:
        self.pa = load()
        self._main: Handle = self.pa.pa_mainloop_new()
        self.context: Handle = self.pa.pa_context_new(self.pa.pa_mainloop_get_api(self._main), CLIENT)

    def connect(self, seconds: float) -> bool:
        """Does a server answer within this time? None is started."""
        if self.pa.pa_context_connect(self.context, None, NO_AUTOSPAWN, None) < 0:
            return False
        return self.until_ready(self.pa.pa_context_get_state, self.context, CONTEXT, seconds)

    def until_ready(self, state: Callable[[Handle], int], what: Handle, states: States, seconds: float) -> bool:
        """Turn until `what` is ready, is over, or has taken too long."""
        deadline = time.monotonic() + seconds
        while (now := state(what)) != states.ready:
            if now in states.over or time.monotonic() > deadline or not self.turn(TURN_US):
                return False
        return True

    def turn(self, microseconds: int) -> bool:
        """Wait for the server so long at most, and do what came; False when the loop is broken."""
        return bool(
            self.pa.pa_mainloop_prepare(self._main, microseconds) >= 0
            and self.pa.pa_mainloop_poll(self._main) >= 0
            and self.pa.pa_mainloop_dispatch(self._main) >= 0
        )

    @property
    def error(self) -> str:
        """What the server said last, in words."""
        code = self.pa.pa_context_errno(self.context) or TIMEOUT
        return ERRORS.get(code) or str(self.pa.pa_strerror(code).decode(errors="replace"))

    def close(self) -> None:
        """Once, and nothing afterwards."""
        self.pa.pa_context_disconnect(self.context)
        self.pa.pa_context_unref(self.context)
        self.pa.pa_mainloop_free(self._main)
