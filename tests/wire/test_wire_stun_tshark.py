"""Wireshark's dissector reads our STUN messages as we meant them."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from voip.wire.stun import STALE_NONCE, Endpoint, error, request, success

KEY, ID, NONCE, TRANSACTION = b"k" * 32, b"0f" * 16, b"a9" * 16, bytes(range(12))
V4, V6 = Endpoint(bytes([192, 0, 2, 1]), 32853), Endpoint(bytes.fromhex("20010db8000000000000000000000001"), 9)


def capture(packets: list[bytes]) -> bytes:
    """A pcap of UDP over IPv4, as `man 5 pcap-savefile` has it; LINKTYPE_RAW."""
    out = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for packet in packets:
        udp = struct.pack("!HHHH", 40000, 3478, 8 + len(packet), 0) + packet
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
        out += struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip
    return out


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_what_we_write(tmp_path: Path) -> None:
    packets = [
        request(TRANSACTION, ID, KEY, NONCE),
        error(TRANSACTION, STALE_NONCE, nonce=NONCE),
        success(TRANSACTION, KEY, V4, 5, 7),
        success(TRANSACTION, KEY, V6, 5, 7),
    ]
    file = tmp_path / "stun.pcap"
    file.write_bytes(capture(packets))
    fields = ("stun.type", "stun.att.username", "stun.att.nonce", "stun.att.error", "stun.att.ipv4", "stun.att.ipv6",
              "stun.att.port", "stun.att.crc32.status", "stun.att.type", "_ws.malformed")  # fmt: skip
    command = [
        "tshark",
        "-r",
        str(file),
        "-d",
        "udp.port==3478,stun",
        "-T",
        "json",
        *(f"-e{field}" for field in fields),
    ]
    told = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    rows = [row["_source"]["layers"] for row in json.loads(told)]
    asked, refused, four, six = rows
    assert not any("_ws.malformed" in row for row in rows)
    assert all(row["stun.att.crc32.status"] == ["1"] for row in rows)
    assert [int(row["stun.type"][0], 16) for row in rows] == [0x0001, 0x0111, 0x0101, 0x0101]
    assert (asked["stun.att.username"], asked["stun.att.nonce"]) == ([ID.decode()], [NONCE.decode()])
    assert (refused["stun.att.error"], refused["stun.att.nonce"]) == (["38"], [NONCE.decode()])
    assert (four["stun.att.ipv4"], four["stun.att.port"]) == (["192.0.2.1"], ["32853"])
    assert (six["stun.att.ipv6"], six["stun.att.port"]) == (["2001:db8::1"], ["9"])
    assert [int(name, 16) for name in four["stun.att.type"]] == [0x20, 0x1C, 0x8028]  # it has no names for our two
