"""TLS over TCP on loopback: what happens when either end misbehaves, and that every wait has its limit."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from people import RELAY, House

from voip.config import FRAME_MAX, Limits
from voip.errors import FramingError, RelayError, TlsError
from voip.io import clock, stream, tcp
from voip.io.serving import Handler, serve
from voip.io.stream import UNREAD_MAX, TlsStream, connect
from voip.session.tls import TlsContext, link_context, relay_context
from voip.session.tls.events import Closed, Established, Failed, HandshakeMessage, Record

_ALLOWED = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")
OFFERED = _ALLOWED.read_text().split() if _ALLOWED.exists() else []
QUICK = Limits(connect=0.5, handshake=0.5, reply=0.5)


class Place:
    """A server, and clients of it."""

    def __init__(self, stack: AsyncExitStack) -> None:
        house = House()
        alice = house.person("alice")
        self.context: TlsContext = link_context(alice.certificate, alice.key, house.ca)
        self._served = relay_context(house.relay.certificate, house.relay.key, house.ca)
        self._stack = stack
        self.accepted: asyncio.Queue[TlsStream] = asyncio.Queue()
        self.port = 0

    async def serve(self, handler: Handler | None = None, **options: object) -> None:
        server = await serve("127.0.0.1", 0, self._served, handler or self._accept, **{"limits": QUICK, **options})
        self.port = server.sockets[0].getsockname()[1]
        self._stack.callback(server.close)

    async def _accept(self, accepted: TlsStream) -> None:
        self._stack.push_async_callback(accepted.close)
        self.accepted.put_nowait(accepted)

    async def connect(self, **options: object) -> TlsStream:
        client = await connect("127.0.0.1", self.port, self.context, server_name=RELAY, **{"limits": QUICK, **options})
        self._stack.push_async_callback(client.close)
        return client

    async def pair(self, **options: object) -> tuple[TlsStream, TlsStream]:
        if not self.port:
            await self.serve()
        client = await self.connect(**options)
        return client, await asyncio.wait_for(self.accepted.get(), 2)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield Place(stack)


async def until(condition, seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a transport's state tells nobody
            await asyncio.sleep(0.005)


async def packet(end: TlsStream) -> bytes | None:
    return await asyncio.wait_for(end.receive_packet(), 3)


# ── nobody there ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_nothing_listens(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place.port = taken.getsockname()[1]
    with pytest.raises(RelayError, match=rf"Nothing answers at 127\.0\.0\.1:{place.port} .*refused") as caught:
        await place.connect()
    assert caught.value.code == "relay-unreachable"


async def test_a_host_that_has_no_address(place: Place) -> None:
    with pytest.raises(RelayError, match=r"No address is known for nowhere\.invalid:1") as caught:
        await connect("nowhere.invalid", 1, place.context, limits=replace(QUICK, connect=5))
    assert caught.value.code == "relay-unreachable"


async def test_a_host_that_does_not_answer(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a firewall that drops: nothing ever comes back."""

    async def never(_sock: socket.socket, _address: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    begun = clock.monotonic()
    with pytest.raises(RelayError, match=r"did not answer within 0\.5 s") as caught:
        await connect("127.0.0.1", 1, place.context, limits=QUICK)
    assert caught.value.code == "relay-unreachable"
    assert clock.monotonic() - begun < 2


async def test_an_address_that_cannot_be_reached_does_not_hide_one_that_can(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.serve()
    no_such_family = (255, socket.SOCK_STREAM, 0, "", ("::", 1))
    refused = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
    good = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", place.port))
    answers = [no_such_family, refused, good]

    async def lookup(*_: object, **__: object) -> list[object]:
        return answers

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    client = await place.connect()
    assert client.peername == f"127.0.0.1:{place.port}"
    answers[:] = []
    with pytest.raises(RelayError, match="there is no address"):
        await place.connect()


# ── the handshake ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "code"),
    [(None, "handshake-slow"), (b"", "truncated"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not-tls")],
)
async def test_a_server_that_is_none(place: Place, answer: bytes | None, code: str) -> None:
    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        if answer is not None:
            writer.write(answer)
            writer.close()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(pretend, "127.0.0.1", 0)
    place.port = server.sockets[0].getsockname()[1]
    begun = clock.monotonic()
    with pytest.raises(TlsError) as caught:
        await place.connect()
    assert caught.value.code == code
    assert caught.value.sentence.endswith((".", "?"))
    assert clock.monotonic() - begun < 2
    server.close()


async def test_a_client_that_is_none_is_dropped_and_others_are_served(place: Place) -> None:
    await place.serve()
    with (
        socket.create_connection(("127.0.0.1", place.port)) as mute,
        socket.create_connection(("127.0.0.1", place.port)) as rude,
    ):
        rude.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client, server = await place.pair()
        client.send_packet(b"{hello")
        assert await packet(server) == b"{hello"
        for one in (mute, rude):
            one.setblocking(False)

        async def end_of(one: socket.socket) -> None:
            try:
                while await asyncio.get_running_loop().sock_recv(one, 100):
                    pass
            except ConnectionError:
                pass

        await asyncio.wait_for(asyncio.gather(end_of(mute), end_of(rude)), QUICK.handshake + 2)


async def test_only_so_many_shake_hands_at_once(place: Place) -> None:
    await place.serve(pending_max=2)
    waiting = [socket.create_connection(("127.0.0.1", place.port)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(TlsError):
        await place.connect()
    for one in waiting:
        one.close()
    await asyncio.sleep(0.05)
    await place.pair()


async def test_who_stops_waiting_leaves_nothing_behind(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place.port = silent.getsockname()[1]
        task = asyncio.ensure_future(place.connect(limits=Limits()))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        accepted, _ = silent.accept()
        with accepted, contextlib.suppress(ConnectionError):
            accepted.settimeout(2)  # the connection was cut, not left open: this comes to an end
            while accepted.recv(65536):
                pass


async def test_who_stops_waiting_before_tcp_stands(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    async def never(sock: socket.socket, _address: object) -> None:
        made.append(sock)
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    task = asyncio.ensure_future(connect("127.0.0.1", 1, place.context))
    await until(lambda: made)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made[0].fileno() == -1


# ── packets ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_packets_both_ways_and_their_counts(place: Place) -> None:
    client, server = await place.pair()
    for size in (1, 1000, FRAME_MAX):
        client.send_packet(b"c" * size)
        assert await packet(server) == b"c" * size
        server.send_packet(b"s" * size)
        assert await packet(client) == b"s" * size
    assert (client.packets_sent, client.packets_received) == (server.packets_received, server.packets_sent) == (3, 3)
    assert client.bytes_sent == server.bytes_received > FRAME_MAX
    assert client.bytes_received == server.bytes_sent > FRAME_MAX
    assert client.established.alpn == "glasscall/1"
    assert server.peername == f"127.0.0.1:{client.local_port}"
    assert client.write_backlog == 0


async def test_the_tap_gets_every_byte_and_observe_every_event(place: Place) -> None:
    tapped, events, ends = {"in": b"", "out": b""}, [], []

    def tap(ours: tuple[str, int], theirs: tuple[str, int]):
        ends.append((ours, theirs))

        def copy(direction: str, data: bytes) -> None:
            tapped[direction] += data

        return copy

    client, server = await place.pair(tap=tap, observe=events.append)
    client.send_packet(b"{ping")
    await packet(server)
    await client.close()
    assert await packet(server) is None
    assert (len(tapped["out"]), len(tapped["in"])) == (client.bytes_sent, client.bytes_received)
    assert tapped["out"][:3] == b"\x16\x03\x01"
    assert len(tapped["out"]) == server.bytes_received
    assert ends == [(("127.0.0.1", client.local_port), ("127.0.0.1", place.port))]
    names = [event.name for event in events if isinstance(event, HandshakeMessage)]
    assert names[:2] == ["ClientHello", "ServerHello"]
    assert sum(isinstance(event, Established) for event in events) == 1


async def test_a_recorder_sees_each_turn_before_what_came_is_handed_on(place: Place) -> None:
    turns: list[tuple[bytes, list[str], bytes, bytes]] = []
    order: list[str] = []
    spent: list[float] = []

    class Seeing:
        def turn(self, came, events, went, packet, *, cpu: float, held: float) -> None:
            turns.append((came, [type(event).__name__ for event in events], went, packet))
            order.append("out" if packet else "in")
            spent.append(cpu)
            assert held >= 0
            assert cpu >= 0

    client, server = await place.pair(recorder=Seeing())

    def handed(got: bytes) -> None:
        order.append(got.decode())
        client.send_packet(b"{answer}")  # from within a turn: its own turn comes after

    client.take_over(handed)
    await until(lambda: client.resumption is not None)
    del turns[:], order[:]
    server.send_packet(b"{question}")
    assert await packet(server) == b"{answer}"
    assert order == ["in", "{question}", "out"]
    (came, heard, nothing, none), (quiet, said, went, sent) = turns
    assert (heard, nothing, none) == (["Record", "Received"], b"", b"")
    assert (quiet, said, sent) == (b"", ["Record"], b"{answer}")
    assert len(came) == len(b"{question}") + 2 + 22
    assert len(went) == len(b"{answer}") + 2 + 22
    assert sum(spent) > 0
    await client.close()
    assert turns[-1][2][:1] == b"\x17"  # the goodbye is a turn too


async def test_packets_that_come_together_share_records_and_arrive_in_order(place: Place) -> None:
    turns: list[tuple[bytes, list[object], bytes, bytes]] = []

    class Seeing:
        def turn(self, came, events, went, packet, *, cpu: float, held: float) -> None:
            turns.append((came, events, went, packet))

    client, server = await place.pair(recorder=Seeing())
    await until(lambda: client.resumption is not None)
    del turns[:]
    many = 300
    for number in range(many):  # no await: one turn
        server.send_media(b"\x80" + number.to_bytes(4, "big") + bytes(100))
        if number % 50 == 0:
            server.send_packet(b"{%d" % number)
    got = [await packet(client) for _ in range(many + many // 50)]
    assert [one for one in got if one[:1] == b"{"] == [b"{%d" % number for number in range(0, many, 50)]
    assert [int.from_bytes(one[1:5], "big") for one in got if one[:1] == b"\x80"] == list(range(many))
    records = sum(isinstance(event, Record) for _, events, _, _ in turns for event in events)
    assert many / 13 <= records <= many / 10
    assert server.packets_sent == client.packets_received == len(got)
    assert server.media_dropped == 0


async def test_a_recorder_is_told_of_each_packet_that_goes_out(place: Place) -> None:
    sent: list[bytes] = []

    class Seeing:
        def turn(self, came, events, went, packet, *, cpu: float, held: float) -> None:
            sent.append(packet)

    client, server = await place.pair(recorder=Seeing())
    del sent[:]
    client.send_packet(b"{one")
    client.send_media(b"\x80two")
    assert sent == [b"{one", b"\x80two"]
    assert [await packet(server), await packet(server)] == sent


async def test_one_who_takes_nothing_gets_the_newest_voice_when_they_take_again(place: Place) -> None:
    """Nobody holds more than 200 ms of it meanwhile, the kernel included; what must arrive arrives."""
    client, server = await place.pair()
    client._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    client._transport.pause_reading()
    sock, size, pace = server._transport.get_extra_info("socket"), 500, 0.002
    sent: list[float] = []
    held: list[int] = []

    async def speak() -> None:
        while True:
            server.send_media(b"\x80" + len(sent).to_bytes(4, "big") + bytes(size - 5))
            sent.append(clock.monotonic())
            if server._blocked:
                held.append(tcp.unsent(sock) + server._transport.get_write_buffer_size())
                waiting = server._outbox._media
                assert not waiting or clock.monotonic() - waiting[0][1] < 0.25
                assert server.write_backlog <= 0.2 / pace * (size + 2) + 2 * 1_400
            await asyncio.sleep(pace)

    speaking = asyncio.ensure_future(speak())
    await until(lambda: server.media_dropped, 15)  # blocked for a moment is nothing yet
    server.send_packet(b"{must arrive")
    await asyncio.sleep(1.5)
    assert max(held) <= 2 * 1_400
    assert server.media_dropped > 0
    client._transport.resume_reading()
    got: list[bytes] = []
    while not got or got[-1] != b"{must arrive":
        got.append(await packet(client))
    after = await packet(client)
    age = clock.monotonic() - sent[int.from_bytes(after[1:5], "big")]
    assert age < 0.5  # of which a busy machine may have taken some
    got.append(after)
    speaking.cancel()
    server.send_packet(b"{end")
    while got[-1] != b"{end":
        got.append(await packet(client))
    voice = [int.from_bytes(one[1:5], "big") for one in got if one[:1] == b"\x80"]
    assert voice == sorted(set(voice))
    assert len(voice) + server.media_dropped + len(server._outbox._media) >= len(sent) - 1


async def test_what_the_kernel_was_asked_for(place: Place) -> None:
    client, server = await place.pair()
    for end in (client, server):
        sock = end._transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        if sys.platform == "linux":
            assert tcp.notsent_lowat(sock) == tcp.NOTSENT_LOWAT
            assert end.congestion_control == ("bbr" if "bbr" in OFFERED else OFFERED[0])


async def test_a_goodbye_is_none_and_stays_so(place: Place) -> None:
    client, server = await place.pair()
    ended: list[object] = []
    server.on_end = ended.append
    client.send_packet(b"{last")
    await client.close()
    assert await packet(server) == b"{last"
    assert await packet(server) is None
    assert await packet(server) is None
    assert ended == [None]
    server.send_packet(b"{too late")  # dropped, not raised
    assert server.packets_sent == 0
    await client.close()  # again, harmless
    client.abort()


async def test_an_end_without_a_goodbye_is_an_error(place: Place) -> None:
    """Whoever sits on the wire can cut it; that must not look like the other end's word."""
    client, server = await place.pair()
    ended: list[object] = []
    client.on_end = ended.append
    server._transport.write_eof()
    for _ in range(2):
        with pytest.raises(TlsError, match="without a goodbye") as caught:
            await packet(client)
        assert caught.value.code == "truncated"
    assert ended == [caught.value]


async def test_a_connection_that_is_reset_is_an_error(place: Place) -> None:
    client, server = await place.pair()
    server._transport.abort()
    with pytest.raises(TlsError):
        await packet(client)


async def test_bytes_that_were_changed_on_the_way_are_an_error(place: Place) -> None:
    events: list[object] = []
    client, server = await place.pair(observe=events.append)
    engine = server._engine
    seal = engine.seal

    def seal_and_change(data: bytes) -> tuple[bytes, list[object]]:
        wire, seen = seal(data)
        return wire[:-1] + bytes([wire[-1] ^ 1]), seen

    engine.seal = seal_and_change
    server.send_packet(b"{transfer 100")
    with pytest.raises(TlsError) as caught:
        await packet(client)
    assert caught.value.code == "bad-record-mac"
    assert [type(event) for event in events][-1] is Failed
    assert not [event for event in events if isinstance(event, Closed)]


async def test_a_reader_that_lags_stops_the_sender_and_loses_nothing(place: Place) -> None:
    client, server = await place.pair()
    size, many = 8_000, 5_000
    for number in range(many):
        client.send_packet(number.to_bytes(4, "big") + bytes(size))
    await until(lambda: not server._transport.is_reading())
    await asyncio.sleep(0.1)
    # What one read from the socket brought may still be handed out, but nothing more is read.
    assert UNREAD_MAX <= len(server._packets) < UNREAD_MAX + 262_144 // size + 2
    assert client.write_backlog > 1_000_000
    got = [int.from_bytes((await packet(server))[:4], "big") for _ in range(many)]
    assert got == list(range(many))


async def test_one_who_takes_over_gets_what_waits_first_and_the_rest_at_once(place: Place) -> None:
    client, server = await place.pair()
    for number in range(UNREAD_MAX + 10):
        client.send_packet(b"{%d" % number)
    await until(lambda: not server._transport.is_reading())
    got: list[bytes] = []
    ended: list[object] = []
    server.on_end = ended.append
    waiting = server.take_over(got.append)
    client.send_packet(b"{end")
    await client.close()
    await until(lambda: ended)
    assert [*waiting, *got] == [b"{%d" % number for number in range(UNREAD_MAX + 10)] + [b"{end"]
    assert server.ended
    assert server.take_over(got.append) == []


@pytest.mark.parametrize("length", [b"\x00\x00", b"\xff\xff"])
async def test_a_frame_that_is_not_allowed_is_told_to_the_reader_who_can_still_say_why(
    place: Place, length: bytes
) -> None:
    client, server = await place.pair()
    client.send_packet(b"{good")
    client._watch(client._engine.send(length))
    client.send_packet(b"{never looked at")
    assert await packet(server) == b"{good"
    with pytest.raises(FramingError) as caught:
        await packet(server)
    assert caught.value.code == "frame-long"
    server.send_packet(b"{that was too long")
    assert await packet(client) == b"{that was too long"
    assert server.packets_received == 1


async def test_a_frame_that_is_not_allowed_ends_one_who_has_taken_over(place: Place) -> None:
    client, server = await place.pair()
    got: list[bytes] = []
    ended: list[object] = []
    server.on_end = ended.append
    server.take_over(got.append)
    client.send_packet(b"{good")
    client._watch(client._engine.send(b"\xff\xff"))
    assert await packet(client) is None  # it says goodbye
    assert got == [b"{good"]
    assert isinstance(ended[0], FramingError)
    assert len(ended) == 1


async def test_a_frame_that_is_not_allowed_and_came_before_the_taking_over(place: Place) -> None:
    client, server = await place.pair()
    client._watch(client._engine.send(stream.frame(b"{good") + b"\xff\xff"))
    await until(lambda: server.packets_received)
    ended: list[object] = []
    server.on_end = ended.append
    assert server.take_over(lambda _packet: None) == [b"{good"]
    assert isinstance(ended[0], FramingError)
    assert await packet(client) is None


async def test_one_who_ends_while_packets_are_handed_over_gets_no_more(place: Place) -> None:
    client, server = await place.pair()
    got: list[bytes] = []

    def once(one: bytes) -> None:
        got.append(one)
        server.abort()

    server.take_over(once)
    client._watch(client._engine.send(stream.frame(b"{one") + stream.frame(b"{two")))
    with pytest.raises(TlsError):
        await packet(client)
    assert got == [b"{one"]


async def test_closing_takes_no_longer_than_it_may(place: Place) -> None:
    """The other end takes nothing, so the goodbye cannot leave; the connection is dropped after `within`."""
    client, server = await place.pair()
    server._transport.pause_reading()
    client._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    for _ in range(2_000):
        client.send_packet(bytes(8_000))
    assert client.write_backlog > 0
    begun = clock.monotonic()
    await client.close(within=0.2)
    assert 0.15 < clock.monotonic() - begun < 1
    assert client.ended


async def test_a_port_that_is_taken_is_the_owners_matter(place: Place) -> None:
    await place.serve()
    with pytest.raises(OSError, match="in use"):
        await serve("127.0.0.1", place.port, place._served, place._accept)
