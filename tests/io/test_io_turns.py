"""Sockets in turns: real ones, in pairs; what one does wrong, and that the others do not notice."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from voip.io import turns as turns_module
from voip.io.turns import READ, Port, Turns

pytestmark = pytest.mark.skipif(not turns_module.available(), reason="no epoll here")


class End(asyncio.Protocol):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.got = b""
        self.told: list[str] = []
        self.on_data: Callable[[bytes], None] = lambda _data: None
        self.half_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.told.append("made")

    def data_received(self, data: bytes) -> None:
        self.got += data
        self.on_data(data)

    def eof_received(self) -> bool:
        self.told.append("eof")
        return self.half_open

    def pause_writing(self) -> None:
        self.told.append("pause")

    def resume_writing(self) -> None:
        self.told.append("resume")

    def connection_lost(self, error: Exception | None) -> None:
        self.told.append("lost" if error is None else "broken")


class Room:
    """A `Turns`, and pairs of sockets of which one end takes turns."""

    def __init__(self) -> None:
        self.turns = Turns()
        self._sockets: list[socket.socket] = []

    def pair(self, turns: Turns | None = None) -> tuple[Port, End, socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            far = socket.create_connection(server.getsockname())
            near, _ = server.accept()
        near.setblocking(False)
        far.setblocking(False)
        self._sockets.append(far)
        end = End()
        return (turns or self.turns).add(near, end), end, far

    async def close(self) -> None:
        for port in list(self.turns._ports.values()):
            port.abort()
        for far in self._sockets:
            far.close()
        self.turns.retire()
        await asyncio.sleep(0)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    yield made
    await made.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a socket's state tells nobody
            await asyncio.sleep(0.002)


def fill(port: Port) -> int:
    """Write until the other end's window is shut; how much was written."""
    written = 0
    while not port.get_write_buffer_size():
        port.write(bytes(65_536))
        written += 65_536
    return written


async def drain(far: socket.socket, size: int) -> bytes:
    got = b""
    async with asyncio.timeout(5):
        while len(got) < size:
            got += await asyncio.get_running_loop().sock_recv(far, 1 << 20)
    return got


async def test_there_and_back(room: Room) -> None:
    port, end, far = room.pair()
    far.send(b"question")
    await until(lambda: end.got)
    port.write(b"answer")
    assert await drain(far, 6) == b"answer"
    assert end.told == ["made"]
    assert port.get_extra_info("peername") == far.getsockname()
    assert port.get_extra_info("sockname") == far.getpeername()


async def test_what_is_not_taken_waits_in_order_and_the_end_is_told(room: Room) -> None:
    port, end, far = room.pair()
    written = fill(port)
    assert end.told == ["made", "pause"]
    port.write(b"later")
    waiting = port.get_write_buffer_size()
    assert waiting > 5
    got = await drain(far, written + 5)
    assert got[-5:] == b"later"
    await until(lambda: end.told[-1] == "resume")
    assert port.get_write_buffer_size() == 0
    assert end.told == ["made", "pause", "resume"]


async def test_a_close_sends_what_waits_and_an_abort_does_not(room: Room) -> None:
    port, end, far = room.pair()
    written = fill(port)
    port.close()
    assert port.is_closing()
    assert len(await drain(far, written)) == written
    await until(lambda: "lost" in end.told)
    port.write(b"too late")

    other, end, far = room.pair()
    written = fill(other)
    other.abort()
    await until(lambda: "lost" in end.told)
    assert other.get_write_buffer_size() == 0
    other.close()


async def test_an_end_and_a_reset(room: Room) -> None:
    _, end, far = room.pair()
    far.send(b"bye")
    far.close()
    await until(lambda: "lost" in end.told)
    assert (end.got, end.told) == (b"bye", ["made", "eof", "lost"])

    port, end, far = room.pair()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    port.pause_reading()
    far.close()  # a reset: told even to one who does not read
    await until(lambda: "broken" in end.told)


