"""`glasscall revoke` against a relay and phones that are processes of their own; they share only the relay's folder."""

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from voip.cli import revoke
from voip.errors import InviteError, StoreError, UsageError
from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.certificates import make_csr, new_key
from voip.pki.enrolment import Enrolment
from voip.wire.signals import Enrol


class Program:
    """A running `glasscall`, with the lines of both its outputs as they come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []
        self._news = asyncio.Event()
        self._readers = [
            asyncio.ensure_future(self._read(stream)) for stream in (process.stdout, process.stderr) if stream
        ]

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.lines.append(line.decode().rstrip("\n"))
            self._news.set()

    async def says(self, words: str, within: float = 20) -> str:
        try:
            async with asyncio.timeout(within):
                while True:
                    for line in self.lines:
                        if words in line:
                            return line
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{words!r} did not come within {within} s, but: {self.lines}") from None

    async def ends(self, within: float = 20) -> int:
        async with asyncio.timeout(within):
            await asyncio.gather(*self._readers)
            return await self._process.wait()

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self.ends()


class Town:
    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.state = folder / "relay"
        self._folder = folder
        self._stack = stack

    async def run(self, *words: object) -> Program:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "voip.cli", *map(str, words),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        program = Program(process)
        self._stack.push_async_callback(program.kill)
        return program

    async def done(self, *words: object) -> list[str]:
        program = await self.run(*words)
        assert await program.ends() == 0, program.lines
        return program.lines

    async def join(self, name: str) -> None:
        invite = (await self.done("invite", name, "--state", self.state))[0]
        await self.done("join", invite, "--home", self._folder / name)

    async def phone(self, command: str, name: str, *more: object) -> Program:
        return await self.run(command, *more, "--home", self._folder / name, "--input", "none", "--output", "none")


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        place = Town(folder, stack)
        relay = await place.run("relay", "--listen", "127.0.0.1:0", "--state", place.state)
        await relay.says("ready glasscall relay")
        yield place


@pytest.mark.slow
async def test_a_call_in_progress_ends_and_the_phone_says_why(tmp_path) -> None:
    async with town(tmp_path) as place:
        for name in ("alice", "bob"):
            await place.join(name)
        bob = await place.phone("answer", "bob")
        await bob.says("ready bob")
        alice = await place.phone("call", "alice", "bob")
        await asyncio.gather(alice.says("Talking with bob."), bob.says("Talking with alice."))

        told = await place.done("revoke", "bob", "--state", place.state)
        begin = time.monotonic()
        assert told == [
            "Revoked bob@127.0.0.1. If they are connected, that ends within a second, and so does their call."
        ]
        await bob.says("bob was revoked at 127.0.0.1 on ")
        assert time.monotonic() - begin < 2  # half a second to notice; the rest is this machine's
        assert await bob.ends() == 1
        assert await alice.ends() == 1
        assert any("The call was lost." in line for line in alice.lines)

        again = await place.phone("answer", "bob")
        assert await again.ends() == 1
        assert any("bob was revoked" in line for line in again.lines)
        alice = await place.phone("call", "alice", "bob")
        assert await alice.ends() == 1
        assert any("bob is not there." in line for line in alice.lines)


# ── the command itself ─────────────────────────────────────────────────────────────────────────────────────────


def run(*words: str) -> int:
    top = argparse.ArgumentParser()
    revoke.add(top.add_subparsers(required=True))
    args = top.parse_args(["revoke", *words])
    return int(args.run(args))


def books(folder: Path) -> tuple[RelayStore, Enrolment]:
    store = RelayStore(folder)
    return store, Enrolment(store.open("relay.test", clock.wall()).authority, "relay.test", store)


def enrol(enrolment: Enrolment, name: str) -> None:
    now = clock.wall()
    enrolment.enrol(Enrol(name=name, token=enrolment.invite(name, now), csr=make_csr(new_key(), name)), now)


def test_what_it_says(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    store, enrolment = books(tmp_path)
    spare = enrolment.invite("bob", clock.wall())
    assert spare
    enrol(enrolment, "bob")
    assert run("bob", "--state", str(tmp_path)) == 0
    assert capsys.readouterr().out == (
        "Revoked bob@relay.test. If they are connected, that ends within a second, and so does their call. "
        "1 unused invite for bob is void.\n"
    )
    assert store.names() == []
    assert store.account("bob") is not None  # kept: the name is not free
    file = tmp_path / "revoked" / "bob.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("bob", "--state", str(tmp_path)) == 0
    assert "was revoked on" in capsys.readouterr().out
    for _ in range(2):
        enrolment.invite("carol", clock.wall())
    assert run("carol", "--state", str(tmp_path)) == 0
    assert capsys.readouterr().out == "2 unused invites for carol are void.\n"


def test_what_it_refuses(tmp_path) -> None:
    with pytest.raises(StoreError, match="No relay"):
        run("bob", "--state", str(tmp_path))
    books(tmp_path)
    with pytest.raises(UsageError, match="Nobody called bob"):
        run("bob", "--state", str(tmp_path))
    with pytest.raises(InviteError):
        run("../bob", "--state", str(tmp_path))
