"""Real TLS, captured by a real sniffer where one may run and by the tap otherwise; judged by us and by tshark."""

import asyncio
import io
import random
import shutil
import socket
import struct
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL
from tls_peers import SECRET, Peers

from voip.capture.canaries import Canary, text_canary
from voip.capture.inspect import Report, inspect, inspect_bytes
from voip.capture.packets import ACK, SYN, Endpoint
from voip.capture.pcapng import PcapngWriter
from voip.capture.tap import Tap, TappedFlow, _packet
from voip.errors import CaptureError
from voip.io.sniffer import Sniffer, find_sniffer
from voip.wire import stun
from voip.wire.tls_names import CIPHER_NAMES, CONTENT_NAMES, GROUP_NAMES, VERSION_NAMES

CANARIES = [text_canary("benedikt"), text_canary('"is":"invite"'), Canary("call id", b"00112233445566778899aabb")]
PERMITTED = find_sniffer()


async def capture(path: Path, peers: Peers, calls: int = 2, *, tap: bool = False) -> None:
    """`calls` connections in a row, the later ones resuming the first's session."""
    if PERMITTED and not tap:
        async with Sniffer(path, [peers.port], program=PERMITTED) as sniffer:
            for _ in range(calls):
                await asyncio.to_thread(peers.talk)
        assert (sniffer.problem, sniffer.dropped) == ("", 0)
        return
    with Tap(path) as recorder:
        for _ in range(calls):
            peers.talk(recorder.data)
    assert (recorder.problem, recorder.dropped) == ("", 0)


def tshark(path: Path, *fields: str, port: int, only: str = "tls") -> list[list[str]]:
    if not shutil.which("tshark"):
        pytest.skip("tshark, the judge, is not installed")
    command = ["tshark", "-r", str(path), "-d", f"tcp.port=={port},tls", "-Y", only, "-T", "fields"]
    for name in fields:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("tap", [False, True], ids=["sniffer", "tap"])
@pytest.mark.parametrize("version", [SSL.TLS1_3_VERSION, SSL.TLS1_2_VERSION], ids=["1.3", "1.2"])
async def test_we_and_tshark_see_the_same(version: int, tap: bool, tmp_path: Path) -> None:
    path = tmp_path / "call.pcapng"
    with Peers(version) as peers:
        await capture(path, peers, tap=tap)
    report = inspect(path, CANARIES)
    assert (report.clear, report.found, report.others, report.cut_packets) == (True, (), (), 0)
    first, second = report.tls
    modern = version == SSL.TLS1_3_VERSION
    for stream, resumed in ((first, False), (second, True)):
        assert stream.version == ("TLSv1.3" if modern else "TLSv1.2")
        assert (stream.server_name, stream.alpn_offered) == ("relay.example", ("glasscall/1",))
        assert stream.resumed == resumed
        assert stream.session_offered or not resumed
        assert (stream.late, stream.missing, stream.problem, stream.hello_retry) == (False, 0, "", False)
        assert stream.server == f"127.0.0.1:{peers.port}"
        assert stream.messages[0] == ("sent", "ClientHello")
        assert ("received", "ServerHello") in stream.messages
        assert stream.application_bytes > 8000
        assert stream.entropy.bits > stream.entropy.ceiling - 0.05
    if modern:
        assert first.group == second.group == "X25519MLKEM768"
        assert first.cipher == "TLS_AES_256_GCM_SHA384"
        assert first.certificates == second.certificates == ()
    else:
        assert first.group in {"x25519", "secp256r1"}
        assert first.cipher.startswith("TLS_ECDHE_ECDSA_WITH_")
        assert set(first.certificates) == {
            "CN=relay.example · relay.example",
            "CN=alice.example · alice.example",
        }
        assert second.certificates == ()  # an abbreviated handshake shows none
        assert "clear" in report.verdict
    assert "None of 3 canaries was readable" in report.verdict

    # What Wireshark's own dissector says of the same file.
    port = peers.port
    (hello, again) = tshark(
        path,
        "tls.handshake.extensions_server_name",
        "tls.handshake.extensions_alpn_str",
        port=port,
        only="tls.handshake.type==1",
    )
    assert hello == again == ["relay.example", "glasscall/1"]
    chosen = tshark(
        path,
        "tls.handshake.ciphersuite",
        "tls.handshake.extensions.supported_version",
        "tls.handshake.extensions_key_share_group",
        port=port,
        only="tls.handshake.type==2",
    )
    assert [CIPHER_NAMES[int(row[0].split(",")[0], 16)] for row in chosen] == [first.cipher, second.cipher]
    if modern:
        assert {VERSION_NAMES[int(row[1], 16)] for row in chosen} == {first.version}
        assert {GROUP_NAMES[int(row[2])] for row in chosen} == {first.group}
    records = [
        int(kind)
        for row in tshark(path, "tls.record.content_type", "tls.record.opaque_type", port=port)
        for column in row
        for kind in column.split(",")
        if kind
    ]
    ours = {name: first.records.get(name, 0) + second.records.get(name, 0) for name in first.records | second.records}
    assert ours == {name: records.count(kind) for kind, name in CONTENT_NAMES.items() if kind in records}


