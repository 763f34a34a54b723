"""Puts a phone together from what its user chose on a command line: devices or files, TLS version, what to keep."""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from voip.capture.packets import Endpoint
from voip.capture.tap import Tap, TappedFlow
from voip.client.desk import Address, Equipment, Options, TapFor
from voip.client.phone import Phone
from voip.errors import StoreError
from voip.io import clock
from voip.io.audio.opening import open_port
from voip.io.audio.wavwriter import WavWriter
from voip.io.report import write_json
from voip.io.store import ClientStore
from voip.journal.summary import side
from voip.session.tls.context import Version
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
    """Where to write our own TCP traffic, as pcapng."""
    report: Path | None = None
    """Where to write, at the end, what was observed."""
    versions: tuple[Version, ...] = ("1.3",)


class FittedPhone(Phone):
    """A phone that completes the files it was asked to write when it stops."""

    def __init__(self, store: ClientStore, options: Options, files: ExitStack, report: Path | None) -> None:
        super().__init__(store, options)
        self._files = files
        self._report = report

    async def run(self) -> None:
        """As `Phone.run`; then raises `StoreError` when the report cannot be written."""
        with self._files:
            await super().run()
        if self._report is not None:
            write_json(self._report, side(self.journal))


SWITCH_INTERVAL = 0.000_5
"""Seconds after which one Python thread must let another have its turn. Python's own 5 ms let the window's painting
hold the voice up until frames came too late; with this they do not.
"""


def fit(store: ClientStore, fitting: Fitting) -> FittedPhone:
    """A phone as `fitting` asks. Raises `StoreError` when nobody has joined, or a file cannot be written."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    with ExitStack() as files:
        on_frame = None
        if fitting.frames is not None:
            on_frame = frame_writer(files.enter_context(_create(fitting.frames)))
        tap = None
        if fitting.tap is not None:
            tap = tap_for(files.enter_context(Tap(fitting.tap)))
        calls = 0

        def equip() -> Equipment:
            nonlocal calls
            calls += 1
            output = numbered(fitting.output, calls) if fitting.output else None
            said, heard = (
                WavWriter(Path(numbered(str(path), calls))) if path else None for path in (fitting.said, fitting.heard)
            )
            return Equipment(open_port(fitting.input, output), said, heard)

        options = Options(equip=equip, versions=fitting.versions, on_frame=on_frame, tap=tap)
        return FittedPhone(store, options, files.pop_all(), fitting.report)


def numbered(name: str, call: int) -> str:
    """`name` for the first call, and for a WAV file of a later one `name-2.wav`, so that nothing is written over."""
    path = Path(name)
    return name if call == 1 or path.suffix.lower() != ".wav" else str(path.with_stem(f"{path.stem}-{call}"))


def tap_for(tap: Tap) -> TapFor:
    """Copies each connection's bytes to `tap`."""

    def begin(ours: Address, theirs: Address) -> Callable[[Direction, bytes], None]:
        flow = TappedFlow(Endpoint(*ours), Endpoint(*theirs))
        return lambda direction, data: tap.data(flow, direction, data, clock.wall().timestamp())

    return begin


def frame_writer(file: IO[str]) -> Callable[[bytes], None]:
    """Writes each frame as a line of JSON."""
    count = 0

    def write(frame: bytes) -> None:
        nonlocal count
        count += 1
        file.write(json.dumps({"label": f"Opus frame {count}", "hex": frame.hex()}) + "\n")

    return write


def _create(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.", code="not-writable") from None
