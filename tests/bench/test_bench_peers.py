"""The table beside others, and how peers are set up; no peer is needed."""

import configparser
import functools
import math
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import call_latency
import pytest
import run as bench
from call_latency import Contestant, rounds
from peers import baresip, mumble
from peers.ports import free_ports
from peers.run import limits, table
from standing import Standing

OURS = {
    "closest": Standing("Glasscall, closest", ((40.0, 41.0),) * 3),
    "balanced": Standing("Glasscall, balanced", ((55.0, 56.0),) * 3),
}
OTHERS = [Standing("baresip", ((148.0,),) * 3), Standing("Mumble", ((71.0,),) * 3)]
GROUND = [Standing("floor", ((23.0,),) * 3)]


def test_ratios_are_to_the_best_peer_and_our_rows_alone_are_judged() -> None:
    found = table(OURS, OTHERS, GROUND, "how", judged=True)
    assert not found.failed
    assert [(row.what, row.ratio, row.against, row.met) for row in found.rows] == [
        ("Glasscall, closest", round(40.5 / 71, 3), "Mumble", True),
        ("Glasscall, balanced", round(55.5 / 71, 3), "Mumble", True),
        ("Mumble", 1.0, "Mumble", None),
        ("baresip", round(148 / 71, 3), "Mumble", None),
        ("floor", round(23 / 71, 3), "Mumble", None),
    ]


def test_a_better_peer_makes_the_same_figures_a_miss() -> None:
    quicker = Standing("a quicker one", ((69.0,),) * 3)
    found = {row.what: row for row in table(OURS, [*OTHERS, quicker], GROUND, "how", judged=True).rows}
    assert found["Glasscall, balanced"].met is False
    assert found["Glasscall, balanced"].figures["fell short by"] == "0.80 × a quicker one"
    assert found["Glasscall, closest"].met is True, "a share is asked of balanced alone"


def test_a_peer_that_was_never_heard_makes_the_table_a_failure() -> None:
    found = table(OURS, [*OTHERS, Standing("mute", (), ("no",))], GROUND, "how", judged=True)
    assert found.failed
    assert found.rows[-2].what == "mute"


def test_one_quick_turn_is_not_judged() -> None:
    assert all(row.met is None for row in table(OURS, OTHERS, GROUND, "how", judged=False).rows)


def test_the_targets_are_those_that_were_promised() -> None:
    assert (limits("balanced").p50, limits("balanced").p99, limits("balanced").share) == (57, 80, 0.8)
    assert (limits("closest").p50, limits("closest").share) == (42, None)
    assert limits("balanced").turns == limits("closest").turns == 3


def test_peers_are_measured_only_when_they_are_named() -> None:
    assert "peers" not in bench.MEASUREMENTS
    assert bench.ON_DEMAND["peers"] == "peers.run"


class _Cards:
    made = 0

    def __enter__(self) -> Self:
        _Cards.made += 1
        return self

    def __exit__(self, *_: object) -> None: ...


def test_everybody_has_a_turn_in_each_round_and_another_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    broken = iter([True, False, True, True])  # in the first round the second try succeeds, in the second none does

    def take(contestant: Contestant, cards: Any, chirps: int) -> tuple[list[float], float]:
        order.append(contestant.name)
        if contestant.name == "shaky" and next(broken):
            raise RuntimeError("it fell over")
        return [float(chirps)], 50.0

    monkeypatch.setattr(call_latency, "take", take)
    monkeypatch.setattr(call_latency, "VirtualSoundCards", _Cards)
    _Cards.made = 0
    found = rounds([Contestant("steady", _never), Contestant("shaky", _never)], turns=2, chirps=7)
    assert order == ["steady", "shaky", "shaky", "shaky", "shaky", "steady"]
    assert _Cards.made == 2, "sinks of its own for each round, the same for all in it"
    assert found["steady"] == Standing("steady", ((7.0,), (7.0,)), (), (50.0, 50.0))
    assert found["shaky"] == Standing("shaky", ((7.0,),), ("it fell over",), (50.0,))


@contextmanager
def _never(turn: Any) -> Iterator[None]:
    raise AssertionError(turn)
    yield


@contextmanager
def _up(turn: Any) -> Iterator[None]:
    yield


@pytest.mark.parametrize(("heard", "said"), [([math.nan, math.nan], "no chirp was heard"), ([50.0, math.nan], "")])
def test_a_turn_without_a_chirp_has_failed(
    heard: list[float], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(call_latency.mouth_to_ear, "listen", lambda *_, **__: heard)
    cards: Any = SimpleNamespace(dir=tmp_path)
    turn = functools.partial(call_latency.take, Contestant("one/two, three", _up), cards, 2)
    if said:
        with pytest.raises(RuntimeError, match=said):
            turn()
    else:
        found, busy = turn()
        assert found is heard
        assert 0 <= busy <= 100


@pytest.mark.parametrize("variant", mumble.VARIANTS)
def test_mumble_talks_without_a_pause_by_the_transport_of_its_row(variant: str, tmp_path: Path) -> None:
    made = tmp_path / "home"
    turn: Any = SimpleNamespace(home=lambda side: made, env=lambda side: made.mkdir())
    mumble._settle_in(turn, "a", mumble.VARIANTS[variant], 4242, "d1ge57")
    settings = configparser.ConfigParser()
    settings.read(made / ".config/Mumble/Mumble.conf", encoding="utf-8")
    assert settings["audio"]["transmit"] == "0", "continuous"
    assert settings["net"]["tcponly"] == ("true" if variant.endswith("TCP") else "false")
    assert settings["net"]["framesperpacket"] == ("1" if variant.startswith("best") else "2")
    assert settings["pulseaudio"]["input"] == "mic_a.monitor"
    assert (made / "Documents/MumbleAutomaticCertificateBackup.p12").stat().st_size > 1000


def test_mumble_that_pauses_or_falls_back_to_tcp_is_found_out() -> None:
    udp = mumble.VARIANTS["best settings, UDP"]
    mumble._check_transport(udp, 1, [], rate=395.0)
    with pytest.raises(RuntimeError, match="40 datagrams a second came where two who talk make 400"):
        mumble._check_transport(udp, 1, [], rate=40.0)


def test_mumble_that_uses_udp_where_it_must_not_is_found_out() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as voice,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as at,
    ):
        at.bind(("127.0.0.1", 0))
        voice.connect(at.getsockname())
        tcp = mumble.VARIANTS["defaults, TCP"]
        mumble._check_transport(tcp, at.getsockname()[1] ^ 1, [os.getpid()], rate=0.0)
        with pytest.raises(RuntimeError, match="TCP alone"):
            mumble._check_transport(tcp, at.getsockname()[1], [os.getpid()], rate=0.0)


def test_baresip_listens_on_the_loopback_with_the_buffers_of_its_row() -> None:
    said = baresip.configuration(baresip.VARIANTS["tuned"], 5070, "/modules")
    lines = dict(line.split(" ", 1) for line in said.splitlines() if not line.startswith("module "))
    assert lines["sip_listen"] == "127.0.0.1:5070"
    assert lines["net_interface"] == "127.0.0.1"
    assert (lines["audio_buffer"], lines["jitter_buffer_delay"]) == ("20-40", "1-5")
    assert "module opus.so" in said.splitlines()


def test_free_ports_are_free_and_in_a_row() -> None:
    first = free_ports(2)
    for port in (first, first + 1):
        with socket.create_server(("127.0.0.1", port)):
            pass