async def test_a_hello_retry_is_told_and_its_group_is_the_one_used(tmp_path: Path) -> None:
    path = tmp_path / "retry.pcapng"
    with Peers(SSL.TLS1_3_VERSION) as peers:
        # A server that knows secp384r1 alone makes every default client say hello again.
        peers.server.set_tmp_ecdh(ec.SECP384R1())
        await capture(path, peers, 1, tap=True)
    (stream,) = inspect(path).tls
    assert stream.hello_retry
    assert (stream.group, stream.key_shares) == ("secp384r1", ("secp384r1",))
    assert [name for _, name in stream.messages].count("ClientHello") == 2
    assert ("received", "HelloRetryRequest") in stream.messages


async def test_a_control_in_the_clear_is_found(tmp_path: Path) -> None:
    source = random.Random(2)
    frames = [b"\xf8" + source.randbytes(79) for _ in range(100)]
    canaries = [*CANARIES, *(Canary(f"opus frame {n}", frame) for n, frame in enumerate(frames))]
    path = tmp_path / "control.pcapng"

    def play(tell: Tap | None, port: int, listener: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as out:
            into, _ = listener.accept()
            flow = TappedFlow(Endpoint(*out.getsockname()), Endpoint(*out.getpeername()))
            with into:
                for part in (SECRET, *frames):
                    out.sendall(part)
                    if tell:
                        tell.data(flow, "out", part, 5.0)
                want = len(SECRET) + 8000
                while want:
                    want -= len(into.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if PERMITTED:
            async with Sniffer(path, [port], program=PERMITTED):
                await asyncio.to_thread(play, None, port, listener)
        else:
            with Tap(path) as tap:
                play(tap, port, listener)
    report = inspect(path, canaries)
    assert {found.canary for found in report.found} == {canary.label for canary in canaries}
    assert f"{len(canaries)} of {len(canaries)} canaries were readable" in report.verdict
    assert not report.clear
    (flow,) = report.others
    assert (flow.transport, flow.kind, report.tls) == ("tcp", "unknown", ())
    rows = tshark(path, "frame.number", port=port, only='frame contains "benedikt"')
    assert {str(found.packet) for found in report.found if found.canary == "benedikt"} == {row[0] for row in rows}


def frames_file(frames: list[bytes]) -> bytes:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    for number, frame in enumerate(frames):
        writer.write(frame, 100 + number / 50)
    return file.getvalue()


A, B = Endpoint("10.0.0.1", 5000), Endpoint("10.0.0.2", 6000)


def udp(source: Endpoint, destination: Endpoint, payload: bytes) -> bytes:
    tcp = _packet(source, destination, 0, 0, 0, b"")
    head = bytearray(tcp[:34])
    head[16:18] = struct.pack(">H", 28 + len(payload))
    head[23] = 17
    return bytes(head) + struct.pack(">HHHH", source.port, destination.port, 8 + len(payload), 0) + payload


def rtp(sequence: int, payload: bytes, ssrc: int = 7) -> bytes:
    return struct.pack(">BBHII", 0x80, 111, sequence % 65536, sequence * 960 % 2**32, ssrc) + payload


def test_a_canary_cut_by_a_packet_border_is_found_with_its_first_packet() -> None:
    cut = [
        _packet(A, B, 9, 0, SYN, b""),
        _packet(A, B, 10, 0, ACK, b"\xff\x00bene"),
        _packet(A, B, 16, 0, ACK, b"dikt\x00"),
    ]
    report = inspect_bytes(frames_file(cut), CANARIES)
    (found,) = report.found
    assert (found.canary, found.form, found.packet) == ("benedikt", "plain", 2)
    assert found.stream == "tcp 10.0.0.1:5000 → 10.0.0.2:6000"
    # In two datagrams it is not one string.
    assert inspect_bytes(frames_file([udp(A, B, b"bene"), udp(A, B, b"dikt")]), CANARIES).clear


def test_a_canary_that_reassembly_would_drop_is_found() -> None:
    twice = [_packet(A, B, 10, 0, ACK, b"harmless"), _packet(A, B, 10, 0, ACK, b"benedikt")]
    (found,) = inspect_bytes(frames_file(twice), CANARIES).found
    assert found.packet == 2


def test_a_canary_outside_tcp_and_udp_is_found() -> None:
    report = inspect_bytes(frames_file([bytes(12) + b"\x88\xb5" + b"benedikt"]), CANARIES)
    assert [(found.packet, found.stream) for found in report.found] == [(1, "")]
    assert report.other_packets == 1


def test_srtp_is_known_by_its_shape() -> None:
    source = random.Random(3)
    there = [udp(A, B, rtp(65_530 + n, source.randbytes(96))) for n in range(40)]
    back = [udp(B, A, rtp(n, source.randbytes(60 + n % 3), 9)) for n in range(40)]
    report_bytes = udp(A, B, b"\x80\xc8" + bytes(26))
    (flow,) = inspect_bytes(frames_file([*there, *back, report_bytes])).others
    assert flow.kind == "srtp"
    first, second = flow.srtp
    assert (first.ssrcs, first.constant_size, first.sizes, first.rtcp) == (("0x00000007",), True, (108,), 1)
    assert (second.ssrcs, second.constant_size, sorted(second.sizes)) == (("0x00000009",), False, [72, 73, 74])
    assert first.payload_types == (111,)
    assert flow.entropy.bits > 7.9


def test_stun_between_srtp_is_told_apart() -> None:
    source = random.Random(3)
    request, key = stun.request(bytes(12), b"a" * 32, bytes(32)), bytes(32)
    answer = stun.success(bytes(12), key, stun.Endpoint(bytes(4), 1), 0, 0)
    keeping = [udp(A, B, request), udp(B, A, answer)] * 10
    voice = [udp(A, B, rtp(n, source.randbytes(96))) for n in range(20)]
    (flow,) = inspect_bytes(frames_file([*keeping, *voice])).others
    assert (flow.kind, flow.stun, flow.packets, len(flow.srtp)) == ("srtp", 20, 40, 1)
    report = inspect_bytes(frames_file(keeping))
    assert report.others[0].kind == "stun"
    assert "1 flow of nothing but STUN" in report.verdict
    odd = inspect_bytes(frames_file([*keeping, udp(A, B, b"Guten Tag, hier spricht Alice. " * 3)])).others[0]
    assert odd.kind == "plaintext"


@pytest.mark.parametrize(
    ("payloads", "kind"),
    [
        ([b'{"hello": "world"}'] * 3, "plaintext"),
        (["안녕하세요, 벤".encode()] * 3, "plaintext"),
        ([random.Random(n).randbytes(50) for n in range(4)], "unknown"),
        ([rtp(n * 1000, bytes(50)) for n in range(9)], "unknown"),
        ([rtp(n, bytes(50), ssrc=n) for n in range(9)], "unknown"),
        ([b""], "unknown"),
    ],
)
def test_what_is_not_srtp_is_said(payloads: list[bytes], kind: str) -> None:
    (flow,) = inspect_bytes(frames_file([udp(A, B, payload) for payload in payloads])).others
    assert (flow.kind, flow.srtp) == (kind, ())


def record(kind: int, payload: bytes) -> bytes:
    return bytes([kind, 3, 3]) + len(payload).to_bytes(2, "big") + payload


def stream_file(sent: bytes, received: bytes = b"", *, late: bool = False, lose: tuple[int, int] = (0, 0)) -> bytes:
    frames = [] if late else [_packet(A, B, 9, 0, SYN, b""), _packet(B, A, 99, 10, SYN | ACK, b"")]
    frames += [
        _packet(A, B, 10 + start, 100, ACK, sent[start : start + 500])
        for start in range(0, len(sent), 500)
        if not lose[0] <= start < lose[1]
    ]
    frames += [
        _packet(B, A, 100 + start, 10, ACK, received[start : start + 500]) for start in range(0, len(received), 500)
    ]
    return frames_file(frames)


def test_a_capture_that_began_late_still_shows_tls() -> None:
    source = random.Random(4)
    records = b"".join(record(23, source.randbytes(300)) for _ in range(10))
    (stream,) = inspect_bytes(stream_file(records[100:], late=True)).tls
    assert (stream.version, stream.late, stream.resumed, stream.records) == ("", True, None, {"application_data": 9})


def test_a_hole_is_counted_and_told() -> None:
    source = random.Random(4)
    records = b"".join(record(23, source.randbytes(300)) for _ in range(20))
    report = inspect_bytes(stream_file(records, lose=(1000, 2000)))
    (stream,) = report.tls
    assert (stream.missing, stream.problem) == (1000, "")
    assert stream.records == {"application_data": 3 + 13}
    assert "lost 1000 bytes" in report.verdict


def test_bytes_that_are_no_tls_behind_a_record_are_told() -> None:
    report = inspect_bytes(stream_file(record(23, bytes(100)) + b"GET / HTTP/1.1\r\n\r\n"))
    assert "no TLS record" in report.tls[0].problem
    assert "1 stream held bytes" in report.verdict
    holes = record(23, bytes(495)) * 2 + b"no record anywhere " * 60
    assert "behind a hole" in inspect_bytes(stream_file(holes, lose=(1000, 1500))).tls[0].problem


def test_malformed_handshakes_and_clear_alerts() -> None:
    report = inspect_bytes(stream_file(record(22, b"\x01\x00\x00\x03abc"), record(21, b"\x02\x28")))
    (stream,) = report.tls
    assert "ClientHello ends" in stream.problem
    assert stream.alerts == ("handshake_failure",)
    odd = record(22, b"\x0b\x00\x00\x0a\x00\x00\x07\x00\x00\x04junk")
    assert inspect_bytes(stream_file(b"", odd)).tls[0].certificates == ("unreadable certificate of 4 bytes",)


def test_packets_that_were_cut_prove_nothing() -> None:
    data = frames_file([udp(A, B, bytes(64))])
    at = data.rindex(struct.pack("<II", 106, 106))
    report = inspect_bytes(data[:at] + struct.pack("<II", 106, 900) + data[at + 8 :], CANARIES[:1])
    assert report.cut_packets == 1
    assert "only in part" in report.verdict
    assert "The canary was not readable in any of 1 packet" in report.verdict


def test_an_empty_capture_and_none_at_all(tmp_path: Path) -> None:
    report = inspect_bytes(frames_file([]))
    assert (report.packets, report.seconds, report.tls, report.others) == (0, 0.0, (), ())
    assert "No canary was given" in report.verdict
    with pytest.raises(CaptureError):
        inspect(tmp_path / "none")


def test_many_findings_are_counted_and_few_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voip.capture.inspect.FOUND_MAX", 5)
    monkeypatch.setattr("voip.capture.inspect._BATCH", 1000)
    report = inspect_bytes(frames_file([udp(A, B, b"xx benedikt " + bytes([n])) for n in range(200)]), CANARIES)
    assert (len(report.found), report.found_total, report.found[-1].packet) == (5, 200, 5)


_frame = st.builds(
    _packet, st.sampled_from([A, B]), st.sampled_from([A, B]), st.integers(0, 2000), st.just(0), st.integers(0, 63),
    st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda data: record(22, b"\x01\x00\x00" + data))),
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(_frame, max_size=8), st.lists(st.tuples(st.integers(14, 500), st.integers(0, 255)), max_size=4))
def test_any_packets_give_a_report(frames: list[bytes], changes: list[tuple[int, int]]) -> None:
    altered = [bytearray(frame) for frame in frames]
    for at, value in changes:
        for frame in altered:
            frame[at % len(frame)] = value
    report = inspect_bytes(frames_file([bytes(frame) for frame in altered]), CANARIES)
    assert isinstance(report, Report)
    assert report.packets == len(frames)
    assert report.to_dict()["packets"] == len(frames)
