"""The demo's processes. Each is the real program, run as a user would run it; none outlives the demo."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from voip.errors import CallError, GlasscallError

GLASSCALL = (sys.executable, "-m", "voip.cli")
END_WITHIN = 5.0


class Process:
    """One running command; its errors go to a log file beside the report."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    async def line(self, start: str, within: float) -> str:
        """The first line of standard output that begins with `start`. Raises when the process ends before."""
        assert self._process.stdout is not None  # noqa: S101 - it was started with a pipe
        try:
            async with asyncio.timeout(within):
                while line := await self._process.stdout.readline():
                    if line.decode("utf-8", "replace").startswith(start):
                        return line.decode("utf-8", "replace").strip()
        except TimeoutError:
            raise CallError(f"{self.name} did not start within {within:g} s: {self.complaint()}") from None
        await self._process.wait()
        raise CallError(f"{self.name} ended at once: {self.complaint()}")

    async def end_of(self, within: float) -> None:
        """Wait for the process to end by itself, successfully."""
        try:
            status = await asyncio.wait_for(self._process.wait(), within)
        except TimeoutError:
            raise CallError(f"{self.name} did not end within {within:g} s: {self.complaint()}") from None
        if status != 0:
            raise CallError(f"{self.name} ended with status {status}: {self.complaint()}")

    async def stop(self) -> None:
        """Ask it to end, and make it after a while."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), END_WITHIN)

    def complaint(self) -> str:
        """The last line that it wrote to its log."""
        with contextlib.suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return lines[-1] if lines else "it said nothing"
        return "it left no log"


class Stage:
    """Starts processes in `folder`, and ends them all when it is left, whatever happened."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._running: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        relay, phones = self._running[:1], self._running[1:]
        for together in (phones, relay):  # one that does not hear must not keep the others waiting
            await asyncio.gather(*(process.stop() for process in together))

    async def start(self, name: str, *command: str) -> Process:
        """Run `glasscall COMMAND`."""
        log = self._folder / f"{name}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *GLASSCALL,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env=os.environ | self._environment,
            )
        running = Process(name, process, log)
        self._running.append(running)
        return running

    async def run(self, name: str, *command: str) -> str:
        """Run `glasscall COMMAND` to its end and return its standard output; raises its own words when it fails."""
        process = await asyncio.create_subprocess_exec(
            *GLASSCALL,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | self._environment,
        )
        try:
            out, errors = await asyncio.wait_for(process.communicate(), 30)
        except TimeoutError:
            process.kill()
            raise CallError(f"{name} did not end within 30 s.") from None
        if process.returncode != 0:
            raise GlasscallError(f"{name} failed: {errors.decode('utf-8', 'replace').strip()}")
        return out.decode().strip()
