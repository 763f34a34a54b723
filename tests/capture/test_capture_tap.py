"""The tap's packets are whole, and its troubles stay its own."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from voip.capture.packets import ACK, FIN, SYN, Datagram, Endpoint, Segment, dissect
from voip.capture.reader import read_capture
from voip.capture.streams import Reassembly
from voip.capture.tap import SEGMENT, Tap, TappedFlow
from voip.wire import stun
from voip.wire.rtp import RtpPacket

FLOW = TappedFlow(Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 7443))
FLOW6 = TappedFlow(Endpoint("::1", 40_001), Endpoint("fe80::1%lo", 7443))
UDP = TappedFlow(Endpoint("127.0.0.1", 40_002), Endpoint("127.0.0.1", 7443), "udp")
UDP6 = TappedFlow(Endpoint("::1", 40_002), Endpoint("::1", 7443), "udp")


def test_each_flow_is_a_whole_connection(tmp_path: Path) -> None:
    path = tmp_path / "tap.pcapng"
    question, answer = bytes(range(256)) * 20, b"answer"
    with Tap(path) as tap:
        for flow in (FLOW, FLOW6):
            tap.data(flow, "out", question, 10.0)
            tap.data(flow, "in", answer, 10.5)
            tap.end(flow, 11.0)
            tap.end(flow, 11.0)
    assert (tap.problem, tap.dropped) == ("", 0)
    packets = read_capture(path)
    assert len(packets) == tap.packets == 2 * (3 + -(-len(question) // SEGMENT) + 1 + 3)
    reassembly = Reassembly()
    segments = [segment for segment in map(dissect, packets) if isinstance(segment, Segment)]
    assert [segment.flags for segment in segments[:3]] == [SYN, SYN | ACK, ACK]
    assert segments[-2].flags & FIN
    for segment in segments:
        reassembly.add(segment)
    for connection in reassembly.connections():
        assert bytes(connection.sent.runs[0].data) == question
        assert bytes(connection.received.runs[0].data) == answer
        assert not connection.sent.late
    if not shutil.which("tshark"):
        pytest.skip("tshark, the judge, is not installed")
    checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    trouble = "tcp.analysis.flags or tcp.checksum.status!=1 or ip.checksum.status==0 or _ws.malformed"
    done = subprocess.run(
        ["tshark", "-r", str(path), *checks, "-Y", trouble], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == ""


def test_datagrams_stand_by_themselves_and_wireshark_sees_stun_and_rtp(tmp_path: Path) -> None:
    path = tmp_path / "tap.pcapng"
    request = stun.request(bytes(12), b"a" * 32, bytes(32), b"n" * 32)
    sent = [request, *(RtpPacket(111, False, 100 + i, 960 * i, 0x1234, bytes(80)).pack() for i in range(3))]
    with Tap(path) as tap:
        for flow in (UDP, UDP6):
            for datagram in sent:
                tap.data(flow, "out", datagram, 10.0)
            tap.data(flow, "in", b"odd", 10.5)
            tap.end(flow, 11.0)
    assert (tap.problem, tap.dropped, tap.packets) == ("", 0, 2 * (len(sent) + 1))
    datagrams = [dissect(packet) for packet in read_capture(path)]
    assert all(isinstance(one, Datagram) for one in datagrams)
    assert [one.payload for one in datagrams] == 2 * [*sent, b"odd"]
    assert [one.source.port for one in datagrams[:5]] == [40_002] * 4 + [7443]
    if not shutil.which("tshark"):
        pytest.skip("tshark, the judge, is not installed")
    as_rtp = ["-d", "udp.port==7443,rtp"]
    for shown, options, count in (
        ("stun.type == 0x0001 and stun.attribute", [], 2),
        ("rtp.seq", as_rtp, 6),
        ("udp.checksum.status != 1 or ip.checksum.status == 0", [], 0),
    ):
        command = ["tshark", "-r", str(path), "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        done = subprocess.run(
            [*command, *options, "-Y", shown], capture_output=True, text=True, check=True, timeout=60
        )  # fmt: skip
        assert len(done.stdout.splitlines()) == count, shown


def test_a_folder_that_is_not_there_breaks_nothing(tmp_path: Path) -> None:
    tap = Tap(tmp_path / "none" / "tap.pcapng")
    tap.data(FLOW, "out", b"four", 1.0)
    tap.end(FLOW, 1.0)
    tap.close()
    assert "not complete: No such file" in tap.problem
    assert (tap.dropped, tap.packets) == (4, 0)


def test_a_full_disk_breaks_nothing(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    tap = Tap(full)
    for _ in range(20):
        tap.data(FLOW, "in", bytes(1000), 1.0)
    tap.close()
    tap.close()
    assert "No space left" in tap.problem


def test_the_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "tap.pcapng"
    with Tap(path, limit=10_000) as tap:
        tap.data(FLOW, "out", bytes(20_000), 1.0)
    assert path.stat().st_size < 11_000
    assert 10_000 < tap.dropped < 20_000
    assert "largest size" in tap.problem


def test_flows_are_bounded_and_odd_hosts_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voip.capture.tap.FLOWS_MAX", 1)
    odd = TappedFlow(Endpoint("relay.example", 1), Endpoint("127.0.0.1", 2))
    with Tap(tmp_path / "tap.pcapng") as tap:
        tap.data(odd, "out", b"abc", 1.0)
        assert "relay.example" in tap.problem
        tap.data(FLOW, "out", b"abc", 1.0)
        tap.data(FLOW6, "out", b"abc", 1.0)
    assert tap.dropped == 6


def test_secrets_stand_before_what_they_open_and_only_this_user_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "tap.pcapng"
    path.write_text("somebody may read this")
    path.chmod(0o644)
    with Tap(path, embed=True) as tap:
        tap.data(FLOW, "in", b"<hello>", 1.0)
        tap.secret(b"FIRST 00 11")
        tap.data(FLOW, "out", b"<answer>", 2.0)
        tap.data(FLOW, "in", b"<later>", 3.0)
        tap.secret(b"SECOND 00 22")
    text = path.read_bytes()
    order = [text.index(part) for part in (b"FIRST", b"<hello>", b"<answer>", b"SECOND", b"<later>")]
    assert order == sorted(order)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(read_capture(path)) == 6


def test_secrets_that_nobody_asked_for_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "tap.pcapng"
    with Tap(path) as tap:
        tap.secret(b"FIRST 00 11")
        tap.data(FLOW, "in", b"<hello>", 1.0)
    assert b"FIRST" not in path.read_bytes()


def test_a_device_is_written_to_and_not_replaced() -> None:
    null = Path("/dev/null")
    if not null.is_char_device():
        pytest.skip("this system has no /dev/null")
    with Tap(null, embed=True) as tap:
        tap.secret(b"FIRST 00 11")
        tap.data(FLOW, "in", b"<hello>", 1.0)
    assert tap.problem == ""
    assert null.is_char_device()
