"""Which devices a PulseAudio or PipeWire server has, and when that changes: by pulsectl.

pulsectl waits without a limit once it is connected, so in a call all of this runs in threads that nobody waits for.
"""

import functools
import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from voip.errors import AudioError
from voip.io.audio.device import Device, Kind

Library = Any
"""pulsectl, and what it gives: it has no types."""
AGAIN = 0.5
"""… until one that is gone is asked again."""
CLIENT = "Glasscall"
MONITOR = "monitor"


@functools.cache
def _pulsectl() -> Library:
    """The library, or None where libpulse is not installed."""
    try:
        import pulsectl  # noqa: PLC0415 - importing it loads libpulse, which may be missing
    except (ImportError, OSError):
        return None
    return pulsectl


def _connect() -> Library:
    library = _pulsectl()
    if library is not None:
        pulse = library.Pulse(CLIENT, connect=False)
        try:
            pulse.connect(autospawn=False)
        except library.PulseError:
            pulse.close()
        else:
            return pulse
    raise AudioError("No PulseAudio or PipeWire answers here.", code="no-pulse")


def list_pulse(kind: Kind) -> list[Device]:
    """All microphones or loudspeakers, the default first, and what only hears a loudspeaker last.

    Raises `AudioError` (`no-pulse`) when no server answers.
    """
    pulse = _connect()
    try:
        server = pulse.server_info()
        found = pulse.source_list() if kind == "input" else pulse.sink_list()
    except _errors() as error:
        raise AudioError(f"PulseAudio stopped answering ({error}).", code="no-pulse") from error
    finally:
        pulse.close()
    if kind == "input":
        default, own = server.default_source_name, os.environ.get("PULSE_SOURCE")
    else:
        default, own = server.default_sink_name, os.environ.get("PULSE_SINK")
    same = Counter(one.description for one in found)

    def rank(one: Library) -> tuple[bool, bool, bool]:
        return one.name != own, one.name != default, one.proplist.get("device.class") == MONITOR

    return [
        Device(
            index=one.index,
            name=one.description if same[one.description] == 1 else one.name,
            api="PulseAudio",
            inputs=one.channel_count if kind == "input" else 0,
            outputs=one.channel_count if kind == "output" else 0,
            rate=float(one.sample_spec.rate),
            key=one.name,
            monitor=one.proplist.get("device.class") == MONITOR,
        )
        for one in sorted(found, key=rank)
    ]


def _errors() -> tuple[type[Exception], ...]:
    library = _pulsectl()
    return (library.PulseError, library.PulseDisconnected, OSError) if library else (OSError,)


class PulseWatch:
    """Calls `changed` whenever a device of this kind comes or goes, or the server does; in a thread of its own."""

    def __init__(self, kind: Kind, changed: Callable[[], None]) -> None:
        self._kind = kind
        self._changed = changed
        self._closing = threading.Event()
        threading.Thread(target=self._run, name=f"{kind} devices", daemon=True).start()

    def close(self) -> None:
        """The thread ends by itself, soon."""
        self._closing.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                pulse = _connect()
            except AudioError:
                self._closing.wait(AGAIN)
                continue
            try:
                self._listen(pulse)
            except _errors():
                self._changed_unless_closing()
            finally:
                pulse.close()

    def _listen(self, pulse: Library) -> None:
        library = _pulsectl()
        seen = True  # what came or went before we listened

        def note(event: Library) -> None:
            nonlocal seen
            if event.t in ("new", "remove") or event.facility == "server":
                seen = True
                raise library.PulseLoopStop

        pulse.event_mask_set("source" if self._kind == "input" else "sink", "server")
        pulse.event_callback_set(note)
        while not self._closing.is_set():
            if seen:
                seen = False
                self._changed_unless_closing()
            pulse.event_listen(timeout=AGAIN)

    def _changed_unless_closing(self) -> None:
        if not self._closing.is_set():
            self._changed()
