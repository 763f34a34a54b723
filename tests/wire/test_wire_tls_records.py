"""Records are cut out of any stream of bytes, however it arrives."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import FramingError, ProtocolError
from voip.wire.tls_records import FRAGMENT_MAX, RecordReader, WireRecord, find_record

payloads = st.lists(st.tuples(st.sampled_from([20, 21, 22, 23]), st.binary(max_size=300)), max_size=8)


def wire(records: list[tuple[int, bytes]]) -> bytes:
    return b"".join(bytes([kind, 3, 3]) + len(data).to_bytes(2, "big") + data for kind, data in records)


@settings(max_examples=60)
@given(payloads, st.data())
def test_records_survive_any_cut(records: list[tuple[int, bytes]], data: st.DataObject) -> None:
    stream = wire(records)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader = RecordReader()
    seen = [
        record
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for record in reader.feed(stream[begin:end])
    ]
    assert [(record.type, record.payload) for record in seen] == records
    for record in seen:
        assert stream[record.offset + 5 : record.offset + 5 + record.length] == record.payload
    assert reader.waiting == 0


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=40), max_size=5))
def test_arbitrary_bytes_raise_nothing_else(pieces: list[bytes]) -> None:
    reader = RecordReader()
    with contextlib.suppress(ProtocolError):
        for piece in pieces:
            assert all(isinstance(record, WireRecord) for record in reader.feed(piece))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GET / HTTP/1.1", "content type would be 71"),
        (b"\x16\x02", "major version would be 2"),
        (b"\x16\x03\x09", "version would be 3.9"),
        (b"\x16\x03\x03" + (FRAGMENT_MAX + 1).to_bytes(2, "big"), "16640 are allowed"),
    ],
)
def test_what_is_no_tls_is_said(data: bytes, says: str) -> None:
    reader = RecordReader()
    good = wire([(22, b"abc")])
    assert len(list(reader.feed(good))) == 1
    for again in (data, b""):  # it stays refused
        with pytest.raises(FramingError, match=says) as caught:
            list(reader.feed(again))
        assert "offset 8" in caught.value.sentence
        assert caught.value.code == "tls-record"


def test_the_largest_record_is_allowed() -> None:
    (record,) = RecordReader().feed(wire([(23, bytes(FRAGMENT_MAX))]))
    assert (record.length, record.name) == (FRAGMENT_MAX, "application_data")


def test_a_stream_joined_in_the_middle_is_found_again() -> None:
    stream = wire([(23, bytes(range(256)) * 4), (23, b"x" * 700), (23, b"y" * 50), (23, b"z")])
    assert find_record(stream) == 0
    assert find_record(stream[700:]) == 5 + 1024 - 700
    assert find_record(stream[-6:]) == 0
    assert find_record(b"\x17\x03\x03" * 200) is None
    assert find_record(b"nothing of the kind" * 100) is None
    assert find_record(b"") is None
