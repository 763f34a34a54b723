"""`glasscall inspect`: its tables, its report and its exit status."""

import argparse
import json
from pathlib import Path

import pytest

from voip.capture.packets import Endpoint
from voip.capture.pcapng import PcapngWriter
from voip.capture.tap import Tap, TappedFlow, _packet
from voip.cli import inspect
from voip.errors import StoreError, UsageError

FLOW = TappedFlow(Endpoint("127.0.0.1", 40_000), Endpoint("127.0.0.1", 7443))
CLEAR = b'{"is":"invite","to":"benedikt"} '


@pytest.fixture
def clear(tmp_path: Path) -> Path:
    path = tmp_path / "clear.pcapng"
    with Tap(path) as tap:
        for _ in range(30):
            tap.data(FLOW, "out", CLEAR, 5.0)
    return path


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    inspect.add(parser.add_subparsers())
    args = parser.parse_args(["inspect", *arguments])
    return int(args.run(args))


def test_a_canary_in_the_clear_is_status_1(clear: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "canaries").write_text(json.dumps({"label": "a frame", "hex": CLEAR.hex()}))
    report = tmp_path / "report.json"
    status = run(
        str(clear), "--canary", "benedikt", "--canary", "carol", "--canaries", str(tmp_path / "canaries"),
        "--json", str(report),
    )  # fmt: skip
    assert status == 1
    shown = capsys.readouterr().out
    assert "benedikt" in shown
    assert "and 40 more" in shown
    assert "2 of 3 canaries were readable, the first in packet 4" in " ".join(shown.split())
    written = json.loads(report.read_text())
    assert written["canaries"] == 3
    assert {found["canary"] for found in written["found"]} == {"benedikt", "a frame"}
    assert written["others"][0]["kind"] == "plaintext"


def test_nothing_readable_is_status_0(clear: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(clear), "--canary", "carol") == 0
    assert "not readable" in capsys.readouterr().out


def test_tls_is_shown_as_far_as_it_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hello = bytes.fromhex("1603030004 01000000".replace(" ", ""))
    with Tap(tmp_path / "tls.pcapng") as tap:
        tap.data(FLOW, "out", hello + b"\x17\x03\x03\x00\x10" + bytes(range(16)), 5.0)
    assert run(str(tmp_path / "tls.pcapng")) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "the handshake was not captured" in shown
    assert "1 application_data" in shown
    assert "ClientHello ends" in shown


def test_a_whole_handshake_and_srtp_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def message(kind: int, body: bytes) -> bytes:
        data = bytes([kind]) + len(body).to_bytes(3, "big") + body
        return b"\x16\x03\x03" + len(data).to_bytes(2, "big") + data

    server = b"\x03\x03" + bytes(33) + b"\x13\x02\x00" + bytes.fromhex("000e 002b 0002 0304 0033 0004 11ec 0000")
    hello = message(2, server)
    with (tmp_path / "all.pcapng").open("wb") as file:
        writer = PcapngWriter(file, link=101)
        writer.write(_packet(FLOW.server, FLOW.client, 0, 1, 18, b"")[14:], 5.0)
        writer.write(_packet(FLOW.server, FLOW.client, 1, 1, 16, hello)[14:], 5.0)
        writer.write(_packet(FLOW.server, FLOW.client, 1 + len(hello), 1, 16, b"\x17\x03\x03\x00\x02ok")[14:], 5.0)
        for number in range(9):
            media = bytes([0x80, 111, 0, number]) + bytes(8) + b"payload"
            udp = (5000).to_bytes(2, "big") + (6000).to_bytes(2, "big") + (8 + len(media)).to_bytes(2, "big") + bytes(2)
            ip = _packet(FLOW.client, FLOW.server, 1, 1, 16, b"")[14:34]
            total = (28 + len(media)).to_bytes(2, "big")
            writer.write(ip[:2] + total + ip[4:9] + b"\x11" + ip[10:] + udp + media, 6.0)
    assert run(str(tmp_path / "all.pcapng")) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for word in ("TLSv1.3", "X25519MLKEM768", "certificates: none visible", "srtp", "SSRC", "constant"):
        assert word in shown


@pytest.mark.parametrize(
    "arguments", [["none.pcapng"], ["{clear}", "--canary", "ab"], ["{clear}", "--canaries", "none"]]
)
def test_a_command_put_wrongly(arguments: list[str], clear: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(*(argument.format(clear=clear) for argument in arguments))
    assert caught.value.exit_status == 2


def test_a_report_that_cannot_be_written(clear: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        run(str(clear), "--json", str(tmp_path / "none" / "report.json"))
