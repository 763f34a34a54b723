"""The whole of it, as a stranger would run it: real relay, two real windows, real speech, a real capture.

Its claims are checked again here by other means: PESQ for the sound, tshark for the capture, Qt for the pictures.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from speech import quality

from voip.journal.observations import STAGES

SECONDS = 10
TLS_MESSAGES = {"ClientHello", "ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"}


def play(out: Path, *options: str, counted: bool = True) -> subprocess.CompletedProcess[str]:
    """The demo. Not `counted`: its processes do not count their lines, which makes them half as quick."""
    environment = dict(os.environ)
    if not counted:
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
            environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "voip.cli", "demo", "--out", str(out), "--show", "no", *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def tshark(capture: Path, *arguments: str) -> list[str]:
    """tshark's lines about `capture`."""
    done = subprocess.run(
        ["tshark", "-r", str(capture), *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    done = play(out, "--seconds", str(SECONDS), counted=False)  # the sound is judged, and is to be a user's
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same search found" in " ".join(done.stdout.split())
    return out


@pytest.fixture(scope="module")
def report(demo: Path) -> dict:
    return json.loads((demo / "report.json").read_text())


def test_the_report_keeps_its_contract(report: dict) -> None:
    assert report["ok"] is True
    for side, peer in (("alice", "bob@demo.glasscall"), ("bob", "alice@demo.glasscall")):
        one = report[side]
        for channel in ("link", "leg", "session"):
            tls = one[channel]
            assert tls["version"] == "TLSv1.3"
            assert tls["group"] == "X25519MLKEM768"
            assert tls["cipher"] == "TLS_AES_256_GCM_SHA384"
            assert tls["handshake_ms"] > 0
            assert all(count > 1000 for count in tls["bytes"])
            assert {way for way, _, _ in tls["messages"]} == {"out", "in"}
            times = [at for _, _, at in tls["messages"]]
            assert times == sorted(times)
        assert [one[channel]["resumed"] for channel in ("link", "leg", "session")] == [False, True, False]
        assert {name for _, name, _ in one["session"]["messages"]} >= TLS_MESSAGES
        assert "Certificate" not in {name for _, name, _ in one["leg"]["messages"]}
        assert one["session"]["peer"] == peer
        assert one["session"]["trust"] == "certified"
        latency = one["latency_ms"]
        assert 0 < latency["setup"] < 5000
        assert 0 < latency["answer_to_audio"] < 3000
        assert set(latency["stages"]) == set(STAGES)
        assert abs(sum(latency["stages"].values()) - latency["mouth_to_ear"]["p50"]) < 40
        assert one["audio"]["frames_sent"] > 0.8 * SECONDS * 50
        assert one["audio"]["frames_played"] > 0.95 * one["audio"]["frames_sent"] - 10
    assert report["alice"]["session"]["words"] == report["bob"]["session"]["words"]
    assert len(set(report["alice"]["session"]["words"])) >= 3


def test_nothing_is_readable_and_the_control_is(report: dict) -> None:
    capture = report["capture"]
    assert capture["by"] in {"dumpcap", "tcpdump", "tap"}
    assert capture["packets"] > SECONDS * 100
    assert capture["plaintext_found"] == []
    assert len(capture["control"]["plaintext_found"]) == capture["looked_for"] > SECONDS * 50


@pytest.mark.parametrize(("speaker", "listener"), [("alice", "bob"), ("bob", "alice")])
def test_what_was_heard_is_what_was_said(demo: Path, report: dict, speaker: str, listener: str) -> None:
    said, heard = (demo / report[who]["audio"][what] for who, what in ((speaker, "said"), (listener, "heard")))
    score, _lag = quality(said, heard)
    assert score >= 4.0


def test_tshark_agrees(demo: Path) -> None:
    capture = demo / "call.pcapng"
    kinds = Counter(
        kind
        for line in tshark(
            capture, "-Y", "tls", "-T", "fields", "-e", "tls.record.content_type", "-e", "tls.record.opaque_type"
        )
        for kind in line.replace("\t", ",").split(",")
        if kind
    )
    # RFC 8446 hides everything after the hellos in application data; the one other type is the compatibility CCS.
    assert set(kinds) == {"20", "22", "23"}
    assert kinds["23"] > SECONDS * 10
    voice = tshark(capture, "-Y", "udp and data", "-T", "fields", "-e", "data.data")
    assert len(voice) > SECONDS * 200  # two phones, 100 packets a second, seen on their way to the relay and from it
    # RTP's version is all that tshark could make of it.
    assert {int(packet[:2], 16) >> 6 for packet in voice} == {2}
    for line in tshark(capture, "-Y", "tls.handshake.type == 2", "-T", "fields", "-e",
                       "tls.handshake.extensions.supported_version"):  # fmt: skip
        assert line == "0x0304"
    assert tshark(capture, "-Y", "tls.handshake.certificate") == []
    assert tshark(capture, "-Y", "rtp or opus or json or sip or http") == []
    layers = {layer for line in tshark(capture, "-T", "fields", "-e", "frame.protocols") for layer in line.split(":")}
    assert layers <= {"eth", "ethertype", "ip", "tcp", "tls", "udp", "data", "stun", "rtcp"}


def test_the_windows_left_pictures(demo: Path, report: dict) -> None:
    for name in report["screenshots"]:
        picture = (demo / name).read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
        assert width >= 900
        assert height >= 600


def test_keys_stay_private(demo: Path) -> None:
    keys = [path for path in demo.rglob("*") if path.is_file() and b"PRIVATE KEY-----" in path.read_bytes()]
    assert len(keys) == 4, "the CA, the relay, alice, bob"
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys)


def test_tls_1_2_can_be_studied(tmp_path: Path) -> None:
    done = play(tmp_path, "--seconds", "5", "--tls", "1.2")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert {report["alice"][channel]["version"] for channel in ("link", "leg", "session")} == {"TLSv1.2"}
    # What TLS 1.3 hides and TLS 1.2 shows: the certificates.
    assert tshark(tmp_path / "call.pcapng", "-Y", "tls.handshake.certificate")


def test_without_permission_to_capture_the_tap_stands_in(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("Xvfb",):
        found = shutil.which(name)
        if found:
            (tools / name).symlink_to(found)
    done = subprocess.run(
        [sys.executable, "-m", "voip.cli", "demo", "--out", str(tmp_path / "out"), "--show", "no", "--seconds", "5"],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
        env={**__import__("os").environ, "PATH": str(tools)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["capture"]["by"] == "tap"
    assert report["capture"]["plaintext_found"] == []
    assert report["capture"]["control"]["plaintext_found"]
