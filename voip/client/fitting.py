"""Puts a phone together from what its user chose on a command line: devices or files, TLS version, what to keep."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self

from voip.capture.packets import Endpoint
from voip.capture.recorder import Recorder
from voip.capture.tap import Tap, TappedFlow
from voip.client.desk import Address, Equipment, Options, PathChoice, TapFor
from voip.client.exporting import Export, Kind
from voip.client.phone import Phone
from voip.errors import GlasscallError, StoreError
from voip.io import clock
from voip.io.audio.opening import is_file, open_port
from voip.io.audio.wavwriter import WavWriter
from voip.io.keylog import KeyLogFile
from voip.io.report import write_json
from voip.io.store import ClientStore
from voip.journal.observations import Entry, KeyLogging
from voip.journal.report import Lang
from voip.journal.summary import side
from voip.media.plan import Mode
from voip.session.tls.context import KeyLog, Version
from voip.session.tls.events import Direction


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a user may choose."""

    input: str | None = None
    """A device's name or number, a WAV file, `none`, or None for the default device."""
    output: str | None = None
    said: Path | None = None
    """Where to write what the microphone gave."""
    heard: Path | None = None
    """Where to write what the loudspeaker was given."""
    frames: Path | None = None
    """Where to write each Opus frame before it is protected, as JSON lines {"label", "hex"}."""
    tap: Path | None = None
    """Where to write our own traffic, as pcapng."""
    tap_secrets: bool = False
    """Also put the TLS secrets into that file: whoever has it can then read the calls."""
    key_log: Path | None = None
    """Where to write the TLS secrets, for Wireshark."""
    report: Path | None = None
    """Where to write, at the end, what was observed."""
    journal: Path | None = None
    """Where to write, at the end, the whole journal."""
    call_report: Path | None = None
    """Where to write, at the end, a page about the last call."""
    lang: Lang = "en"
    """That page's language."""
    versions: tuple[Version, ...] = ("1.3",)
    proxy: str = ""
    """The HTTP proxy to the relay; empty: the environment's."""
    voice: Mode = Mode.AUTO
    """How the voice is sent."""
    path: PathChoice = "auto"
    """How the voice may travel."""
    processing: bool | None = None
    """Whether echo and noise are taken out of the microphone's sound; None: of a device's, but not in mode closest."""


class FittedPhone(Phone):
    """A phone that completes the files it was asked to write when it stops, and can export what it observed before."""

    def __init__(
        self,
        store: ClientStore,
        options: Options,
        fitting: Fitting,
        files: ExitStack,
        records: Sequence["Recorded"],
        recorder: Recorder,
    ) -> None:
        super().__init__(store, options)
        self._fitting = fitting
        self._files = files
        self._records = records
        self._recorder = recorder
        self._key_log: Entry | None = None

    async def run(self) -> None:
        """As `Phone.run`; then raises `StoreError` when a file could not be written, or is not complete."""
        secrets = secrets_in(self._fitting)
        if secrets:
            unsubscribe = self.journal.subscribe(self._remember)
            self.journal.add("phone", KeyLogging(secrets))
            unsubscribe()
        with self._files:
            await super().run()
        self._complete()

    async def export(self, kind: Kind, path: Path, lang: Lang = "en") -> None:
        """Write what was observed so far to `path`, for this user's eyes only, beside a call that goes on.

        Raises `StoreError` when it cannot be written, `CaptureError` when there are no secrets to put into it.
        """
        export = self._take()
        export.require(kind)
        await asyncio.to_thread(export.write, kind, path, lang)

    def _take(self) -> Export:
        recording = self._recorder.snapshot()
        return Export(iter(self.journal), recording, self._key_log, clock.monotonic(), clock.wall())

    def _remember(self, entry: Entry) -> None:
        self._key_log = entry

    def _complete(self) -> None:
        """Write every file that is due at the end; one that cannot be written does not keep the next from it."""
        fitting, errors = self._fitting, [record.problem for record in self._records if record.problem]
        due: tuple[tuple[Path | None, Callable[[Path], None]], ...] = (
            (fitting.report, lambda path: write_json(path, side(self.journal))),
            (fitting.journal, lambda path: self._take().write("journal", path)),
            (fitting.call_report, lambda path: self._take().write("report", path, fitting.lang)),
        )
        for path, write in due:
            if path is not None:
                try:
                    write(path)
                except GlasscallError as error:
                    errors.insert(0, error.sentence)
        if errors:
            raise StoreError(" ".join(errors), code="incomplete")


class Recorded(Protocol):
    """Something that is written along during a call. It never raises meanwhile: the call goes on without it."""

    problem: str
    """What went wrong while writing, as a sentence, or empty."""


