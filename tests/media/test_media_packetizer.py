"""Numbers and times of the frames."""

from voip.media.packetizer import Packetizer


def test_numbers_go_up_and_wrap():
    packetizer = Packetizer(0xABCD, sequence_number=65534, timestamp=2**32 - 960)
    packets = [packetizer.packet(bytes([n])) for n in range(4)]
    assert [p.sequence_number for p in packets] == [65534, 65535, 0, 1]
    assert [p.timestamp for p in packets] == [2**32 - 960, 0, 960, 1920]
    assert [p.marker for p in packets] == [True, False, False, False]
    assert {(p.payload_type, p.ssrc) for p in packets} == {(111, 0xABCD)}
    assert [p.payload for p in packets] == [b"\0", b"\1", b"\2", b"\3"]
