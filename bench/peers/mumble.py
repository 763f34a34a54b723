"""A Mumble server and two of its clients under Xvfb, on 127.0.0.1, talking without a pause.

    mic_a ──→ Mumble a ──UDP (OCB2) or TCP (TLS)──→ murmurd ──→ Mumble b ──→ spk_b

What a new user is asked is answered beforehand, by the files that the answers would have made: a certificate for each
client (found in Documents and imported), the server's certificate trusted, the audio wizard done, the update and the
public list not asked for.
"""

import datetime as dt
import hashlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from rig.virtual_sound import Side
from turn import Turn
from witness import capturing, datagrams_received, playing, sockets

from peers.ports import free_ports

UP_WITHIN = 30.0
SERVERS = ("murmurd", "mumble-server", "/usr/sbin/murmurd", "/usr/sbin/mumble-server")
UNPACKED = Path(__file__).resolve().parents[2] / ".venv/peers"
"""Where tools/setup unpacks Debian's server: installed, it would start at every boot, for everybody to reach."""
SPEAKERS = 2
ARRIVES_AT_LEAST = 0.9
"""Of the datagrams that continuous talking makes."""


@dataclass(frozen=True, slots=True)
class Variant:
    """How the clients are set up."""

    transport: Literal["UDP", "TCP"]
    frames_per_packet: int
    """Of 10 ms."""
    audio: str
    """The section [audio] of their settings."""


AS_INSTALLED = "quality=40000\n"
LEAST_DELAY = "quality=72000\nallowlowdelay=true\noutputdelay=1\nnoisesupress=0\necho=false\n"
"""Each slider of its audio pages at the end of least delay; from 64 kb/s on, newer ones use Opus in its low delay."""
VARIANTS = {
    "best settings, UDP": Variant("UDP", 1, LEAST_DELAY),
    "best settings, TCP": Variant("TCP", 1, LEAST_DELAY),
    "defaults, UDP": Variant("UDP", 2, AS_INSTALLED),
    "defaults, TCP": Variant("TCP", 2, AS_INSTALLED),
}
SETTINGS = """[General]
lastupdate=2
[audio]
transmit=0
input=PulseAudio
output=PulseAudio
headphone=true
positional=false
{audio}[net]
jitterbuffer=1
framesperpacket={frames}
tcponly={tcp}
[pulseaudio]
input=mic_{side}.monitor
output=spk_{side}
[tts]
enable=false
[ui]
WindowLayout=0
askonquit=false
updatecheck=false
plugincheck=false
usage=false
disablepubliclist=true
"""
SERVER_SETTINGS = """database={folder}/murmur.sqlite
host=127.0.0.1
port={port}
bandwidth=200000
opusthreshold=0
bonjour=false
sslCert={folder}/server.pem
sslKey={folder}/server-key.pem
"""


def missing() -> list[str]:
    """What is not installed."""
    found = [name for name in ("mumble", "Xvfb") if shutil.which(name) is None]
    return found if _server() else [*found, "mumble-server"]


def _server() -> str:
    """The server's program, under its old or its new name; empty if there is none."""
    names = [*SERVERS, *(str(UNPACKED / "usr/sbin" / name) for name in SERVERS[:2])]
    return next((path for name in names if (path := shutil.which(name))), "")


