"""RED payloads: what is packed comes back; what is garbled is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.errors import LocalError, PacketError
from voip.wire.red import BLOCKS_MAX, LENGTH_MAX, OFFSET_MAX, Block, pack, unpack_untrusted

redundants = st.lists(
    st.tuples(st.integers(0, OFFSET_MAX), st.binary(max_size=LENGTH_MAX)), max_size=BLOCKS_MAX - 1
)  # fmt: skip


@settings(max_examples=150)
@given(st.binary(max_size=1275), redundants, st.integers(0, 127))
def test_roundtrip(primary, redundant, payload_type):
    payload = pack(primary, redundant, payload_type)
    blocks = unpack_untrusted(payload)
    assert blocks == (*(Block(payload_type, o, p) for o, p in redundant), Block(payload_type, 0, primary))
    assert len(payload) == 1 + len(primary) + sum(4 + len(p) for _, p in redundant)


@settings(max_examples=300)
@given(st.binary(max_size=64))
def test_garbage_is_blocks_that_add_up_or_a_packet_error(payload):
    try:
        blocks = unpack_untrusted(payload)
    except PacketError as error:
        assert error.code in {"red-short", "red-blocks"}
        return
    assert 1 <= len(blocks) <= BLOCKS_MAX
    assert 4 * (len(blocks) - 1) + 1 + sum(len(b.payload) for b in blocks) == len(payload)
    assert blocks[-1].timestamp_offset == 0


@settings(max_examples=200)
@given(st.binary(min_size=1, max_size=80), redundants, st.data())
def test_a_good_payload_with_holes_in_it_never_does_worse(primary, redundant, data):
    good = bytearray(pack(primary, redundant, 111))
    for _ in range(data.draw(st.integers(0, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        blocks = unpack_untrusted(bytes(good[:cut]))
    except PacketError:
        return
    assert sum(len(b.payload) for b in blocks) < cut


def test_layout_is_rfc_2198():
    # F, PT 111, offset 1920, length 2 | F, PT 111, offset 960, length 3 | PT 111
    assert pack(b"\x05\x06", [(1920, b"\1\2"), (960, b"\3\4\x04")], 111) == bytes.fromhex(
        "ef1e0002 ef0f0003 6f 0102 030404 0506"
    )


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "red-short"),
        (bytes.fromhex("ef0f00"), "red-short"),  # header cut off
        (bytes.fromhex("ef0f0003"), "red-short"),  # no primary
        (bytes.fromhex("ef0f0003 6f 0304"), "red-short"),  # block cut off
        (bytes.fromhex("ef0f0000") * BLOCKS_MAX + b"\x6f", "red-blocks"),
    ],
)
def test_malformed(payload, code):
    with pytest.raises(PacketError) as caught:
        unpack_untrusted(payload)
    assert caught.value.code == code


def test_as_many_blocks_as_allowed_and_empty_ones_are_read():
    blocks = unpack_untrusted(bytes.fromhex("ef0f0000") * (BLOCKS_MAX - 1) + b"\x6f")
    assert len(blocks) == BLOCKS_MAX
    assert {b.payload for b in blocks} == {b""}


@pytest.mark.parametrize(
    ("redundant", "payload_type"),
    [
        ([(OFFSET_MAX + 1, b"")], 111),
        ([(-1, b"")], 111),
        ([(1, bytes(LENGTH_MAX + 1))], 111),
        ([(1, b"")] * BLOCKS_MAX, 111),
        ([], 128),
    ],
)
def test_what_does_not_fit_is_our_own_defect(redundant, payload_type):
    with pytest.raises(LocalError):
        pack(b"", redundant, payload_type)