SWITCH_INTERVAL = 0.000_5
"""Seconds after which one Python thread must let another have its turn. Python's own 5 ms let the window's painting
hold the voice up until frames came too late; with this they do not.
"""


def fit(store: ClientStore, fitting: Fitting) -> FittedPhone:
    """A phone as `fitting` asks. Raises `StoreError` when nobody has joined, or a file cannot be written."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    with ExitStack() as files:
        records: list[Recorded] = []
        on_frame = tap = None
        if fitting.frames is not None:
            frames = files.enter_context(FrameWriter(fitting.frames))
            on_frame = frames.write
            records.append(frames)
        if fitting.tap is not None:
            tap = files.enter_context(Tap(fitting.tap, embed=fitting.tap_secrets))
            records.append(tap)
        recorder = Recorder(keep_secrets=bool(secrets_in(fitting)))
        key_log = _key_logs(fitting, files, records, recorder)
        calls = 0

        def equip() -> Equipment:
            nonlocal calls
            calls += 1
            output = numbered(fitting.output, calls) if fitting.output else None
            said, heard = (
                WavWriter(Path(numbered(str(path), calls))) if path else None for path in (fitting.said, fitting.heard)
            )
            return Equipment(open_port(fitting.input, output), said, heard)

        options = Options(
            equip=equip, versions=fitting.versions, on_frame=on_frame, tap=tap_for(recorder, tap), key_log=key_log,
            voice=fitting.voice, processing=_processing(fitting), path=fitting.path, proxy=fitting.proxy,
            tap_datagrams=tap_for(recorder, tap, "udp"),
        )  # fmt: skip
        return FittedPhone(store, options, fitting, files.pop_all(), records, recorder)


def _processing(fitting: Fitting) -> bool:
    """What a person said, or else: a microphone hears a room, a file does not; and closest wants no more."""
    if fitting.processing is None:
        return not is_file(fitting.input) and fitting.voice is not Mode.CLOSEST
    return fitting.processing


def secrets_in(fitting: Fitting) -> str:
    """The files that TLS secrets go to; empty when they go nowhere."""
    found = (fitting.key_log, fitting.tap if fitting.tap_secrets else None)
    return " and ".join(str(path) for path in found if path is not None)


def _key_logs(fitting: Fitting, files: ExitStack, records: list["Recorded"], recorder: Recorder) -> KeyLog | None:
    """Where the TLS secrets go; None, unless the user asked for it in so many words."""
    keepers: list[KeyLog] = []
    if fitting.key_log is not None:
        log = files.enter_context(KeyLogFile(fitting.key_log))
        keepers.append(log.write)
        records.append(log)
    if fitting.tap_secrets:
        keepers += [record.secret for record in records if isinstance(record, Tap)]
    if not keepers:
        return None
    keepers.append(recorder.secret)
    sys.stderr.write(
        f"glasscall: WARNING: this phone's TLS secrets go to {secrets_in(fitting)}. "
        "Whoever has them can read its calls. "
        "Delete them when you have looked.\n"
    )

    def keep(line: bytes) -> None:
        for keeper in keepers:
            keeper(line)

    return keep


def numbered(name: str, call: int) -> str:
    """`name` for the first call, and for a WAV file of a later one `name-2.wav`, so that nothing is written over."""
    path = Path(name)
    return name if call == 1 or path.suffix.lower() != ".wav" else str(path.with_stem(f"{path.stem}-{call}"))


def tap_for(recorder: Recorder, tap: Tap | None, transport: Literal["tcp", "udp"] = "tcp") -> TapFor:
    """Copies each connection's bytes, or each flow's datagrams, to `recorder`, and to `tap` if there is one."""

    def begin(ours: Address, theirs: Address) -> Callable[[Direction, bytes], None]:
        flow = TappedFlow(Endpoint(*ours), Endpoint(*theirs), transport)
        record = recorder.begin(flow)

        def copy(direction: Direction, data: bytes) -> None:
            at = clock.wall().timestamp()
            record(direction, data, at)
            if tap is not None:
                tap.data(flow, direction, data, at)

        return copy

    return begin


class FrameWriter:
    """Writes each frame as a line of JSON. Raises `StoreError` only when it cannot even begin."""

    def __init__(self, path: Path) -> None:
        self.problem = ""
        """What went wrong while writing, as a sentence, or empty."""
        self._path = path
        self._count = 0
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}.", code="not-writable") from None

    def write(self, frame: bytes) -> None:
        """Append `frame`; after the first failure it does nothing."""
        self._count += 1
        if not self.problem:
            with self._told():
                self._file.write(json.dumps({"label": f"Opus frame {self._count}", "hex": frame.hex()}) + "\n")

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Complete the file."""
        with self._told():
            self._file.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.problem = self.problem or f"The frames in {self._path} are not complete: {error.strerror}."
