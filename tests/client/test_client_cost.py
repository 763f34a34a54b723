"""What encrypting costs a call: to the byte, and in processor time that was really spent."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from on_tape import packets_of
from town import of, phase, seen, talk, town

from voip.client.phone import Phone
from voip.client.toll import Toll, Waits, rtp_header_untrusted
from voip.journal.meaning import of_packet
from voip.journal.observations import CallCost, Entry
from voip.journal.tape import Passed
from voip.media.adaptation import START


class Books:
    """Each `CallCost` of a phone, with the leg's records that had passed when it was entered."""

    def __init__(self, phone: Phone) -> None:
        self.pages: list[tuple[CallCost, list[Passed]]] = []
        self._phone = phone
        phone.journal.subscribe(self._look)

    def _look(self, entry: Entry) -> None:
        if isinstance(entry.what, CallCost):
            assert entry.channel == "call"
            leg = [row for row in self._phone.tape.since(0) if row.channel == "leg"]
            stood = next(number for number, row in enumerate(leg) if row.detail == "leg-joined")
            self.pages.append((entry.what, leg[stood + 1 :]))


def count(told: list[list[tuple[str, str]]], meaning: str) -> int:
    """How many packets of one meaning are in these records."""
    return sum(one == meaning for packets in told for one, _ in packets)


@pytest.mark.parametrize("versions", [("1.3",), ("1.2", "1.3")])
async def test_every_byte_has_its_place(tmp_path: Path, versions: tuple[str, ...]) -> None:
    async with town(tmp_path, versions=versions) as place:
        alice, bob = await place.phone("alice", path="tls"), await place.phone("bob", path="tls")
        books = Books(alice), Books(bob)
        await talk(alice, bob)
        await seen(alice, lambda e: isinstance(e.what, CallCost) and e.what.seconds > 2.2, "three seconds of cost")
        await alice.hang_up()
        await phase(bob, "ended")
    for pages in (book.pages for book in books):
        assert len(pages) >= 3
        for cost, leg in pages:
            told = [packets_of(row) for row in leg]
            voice, reports, session = (count(told, meaning) for meaning in ("voice", "report", "session"))
            carrying = [row for row, packets in zip(leg, told, strict=True) if packets]
            parts = cost.opus_bytes + cost.rtp_bytes + cost.srtp_bytes + cost.framing_bytes + cost.tls_bytes
            assert parts == sum(row.size for row in leg)
            assert cost.packets == voice + reports > 0
            assert cost.opus_bytes == START.frame_size * voice
            assert cost.srtp_bytes == 16 * voice + 20 * reports
            assert cost.framing_bytes == 2 * (voice + reports + session)
            overhead = 22 if versions == ("1.3",) else 29
            # The relay puts what is there together into one record, but never the session's with media.
            inside = sum(row.size - overhead - 2 * len(packets_of(row)) for row in leg if row.meaning == "session")
            rest = sum(row.size for row in leg) - sum(row.size for row in carrying)
            assert cost.tls_bytes == overhead * len(carrying) + inside + rest
        assert [cost.packets for cost, _ in pages] == sorted(cost.packets for cost, _ in pages)


async def test_by_udp_nothing_is_around_the_srtp(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice", path="udp"), await place.phone("bob")
        books = Books(alice)
        await talk(alice, bob)
        await seen(alice, lambda e: isinstance(e.what, CallCost) and e.what.seconds > 2.2, "three seconds of cost")
        await alice.hang_up()
        await phase(bob, "ended")
    for cost, leg in books.pages:
        told = [packets_of(row) for row in leg]
        voice, reports = (count(told, meaning) for meaning in ("voice", "report"))
        media = [
            row for row, packets in zip(leg, told, strict=True) if any(one in {"voice", "report"} for one, _ in packets)
        ]
        by_udp = [row for row in media if row.type == "datagram"]
        assert all(row.type == "datagram" for row in media if row.direction == "out")
        assert cost.packets == voice + reports > 0
        assert cost.srtp_bytes == 16 * voice + 20 * reports
        parts = cost.opus_bytes + cost.rtp_bytes + cost.srtp_bytes + cost.framing_bytes + cost.tls_bytes
        inside_tls = [row for row in leg if row.type != "datagram"]
        assert parts == sum(row.size for row in (*by_udp, *inside_tls))
        assert cost.opus_bytes > 10 * cost.framing_bytes


async def test_time_is_spent_and_not_much(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await talk(alice, bob)
        cost = (await seen(alice, lambda e: isinstance(e.what, CallCost) and e.what.packets > 100, "a cost")).what
        assert isinstance(cost, CallCost)
        assert 0 < cost.srtp_cpu < cost.process_cpu
        assert 0 < cost.tls_cpu < cost.process_cpu
        assert cost.srtp_cpu + cost.tls_cpu < 0.5 * cost.process_cpu
        assert 1 < cost.send_delay_us < 5_000
        assert 1 < cost.receive_delay_us < 5_000
        assert 0.9 < cost.seconds < 8


async def test_the_last_page_is_written_when_the_call_ends(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        books = Books(alice)
        await talk(alice, bob)
        await alice.hang_up()
        await phase(bob, "ended")
        assert len(books.pages) == 1
        await talk(alice, bob)  # another leg, another account
        await of(bob, CallCost)
        await alice.hang_up()
        assert books.pages[-1][0].seconds < 5


@given(st.lists(st.binary(max_size=150) | st.binary(max_size=150).map(lambda tail: b"\x80" + tail), max_size=8))
def test_whatever_comes_adds_up(packets: list[bytes]) -> None:
    toll = Toll()
    assert toll.cost() is None
    toll.begin()
    size = sum(map(len, packets)) + 2 * len(packets) + 22
    toll.carried("in", size, [of_packet(packet) for packet in packets], packets)
    toll.turned(0.001, 0.002)
    cost = toll.cost()
    assert cost is not None
    parts = (cost.opus_bytes, cost.rtp_bytes, cost.srtp_bytes, cost.framing_bytes, cost.tls_bytes)
    assert min(parts) >= 0
    assert sum(parts) == size


@given(st.binary(max_size=80))
def test_a_header_is_what_it_claims(packet: bytes) -> None:
    assert 12 <= rtp_header_untrusted(packet) <= 12 + 4 * 15 + 4 + 4 * 65_535


def test_contributors_and_extensions_are_header() -> None:
    assert rtp_header_untrusted(b"\x82" + bytes(50)) == 20
    assert rtp_header_untrusted(b"\x90" + bytes(11) + b"\xbe\xde\x00\x02" + bytes(30)) == 12 + 4 + 8
    assert rtp_header_untrusted(b"") == rtp_header_untrusted(b"\x80") == 12


def test_all_packets_of_a_turn_wait_for_its_end() -> None:
    waits = Waits()
    assert waits.mean == 0.0
    waits.add(0.003, 1)
    waits.add(0.006, 2)
    waits.add(9.0, 0)
    assert waits.mean == pytest.approx(0.005)
