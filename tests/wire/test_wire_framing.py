import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.config import FRAME_MAX, MEDIA_MAX, SIGNAL_MAX, TLS_RECORD_MAX
from voip.errors import FramingError
from voip.wire.framing import Deframer, Kind, frame, kind

packets = st.lists(st.binary(min_size=1, max_size=300), max_size=8)


@given(packets, st.lists(st.integers(1, 40), min_size=1))
@settings(max_examples=100)
def test_packets_come_out_as_they_went_in_however_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, sent))
    deframer, received, at, turn = Deframer(), [], 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        received += deframer.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert received == sent


@given(st.binary(max_size=2000))
@settings(max_examples=200)
def test_garbage_gives_packets_within_bounds_or_a_framing_error(garbage: bytes) -> None:
    deframer = Deframer()
    with contextlib.suppress(FramingError):
        for packet in deframer.feed(garbage):
            assert 0 < len(packet) <= FRAME_MAX
            assert packet in garbage
    assert len(deframer._buffer) <= FRAME_MAX + 2


def test_lengths_that_are_not_allowed() -> None:
    assert list(Deframer().feed(frame(b"x" * FRAME_MAX))) == [b"x" * FRAME_MAX]
    for length in (0, FRAME_MAX + 1, 0xFFFF):
        with pytest.raises(FramingError, match=str(length)):
            list(Deframer().feed(length.to_bytes(2, "big")))
    for packet in (b"", b"x" * (FRAME_MAX + 1)):
        with pytest.raises(FramingError) as caught:
            frame(packet)
        assert caught.value.code == "frame-long"


def test_what_came_before_a_bad_length_is_not_lost() -> None:
    deframer, received = Deframer(), []
    with pytest.raises(FramingError):
        received.extend(deframer.feed(frame(b"one") + frame(b"two") + b"\xff\xff"))
    assert received == [b"one", b"two"]


def test_a_reader_that_stops_early_gets_the_rest_next_time() -> None:
    deframer = Deframer()
    for packet in deframer.feed(frame(b"one") + frame(b"two")):
        assert packet == b"one"
        break
    assert list(deframer.feed(b"")) == [b"two"]


@pytest.mark.parametrize(
    ("first", "what"),
    [(0, Kind.STUN), (3, Kind.STUN), (20, Kind.TLS), (23, Kind.TLS), (123, Kind.SIGNAL), (128, Kind.MEDIA),
     (191, Kind.MEDIA)],
)  # fmt: skip
def test_kinds_and_their_longest_packets(first: int, what: Kind) -> None:
    longest = {Kind.STUN: 548, Kind.TLS: TLS_RECORD_MAX, Kind.SIGNAL: SIGNAL_MAX, Kind.MEDIA: MEDIA_MAX}[what]
    assert kind(bytes([first])) is what
    assert kind(bytes([first]) * longest) is what
    with pytest.raises(FramingError, match=f"{longest} are allowed") as caught:
        kind(bytes([first]) * (longest + 1))
    assert caught.value.code == "frame-long"


def test_the_four_kinds_stay_four() -> None:
    assert len(Kind) == len({one.value for one in Kind}) == 4


@pytest.mark.parametrize("first", [4, 19, 24, 122, 124, 127, 192, 255])
def test_unknown_kinds(first: int) -> None:
    with pytest.raises(FramingError, match=f"first byte {first}") as caught:
        kind(bytes([first, 0, 0]))
    assert caught.value.code == "frame-unknown"
    with pytest.raises(FramingError) as empty:
        kind(b"")
    assert empty.value.code == "frame-empty"
