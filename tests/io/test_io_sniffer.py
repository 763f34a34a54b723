"""Real dumpcap and tcpdump on loopback; skipped only where the machine forbids both."""

import shutil
import socket
from pathlib import Path

import pytest

from voip.capture.packets import Datagram, dissect
from voip.capture.reader import read_capture
from voip.errors import CaptureError
from voip.io import sniffer
from voip.io.sniffer import Program, Sniffer, find_sniffer

PERMITTED = find_sniffer()
needs_sniffer = pytest.mark.skipif(PERMITTED is None, reason="neither dumpcap nor tcpdump may capture here")


@needs_sniffer
@pytest.mark.parametrize("program", ["dumpcap", "tcpdump"])
async def test_it_sees_the_first_packet_and_the_last(program: Program, tmp_path: Path) -> None:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        for sock in (here, there, stranger):
            sock.bind(("127.0.0.1", 0))
        path = tmp_path / "capture"
        async with Sniffer(path, [there.getsockname()[1]], program=program) as capture:
            for number in range(50):
                here.sendto(b"number %d" % number, there.getsockname())
                here.sendto(b"not for us", stranger.getsockname())
    datagrams = [dissect(packet) for packet in read_capture(path)]
    payloads = [datagram.payload for datagram in datagrams if isinstance(datagram, Datagram)]
    assert payloads == [b"number %d" % number for number in range(50)]
    assert (capture.packets, capture.dropped, capture.problem) == (50, 0, "")


@needs_sniffer
async def test_it_finds_a_program_by_itself(tmp_path: Path) -> None:
    async with Sniffer(tmp_path / "capture", [9]) as capture:
        assert capture.program == PERMITTED
    assert capture.packets == 0
    assert read_capture(tmp_path / "capture") == []


async def test_no_program_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_sniffer() is None
    with pytest.raises(CaptureError) as caught:
        await Sniffer(tmp_path / "capture", [9]).__aenter__()
    assert caught.value.code == "capture-not-permitted"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("#!/bin/sh\necho 'You do not have permission to capture.' >&2\nexit 2\n", "You do not have permission"),
        ("#!/bin/sh\nexec sleep 60\n", "it said nothing"),
    ],
)
async def test_a_program_that_does_not_begin(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sniffer, "BEGIN_LIMIT", 0.3)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name in ("dumpcap", "tcpdump"):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    assert find_sniffer() is None
    with pytest.raises(CaptureError, match=says):
        await Sniffer(tmp_path / "capture", [9], program="dumpcap").__aenter__()


async def test_a_program_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "dumpcap").write_text("#!/bin/sh\necho 'File: -' >&2\nexit 1\n")
    (tmp_path / "dumpcap").chmod(0o755)
    async with Sniffer(tmp_path / "capture", [9], program="dumpcap") as capture:
        pass
    assert "before its time" in capture.problem


async def test_a_program_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniffer, "END_LIMIT", 0.3)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    script = "#!/bin/sh\ntrap '' INT\necho 'Packets received/dropped on interface lo: 5/3' >&2\necho 'File: -' >&2\n"
    (tmp_path / "dumpcap").write_text(script + "exec sleep 60\n")
    (tmp_path / "dumpcap").chmod(0o755)
    async with Sniffer(tmp_path / "capture", [9], program="dumpcap") as capture:
        pass
    assert "did not end" in capture.problem
    assert capture.dropped == 3


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as caught:
        await Sniffer(tmp_path / "none" / "capture", [9], program="dumpcap").__aenter__()
    assert caught.value.code == "capture-begin"
