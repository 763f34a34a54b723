"""The load generator: small real runs against a relay process, and against forwarders that err on purpose."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from load import pacer
from load.host import Host, our_relay
from load.pacer import Load, drive
from load.page import gauges, read
from load.people import People, name, prepare
from load.phone import own_address
from load.tally import Tally
from relay.forwarder import forwarder

from voip.errors import StoreError
from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.enrolment import Enrolment

pytestmark = [
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler"),
    pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="a relay and its load need a core each"),
]
CALLS, SECONDS = 2, 1.0
PACKETS = 2 * CALLS * 50
SPARE = 6
"""People beyond those of the calls."""


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    pacer.build()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    return prepare(tmp_path_factory.mktemp("people"), 2 * CALLS + SPARE)


@pytest.fixture(scope="module")
def relay(people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Host, str, int]]:
    with our_relay(people, tmp_path_factory.mktemp("relay") / "relay.log") as place:
        yield place


def everything_came(tally: Tally) -> None:
    figures = tally.figures
    assert figures["sent"] == pytest.approx(PACKETS, abs=2 * CALLS), "at the pace that was asked for"
    assert (figures["got"], tally.loss) == (figures["sent"], 0)
    assert (figures["doubled"], figures["astray"], figures["other_way"], figures["blocked"]) == (0, 0, 0, 0)
    assert 0 < tally.p50 <= tally.p99 <= figures["max_ms"] + 1


@pytest.mark.parametrize("way", ["tls", "udp"])
def test_calls_through_the_relay_get_all_their_packets(relay: tuple[Host, str, int], people: People, way: str) -> None:
    host, *place = relay
    ports: list[int] = []
    tally = drive(host, way, *place, Load(CALLS, SECONDS, people=people), ports.append)
    everything_came(tally)
    assert tally.calls == CALLS
    assert tally.seconds == pytest.approx(SECONDS, abs=0.5)
    assert tally.memory > 10, "a Python process is larger than that"
    assert ports[0] > 0, "the relay names its UDP port to every leg"


def test_rate_and_size_are_as_asked_for(relay: tuple[Host, str, int], people: People) -> None:
    host, *place = relay
    tally = drive(host, "udp", *place, Load(1, SECONDS, rate=100, size=1200, people=people))
    assert tally.figures["got"] == pytest.approx(200, abs=2)
    assert (tally.figures["rate"], tally.figures["size"]) == (100, 1200)


def test_the_relay_s_own_account_agrees(relay: tuple[Host, str, int], people: People) -> None:
    host, *place = relay
    seen = []
    drive(host, "udp", *place, Load(CALLS, SECONDS, people=people), lambda _: seen.append(gauges(*place, people)))
    assert (seen[0]["calls"], seen[0]["online"]) == (CALLS, 2 * CALLS)
    assert seen[0]["tasks"] > 4 * CALLS, "one for each connection at least"


def test_a_receiver_that_stops_reading_is_told_apart(relay: tuple[Host, str, int], people: People) -> None:
    host, *place = relay
    tally = drive(host, "tls", *place, Load(CALLS, 3.0, people=people, slow=(0, 0.5, 1.5)))
    assert tally.loss == 0, "what the slow one did not get is not counted as the others' loss"
    assert tally.figures["sent"] == pytest.approx(3 * 50 * 3, abs=9), "three ends receive as before"
    assert tally.figures["slow_own_bytes"] > 0, "something waited in its socket"
    assert 0 < tally.figures["slow_stale"] <= tally.figures["slow_got"]


def test_the_forwarder_forwards(tmp_path: Path) -> None:
    with forwarder(tmp_path) as (host, *place):
        everything_came(drive(host, "raw", *place, Load(CALLS, SECONDS)))


def test_the_generator_reaches_itself_without_a_relay() -> None:
    everything_came(drive(None, "direct", "127.0.0.1", 1, Load(CALLS, SECONDS)))


Send = Callable[[bytes, tuple[str, int]], None]


@contextmanager
def bad_forwarder(act: Callable[[int, bytes, tuple[str, int], Send], None]) -> Iterator[tuple[str, int]]:
    """As the C forwarder, but what becomes of packet number n is for `act` to say."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def go() -> None:
            number = 0
            while True:
                packet, (host, port) = sock.recvfrom(2048)
                if not packet:
                    return
                act(number, packet, (host, port ^ 1), lambda data, to: sock.sendto(data, to) and None)
                number += 1

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield sock.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", sock.getsockname())
            thread.join()


