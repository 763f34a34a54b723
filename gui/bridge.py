"""The one door between asyncio and Qt.

    loop thread                                            Qt's thread
    ───────────                                            ───────────
    journal ─→ _on_entry ─→ Mailbox (bounded) ─→ arrived ─→ _drain ─→ entries ─→ MainWindow.take
    phone   ←─ run_coroutine_threadsafe ←───────────────── call(), accept(), mute(), …

The loop thread never waits for the screen: it drops an entry into the mailbox and goes on. The mailbox announces itself
at most once per `PERIOD`, and not again until Qt has emptied it. An intent that fails comes back as a `Problem`,
through the same mailbox.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from PySide6.QtCore import QObject, Signal

from voip.client.exporting import Kind
from voip.errors import GlasscallError
from voip.io.clock import monotonic
from voip.journal.observations import (
    CallCost,
    Channel,
    Entry,
    Levels,
    MediaStats,
    Problem,
    Quality,
    RecordsCounted,
    RelaySaw,
)
from voip.journal.report import Lang
from voip.journal.tape import Passed, Tape
from voip.media.plan import Mode
from voip.session.tls.events import Record

PERIOD = 1 / 30
MAILBOX_MAX = 4_000
STOP_SECONDS = 10.0
"""How long the phone may take to hang up and write its files."""

About = Literal["link", "call", "audio", "store"]
Side = Literal["input", "output"]
_log = logging.getLogger(__name__)


class JournalLike(Protocol):
    """What the bridge needs of a journal."""

    def subscribe(self, subscriber: Callable[[Entry], None], /) -> Callable[[], None]: ...


class PhoneLike(Protocol):
    """What the bridge needs of a phone. Everything is called in the loop thread."""

    @property
    def journal(self) -> JournalLike: ...
    @property
    def tape(self) -> Tape: ...

    async def run(self) -> None:
        """Connect and stay until `stop`; network trouble goes to the journal."""

    async def call(self, name: str) -> None: ...
    async def accept(self) -> None: ...
    async def decline(self) -> None: ...
    async def hang_up(self) -> None: ...
    def mute(self, on: bool) -> None: ...
    def choose_voice(self, mode: Mode) -> None: ...
    def process_voice(self, on: bool) -> None: ...
    async def switch_device(self, kind: Side, device: str) -> None:
        """Go over to another device; raises `GlasscallError`."""

    async def words_match(self) -> None: ...
    async def watch_relay(self, on: bool) -> None: ...
    async def export(self, kind: Kind, path: Path, lang: Lang) -> None:
        """Save what was observed; raises `GlasscallError`."""

    async def stop(self) -> None: ...


class Mailbox:
    """Entries on their way to the screen. Bounded: of meters and counters only the latest is kept.

    Of the records only those of a handshake come along, the ones that still have their bytes.
    """

    def __init__(self, limit: int = MAILBOX_MAX) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Entry] = deque(maxlen=limit)
        self._latest: dict[tuple[type, Channel], Entry] = {}

    def put(self, entry: Entry) -> bool:
        """Keep `entry`; whether there is anything in it for the screen."""
        if isinstance(entry.what, Record) and not entry.what.raw:
            return False
        with self._lock:
            if isinstance(entry.what, (CallCost, Levels, MediaStats, Quality, RecordsCounted, RelaySaw)):
                self._latest[type(entry.what), entry.channel] = entry
            else:
                self._kept.append(entry)
        return True

    def empty(self) -> tuple[Entry, ...]:
        """Everything kept, oldest first; what came in order stays in order."""
        with self._lock:
            kept, latest = list(self._kept), list(self._latest.values())
            self._kept.clear()
            self._latest.clear()
        return tuple(kept + latest)


class Bridge(QObject):
    """Runs a phone in a thread of its own. `build` makes it there. Intents may be called from Qt's thread only.

    `entries(tuple[Entry, ...])`: what is new. `failed(GlasscallError)`: there is no phone. `ended`: it has stopped.
    `exported(kind, path, code, sentence)`: what became of an export; no code, no failure.
    """

    entries = Signal(object)
    failed = Signal(object)
    ended = Signal()
    exported = Signal(str, str, str, str)
    _arrived = Signal()

    def __init__(self, build: Callable[[], PhoneLike]) -> None:
        super().__init__()
        self._build = build
        self._mailbox = Mailbox()
        self._announced = False
        self._not_before = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._phone: PhoneLike | None = None
        self._stop: asyncio.Event | None = None
        self._closed = False
        self._arrived.connect(self._drain)
        self._thread = threading.Thread(target=self._work, name="phone", daemon=True)

    # ── from Qt's thread ──

    def start(self) -> None:
        """Begin: build the phone and let it connect."""
        self._thread.start()

    def call(self, name: str) -> None:
        """Ring `name`."""
        self._submit("call", lambda phone: phone.call(name))

    def accept(self) -> None:
        """Pick up."""
        self._submit("call", lambda phone: phone.accept())

    def decline(self) -> None:
        """Do not pick up."""
        self._submit("call", lambda phone: phone.decline())

    def hang_up(self) -> None:
        """End the call, or stop ringing."""
        self._submit("call", lambda phone: phone.hang_up())

    def mute(self, on: bool) -> None:
        """Switch my microphone off or on."""

        async def switch(phone: PhoneLike) -> None:
            phone.mute(on)

        self._submit("audio", switch)

    def choose_voice(self, mode: str) -> None:
        """Send the voice in that mode: see `voip.media.plan.Mode`."""

        async def choose(phone: PhoneLike) -> None:
            phone.choose_voice(Mode(mode))

        self._submit("audio", choose)

    def process_voice(self, on: bool) -> None:
        """Take echo and noise out of my voice, or send it as it is."""

        async def switch(phone: PhoneLike) -> None:
            phone.process_voice(on)

        self._submit("audio", switch)

    def switch_device(self, kind: str, device: str) -> None:
        """Talk through another microphone (`input`), or hear by another loudspeaker (`output`)."""
        self._submit("audio", lambda phone: phone.switch_device(cast("Side", kind), device))

    def words_match(self) -> None:
        """The two people have compared the words."""
        self._submit("call", lambda phone: phone.words_match())

    def watch_relay(self, on: bool) -> None:
        """Ask the relay what it forwards for us, or stop asking."""
        self._submit("call", lambda phone: phone.watch_relay(on))

    def export(self, kind: str, path: str, language: str) -> None:
        """Save what was observed so far; `exported` follows."""

        async def save(phone: PhoneLike) -> None:
            try:
                await phone.export(cast("Kind", kind), Path(path), cast("Lang", language))
            except GlasscallError as error:
                self.exported.emit(kind, path, error.code, error.sentence)
            else:
                self.exported.emit(kind, path, "", "")

        self._submit("store", save)

    def passed(self, number: int) -> tuple[Passed, ...]:
        """The records that passed on our wire since record `number`."""
        return self._phone.tape.since(number) if self._phone is not None else ()

    def close(self) -> None:
        """Hang up and stop; `ended` follows. Safe to call twice."""
        self._closed = True
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            try:
                loop.call_soon_threadsafe(stop.set)
            except RuntimeError:
                _log.debug("The phone had stopped already.")

    def wait(self, seconds: float = STOP_SECONDS + 1) -> bool:
        """Wait for the thread's end; whether it came. For the very end of the program."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _submit(self, about: About, intent: Callable[[PhoneLike], Coroutine[Any, Any, None]]) -> None:
        loop, phone = self._loop, self._phone
        if loop is None or phone is None or self._closed:
            return
        running = self._guard(about, intent, phone)
        try:
            asyncio.run_coroutine_threadsafe(running, loop)
        except RuntimeError:
            running.close()

    def _drain(self) -> None:
        self._announced = False
        batch = self._mailbox.empty()
        if batch:
            self.entries.emit(batch)

    # ── in the loop thread ──

    async def _guard(
        self, about: About, intent: Callable[[PhoneLike], Coroutine[Any, Any, None]], phone: PhoneLike
    ) -> None:
        try:
            await intent(phone)
        except GlasscallError as error:
            self._tell(about, error.code, error.sentence)
        except Exception:  # noqa: BLE001 - a defect ends as a sentence, not as a dead thread
            _log.exception("An intent met a defect.")
            self._tell(about, "defect", "")

    def _tell(self, about: About, code: str, sentence: str) -> None:
        self._on_entry(Entry(monotonic(), "phone", "", Problem(about, code, sentence)))

    def _on_entry(self, entry: Entry) -> None:
        if self._mailbox.put(entry) and not self._announced and self._loop is not None:
            self._announced = True
            now = self._loop.time()
            self._not_before = max(now, self._not_before + PERIOD)
            self._loop.call_at(self._not_before, self._arrived.emit)

    def _work(self) -> None:
        try:
            asyncio.run(self._main())
        except GlasscallError as error:
            self.failed.emit(error)
        except Exception:  # noqa: BLE001 - the same
            _log.exception("The phone met a defect.")
            self.failed.emit(GlasscallError("The phone met a defect and stopped. Please start it again."))
        finally:
            self._arrived.emit()
            self.ended.emit()

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        phone = self._build()
        unsubscribe = phone.journal.subscribe(self._on_entry)
        self._phone = phone
        running = asyncio.ensure_future(phone.run())
        waiting = asyncio.ensure_future(self._stop.wait())
        if self._closed:
            self._stop.set()
        try:
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._phone = None
            waiting.cancel()
            try:
                await asyncio.wait_for(phone.stop(), STOP_SECONDS)
                await asyncio.wait_for(running, STOP_SECONDS)
            except TimeoutError:
                _log.warning("The phone did not stop within %d seconds.", STOP_SECONDS)
            finally:
                unsubscribe()