async def test_a_half_closed_connection_can_still_be_written_to(room: Room) -> None:
    port, end, far = room.pair()
    end.half_open = True
    far.shutdown(socket.SHUT_WR)
    await until(lambda: "eof" in end.told)
    port.write(b"still here")
    assert await drain(far, 10) == b"still here"
    assert port.can_write_eof()
    port.write_eof()
    assert await asyncio.get_running_loop().sock_recv(far, 10) == b""
    assert end.told == ["made", "eof"]


async def test_nothing_is_handed_on_to_one_who_does_not_read(room: Room) -> None:
    port, end, far = room.pair()
    port.pause_reading()
    assert not port.is_reading()
    far.send(b"wait")
    await asyncio.sleep(0.05)
    assert end.got == b""
    port.resume_reading()
    await until(lambda: end.got)
    assert end.got == b"wait"


async def test_what_came_in_one_turn_is_there_before_anything_is_flushed(room: Room) -> None:
    pairs = [room.pair() for _ in range(5)]
    order: list[str] = []
    for number, (_, end, _) in enumerate(pairs):
        end.on_data = lambda _data, number=number: (
            order.append(f"got {number}"),
            room.turns.soon(lambda: order.append(f"flushed {number}")),
        )
    for _, _, far in pairs:
        far.send(b"x")
    await until(lambda: len(order) == 10)
    assert [step.split()[0] for step in order] == ["got"] * 5 + ["flushed"] * 5


async def test_between_turns_it_is_flushed_soon(room: Room) -> None:
    flushed: list[int] = []
    room.turns.soon(lambda: flushed.append(1))
    room.turns.soon(lambda: flushed.append(2))
    assert flushed == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert flushed == [1, 2]


async def test_the_loop_has_its_turn_although_there_is_more_to_read(room: Room) -> None:
    """With no time to spend, a turn is one socket; what it did not come to is not forgotten."""
    hasty = Turns(budget=0.0)
    pairs = [room.pair(hasty) for _ in range(8)]
    seen: list[str] = []
    loop = asyncio.get_running_loop()
    for _, end, far in pairs:
        end.on_data = lambda _data: (seen.append("read"), loop.call_soon(seen.append, "loop"))
        far.send(b"x")
    await until(lambda: len(seen) == 16)
    assert "read read read" not in " ".join(seen)
    for port, _, _ in pairs:
        port.abort()
    hasty.retire()
    assert hasty._epoll.closed


async def test_a_flood_on_one_socket_leaves_room_for_the_next(room: Room) -> None:
    _, loud, far = room.pair()
    _, quiet, other = room.pair()
    most: list[int] = []
    quiet.on_data = lambda _data: most.append(len(loud.got))
    while _writable(far):
        pass
    other.send(b"now")
    await until(lambda: quiet.got)
    assert most[0] <= 2 * READ  # one read each, whatever waits


def _writable(sock: socket.socket) -> bool:
    try:
        return sock.send(bytes(READ)) > 0
    except BlockingIOError:
        return False


async def test_one_that_fails_is_dropped_and_the_others_go_on(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    (_, bad, one), (_, good, two) = room.pair(), room.pair()

    def fail(_data: bytes) -> None:
        raise ValueError("a defect")

    bad.on_data = fail
    with caplog.at_level(logging.ERROR):
        one.send(b"x")
        two.send(b"y")
        await until(lambda: good.got and "lost" in bad.told)
        flushed: list[int] = []
        room.turns.soon(lambda: fail(b""))
        room.turns.soon(lambda: flushed.append(1))
        await until(lambda: flushed)
    assert caplog.text.count("ValueError: a defect") == 2
    two.send(b"y")
    await until(lambda: good.got == b"yy")


async def test_one_can_move_to_other_turns(room: Room) -> None:
    other = Turns()
    port, end, far = room.pair()
    port.move(other)
    assert port.turns is other
    far.send(b"here")
    await until(lambda: end.got)
    room.turns.retire()
    assert room.turns._epoll.closed
    far.send(b" too")
    await until(lambda: end.got == b"here too")
    other.retire()
    assert not other._epoll.closed  # somebody is still here
    far.close()
    await until(lambda: "lost" in end.told)
    assert other._epoll.closed
    port.move(room.turns)  # gone: nothing happens