def drops(number: int, packet: bytes, to: tuple[str, int], send: Send) -> None:
    if number % 10:
        send(packet, to)


def doubles(number: int, packet: bytes, to: tuple[str, int], send: Send) -> None:
    for _ in range(1 + (number % 10 == 0)):
        send(packet, to)


def misleads(number: int, packet: bytes, to: tuple[str, int], send: Send) -> None:
    send(packet, (to[0], to[1] ^ 1) if number % 10 == 0 else to)


@pytest.mark.parametrize(
    ("act", "loss", "doubled", "astray"), [(drops, 10, 0, 0), (doubles, 0, 20, 0), (misleads, 10, 0, 20)]
)
def test_what_a_relay_does_wrongly_is_counted(
    act: Callable[[int, bytes, tuple[str, int], Send], None], loss: float, doubled: int, astray: int
) -> None:
    with bad_forwarder(act) as place:
        tally = drive(None, "raw", *place, Load(CALLS, SECONDS))
    assert tally.loss == pytest.approx(loss, abs=1.5)
    assert tally.figures["doubled"] == pytest.approx(doubled, abs=3)
    assert tally.figures["astray"] == pytest.approx(astray, abs=3)


def test_a_delay_is_measured_as_it_is() -> None:
    timers: list[threading.Timer] = []

    def later(_number: int, packet: bytes, to: tuple[str, int], send: Send) -> None:
        timers.append(threading.Timer(0.1, send, (packet, to)))
        timers[-1].start()

    with bad_forwarder(later) as place:
        tally = drive(None, "raw", *place, Load(1, SECONDS))
        for timer in timers:
            timer.join()
    assert 100 <= tally.p50 < 130


def test_what_keeps_calls_from_standing_is_said(people: People) -> None:
    with pytest.raises(RuntimeError, match="Connection refused"):
        drive(None, "tls", "127.0.0.1", 1, Load(1, SECONDS, people=people))


def test_a_person_whom_the_relay_does_not_know_is_refused(tmp_path: Path) -> None:
    people = prepare(tmp_path / "people", 2)
    (people.state / "accounts/p00001.json").unlink()
    with our_relay(people, tmp_path / "relay.log") as (host, *place), pytest.raises(RuntimeError, match="unknown-acc"):
        drive(host, "tls", *place, Load(1, SECONDS, people=people))


@pytest.mark.parametrize(
    "words", [[], ["tls"], ["no-such", "127.0.0.1", "1", "1", "1"], ["raw", "nowhere", "1", "1", "1"]]
)
def test_wrong_words_are_answered_with_the_usage(words: list[str]) -> None:
    done = subprocess.run([pacer.BUILD / "load", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: load WAY")


# ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_made_once(tmp_path: Path) -> None:
    first = prepare(tmp_path, 2).identity(0).certificate
    again = prepare(tmp_path, 3)
    assert again.identity(0).certificate == first
    enrolment = Enrolment(RelayStore(again.state).load().authority, "relay.bench", RelayStore(again.state))
    assert [enrolment.check(again.identity(i).certificate, clock.wall()) for i in range(3)] == [
        name(i) for i in range(3)
    ]


def test_a_person_whose_making_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    people = prepare(tmp_path, 1)
    (people.identities / "p00000.pem").unlink()
    with pytest.raises(StoreError):
        people.identity(0)
    assert prepare(tmp_path, 1).identity(0).certificate is not None


def test_old_people_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare(tmp_path, 1).identity(0).certificate
    monkeypatch.setattr("load.people.renewal_due", lambda *_: True)
    assert prepare(tmp_path, 1).identity(0).certificate != first


def test_addresses_are_different_ones() -> None:
    found = {own_address(number) for number in range(3000)}
    assert len(found) == 3000
    assert all(0 < int(address.rpartition(".")[2]) < 255 for address in found)


def test_gauges_are_read_from_the_page() -> None:
    text = "# HELP glasscall_calls Calls.\n# TYPE glasscall_calls gauge\nglasscall_calls 3\n"
    counter = "# TYPE glasscall_links_total counter\nglasscall_links_total 9\n"
    assert read(text + counter) == {"calls": 3}


def test_the_command_line_runs(people: People) -> None:
    command = [sys.executable, pacer.__file__, "tls", "1", "--seconds", "1", "--people", str(people.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "CPU s per million packets" in done.stdout
