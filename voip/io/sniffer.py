"""A real packet capture by dumpcap or tcpdump, where the machine permits it.

    find_sniffer() ──→ "dumpcap" | "tcpdump" | None        None: use voip.capture.tap
    async with Sniffer(path, ports) as sniffer:            it captures when the body begins
        …
    sniffer.packets                                        all of them are in the file when the body has ended

Both write to our own open file: run as root they give up the right to write where another user may.
"""

import asyncio
import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import BinaryIO, Literal, Self

from voip.errors import CaptureError

Program = Literal["dumpcap", "tcpdump"]
PROGRAMS: tuple[Program, ...] = ("dumpcap", "tcpdump")

BEGIN_LIMIT = 5.0
"""Seconds in which it must have begun."""
END_LIMIT = 5.0
"""Seconds in which it must have written everything down."""
SETTLE = 0.6
"""Seconds to wait before the end: the kernel hands packets over in blocks, dumpcap's at the latest after 0.25 s."""
_BEGUN = {"dumpcap": b"File:", "tcpdump": b"listening on"}
_CAPTURED = re.compile(rb"Packets captured: (\d+)|(\d+) packets? captured")
_DROPPED = re.compile(rb"Packets received/dropped on interface .*?: \d+/(\d+)|(\d+) packets? dropped by kernel")


def find_sniffer(interface: str = "lo") -> Program | None:
    """The program that may really capture on `interface`: each is tried for a moment. Blocks for a second at most."""
    for program in PROGRAMS:
        if shutil.which(program) and _permitted(program, interface):
            return program
    return None


def _permitted(program: Program, interface: str) -> bool:
    with tempfile.TemporaryFile() as sink:
        try:
            process = subprocess.Popen(  # noqa: S603 – a fixed program, no shell, arguments built from numbers
                _command(program, interface, []), stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.PIPE
            )
        except OSError:
            return False
        with process:
            try:
                return _begins(process, _BEGUN[program])
            finally:
                process.kill()


def _begins(process: subprocess.Popen[bytes], sign: bytes) -> bool:
    """Whether `sign` comes on standard error before it ends, or the limit passes."""
    said = b""
    deadline = monotonic() + BEGIN_LIMIT
    if process.stderr is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(process.stderr, selectors.EVENT_READ)
        while sign not in said:
            if not selector.select(max(0.0, deadline - monotonic())):
                return False
            piece = os.read(process.stderr.fileno(), 4096)
            if not piece:
                return False
            said += piece
    return True


def _command(program: Program, interface: str, ports: list[int]) -> list[str]:
    expression = " or ".join(f"port {port}" for port in ports)
    if program == "dumpcap":
        return ["dumpcap", "-q", "-i", interface, "-s", "262144", "-w", "-", *(["-f", expression] if ports else [])]
    # -U: packet by packet; immediate mode: the kernel keeps none back; -B (KiB) and -s: a thousand slots as long as
    # loopback's longest packet, so that a burst finds room.
    options = ["-n", "-U", "--immediate-mode", "-B", "65536", "-s", "65600"]
    return ["tcpdump", *options, "-i", interface, "-w", "-", *expression.split()]


class Sniffer:
    """Captures the packets from or to `ports` on `interface` into `path`, between enter and exit.

    Entering raises `CaptureError` when capturing does not begin. Exiting never raises: see `problem`.
    """

    def __init__(
        self, path: Path, ports: Iterable[int], *, program: Program | None = None, interface: str = "lo"
    ) -> None:
        self.path = path
        self.program: Program | None = program
        """Who captures; found by trying, when not given."""
        self.packets = 0
        """Packets captured; known at the end."""
        self.dropped = 0
        """Packets that the kernel had to drop; known at the end."""
        self.problem = ""
        """A sentence about what went wrong after the beginning, or empty."""
        self._ports = sorted({int(port) for port in ports})
        self._interface = interface
        self._file: BinaryIO | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._said = b""
        self._listener: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Begin, and return when packets are really being captured."""
        self.program = self.program or await asyncio.to_thread(find_sniffer, self._interface)
        if self.program is None:
            raise CaptureError(
                "Neither dumpcap nor tcpdump may capture here; install one and permit it, or use the client's own tap.",
                code="capture-not-permitted",
            )
        try:
            self._file = await asyncio.to_thread(self.path.open, "wb")
            self._process = await asyncio.create_subprocess_exec(
                *_command(self.program, self._interface, self._ports),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=self._file,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us; we end it in our own time
            )
        except OSError as error:
            self._close()
            raise CaptureError(
                f"The capture cannot be written to {self.path}: {error}.", code="capture-begin"
            ) from error
        self._listener = asyncio.create_task(self._listen(self._process))
        begun = asyncio.create_task(self._begun.wait())
        try:
            await asyncio.wait({begun, self._listener}, timeout=BEGIN_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            await self._end(signal.SIGKILL)
            raise
        finally:
            begun.cancel()
        if not self._begun.is_set():
            await self._end(signal.SIGKILL)
            said = self._said.decode(errors="replace").strip().replace("\n", " ") or "it said nothing"
            raise CaptureError(f"{self.program} did not begin to capture: {said}", code="capture-begin")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until everything seen is written, and end."""
        try:
            await asyncio.sleep(SETTLE)
        finally:
            await self._end(signal.SIGINT)
        self.packets = _count(_CAPTURED, self._said)
        self.dropped = _count(_DROPPED, self._said)
        if self.dropped:
            self.problem = self.problem or f"The kernel dropped {self.dropped} packets of the capture."

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        sign = _BEGUN[self.program or "dumpcap"]
        while process.stderr is not None and (piece := await process.stderr.read(4096)):
            # Its last words carry the counts; a talkative one may not fill our memory.
            self._said = (self._said + piece)[-65_536:]
            if sign in self._said:
                self._begun.set()

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or self._listener is None:
            return
        if process.returncode is not None and how == signal.SIGINT:
            self.problem = f"{self.program} ended before its time: {self._said.decode(errors='replace').strip()}"
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), END_LIMIT)
        except TimeoutError:
            self.problem = (
                f"{self.program} did not end within {END_LIMIT:.0f} s and was killed; packets may be missing."
            )
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            await self._listener
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _count(pattern: re.Pattern[bytes], said: bytes) -> int:
    found = pattern.findall(said)
    return sum(int(first or second) for first, second in found)
