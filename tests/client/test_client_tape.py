"""The tape of a real call: every byte of link and leg, and what each record was to us."""

from pathlib import Path

from on_tape import packets_of
from town import of, phase, talk, town

from voip.client.phone import Phone
from voip.journal.observations import CallCost, FirstAudio
from voip.journal.tape import Passed
from voip.media.adaptation import START
from voip.wire.tls_records import RecordReader


class Taps:
    """Every byte of each TCP connection of a phone, in the order in which they were made: link, leg."""

    def __init__(self) -> None:
        self.connections: list[dict[str, bytearray]] = []

    def __call__(self, _ours, _theirs):
        ways = {"in": bytearray(), "out": bytearray()}
        self.connections.append(ways)
        return lambda direction, data: ways[direction].extend(data)


def rows(phone: Phone, channel: str, direction: str = "") -> list[Passed]:
    return [row for row in phone.tape.since(0) if row.channel == channel and direction in {"", row.direction}]


async def test_every_byte_of_a_call_is_on_the_tape(tmp_path: Path) -> None:
    taps = Taps()
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", tap=taps, path="tls"), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        await of(alice, CallCost)
        await alice.hang_up()
        await phase(bob, "ended")
        await place.stop(alice)
    assert [row.number for row in alice.tape.since(0)] == list(range(1, len(alice.tape.since(0)) + 1))
    assert len(taps.connections) == 2
    for channel, ways in zip(("link", "leg"), taps.connections, strict=True):
        for direction, data in ways.items():
            taped, wire = rows(alice, channel, direction), list(RecordReader().feed(bytes(data)))
            assert [row.size for row in taped] == [record.length + 5 for record in wire]
            assert sum(row.size for row in taped) == len(data)
            for row, record in zip(taped, wire, strict=True):
                assert row.type == record.name
                assert row.raw == bytes(data[record.offset : record.offset + row.size][:64])
                assert row.at > 0


async def test_each_record_says_what_it_was(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", path="tls"), await place.phone("bob", path="tls")
        await talk(alice, bob)
        await of(bob, CallCost)
        await alice.hang_up()
        await phase(bob, "ended")
        await place.stop(alice)
        await place.stop(bob)
    for phone in (alice, bob):
        for channel in ("link", "leg"):
            first, last = rows(phone, channel)[0], rows(phone, channel)[-1]
            assert (first.meaning, first.detail, first.type) == ("handshake", "ClientHello", "handshake")
            assert first.plain[:59] == first.raw[5:]
            assert "close_notify" in last.detail
    told = [detail for row in rows(alice, "link") for meaning, detail in packets_of(row) if meaning == "signal"]
    assert [one for one in told if one not in {"presence", "ping", "pong"}] == [
        "welcome", "invite", "ringing", "answered", "hangup",
    ]  # fmt: skip
    leg = rows(alice, "leg")
    assert [row.detail for row in leg if row.meaning == "signal"] == ["join-leg", "leg-joined"]
    session = {detail for row in leg for meaning, detail in packets_of(row) if meaning == "session"}
    assert session >= {"handshake", "application_data"}
    assert any(meaning == "report" for row in leg for meaning, _ in packets_of(row))
    outward = [row for row in leg if row.direction == "out"]
    sent, heard = (
        [int(detail) for row in some for meaning, detail in packets_of(row) if meaning == "voice"]
        for some in (outward, rows(bob, "leg", "in"))
    )
    assert len(sent) > 40
    assert sent == [sent[0] + step for step in range(len(sent))]
    assert heard == sent[-len(heard) :] or heard == sent[: len(heard)]
    for row in leg:
        if row.meaning == "voice":
            # SRTP around each, the length before it, and TLS.
            assert row.size == len(packets_of(row)) * (START.payload_size + 28 + 2) + 22
            assert (len(row.plain), row.plain[0]) == (64, 0x80)
            assert row.entropy > 5.8
            assert row.plain[:32] not in row.raw
    assert [row for row in leg if row.meaning == "other" and "alert" not in row.detail and not packets_of(row)] == []


async def test_every_datagram_is_on_the_tape(tmp_path: Path) -> None:
    taps = Taps()
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", tap_datagrams=taps, path="udp"), await place.phone("bob")
        await talk(alice, bob)
        await of(alice, FirstAudio)
        await of(alice, CallCost)
        await alice.hang_up()
        await phase(bob, "ended")
        await place.stop(alice)
    ((ways),) = taps.connections
    datagrams = [row for row in rows(alice, "leg") if row.type == "datagram"]
    for direction, data in ways.items():
        assert sum(row.size for row in datagrams if row.direction == direction) == len(data) > 0
    assert {row.meaning for row in datagrams} == {"binding", "voice", "report"}
    assert {row.detail for row in datagrams if row.meaning == "binding"} == {"request", "error", "answer"}
    for row in datagrams:
        if row.meaning == "voice":
            assert row.size == START.payload_size + 28
            assert (row.plain, row.raw[0]) == (b"", 0x80)


async def test_the_tape_goes_on_over_links(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice = await place.phone("alice")
        before = len(alice.tape.since(0))
        port = await place.crash()
        await place.open(port)
        await place.stop(alice)
        assert before > 5
        assert alice.tape.since(0)[0].number == 1
