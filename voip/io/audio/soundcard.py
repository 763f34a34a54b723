"""A real microphone or loudspeaker, kept alive: watched, opened again, replaced, eased when it runs dry.

    Backend.open ──→ Stream, in its own thread: device ⇄ ring, bell.ring() ──→ on_tick
                        │ blocks, xruns, dead
                        ▼
    _watch, 25 times a second in the event loop
        dead, or still for too long ──→ _revive, in a thread: close; the same again, or the next best ──→ _revived
        ran dry ──→ easing: a larger buffer, and later a smaller one again
        away from the device that was wanted ──→ somebody looks out for it ──→ offered

A stream can die of an xrun without a word, or with its device: then only the missing blocks tell. But when the whole
process stands still, nothing moves either; so a still stream is counted by our own turns, and no turn counts for more
than its due.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

from voip.config import SAMPLE_RATE
from voip.errors import AudioError
from voip.io.audio.backend import Backend, Stream, Watch
from voip.io.audio.bell import Bell
from voip.io.audio.device import NOUN, Device, Kind, find_device
from voip.io.audio.devices import choose, default_available, list_devices
from voip.io.audio.easing import Easing
from voip.io.audio.halves import RING_SAMPLES, Joined
from voip.io.audio.news import DeviceNews, OnNews, What
from voip.io.audio.ring import Ring

__all__ = ["DeviceHalf", "SoundCard", "default_available", "list_devices"]

WATCH = 0.04
STALLED = 0.12
"""Seconds without a block, or four blocks if that is more, before a stream counts as dead."""
FIRST = 3.0
"""The same, for the first block of all: a wireless headset takes its time."""
AGAIN = 0.5
"""Seconds until the next try when there is no device at all."""


class DeviceHalf:
    """A microphone or a loudspeaker. `wanted`: see `devices.choose`. Raises `AudioError` if there is no such device."""

    def __init__(self, kind: Kind, wanted: str | None, backend: Backend | None = None) -> None:
        self.ring = Ring(RING_SAMPLES)
        self.on_news: OnNews | None = None
        self.restarts = 0
        """How often a device was opened again, or another in its place."""
        self._kind: Kind = kind
        self._backend, wanted = (backend, wanted) if backend is not None else choose(wanted)
        device = find_device(wanted, kind, self._backend.devices(kind))
        self._preferred = device
        self._device = device if wanted is not None else replace(device, key="")  # the system's default, whatever it is
        self._stream: Stream | None = None
        self._easing = Easing(self._backend.steps)
        self._past_xruns = 0
        self._offered = ""
        self._problem = ""
        self._running = False
        self._bell: Bell | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._lookout: Watch | None = None
        self._reviving = 0

    @property
    def name(self) -> str:
        return self._device.name

    @property
    def latency(self) -> float:
        return self._stream.latency if self._stream else 0.0

    @property
    def block(self) -> int:
        return self._stream.block if self._stream else SAMPLE_RATE // 200

    @property
    def xruns(self) -> int:
        return self._past_xruns + (self._stream.xruns if self._stream else 0)

    @property
    def offered(self) -> str:
        return self._offered

    @property
    def priority(self) -> str:
        """What the thread that moves the sound got: `real time`, `nice −11`, `ordinary`; empty before it runs."""
        return self._stream.priority if self._stream else ""

    @property
    def description(self) -> str:
        api = (
            self._device.api if self._backend.name == self._device.api else f"{self._backend.name}, {self._device.api}"
        )
        return f"{api}, {1000 * self.block / SAMPLE_RATE:.3g} ms blocks, {1000 * self.latency:.1f} ms"

    @property
    def problem(self) -> str:
        return self._problem

    def start(self, on_tick: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._bell = Bell(on_tick)
        self._running = True
        try:
            self._stream = self._open(self._device, self._easing.step)
        except BaseException:
            self.stop()
            raise
        self._begin_watching()

    def switch(self, wanted: str | None) -> None:
        """Go over to another device of the same back end. Raises `AudioError` if there is none of that name."""
        device = find_device(wanted, self._kind, self._backend.devices(self._kind))
        self._preferred = device
        self._forget_lookout()
        if not self._running:
            self._device = device
            return
        self._revive([device, self._device], "switched")

    def stop(self) -> None:
        if not self._running:
            return
        self._running = False
        if self._watching is not None:
            self._watching.cancel()
        self._forget_lookout()
        stream, self._stream = self._stream, None
        if stream is not None:
            self._past_xruns += stream.xruns
            # In a thread and not waited for without limit: closing a stream whose device is gone may hang.
            closing = threading.Thread(target=stream.close, daemon=True)
            closing.start()
            closing.join(1.0)
        if self._bell is not None:
            self._bell.close()

    # ── what goes on, in the event loop ────────────────────────────────────────────────────────────────────────

    def _begin_watching(self) -> None:
        self._seen, self._seen_at = -1, self._loop.time()
        self._still, self._patience = 0.0, FIRST
        self._easing.begin(self._loop.time())
        self._watching = self._loop.call_later(WATCH, self._watch)

    def _watch(self) -> None:
        stream, now = self._stream, self._loop.time()
        if stream is None:
            return
        self._still += min(now - self._seen_at, 1.5 * WATCH)
        self._seen_at = now
        if stream.blocks != self._seen:
            if self._seen > 0:
                self._patience = max(STALLED, 4 * stream.block / SAMPLE_RATE)
            self._seen, self._still = stream.blocks, 0.0
        why = stream.dead or ("it stands still" if self._still > self._patience else "")
        if why:
            self._lost(why)
            return  # `_revived` goes on watching
        self._ease(stream, now)
        if stream.key and stream.key != self._device.key:
            if not self._device.key and stream.key == self._preferred.key:
                self._device = self._preferred  # the default device, as we thought
            else:
                self._learn(stream.key)
        self._watching = self._loop.call_later(WATCH, self._watch)

    def _lost(self, why: str) -> None:
        self._problem = f"The {NOUN[self._kind]} “{self.name}” has stopped ({why})."
        self._tell("lost", detail=why)
        self._revive([self._device], "resumed")

    def _ease(self, stream: Stream, now: float) -> None:
        before, step = stream.step, self._easing.watch(stream.xruns, now)
        if step == before:
            return
        if stream.resize(step):
            self._tell("eased" if step > before else "tightened", detail=self.description)
        elif step > before:
            self._revive([self._device], "eased")
        else:
            self._easing.step = before  # opening it again would cost more than it brings

    def _tell(self, what: What, *, device: str = "", gap: float = 0.0, detail: str = "") -> None:
        if self.on_news is not None:
            self.on_news(DeviceNews(self._kind, what, device or self.name, round(gap, 3), detail))

    # ── another stream in place of this one: the search in a thread, the rest in the loop ──────────────────────

    def _revive(self, wanted: list[Device], what: What) -> None:
        if self._watching is not None:
            self._watching.cancel()
        old, self._stream = self._stream, None
        if old is not None:
            self._past_xruns += old.xruns
        self._reviving += 1
        turn, began, step = self._reviving, self._loop.time(), self._easing.step

        def search() -> None:
            if old is not None:
                closing = threading.Thread(target=old.close, daemon=True)  # a stream without its device may hang
                closing.start()
                closing.join(0.2)
            stream, device, problem = self._first_that_opens(wanted, step)
            try:
                self._loop.call_soon_threadsafe(self._revived, turn, stream, device, problem, what, began)
            except RuntimeError:  # the loop was closed meanwhile
                if stream is not None:
                    stream.close()

        threading.Thread(target=search, daemon=True).start()

    def _first_that_opens(self, wanted: list[Device], step: int) -> tuple[Stream | None, Device, str]:
        problem = ""
        try:
            present = self._backend.devices(self._kind)
        except AudioError as error:
            return None, wanted[0], error.sentence
        there = {device.key: device for device in present}
        others = [one for one in present if not one.monitor or self._preferred.monitor]
        for device in [*(there.get(one.key, one) for one in wanted), *others]:
            try:
                return self._open(device, step), device, ""
            except AudioError as error:
                problem = problem or error.sentence
        return None, wanted[0], problem or f"There is no other {NOUN[self._kind]}."

    def _open(self, device: Device, step: int) -> Stream:
        return self._backend.open(device, self._kind, self.ring, self._ring_bell, step)

    def _ring_bell(self) -> None:
        """In the stream's thread."""
        if self._bell is not None:
            self._bell.ring()

    def _revived(
        self, turn: int, stream: Stream | None, device: Device, problem: str, what: What, began: float
    ) -> None:
        if not self._running or turn != self._reviving:
            if stream is not None:
                threading.Thread(target=stream.close, daemon=True).start()
            return
        if stream is None:
            self._problem = f"The {NOUN[self._kind]} “{self.name}” has stopped. {problem}"
            self._watching = self._loop.call_later(AGAIN, self._revive, [self._preferred], what)
            return
        self.restarts += 1
        before, self._stream = self._device, stream
        gap = self._loop.time() - began
        if (device.key or self._preferred.key) == (before.key or self._preferred.key):
            if what == "resumed":
                self._problem = f"The {NOUN[self._kind]} “{self.name}” had stopped and was opened again."
        else:
            self._device = device
            what = "switched" if device.key == self._preferred.key else "replaced"
            self._problem = "" if what == "switched" else self._taken_over(before)
        self._tell(what, gap=gap, detail=self.description)
        self._begin_watching()
        if self._device.key not in ("", self._preferred.key):
            self._look_out()

    # ── a device that comes back, or that the server chose ─────────────────────────────────────────────────────

    def _look_out(self) -> None:
        if self._lookout is None:
            self._lookout = self._backend.watch(self._kind, self._devices_changed)

    def _forget_lookout(self) -> None:
        self._offered = ""
        if self._lookout is not None:
            self._lookout.close()
            self._lookout = None

    def _devices_changed(self) -> None:
        """In the lookout's thread."""
        try:
            there = self._preferred.key in self._backend.present(self._kind)
            self._loop.call_soon_threadsafe(self._offer, there)
        except (AudioError, RuntimeError):
            return  # the server will tell us when it is back; or the loop is no more

    def _offer(self, there: bool) -> None:
        if self._running and self._device.key != self._preferred.key:
            before, self._offered = self._offered, self._preferred.name if there else ""
            if self._offered and not before:
                self._tell("returned", device=self._offered)

    def _learn(self, key: str) -> None:
        """The server moved us: by its user's wish, or because the device is gone. Who knows what it is called?"""
        before = self._device if self._device.key else self._preferred
        self._device = replace(before, name=key, key=key)

        def look() -> None:
            try:
                present = self._backend.devices(self._kind)
                device = find_device(key, self._kind, present)
                gone = before.key not in [one.key for one in present]
                self._loop.call_soon_threadsafe(self._moved, before, device, gone)
            except (AudioError, RuntimeError):
                return

        threading.Thread(target=look, daemon=True).start()

    def _moved(self, before: Device, device: Device, gone: bool) -> None:
        if not self._running or self._device.key != device.key:
            return
        self._device = device
        if not gone:
            self._preferred = device
            self._tell("moved", detail=self.description)
            return
        self._problem = self._taken_over(before)
        self._tell("lost", device=before.name, detail="the sound server says so")
        self._tell("replaced", detail=self.description)
        if device.key != self._preferred.key:
            self._look_out()

    def _taken_over(self, before: Device) -> str:
        return f"The {NOUN[self._kind]} “{before.name}” has stopped; “{self.name}” has taken over."


class SoundCard(Joined):
    """Microphone `input` and loudspeaker `output` (names, parts of names, indices; None: the default), two streams."""

    def __init__(self, input: str | None = None, output: str | None = None) -> None:  # noqa: A002 - as the options
        super().__init__(DeviceHalf("input", input), DeviceHalf("output", output))
