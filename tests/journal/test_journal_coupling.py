"""Which record carried what, with two real TLS ends between them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import RELAY, House

from voip.journal.coupling import Coupled, Coupling
from voip.session.tls import TlsEngine, link_context, relay_context
from voip.session.tls.events import HandshakeMessage, Record
from voip.wire.framing import frame

HOUSE = House()
ALICE = HOUSE.person("alice")
TIME = iter(range(1, 10**9))


class Wire:
    """A client that is coupled, and its relay."""

    def __init__(self, version: str = "1.3", piece: int = 10**6) -> None:
        clock = lambda: float(next(TIME))  # noqa: E731
        context = link_context(ALICE.certificate, ALICE.key, HOUSE.ca, (version,))
        self.near = TlsEngine(context, clock=clock, server_name=RELAY)
        served = relay_context(HOUSE.relay.certificate, HOUSE.relay.key, HOUSE.ca, (version,))
        self.far = TlsEngine(served, clock=clock)
        self.coupling = Coupling()
        self.rows: list[Coupled] = []
        self.wire = {"in": b"", "out": b""}
        self._piece = piece
        self._turn(b"", self.near.start())
        self.far.start()
        self.flow()
        assert self.near.established
        assert self.far.established

    def _turn(self, came: bytes, events: list, packet: bytes = b"") -> None:
        went = self.near.take_output()
        self.wire["in"] += came
        self.wire["out"] += went
        self._to_far = went
        self.rows += self.coupling.turn(came, events, went, packet)

    def flow(self) -> None:
        while True:
            self.far.receive(self._to_far)
            came = self.far.take_output()
            if not came:
                return
            out = b""
            for start in range(0, len(came), self._piece):
                part = came[start : start + self._piece]
                self._turn(part, self.near.receive(part))
                out += self._to_far
            self._to_far = out

    def say(self, packet: bytes) -> None:
        self._turn(b"", self.near.send(frame(packet)), packet)
        self.far.receive(self._to_far)

    def hear(self, data: bytes) -> None:
        self.far.send(data)
        came = self.far.take_output()
        for start in range(0, len(came), self._piece):
            part = came[start : start + self._piece]
            self._turn(part, self.near.receive(part))

    def complete(self) -> bool:
        """Every byte on the wire is in a row, in its order."""
        for way, data in self.wire.items():
            rows = [row.wire for row in self.rows if row.direction == way]
            end = 0
            for row in rows:
                if row.offset != end or data[end + 5 : end + 5 + row.length] != row.payload:
                    return False
                end += 5 + row.length
            if end != len(data):
                return False
        return True


def messages(rows: list[Coupled], direction: str) -> list[list[str]]:
    return [[message.name for message in row.messages] for row in rows if row.direction == direction]


@pytest.mark.parametrize("piece", [10**6, 500, 1])
def test_a_handshake_however_it_is_cut(piece: int) -> None:
    wire = Wire(piece=piece)
    assert wire.complete()
    named = messages(wire.rows, "in")
    assert named[0] == ["ServerHello"]
    said = [name for names in named for name in names]
    assert said.index("EncryptedExtensions") < said.index("Certificate") < said.index("Finished")
    assert said.count("NewSessionTicket") >= 1
    assert messages(wire.rows, "out")[0] == ["ClientHello"]
    assert messages(wire.rows, "out")[-1][-1] == "Finished"
    assert all(row.at is not None for row in wire.rows)
    assert not any(row.piece or row.packets for row in wire.rows)


def test_tls_1_2() -> None:
    wire = Wire("1.2")
    wire.say(b"{out}")
    wire.hear(frame(b"{in}"))
    assert wire.complete()
    assert ["ChangeCipherSpec"] in messages(wire.rows, "in")
    assert [row.packets for row in wire.rows[-2:]] == [[b"{out}"], [b"{in}"]]


@pytest.mark.parametrize("piece", [10**6, 7])
def test_one_packet_one_record(piece: int) -> None:
    wire = Wire(piece=piece)
    begun = len(wire.rows)
    wire.say(b"\x80voice")
    wire.hear(frame(b"{signal}"))
    out, came = wire.rows[begun:]
    assert (out.direction, out.packets, out.piece) == ("out", [b"\x80voice"], False)
    assert (came.direction, came.packets, came.piece) == ("in", [b"{signal}"], False)
    assert wire.complete()


def test_several_packets_in_a_record_and_a_packet_over_several() -> None:
    wire = Wire()
    begun = len(wire.rows)
    wire.hear(frame(b"one") + frame(b"two") + frame(b"three")[:3])
    wire.hear(b"h")
    wire.hear(b"ree" + frame(b"four"))
    wire.say(b"{" + bytes(16_400))
    rows = wire.rows[begun:]
    assert [row.packets for row in rows[:3]] == [[b"one", b"two"], [], [b"three", b"four"]]
    assert [row.piece for row in rows[:3]] == [False, True, False]
    assert [row.direction for row in rows[3:]] == ["out", "out"]
    assert [row.piece for row in rows[3:]] == [True, False]
    assert [len(packet) for packet in rows[4].packets] == [16_401]


def test_a_goodbye_and_what_comes_after_it() -> None:
    wire = Wire()
    wire.far.close()
    late = wire.far.take_output()
    wire._turn(late, wire.near.receive(late))
    assert [alert.name for alert in wire.rows[-1].messages] == ["close_notify"]
    more = b"\x17\x03\x03\x00\x03abc"
    wire._turn(more, wire.near.receive(more))
    assert (wire.rows[-1].at, wire.rows[-1].packets, wire.rows[-1].messages) == (None, [], [])


def test_frames_that_are_none_are_not_guessed_at() -> None:
    wire = Wire()
    wire.hear(b"\xff\xff")
    wire.hear(frame(b"{late}"))
    assert [row.packets for row in wire.rows[-2:]] == [[], []]


def test_what_is_no_tls_is_left_alone() -> None:
    assert list(Coupling().turn(b"HTTP/1.1 400 Bad Request\r\n", [], b"", b"")) == []


def test_records_that_never_pass_are_forgotten() -> None:
    coupling = Coupling()
    for number in range(500):
        told = [Record(float(number), "out", "application_data", 20)]
        assert list(coupling.turn(b"", told, b"", b"{x}")) == []
    assert len(coupling._out.told) <= 64


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=12), st.lists(st.integers(1, 40), max_size=6))
@settings(max_examples=40, deadline=None)
def test_no_packet_is_lost_or_made_up(packets: list[bytes], cuts: list[int]) -> None:
    """However the other end cuts its frames into records."""
    wire = Wire()
    stream = b"".join(frame(packet) for packet in packets)
    for cut in cuts:
        if len(stream) > cut:
            wire.hear(stream[:cut])
            stream = stream[cut:]
    wire.hear(stream)
    assert [packet for row in wire.rows for packet in row.packets] == packets
    assert wire.complete()


@given(st.lists(st.binary(max_size=80), max_size=8), st.lists(st.integers(0, 60), max_size=8))
def test_garbage_never_raises(chunks: list[bytes], lengths: list[int]) -> None:
    coupling = Coupling()
    told = [Record(1.0, "in", "application_data", length) for length in lengths]
    told.append(HandshakeMessage(1.0, "in", "Finished", b""))
    for chunk in chunks:
        for row in coupling.turn(chunk, told, chunk, chunk):
            assert row.direction in {"in", "out"}
