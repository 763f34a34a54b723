"""A real relay at its limits: what it answers, what it counts, and that those who are inside notice nothing."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

from relay_house import CALL, Connection, house

from voip.config import ADMISSION, Rate
from voip.io import tcp
from voip.pki.certificates import fingerprint, make_csr, new_key
from voip.relay.figures import metrics
from voip.session.tls import join_context
from voip.wire import signals
from voip.wire.signals import Answer, Ended, Hangup, Incoming, Invite, JoinLeg, LegJoined, Ping, Pong, Ringing

OTHER = "d" * 32


def media(number: int, size: int = 200) -> bytes:
    return b"\x80\x6f" + number.to_bytes(4, "big") + bytes(size - 6)


def counted(home, line: str) -> bool:
    return f"glasscall_{line}\n" in metrics(home.relay._figures_now())


async def call(home, call_id: str, caller: str, callee: str) -> tuple[Connection, Connection]:
    """The two legs of a call that is on."""
    one, two = home.join(caller), home.join(callee)
    mine, theirs = await one.link(), await two.link()
    mine.send(Invite(call=call_id, to=callee))
    ringing, incoming = await mine.expect(Ringing), await theirs.expect(Incoming)
    legs = await one.leg(ringing.token, call_id), await two.leg(incoming.token, call_id)
    for leg in legs:
        await leg.expect(LegJoined)
    theirs.send(Answer(call=call_id))
    return legs


async def test_a_full_relay_says_so_and_has_room_again_when_a_call_ends(tmp_path: Path) -> None:
    async with house(tmp_path, admission=replace(ADMISSION, calls=1)) as home:
        _, mine, _, _, theirs, _ = await home.ringing()
        carol, dave = await home.join("carol").link(), await home.join("dave").link()
        carol.send(Invite(call=OTHER, to="dave"))
        assert await carol.expect(Ended) == Ended(call=OTHER, reason="relay-busy")
        carol.send(Invite(call=OTHER, to="nobody"))
        assert (await carol.expect(Ended)).reason == "not-there"  # the nearer reason comes first
        assert counted(home, "calls_refused_total 1")
        assert counted(home, "calls_max 1")
        mine.send(Hangup(call=CALL))
        assert (await theirs.expect(Ended)).reason == "cancelled"
        carol.send(Invite(call=OTHER, to="dave"))
        assert (await carol.expect(Ringing)).call == OTHER
        assert (await dave.expect(Incoming)).call == OTHER


async def test_a_person_has_so_many_connections(tmp_path: Path) -> None:
    async with house(tmp_path, admission=replace(ADMISSION, connections_of_person=2)) as home:
        alice = home.join("alice")
        link, waiting = await alice.link(), await alice.connect()
        assert await (await alice.connect()).refused() == "too-many-connections"
        assert counted(home, 'refused_total{code="too-many-connections"} 1')
        await waiting.stream.close()
        link.send(Ping(number=7))
        assert await link.expect(Pong) == Pong(number=7)
        await (await home.join("bob").link()).stream.close()  # another person is another matter


async def test_calls_and_signals_have_their_pace(tmp_path: Path) -> None:
    admission = replace(ADMISSION, invites_of_person=Rate(0.1, 3), signals_of_link=Rate(0.1, 8))
    async with house(tmp_path, admission=admission) as home:
        link = await home.join("alice").link()
        for number in range(4):
            link.send(Invite(call=f"{number:032x}", to="nobody"))
        assert [(await link.expect(Ended)).reason for _ in range(3)] == ["not-there"] * 3
        assert await link.refused() == "invites-too-fast"
        link = await home.join("bob").link()
        for number in range(8):
            link.send(Ping(number=number))
        for number in range(8):
            assert await link.expect(Pong) == Pong(number=number)
        link.send(Ping(number=9))
        assert await link.refused() == "too-fast"


async def test_tries_to_join_have_their_pace(tmp_path: Path) -> None:
    async with house(tmp_path, admission=replace(ADMISSION, enrolments_of_address=Rate(0.1, 2))) as home:
        key, codes = new_key(), []
        ca = fingerprint(home.authority.certificate)
        for _ in range(3):
            stream = await home.connect(join_context(ca))
            stream.send(signals.Enrol(name="eve", token="0" * 64, csr=make_csr(key, "eve")))
            codes.append(await stream.refused())
        assert codes == ["invite-unknown", "invite-unknown", "enrolments-too-fast"]


async def test_who_comes_too_often_is_dropped_and_counted(tmp_path: Path) -> None:
    async with house(tmp_path, admission=replace(ADMISSION, handshakes_of_address=Rate(0.01, 3))) as home:
        alice = home.join("alice")
        link = await alice.link()
        loop = asyncio.get_running_loop()
        for _ in range(2):
            (await asyncio.open_connection(*home.relay.address))[1].close()
        reader, writer = await asyncio.open_connection(*home.relay.address)
        assert await asyncio.wait_for(reader.read(), 2) == b""
        writer.close()
        assert counted(home, 'turned_away_total{limit="handshakes-of-address"} 1')
        link.send(Ping(number=1))
        assert await link.expect(Pong) == Pong(number=1)
        assert loop.is_running()


async def test_a_leg_that_brings_too_much_is_closed_and_told_why(tmp_path: Path) -> None:
    async with house(tmp_path, admission=replace(ADMISSION, packets_of_leg=Rate(100, 300))) as home:
        flooding, _ = await call(home, CALL, "alice", "bob")
        steady, there = await call(home, OTHER, "carol", "dave")
        for number in range(2_000):
            flooding.stream.send_media(media(number))
            if number % 100 == 0:
                steady.send(media(number))
                assert await there.packet() == media(number)
                await asyncio.sleep(0.02)
        codes = await refusals(flooding)
        assert codes == ["leg-flood"]
        steady.send(media(1))
        assert await there.packet() == media(1)


async def refusals(connection: Connection) -> list[str]:
    found = []
    while (packet := await connection.packet()) is not None:
        if packet.startswith(b"{"):
            found.append(signals.decode_untrusted(packet, signals.leg_decoder).code)
    return found


async def test_one_who_takes_nothing_costs_nobody_else_a_packet(tmp_path: Path) -> None:
    """bob's window is shut for three seconds, while carol talks to dave at the pace of a call."""
    async with house(tmp_path) as home:
        alice, bob = await call(home, CALL, "alice", "bob")
        carol, dave = await call(home, OTHER, "carol", "dave")
        bob.stream._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        bob.stream._transport.pause_reading()
        ours = next(s for s in home.relay._streams if s.peername.endswith(f":{bob.stream.local_port}"))
        heard: list[bytes] = []
        dave.stream.take_over(heard.append)
        held = kernel = 0
        sent: list[bytes] = []
        for number in range(300):
            for part in range(4):  # four times as fast as a call, so that the window shuts soon
                alice.stream.send_media(media(4 * number + part, 1_000))
            sent.append(media(number))
            carol.stream.send_media(sent[-1])
            await asyncio.sleep(0.01)
            held = max(held, ours.write_backlog)
            kernel = max(kernel, tcp.unsent(ours._transport.get_extra_info("socket")))
        async with asyncio.timeout(3):
            while len(heard) < len(sent):  # noqa: ASYNC110 - what is not there tells nobody
                await asyncio.sleep(0.01)
        assert heard == sent
        assert ours.media_dropped > 0
        assert held <= 32 * 1024 + 2 * 1_400
        assert kernel <= 2 * 1_400
        assert counted(home, f"packets_late_total {ours.media_dropped}")
        bob.stream._transport.resume_reading()
        alice.send(media(9_999))
        async with asyncio.timeout(5):
            while await bob.packet() != media(9_999):
                pass


async def test_a_leg_that_opens_twice_counts_twice(tmp_path: Path) -> None:
    """Whoever is refused leaves their place again."""
    async with house(tmp_path, admission=replace(ADMISSION, connections_of_person=2)) as home:
        alice = home.join("alice")
        await alice.link()
        for _ in range(3):
            leg = await alice.connect()
            leg.send(JoinLeg(call=CALL, token="0" * 32))
            assert await leg.refused() == "leg-token"
            async with asyncio.timeout(2):
                while home.relay._porter._people["alice"] > 1:  # noqa: ASYNC110 - a porter's count tells nobody
                    await asyncio.sleep(0.005)