def _certificate(name: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key and its own certificate. RSA, because Mumble 1.3 takes nothing else."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _start_screen(turn: Turn) -> str:
    """An X server that no network reaches; its name, as DISPLAY wants it."""
    read, write = os.pipe()
    with os.fdopen(read) as answer:
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        turn.start("screen", command, "a", descriptors=[write])
        os.close(write)
        return f":{answer.readline().strip()}"


def _start_server(turn: Turn) -> tuple[int, str]:
    """Its port, and the SHA-1 of its certificate, by which Mumble remembers it."""
    key, certificate = _certificate("server")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (turn.folder / "server-key.pem").write_bytes(private)
    (turn.folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    port = free_ports(1)
    settings = turn.folder / "server.ini"
    settings.write_text(SERVER_SETTINGS.format(folder=turn.folder, port=port), encoding="utf-8")
    server = turn.start("server", [_server(), "-fg", "-v", "-ini", str(settings)], "b")
    turn.wait_until(
        lambda: any(one.own_port == port and one.protocol == "tcp" for one in sockets(server.pid)), UP_WITHIN, "murmurd"
    )
    digest = hashlib.sha1(certificate.public_bytes(serialization.Encoding.DER), usedforsecurity=False).hexdigest()
    return port, digest


def _settle_in(turn: Turn, side: Side, variant: Variant, port: int, digest: str) -> None:
    """The home of somebody who has used Mumble before, and this server."""
    home = turn.home(side)
    turn.env(side)  # makes the home
    settings = home / ".config/Mumble/Mumble.conf"
    data = home / ".local/share/Mumble/Mumble"
    for folder in (settings.parent, data, home / "Documents"):
        folder.mkdir(parents=True)
    tcp = str(variant.transport == "TCP").lower()
    settings.write_text(
        SETTINGS.format(audio=variant.audio, frames=variant.frames_per_packet, tcp=tcp, side=side), encoding="utf-8"
    )
    key, certificate = _certificate(side)
    bundle = pkcs12.serialize_key_and_certificates(side.encode(), key, certificate, None, serialization.NoEncryption())
    (home / "Documents/MumbleAutomaticCertificateBackup.p12").write_bytes(bundle)
    with closing(sqlite3.connect(data / "mumble.sqlite")) as database, database:
        database.execute(
            "CREATE TABLE cert (id INTEGER PRIMARY KEY AUTOINCREMENT, hostname TEXT, port INTEGER, digest TEXT)"
        )
        database.execute("INSERT INTO cert (hostname, port, digest) VALUES ('127.0.0.1', ?, ?)", (port, digest))


@contextmanager
def talking(turn: Turn, variant: str) -> Iterator[None]:
    """Both clients are in the same room and talk. Raises `RuntimeError` if they do not, or not by this transport."""
    chosen = VARIANTS[variant]
    screen = _start_screen(turn)
    port, digest = _start_server(turn)
    programs: dict[Side, subprocess.Popen[bytes]] = {}
    sides: tuple[Side, ...] = ("b", "a")
    for side in sides:
        _settle_in(turn, side, chosen, port, digest)
        command = ["mumble", "-m", f"mumble://{side}@127.0.0.1:{port}/"]
        programs[side] = turn.start(side, command, side, DISPLAY=screen, QT_QPA_PLATFORM="xcb")
    turn.wait_until(lambda: turn.log("server").count("Authenticated") == SPEAKERS, UP_WITHIN, "both clients")
    server = turn.env("a")["PULSE_SERVER"]
    turn.wait_until(lambda: capturing(server, programs["a"].pid, "mic_a.monitor"), UP_WITHIN, "the microphone")
    turn.wait_until(lambda: playing(server, programs["b"].pid, "spk_b"), UP_WITHIN, "the loudspeaker")
    before, began = datagrams_received(), time.monotonic()
    yield
    rate = (datagrams_received() - before) / (time.monotonic() - began)
    _check_transport(chosen, port, [program.pid for program in programs.values()], rate)


def _check_transport(chosen: Variant, port: int, pids: list[int], rate: float) -> None:
    """Raise `RuntimeError` unless the voice went as it was to go.

    Over TCP: no client has a socket for UDP to the server. Over UDP: as many datagrams came as must come from two who
    never pause, each once at the server and once at the other client.
    """
    over_udp = [one for pid in pids for one in sockets(pid) if one.protocol == "udp" and one.other_port == port]
    if chosen.transport == "TCP" and over_udp:
        raise RuntimeError(f"Mumble was to use TCP alone, and has {over_udp}")
    due = SPEAKERS * 2 * 100 / chosen.frames_per_packet
    if chosen.transport == "UDP" and rate < ARRIVES_AT_LEAST * due:
        raise RuntimeError(f"{rate:.0f} datagrams a second came where two who talk make {due:.0f}: a pause, or TCP?")
