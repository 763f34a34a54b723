"""Capture files: what we write, others read; what others damage ends as a sentence."""

import contextlib
import io
import struct
from pathlib import Path

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voip.capture.packets import dissect
from voip.capture.pcapng import PcapngWriter
from voip.capture.reader import parse_capture, read_capture
from voip.errors import CaptureError

packets = st.lists(st.tuples(st.binary(max_size=80), st.integers(0, 2**52).map(lambda n: n / 2**20)), max_size=8)


def written(frames: list[tuple[bytes, float]], link: int = 1) -> bytes:
    file = io.BytesIO()
    writer = PcapngWriter(file, link=link)
    for data, at in frames:
        writer.write(data, at, comment="made by a test")
    assert writer.packets == len(frames)
    return file.getvalue()


def pcap(frames: list[tuple[bytes, float]], order: str = "<", magic: int = 0xA1B2C3D4, scale: float = 1e6) -> bytes:
    body = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    for data, at in frames:
        body += struct.pack(f"{order}IIII", int(at), int(at % 1 * scale), len(data), len(data)) + data
    return body


@settings(max_examples=50)
@given(packets)
def test_what_is_written_is_read_back(frames: list[tuple[bytes, float]]) -> None:
    data = written(frames)
    ours = parse_capture(data)
    assert [packet.data for packet in ours] == [frame for frame, _ in frames]
    assert [packet.number for packet in ours] == list(range(1, len(frames) + 1))
    for packet, (_, at) in zip(ours, frames, strict=True):
        assert packet.at == pytest.approx(at, abs=2e-6)
    theirs = list(dpkt.pcapng.Reader(io.BytesIO(data)))
    assert [bytes(frame) for _, frame in theirs] == [frame for frame, _ in frames]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "scale"), [(0xA1B2C3D4, 1e6), (0xA1B23C4D, 1e9)])
def test_pcap_of_both_byte_orders_and_resolutions(order: str, magic: int, scale: float) -> None:
    read = parse_capture(pcap([(b"one", 10.25), (b"second", 11.5)], order, magic, scale))
    assert [(packet.data, packet.at, packet.link) for packet in read] == [(b"one", 10.25, 1), (b"second", 11.5, 1)]


def test_big_endian_pcapng_with_several_interfaces_and_simple_packets() -> None:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack(">II", kind, len(body) + 12) + body + struct.pack(">I", len(body) + 12)

    data = block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1))
    data += block(1, struct.pack(">HHI", 101, 0, 4))
    data += block(1, struct.pack(">HHI", 1, 0, 0) + struct.pack(">HHB3xHH", 9, 1, 0x8A, 0, 0))  # 2^-10 s
    data += block(5, b"statistics")
    data += block(3, struct.pack(">I", 6) + b"simp")
    data += block(6, struct.pack(">IIIII", 1, 0, 2048, 3, 9) + b"abc")
    simple, enhanced = parse_capture(data)
    assert (simple.data, simple.link, simple.length, simple.at) == (b"simp", 101, 6, 0.0)
    assert (enhanced.data, enhanced.link, enhanced.length, enhanced.at) == (b"abc", 1, 9, 2.0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "capture-empty"),
        (b"RIFF....WAVE", "capture-unknown"),
        (b"\x0a", "capture-unknown"),
        (pcap([])[:20], "capture-truncated"),
        (pcap([(b"abc", 1.0)])[:-1], "capture-truncated"),
        (pcap([(b"abc", 1.0)])[:-4], "capture-truncated"),
        (written([(b"abc", 1.0)])[:-1], "capture-truncated"),
        (written([])[:8], "capture-truncated"),
        (written([]) + struct.pack("<III", 6, 12, 12), "capture-truncated"),
    ],
)
def test_damage_ends_as_a_sentence(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "some.pcapng"
    path.write_bytes(data)
    with pytest.raises(CaptureError) as caught:
        read_capture(path)
    assert caught.value.code == code
    assert "some.pcapng" in caught.value.sentence


def test_a_missing_file_and_a_huge_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CaptureError) as caught:
        read_capture(tmp_path / "none")
    assert caught.value.code == "capture-unreadable"
    (tmp_path / "huge").write_bytes(b"12345")
    monkeypatch.setattr("voip.capture.reader.CAPTURE_MAX", 4)
    with pytest.raises(CaptureError) as caught:
        read_capture(tmp_path / "huge")
    assert caught.value.code == "capture-large"


seeds = [written([(bytes(60), 1.0), (b"E" * 40, 2.0)], link) for link in (0, 1, 101, 113, 276)]
seeds.append(pcap([(b"\x45" + bytes(60), 1.0)]))


@settings(max_examples=200)
@given(st.sampled_from(seeds), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5))
def test_mutated_files_raise_only_capture_errors(seed: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    with contextlib.suppress(CaptureError):
        for packet in parse_capture(bytes(data)):
            dissect(packet)


@settings(max_examples=100)
@given(st.sampled_from([b"", *(seed[:size] for seed in seeds for size in (4, 24, 28))]), st.binary(max_size=120))
def test_random_files_raise_only_capture_errors(head: bytes, tail: bytes) -> None:
    with contextlib.suppress(CaptureError):
        parse_capture(head + tail)
