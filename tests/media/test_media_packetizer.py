"""Numbers and times of the frames, and which frames go with which."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.media.packetizer import Packetizer
from voip.wire import red


def frames(*numbers: int, size: int = 4) -> list[bytes]:
    return [bytes((number,)) * size for number in numbers]


def carried(packetizer: Packetizer, *numbers: int, size: int = 4) -> list[list[tuple[int, int]]]:
    """For each frame's packet: (offset, first byte) of what is in it, the primary last."""
    packets = [packetizer.packet(frame) for frame in frames(*numbers, size=size)]
    assert {packet.payload_type for packet in packets} == {112}
    blocks = [red.unpack_untrusted(packet.payload) for packet in packets]
    assert {block.payload_type for found in blocks for block in found} == {111}
    return [[(block.timestamp_offset, block.payload[0]) for block in found] for found in blocks]


def test_numbers_go_up_and_wrap():
    packetizer = Packetizer(0xABCD, sequence_number=65534, timestamp=2**32 - 960)
    packets = [packetizer.packet(bytes([n])) for n in range(4)]
    assert [p.sequence_number for p in packets] == [65534, 65535, 0, 1]
    assert [p.timestamp for p in packets] == [2**32 - 960, 0, 960, 1920]
    assert [p.marker for p in packets] == [True, False, False, False]
    assert {(p.payload_type, p.ssrc) for p in packets} == {(111, 0xABCD)}
    assert [p.payload for p in packets] == [b"\0", b"\1", b"\2", b"\3"]


@pytest.mark.parametrize(
    ("redundancy", "expected"),
    [
        ((1,), [[(0, 1), (0, 1)], [(480, 1), (0, 2)], [(480, 2), (0, 3)], [(480, 3), (0, 4)]]),
        (
            (1, 3),
            [
                [(0, 1), (0, 1), (0, 1)],
                [(0, 2), (480, 1), (0, 2)],
                [(0, 3), (480, 2), (0, 3)],
                [(1440, 1), (480, 3), (0, 4)],
            ],
        ),
    ],
)
def test_redundancy_by_its_distances(redundancy, expected):
    packetizer = Packetizer(1, sequence_number=0, timestamp=2**32 - 480)
    packetizer.become(480, redundancy)
    assert carried(packetizer, 1, 2, 3, 4) == expected
    assert packetizer.timestamp == 3 * 480


def test_frames_of_another_length_are_not_sent_again():
    packetizer = Packetizer(1, sequence_number=0, timestamp=0)
    packetizer.become(480, (1, 2))
    carried(packetizer, 1, 2, 3)
    packetizer.become(960, (1, 2))
    # Even where two frames of different length have the same size.
    assert carried(packetizer, 4, 5, 6) == [
        [(0, 4), (0, 4), (0, 4)],
        [(0, 5), (960, 4), (0, 5)],
        [(1920, 4), (960, 5), (0, 6)],
    ]
    assert packetizer.timestamp == 3 * 480 + 3 * 960


def test_frames_of_another_size_are_not_sent_again():
    packetizer = Packetizer(1, sequence_number=0, timestamp=0)
    packetizer.become(480, (1,))
    carried(packetizer, 1, 2)
    assert carried(packetizer, 3, 4, size=3) == [[(0, 3), (0, 3)], [(480, 3), (0, 4)]]


def test_redundancy_is_there_at_once_when_asked_for():
    packetizer = Packetizer(1, sequence_number=0, timestamp=0)
    packetizer.become(480)
    for frame in frames(1, 2, 3):
        assert packetizer.packet(frame).payload == frame
    packetizer.become(480, (1, 2))
    assert carried(packetizer, 4) == [[(960, 2), (480, 3), (0, 4)]]


changes = st.tuples(
    st.sampled_from([240, 480, 960, 1920]),
    st.lists(st.integers(1, 8), unique=True, max_size=3).map(lambda found: tuple(sorted(found))),
    st.integers(1, 9),
    st.integers(1, 200),
)


@settings(max_examples=200)
@given(st.lists(changes, max_size=6))
def test_within_a_plan_all_packets_have_one_size_and_every_copy_its_true_time(plans):
    packetizer = Packetizer(1, sequence_number=0, timestamp=2**32 - 1000)
    said: dict[int, tuple[int, int]] = {}
    number = 0
    for samples, redundancy, count, size in plans:
        packetizer.become(samples, redundancy)
        sizes = set()
        for _ in range(count):
            number += 1
            packet = packetizer.packet(number.to_bytes(2, "big") * size)
            said[packet.timestamp] = (number, samples)
            sizes.add(len(packet.payload))
            if packet.payload_type != 112:
                continue
            for block in red.unpack_untrusted(packet.payload):
                at = (packet.timestamp - block.timestamp_offset) % 2**32
                assert said[at] == (int.from_bytes(block.payload[:2], "big"), samples)
        assert len(sizes) == 1
