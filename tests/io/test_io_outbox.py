"""What waits for the wire: how much, how long, in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.config import FRAME_MAX
from voip.errors import FramingError
from voip.io.outbox import MEDIA_MAX, MEDIA_RECORD_MAX, STALE, Outbox
from voip.session.tls import PLAINTEXT_MAX
from voip.wire.framing import Deframer


def packets(*records: bytes) -> list[bytes]:
    deframer = Deframer()
    return [packet for record in records for packet in deframer.feed(record)]


def everything(outbox: Outbox, now: float) -> list[bytes]:
    records = []
    while record := outbox.take(now):
        records.append(record)
    return packets(*records)


def media(number: int, size: int = 108) -> bytes:
    return b"\x80" + number.to_bytes(4, "big") + bytes(size - 5)


def test_what_came_together_shares_a_record_in_its_order() -> None:
    outbox = Outbox()
    for number in range(5):
        outbox.put_media(media(number), 1.0)
    assert packets(outbox.take(1.0)) == [media(number) for number in range(5)]
    assert not outbox
    assert outbox.take(1.0) == b""


def test_a_record_of_media_fits_into_a_segment_and_one_of_the_rest_into_a_record() -> None:
    outbox = Outbox()
    for number in range(40):
        outbox.put_media(media(number), 1.0)
        outbox.put(b"{" + bytes(1000))
    sizes = []
    while record := outbox.take(1.0):
        sizes.append(len(record))
    assert max(sizes) <= PLAINTEXT_MAX
    assert [size for size in sizes if size < 2000] == [12 * 110] * 3 + [4 * 110]
    assert 12 * 110 <= MEDIA_RECORD_MAX < 13 * 110


def test_what_must_arrive_goes_first_and_never_grows_old() -> None:
    outbox = Outbox()
    outbox.put_media(media(1), 1.0)
    outbox.put(b"{one")
    outbox.put(b"{two")
    assert packets(outbox.take(100.0)) == [b"{one", b"{two"]
    assert everything(outbox, 100.0) == []
    assert outbox.dropped == 1


def test_one_at_a_time_for_whoever_looks_at_each() -> None:
    outbox = Outbox()
    for number in range(3):
        outbox.put_media(media(number), 1.0)
        outbox.put(b"{%d" % number)
    records = [outbox.take(1.0, single=True) for _ in range(7)]
    assert [len(packets(record)) for record in records] == [1] * 6 + [0]


@pytest.mark.parametrize("frame_ms", [5, 10, 20, 40])
@pytest.mark.parametrize("size", [58, 108, 292])
def test_who_takes_nothing_has_the_newest_200_ms_waiting(frame_ms: int, size: int) -> None:
    outbox, last = Outbox(), 10_000 // frame_ms
    most = 0
    for number in range(last + 1):  # ten seconds
        outbox.put_media(media(number, size), 7.0 + number * frame_ms / 1000)
        most = max(most, outbox.size)
    assert most <= (1000 * STALE / frame_ms + 2) * (size + 2)
    kept = everything(outbox, 7.0 + last * frame_ms / 1000)
    assert kept[-1] == media(last, size)
    assert kept == [media(number, size) for number in range(last + 1 - len(kept), last + 1)]
    assert (len(kept) - 1) * frame_ms <= 1000 * STALE + 1e-6
    assert len(kept) + outbox.dropped == last + 1


def test_a_burst_is_bounded_in_bytes_however_new() -> None:
    outbox = Outbox()
    for number in range(1_000):
        outbox.put_media(media(number), 1.0)
    assert outbox.size <= MEDIA_MAX
    assert everything(outbox, 1.0)[-1] == media(999)
    assert outbox.dropped > 0


def test_a_packet_that_is_too_long_changes_nothing() -> None:
    outbox = Outbox()
    for bad in (b"", bytes(FRAME_MAX + 1)):
        with pytest.raises(FramingError):
            outbox.put(bad)
        with pytest.raises(FramingError):
            outbox.put_media(bad, 1.0)
    assert not outbox


steps = st.lists(
    st.tuples(st.sampled_from(["put", "media", "take"]), st.integers(1, 2_000), st.floats(0, 0.15)), max_size=60
)


@given(steps)
def test_nothing_is_lost_but_old_media_and_the_size_is_right(history: list[tuple[str, int, float]]) -> None:
    outbox, now, put, sent, got = Outbox(), 0.0, [], [], []
    for number, (act, size, pause) in enumerate(history):
        now += pause
        packet = number.to_bytes(4, "big") + bytes(size)
        if act == "put":
            outbox.put(packet)
            put.append(packet)
        elif act == "media":
            outbox.put_media(packet, now)
            sent.append(packet)
        else:
            got.append(outbox.take(now))
    assert outbox.size == sum(len(one) for one, _ in outbox._media) + sum(len(one) for one in outbox._lasting)
    got_all = [*packets(*got), *everything(outbox, now)]
    assert outbox.size == 0
    lasting, voice = set(put), set(sent)
    assert [one for one in got_all if one in lasting] == put
    heard = [one for one in got_all if one in voice]
    assert heard == sorted(heard)  # numbered, so in order and none twice
    assert len(heard) + outbox.dropped == len(sent)
