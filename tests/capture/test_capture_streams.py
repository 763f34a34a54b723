"""Packets of every link type, and TCP put together whatever the network did to it."""

import ipaddress
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.capture.packets import ACK, SYN, Datagram, Endpoint, Segment, dissect
from voip.capture.reader import Packet
from voip.capture.streams import Connection, Reassembly
from voip.capture.tap import _packet

ALICE, RELAY = Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 7443)


def segment(number: int, sequence: int, payload: bytes, flags: int = ACK, *, back: bool = False) -> Segment:
    ends = (RELAY, ALICE) if back else (ALICE, RELAY)
    return Segment(number, float(number), *ends, sequence % 2**32, flags, payload)


def joined(*segments: Segment) -> Connection:
    reassembly = Reassembly()
    for each in segments:
        reassembly.add(each)
    (connection,) = reassembly.connections()
    return connection


@settings(max_examples=100)
@given(
    st.binary(min_size=1, max_size=400),
    st.lists(st.integers(0, 400), max_size=8),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=5),
    st.integers(0, 2**32 - 1),
    st.randoms(use_true_random=False),
)
def test_cut_shuffled_and_repeated_segments_give_the_original(data, cuts, repeats, start, random) -> None:
    marks = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    pieces = list(pairwise(marks)) + [(at % len(data), min(len(data), at % len(data) + size)) for at, size in repeats]
    random.shuffle(pieces)
    numbered = [segment(n, start + 1 + begin, data[begin:end]) for n, (begin, end) in enumerate(pieces, 2)]
    flow = joined(segment(1, start, b"", SYN), *numbered).sent
    (run,) = flow.runs
    assert bytes(run.data) == data
    assert (flow.late, flow.missing, flow.packets) == (False, 0, len(pieces) + 1)
    for offset in range(len(data)):
        begin, end = pieces[run.packet_at(offset) - 2]
        assert begin <= offset < end


def test_both_directions_and_who_is_the_client() -> None:
    connection = joined(
        segment(1, 99, b"", SYN),
        segment(2, 499, b"", SYN | ACK, back=True),
        segment(3, 100, b"question"),
        segment(4, 500, b"answer", back=True),
    )
    assert (connection.client, connection.server, connection.first_packet) == (ALICE, RELAY, 1)
    assert bytes(connection.sent.runs[0].data) == b"question"
    assert bytes(connection.received.runs[0].data) == b"answer"
    only_answer = joined(segment(1, 499, b"", SYN | ACK, back=True))
    assert only_answer.client == ALICE


def test_a_capture_that_began_late() -> None:
    connection = joined(segment(7, 500, b"answer", back=True), segment(8, 106, b"rest"), segment(9, 100, b"before"))
    assert connection.client == ALICE
    assert connection.sent.late
    assert bytes(connection.sent.runs[0].data) == b"beforerest"


def test_a_hole_begins_a_new_run() -> None:
    flow = joined(segment(1, 9, b"", SYN), segment(2, 10, b"abc"), segment(3, 20, b"def")).sent
    assert [(bytes(run.data), run.missing) for run in flow.runs] == [(b"abc", 0), (b"def", 7)]
    assert (flow.missing, flow.length) == (7, 6)
    flow = joined(segment(1, 9, b"", SYN), segment(2, 15, b"abc")).sent
    assert [(bytes(run.data), run.missing) for run in flow.runs] == [(b"abc", 5)]


def test_a_port_used_again_is_a_new_connection() -> None:
    reassembly = Reassembly()
    for number, (sequence, payload) in enumerate([(10, b"first"), (900, b"second")]):
        reassembly.add(segment(number * 3, sequence, b"", SYN))
        reassembly.add(segment(number * 3 + 1, sequence, b"", SYN))  # sent twice
        reassembly.add(segment(number * 3 + 2, sequence + 1, payload))
    assert [bytes(each.sent.runs[0].data) for each in reassembly.connections()] == [b"first", b"second"]


def udp(payload: bytes, version: int = 4) -> bytes:
    body = struct.pack(">HHHH", 5000, 6000, 8 + len(payload), 0) + payload
    if version == 6:
        address = ipaddress.IPv6Address("::1").packed
        options = bytes([17, 0]) + bytes(6)  # a hop-by-hop header in between
        head = struct.pack(">IHBB", 6 << 28, len(options + body), 0, 64)
        return head + address * 2 + options + body
    address = ipaddress.IPv4Address("127.0.0.1").packed
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, 17, 0) + address * 2 + body


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, bytes(12) + b"\x08\x00" + udp(b"hello") + bytes(20)),
        (1, bytes(12) + b"\x81\x00\x00\x07\x08\x00" + udp(b"hello")),
        (1, bytes(12) + b"\x86\xdd" + udp(b"hello", 6)),
        (113, bytes(14) + b"\x08\x00" + udp(b"hello")),
        (276, b"\x08\x00" + bytes(18) + udp(b"hello")),
        (0, b"\x02\x00\x00\x00" + udp(b"hello")),
        (0, b"\x00\x00\x00\x1e" + udp(b"hello", 6)),
        (108, b"\x00\x00\x00\x02" + udp(b"hello")),
        (101, udp(b"hello")),
        (101, udp(b"hello", 6)),
    ],
)
def test_every_link_type(link: int, frame: bytes) -> None:
    found = dissect(Packet(1, 0.0, link, len(frame), frame))
    assert isinstance(found, Datagram)
    assert (found.payload, found.source.port, found.destination.port) == (b"hello", 5000, 6000)
    for size in range(len(frame)):  # cut anywhere: less is found, nothing is raised
        dissect(Packet(1, 0.0, link, len(frame), frame[:size]))


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        (1, bytes(12) + b"\x08\x06" + bytes(28)),  # ARP
        (147, b"whatever"),
        (101, b"\x75" + bytes(60)),
        (101, b"\x41" + bytes(60)),
        (101, udp(b"x")[:6] + b"\x20\x00" + udp(b"x")[8:]),  # a fragment
        (101, udp(b"x")[:9] + b"\x01" + udp(b"x")[10:]),  # ICMP
        (101, udp(bytes(30))[:9] + b"\x06" + udp(bytes(30))[10:]),  # TCP with a header length of zero
    ],
)
def test_what_is_neither_tcp_nor_udp(link: int, frame: bytes) -> None:
    assert dissect(Packet(1, 0.0, link, len(frame), frame)) is None


def test_tcp_over_ipv6() -> None:
    frame = _packet(Endpoint("::1", 1), Endpoint("::2", 2), 7, 8, ACK, b"payload")
    found = dissect(Packet(3, 0.5, 1, len(frame), frame))
    assert found == Segment(3, 0.5, Endpoint("::1", 1), Endpoint("::2", 2), 7, ACK, b"payload")
    assert str(found.source) == "[::1]:1"
