"""From a name to a connection: several addresses, both families, proxies, and names that nobody knows just now."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from proxies import connect_proxy

from voip.errors import RelayError
from voip.io import clock, dialing
from voip.io.dialing import ADDRESSES_MAX, STAGGER, Route, in_turn, race
from voip.io.proxy import Proxy

V4, V6 = socket.AF_INET, socket.AF_INET6


@asynccontextmanager
async def listener(host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Says “here” to whoever comes."""

    async def attend(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    server = await asyncio.start_server(attend, host, 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes no more connections: whoever comes waits, as for an address that leads nowhere."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for sock in (first, second):
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        yield full.getsockname()[1]


@contextmanager
def closed() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def said(sock: socket.socket) -> bytes:
    with sock:
        return await asyncio.get_running_loop().sock_recv(sock, 10)


def test_families_take_turns() -> None:
    four, six = [(V4, (f"10.0.0.{n}", 1)) for n in range(3)], [(V6, (f"fd00::{n}", 1, 0, 0)) for n in range(2)]
    assert in_turn([*six, *four]) == [six[0], four[0], six[1], four[1], four[2]]
    assert in_turn([*four, *six]) == [four[0], six[0], four[1], six[1], four[2]]
    assert in_turn([]) == []
    assert len(in_turn([(V4, (f"10.0.0.{n}", 1)) for n in range(50)])) == ADDRESSES_MAX


async def test_an_address_that_leads_nowhere_costs_a_quarter_of_a_second() -> None:
    async with listener() as port:
        with silent() as nowhere:
            begun = clock.monotonic()
            sock = await race([(V4, ("127.0.0.1", nowhere)), (V4, ("127.0.0.1", port))])
            assert STAGGER <= clock.monotonic() - begun < STAGGER + 0.5
            assert await said(sock) == b"here"


async def test_an_address_that_refuses_costs_nothing() -> None:
    async with listener() as port:
        with closed() as refusing:
            begun = clock.monotonic()
            sock = await race([(V4, ("127.0.0.1", refusing)), (V4, ("127.0.0.1", port))])
            assert clock.monotonic() - begun < STAGGER
            assert await said(sock) == b"here"


async def test_no_address_at_all() -> None:
    with closed() as refusing, pytest.raises(ConnectionRefusedError):
        await race([(V4, ("127.0.0.1", refusing)), (V6, ("::1", refusing, 0, 0))])
    with pytest.raises(OSError, match="no address"):
        await race([])


async def test_giving_up_leaves_nothing_behind() -> None:
    with silent() as nowhere:
        task = asyncio.ensure_future(race([(V4, ("127.0.0.1", nowhere))] * 3))
        await asyncio.sleep(STAGGER * 1.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_ipv6() -> None:
    try:
        async with listener("::1") as port:
            assert await said(await Route("::1", port).dial(2)) == b"here"
    except OSError:
        pytest.skip("this machine has no IPv6")


async def test_a_name_with_a_dead_address_of_the_other_family(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listener() as port:

        async def two(_host: str, _port: int) -> list[dialing.Address]:
            return in_turn([(V6, ("::1", port, 0, 0)), (V4, ("127.0.0.1", port))])

        monkeypatch.setattr(dialing, "look_up", two)
        assert await said(await Route("relay.test", port).dial(2)) == b"here"


async def test_names_that_cannot_be_asked_for_do_not_hold_up_who_was_there_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0

    async def look_up(_host: str, port: int) -> list[dialing.Address]:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if asked == 3:
            await asyncio.sleep(30)
        return [(V4, ("127.0.0.1", port))]

    monkeypatch.setattr(dialing, "look_up", look_up)
    async with listener() as port:
        route = Route("relay.test", port)
        for _ in range(4):  # fine, no answer, slow, still slow
            begun = clock.monotonic()
            assert await said(await route.dial(2)) == b"here"
            assert clock.monotonic() - begun < 1
        assert asked == 3  # not once more for each try


async def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(_host: str, _port: int) -> list[dialing.Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(dialing, "look_up", nobody)
    with pytest.raises(RelayError, match=r"No address is known for relay\.test:1 \(Name or service not known\)"):
        await Route("relay.test", 1).dial(2)


# ── through a proxy ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("credentials", ["", "alice:sésame"])
async def test_through_a_proxy(credentials: str) -> None:
    async with listener() as port, connect_proxy(credentials) as proxy:
        route = Route("127.0.0.1", port, Proxy("127.0.0.1", proxy.port, credentials))
        assert await said(await route.dial(2)) == b"here"
        assert proxy.asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"]


async def test_a_proxy_that_wants_a_password() -> None:
    async with connect_proxy("alice:sesame") as proxy:
        with pytest.raises(RelayError, match="wants a name and a password"):
            await Route("relay.test", 1, Proxy("127.0.0.1", proxy.port)).dial(2)


async def test_a_proxy_that_cannot_get_there() -> None:
    with closed() as port:
        async with connect_proxy() as proxy:
            with pytest.raises(RelayError, match=rf"does not connect to 127\.0\.0\.1:{port}: 502 Bad Gateway"):
                await Route("127.0.0.1", port, Proxy("127.0.0.1", proxy.port)).dial(2)


async def test_a_proxy_that_is_none() -> None:
    async with listener() as port:
        with pytest.raises(RelayError, match="is no HTTP proxy"):
            await Route("relay.test", 1, Proxy("127.0.0.1", port)).dial(2)
    with closed() as port, pytest.raises(RelayError, match="Is the proxy running"):
        await Route("relay.test", 1, Proxy("127.0.0.1", port)).dial(2)


async def test_a_proxy_that_never_answers() -> None:
    async with connect_proxy(answer=b"HTTP/1.1 100 Wait\r\n\r\n") as proxy:
        with pytest.raises(RelayError, match="hung up"):
            await Route("relay.test", 1, Proxy("127.0.0.1", proxy.port)).dial(2)
    with silent() as port, pytest.raises(RelayError, match=r"did not answer within 0\.3 s"):
        await Route("relay.test", 1, Proxy("127.0.0.1", port)).dial(0.3)
