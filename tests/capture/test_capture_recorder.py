"""What is kept of the phone's own sockets, and what a saved capture says of what was not."""

import gc
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voip.capture.packets import Datagram, Endpoint, Segment, dissect
from voip.capture.reader import read_capture
from voip.capture.recorder import CHUNK_COST, HEAD_MAX, Recorder
from voip.capture.streams import Connection, Reassembly
from voip.capture.tap import TappedFlow
from voip.errors import CaptureError

FLOW = TappedFlow(Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 7443))
OTHER = TappedFlow(Endpoint("127.0.0.1", 40_001), Endpoint("127.0.0.1", 7443))
LINE = b"CLIENT_RANDOM aa bb"


def connections(path: Path) -> list[Connection]:
    reassembly = Reassembly()
    for segment in map(dissect, read_capture(path)):
        assert isinstance(segment, Segment)
        reassembly.add(segment)
    return list(reassembly.connections())


def sent(path: Path) -> list[bytes]:
    """What each connection's client sent, its gaps left out."""
    return [b"".join(bytes(run.data) for run in one.sent.runs) for one in connections(path)]


def test_all_of_it_is_there_in_order(tmp_path: Path) -> None:
    recorder, path = Recorder(), tmp_path / "call.pcapng"
    one, two = recorder.begin(FLOW), recorder.begin(OTHER)
    one("out", b"question", 1.0)
    two("out", bytes(40_000), 2.0)
    one("in", b"answer", 3.0)
    before = recorder.snapshot()
    one("out", b" and more", 4.0)
    before.save(path, secrets=False)
    assert sent(path) == [b"question", bytes(40_000)]
    recorder.save(path, secrets=False)
    assert sent(path) == [b"question and more", bytes(40_000)]
    assert [packet.at for packet in read_capture(path)] == sorted(packet.at for packet in read_capture(path))
    assert b"Nothing is missing" in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_datagrams_are_kept_whole_and_the_oldest_go_first(tmp_path: Path) -> None:
    recorder, path = Recorder(ring=10 * (1000 + CHUNK_COST)), tmp_path / "call.pcapng"
    data = recorder.begin(TappedFlow(FLOW.client, FLOW.server, "udp"))
    for i in range(30):
        data("out", bytes([i]) * 1000, 2.0 + i)
    data("in", b"last", 40.0)
    recorder.save(path, secrets=False)
    kept = [one.payload for one in map(dissect, read_capture(path)) if isinstance(one, Datagram)]
    assert kept == [*(bytes([i]) * 1000 for i in range(21, 30)), b"last"]
    assert b"21000 bytes that went this way before" in path.read_bytes()


def test_the_oldest_data_goes_first_and_the_file_says_so(tmp_path: Path) -> None:
    recorder, path = Recorder(ring=10 * (1000 + CHUNK_COST)), tmp_path / "call.pcapng"
    data = recorder.begin(FLOW)
    data("out", b"H" * HEAD_MAX, 1.0)
    for i in range(30):
        data("out", bytes([i]) * 1000, 2.0 + i)
    recorder.save(path, secrets=False)
    (whole,) = connections(path)
    head, rest = (bytes(run.data) for run in whole.sent.runs)
    assert set(head) == {ord("H")}
    assert rest == b"".join(bytes([i]) * 1000 for i in range(20, 30)), "after the gap, the newest"
    lost = recorder.snapshot().dropped.data
    assert lost == HEAD_MAX + 30_000 - len(head) - len(rest)
    text = path.read_bytes()
    assert f"dropped the oldest {lost} bytes".encode() in text
    assert f"{lost} bytes that went this way before this packet are not in the capture".encode() in text
    assert b"Nothing is missing" not in text


def test_a_living_connection_keeps_its_handshake_longest(tmp_path: Path) -> None:
    recorder, path = Recorder(flows=3), tmp_path / "call.pcapng"
    link = recorder.begin(FLOW)
    link("out", b"link", 0.0)
    for i in range(6):
        recorder.begin(TappedFlow(Endpoint("127.0.0.1", 50_000 + i), FLOW.server))("out", b"leg%d" % i, 1.0 + i)
        link("out", b".", 1.5 + i)
    recorder.save(path, secrets=False)
    assert sent(path) == [b"link......", b"leg4", b"leg5"]
    assert b"the beginnings of 4 of 7 connections (16 bytes)" in path.read_bytes()


def test_a_port_that_is_given_again_is_another_connection(tmp_path: Path) -> None:
    recorder, path = Recorder(), tmp_path / "call.pcapng"
    for text in (b"first", b"second"):
        recorder.begin(FLOW)("out", text, 1.0)
    recorder.save(path, secrets=False)
    assert sent(path) == [b"first", b"second"]


def test_no_secret_is_kept_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "call.pcapng"
    for keep in (False, True):
        recorder = Recorder(keep_secrets=keep)
        data = recorder.begin(FLOW)
        data("out", b"hello", 1.0)
        recorder.secret(LINE)
        recorder.save(path, secrets=False)
        assert LINE not in path.read_bytes()
        if not keep:
            with pytest.raises(CaptureError, match="--key-log FILE"):
                recorder.save(path, secrets=True)
            continue
        recorder.save(path, secrets=True)
        assert path.read_bytes().index(LINE) < path.read_bytes().index(b"hello"), "the secrets come first"
        assert sent(path) == [b"hello"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    recorder = Recorder()
    recorder.begin(FLOW)("out", bytes(100_000), 1.0)
    with pytest.raises(CaptureError, match="No such file"):
        recorder.save(tmp_path / "no" / "call.pcapng", secrets=False)
    with pytest.raises(CaptureError, match="Is a directory"):
        recorder.save(tmp_path, secrets=False)
    if Path("/dev/full").exists():
        with pytest.raises(CaptureError, match="No space left"):
            recorder.save(Path("/dev/full"), secrets=False)


def test_the_collector_has_nothing_to_look_at() -> None:
    recorder = Recorder()
    data = recorder.begin(FLOW)
    for _ in range(1000):
        data("out", bytes(100), 1.0)
    for _ in range(3):
        gc.collect()
    assert not [chunk for chunk in recorder.snapshot().ring if gc.is_tracked(chunk)]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["out", "in"]), st.integers(0, 3000)), max_size=300))
def test_it_is_bounded_and_counts_every_byte(pieces) -> None:
    recorder = Recorder(ring=20_000, flows=4)
    streams = [recorder.begin(TappedFlow(Endpoint("127.0.0.1", 100 + i), FLOW.server)) for i in range(10)]
    for number, direction, size in pieces:
        streams[number](direction, bytes(size), 1.0)
    kept = recorder.snapshot()
    assert sum(len(chunk[5]) + CHUNK_COST for chunk in kept.ring) <= 20_000
    assert sum(len(chunk[5]) + CHUNK_COST for chunk in kept.heads) <= 4 * 2 * HEAD_MAX
    here = sum(len(chunk[5]) for chunk in (*kept.heads, *kept.ring))
    assert here + kept.dropped.data + kept.dropped.heads == sum(size for _, _, size in pieces)
