"""The patchbay: what goes through, what waits, what is dropped, what is refused."""

import pytest

from voip.config import TLS_RECORD_MAX
from voip.errors import FramingError, ProtocolError, SignalError
from voip.relay.leg import HELD_MAX, LANES_MAX, Leg
from voip.relay.line import RECORD_BACKLOG_MAX
from voip.relay.patchbay import Patchbay
from voip.wire.signals import JoinLeg, LegJoined, decode_untrusted, encode, leg_decoder

CALL = "c" * 32
RECORD = b"\x17\x03\x03\x00\x04abcd"
MEDIA = b"\x80\x6f" + bytes(106)


class MemoryPipe:
    """A pipe that keeps what it is given."""

    def __init__(self) -> None:
        self.told: list[object] = []
        """The signals."""
        self.sent: list[bytes] = []
        """Everything else."""
        self.write_backlog = 0
        self.state = "open"
        self.broken = False

    def send_packet(self, packet: bytes) -> None:
        if self.broken:
            raise OSError("broken")
        if packet.startswith(b"{"):
            self.told.append(decode_untrusted(packet, leg_decoder))
        else:
            self.sent.append(packet)

    send_media = send_packet

    def hang_up(self) -> None:
        self.state = "hung up"

    def abort(self) -> None:
        self.state = "aborted"


def join(patchbay: Patchbay, owner: str, pipe: MemoryPipe) -> Leg:
    return patchbay.join(CALL, owner, pipe)[0]


def test_both_ways_byte_for_byte() -> None:
    seen: list[bytes] = []
    patchbay, a, b = Patchbay(seen.append), MemoryPipe(), MemoryPipe()
    first, second = join(patchbay, "alice", a), join(patchbay, "bob", b)
    first.receive(RECORD)
    first.receive(MEDIA)
    second.receive(MEDIA[::-1].replace(b"\x00", b"\x80"))
    assert b.sent == [RECORD, MEDIA]
    assert seen == [RECORD, MEDIA, *a.sent]
    for pipe in (a, b):
        (joined,) = pipe.told
        assert joined == LegJoined(call=CALL, lanes=joined.lanes)
        assert len(set(joined.lanes)) == LANES_MAX
    assert (first.counters.packets, first.counters.bytes) == (2, len(RECORD) + len(MEDIA))
    assert first.counters.dropped == 0


def test_records_wait_for_the_other_leg_and_media_does_not() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first = join(patchbay, "alice", a)
    first.receive(RECORD)
    first.receive(MEDIA)
    first.receive(RECORD + b"2")
    assert a.sent == []
    join(patchbay, "bob", b)
    assert b.sent == [RECORD, RECORD + b"2"]
    assert first.counters.dropped == 1


def test_what_waits_is_bounded() -> None:
    first = join(Patchbay(), "alice", MemoryPipe())
    record = b"\x16" + bytes(TLS_RECORD_MAX - 1)
    for _ in range(HELD_MAX // len(record)):
        first.receive(record)
    with pytest.raises(ProtocolError) as caught:
        first.receive(record)
    assert caught.value.code == "leg-flood"


def test_a_leg_that_takes_nothing_is_given_up() -> None:
    patchbay, slow = Patchbay(), MemoryPipe()
    first, _ = join(patchbay, "alice", MemoryPipe()), join(patchbay, "bob", slow)
    slow.write_backlog = RECORD_BACKLOG_MAX + 1
    first.receive(RECORD)
    assert slow.state == "aborted"
    assert slow.sent == []


def test_a_pipe_that_breaks_does_not_reach_the_other_leg() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first, _ = join(patchbay, "alice", a), join(patchbay, "bob", b)
    b.broken = True
    first.receive(RECORD)
    assert (a.state, b.state) == ("open", "aborted")
    b.state = "open"
    first.receive(MEDIA)
    assert (a.state, b.state) == ("open", "aborted")
    assert first.counters.dropped == 1


@pytest.mark.parametrize(
    ("packet", "error", "code"),
    [
        (encode(JoinLeg(call=CALL, token="0" * 32)), SignalError, "leg-kind"),
        (b"\x00\x01" + bytes(18), SignalError, "leg-kind"),
        (b"\x40", FramingError, "frame-unknown"),
        (b"", FramingError, "frame-empty"),
        (b"\x80" + bytes(1500), FramingError, "frame-long"),
    ],
)
def test_what_has_no_place_on_a_leg(packet: bytes, error: type[ProtocolError], code: str) -> None:
    patchbay, b = Patchbay(), MemoryPipe()
    first, _ = join(patchbay, "alice", MemoryPipe()), join(patchbay, "bob", b)
    with pytest.raises(error) as caught:
        first.receive(packet)
    assert caught.value.code == code
    assert b.sent == []


def test_leaving_and_closing_leaves_nothing() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    (first, line), second = patchbay.join(CALL, "alice", a), join(patchbay, "bob", b)
    assert first.lose(line)
    assert not first.lose(line)
    assert (b.state, patchbay.calls) == ("open", 1)
    second.receive(RECORD)
    second.receive(MEDIA)
    assert second.counters.dropped == 2
    assert a.sent == []
    patchbay.close(CALL)
    assert (a.state, b.state, patchbay.calls) == ("open", "hung up", 0)
    assert patchbay.counters.dropped == 2
    patchbay.close(CALL)
    assert patchbay.calls == 0
