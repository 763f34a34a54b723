"""The patchbay: what goes through, what waits, what is dropped, what is refused."""

import pytest

from voip.config import TLS_RECORD_MAX
from voip.errors import FramingError, ProtocolError, SignalError
from voip.relay.patchbay import (
    HELD_MAX,
    MEDIA_BACKLOG_MAX,
    MEDIA_BACKLOG_PACKETS,
    PACKET_OVERHEAD,
    RECORD_BACKLOG_MAX,
    Patchbay,
)
from voip.wire.signals import JoinLeg, LegJoined, encode

CALL = "c" * 32
RECORD = b"\x17\x03\x03\x00\x04abcd"
MEDIA = b"\x80\x6f" + bytes(106)
JOINED = encode(LegJoined(call=CALL))


class MemoryPipe:
    """A pipe that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.write_backlog = 0
        self.state = "open"
        self.broken = False

    def send_packet(self, packet: bytes) -> None:
        if self.broken:
            raise OSError("broken")
        self.sent.append(packet)

    def hang_up(self) -> None:
        self.state = "hung up"

    def abort(self) -> None:
        self.state = "aborted"


def test_both_ways_byte_for_byte() -> None:
    seen: list[bytes] = []
    patchbay, a, b = Patchbay(seen.append), MemoryPipe(), MemoryPipe()
    first, second = patchbay.join(CALL, a), patchbay.join(CALL, b)
    first.receive(RECORD)
    first.receive(MEDIA)
    second.receive(MEDIA[::-1].replace(b"\x00", b"\x80"))
    assert b.sent == [JOINED, RECORD, MEDIA]
    assert a.sent[0] == JOINED
    assert len(a.sent) == 2
    assert seen == [RECORD, MEDIA, a.sent[1]]
    assert (first.counters.packets, first.counters.bytes) == (2, len(RECORD) + len(MEDIA))
    assert first.counters.dropped == 0


def test_records_wait_for_the_other_leg_and_media_does_not() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first = patchbay.join(CALL, a)
    first.receive(RECORD)
    first.receive(MEDIA)
    first.receive(RECORD + b"2")
    assert a.sent == []
    patchbay.join(CALL, b)
    assert b.sent == [JOINED, RECORD, RECORD + b"2"]
    assert first.counters.dropped == 1


def test_what_waits_is_bounded() -> None:
    first = Patchbay().join(CALL, MemoryPipe())
    record = b"\x16" + bytes(TLS_RECORD_MAX - 1)
    for _ in range(HELD_MAX // len(record)):
        first.receive(record)
    with pytest.raises(ProtocolError) as caught:
        first.receive(record)
    assert caught.value.code == "leg-flood"


@pytest.mark.parametrize("backlog", [MEDIA_BACKLOG_PACKETS * (len(MEDIA) + PACKET_OVERHEAD) + 1, MEDIA_BACKLOG_MAX + 1])
def test_media_to_a_slow_leg_is_dropped_and_counted(backlog: int) -> None:
    patchbay, slow = Patchbay(), MemoryPipe()
    first, _ = patchbay.join(CALL, MemoryPipe()), patchbay.join(CALL, slow)
    slow.write_backlog = backlog
    first.receive(MEDIA)
    first.receive(RECORD)
    assert slow.sent == [JOINED, RECORD]
    assert first.counters.dropped == 1
    slow.write_backlog = MEDIA_BACKLOG_PACKETS * len(MEDIA)
    first.receive(MEDIA)
    assert slow.sent[-1] == MEDIA


def test_a_leg_that_takes_nothing_is_given_up() -> None:
    patchbay, slow = Patchbay(), MemoryPipe()
    first, _ = patchbay.join(CALL, MemoryPipe()), patchbay.join(CALL, slow)
    slow.write_backlog = RECORD_BACKLOG_MAX + 1
    first.receive(RECORD)
    assert slow.state == "aborted"
    assert slow.sent == [JOINED]


def test_a_pipe_that_breaks_does_not_reach_the_other_leg() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first, _ = patchbay.join(CALL, a), patchbay.join(CALL, b)
    b.broken = True
    first.receive(RECORD)
    assert (a.state, b.state) == ("open", "aborted")


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
    first, _ = patchbay.join(CALL, MemoryPipe()), patchbay.join(CALL, b)
    with pytest.raises(error) as caught:
        first.receive(packet)
    assert caught.value.code == code
    assert b.sent == [JOINED]


def test_leaving_and_closing_leaves_nothing() -> None:
    patchbay, a, b = Patchbay(), MemoryPipe(), MemoryPipe()
    first, second = patchbay.join(CALL, a), patchbay.join(CALL, b)
    patchbay.leave(first)
    assert (b.state, patchbay.calls) == ("open", 1)
    second.receive(RECORD)
    second.receive(MEDIA)
    assert second.counters.dropped == 2
    assert a.sent == [JOINED]
    patchbay.close(CALL)
    assert (a.state, b.state, patchbay.calls) == ("open", "hung up", 0)
    patchbay.leave(second)
    patchbay.close(CALL)
    assert patchbay.calls == 0
    lonely = patchbay.join(CALL, MemoryPipe())
    patchbay.leave(lonely)
    assert patchbay.calls == 0
