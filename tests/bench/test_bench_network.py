"""The rig of broken networks: its arithmetic and verdicts; and, where networks can be made, the networks themselves."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from network import audit, faulted, namespaces, trial
from network.faults import Faults, ruleset
from network.line import Way
from network.lossy import Run, rows
from network.place import Place
from network.trace import PACKET, RECEIVED, SENT, Trace, delays, first_arrivals, packets

BLACKHOLE, KILLED = faulted.FAULTS["blackhole"], faulted.FAULTS["killed"]
GOOD = trial.Outcome("blackhole", 0, "alice", 1, gap=0.3, back=0.2, left=0.3, udp=1.0)


# ── lines, names, rules ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_keeps_time_and_order() -> None:
    way = Way(0, 0, 0.03, 0.02, "seed")
    for number in range(100):
        way.take(bytes([number]), 1.0 + number * 0.001)
    assert way.give(1.02) == []
    assert way.due is not None
    assert 1.03 <= way.due <= 1.05
    out = [packet[0] for moment in np.arange(1.03, 1.2, 0.001) for packet in way.give(moment)]
    assert out == list(range(100))
    assert way.carried == 100
    assert way.due is None


def test_a_line_is_the_same_for_the_same_seed() -> None:
    def dues(seed: str) -> list[float | None]:
        way, found = Way(0, 0, 0.0, 1.0, seed), []
        for _ in range(5):
            way.take(b"x", 0.0)
            found.append(way.due)
            way.give(9.0)
        return found

    assert dues("a") == dues("a") != dues("b")


def test_a_line_that_is_full_loses_what_comes(monkeypatch) -> None:
    monkeypatch.setattr("network.line.WAITING_MAX", 2)
    way = Way(0, 0, 1.0, 0.0, "")
    for _ in range(3):
        way.take(b"x", 0.0)
    assert (way.lost, len(way.give(1.0))) == (1, 2)


def test_namespaces_tell_whose_they_are() -> None:
    assert namespaces.names("glasscall-12-1-bob (id: 0)\nother\n\n") == ["glasscall-12-1-bob", "other"]
    assert namespaces.owner("glasscall-12-1-bob") == 12
    assert namespaces.owner("other-12-1-bob") is None
    assert namespaces.owner("glasscall-x-1-bob") is None


def test_rules_replace_all_rules_at_once() -> None:
    lines = ruleset(['iifname "alice" drop']).splitlines()
    assert lines[:3] == ["add table inet faults", "delete table inet faults", "table inet faults {"]
    assert 'iifname "alice" drop' in lines


# ── what phones told ───────────────────────────────────────────────────────────────────────────────────────────────


def told(tmp_path, *entries: dict) -> Trace:
    path = tmp_path / f"trace-{len(list(tmp_path.iterdir()))}"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return Trace(path)


def test_a_trace_is_read_as_it_grows(tmp_path) -> None:
    path = tmp_path / "trace"
    trace = Trace(path)
    assert trace.seen == []
    assert trace.phase == ""
    path.write_text('{"at": 1, "is": "CallChanged", "phase": "talking"}\n{"at": 2, "is": "Call')
    assert trace.phase == "talking"
    with path.open("a") as more:
        more.write('Changed", "phase": "ended"}\n')
    assert trace.phase == "ended"
    assert len(trace.since(1.5, "CallChanged")) == 1


def test_the_way_of_each_direction_is_the_last_that_was_told(tmp_path) -> None:
    talking = {"at": 0, "is": "CallChanged", "phase": "talking"}

    def changed(path: str, direction: str) -> dict:
        return {"at": 1, "is": "PathChanged", "path": path, "direction": direction}

    assert trial.ways(told(tmp_path, talking)) == {}
    assert trial.ways(told(tmp_path, talking, changed("tls", "both"))) == {"out": "tls", "in": "tls"}
    trace = told(tmp_path, talking, changed("tls", "both"), changed("udp", "both"), changed("tls", "out"))
    assert trial.ways(trace) == {"out": "tls", "in": "udp"}
    assert trial.ways(told(tmp_path, changed("udp", "both"), talking)) == {}


def written(path, *told_packets: tuple[float, int, int]) -> np.ndarray:
    path.write_bytes(b"".join(PACKET.pack(at, b"\0\0\0\7", (number & 0xFFFF).to_bytes(2, "big"), kind)
                              for at, number, kind in told_packets) + b"half")  # fmt: skip
    return packets(path)


def test_packets_are_matched_across_the_wrap_and_twins_do_not_count(tmp_path) -> None:
    numbers = range(65_530, 65_545)
    sent = written(tmp_path / "a", *((number / 100, number, SENT) for number in numbers))
    came = [(number / 100 + 0.03, number, RECEIVED) for number in numbers if number != 65_540]
    twins = [(number / 100 + 0.2, number, RECEIVED) for number in numbers]
    received = written(tmp_path / "b", *sorted(came + twins))
    at, late = delays(sent, received)
    assert len(at) == len(numbers)
    assert late[10] == pytest.approx(0.2)  # the one whose twin alone came
    assert np.delete(late, 10) == pytest.approx(0.03)
    assert len(first_arrivals(received)) == len(numbers)


def test_a_packet_that_never_came_is_late_for_ever(tmp_path) -> None:
    sent = written(tmp_path / "a", (1.0, 5, SENT), (1.01, 6, SENT), (1.02, 7, SENT))
    received = written(tmp_path / "b", (1.05, 7, RECEIVED), (1.06, 6, RECEIVED))
    _, late = delays(sent, received)
    assert late.tolist() == [np.inf, pytest.approx(0.05), pytest.approx(0.03)]
    _, none = delays(sent, received[:0])
    assert np.isinf(none).all()


# ── verdicts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_keeps_all_targets_misses_nothing() -> None:
    assert trial.judge(BLACKHOLE, GOOD).missed == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gap": 0.51}, "nothing was heard for 0.51 s"),
        ({"udp": 5.01}, "UDP was back after 5.01 s"),
        ({"udp": None}, "UDP did not come back"),
        ({"ended": "alice: lost"}, "the call ended: alice: lost"),
        ({"stuck": "bob"}, "stuck: bob"),
    ],
)
def test_each_target_can_be_missed(change: dict, said: str) -> None:
    assert said in trial.judge(BLACKHOLE, replace(GOOD, **change)).missed


def test_sound_must_be_back_where_that_is_asked_for() -> None:
    assert trial.judge(KILLED, replace(GOOD, gap=9.0, back=2.0, udp=None)).missed == ""
    assert trial.judge(KILLED, replace(GOOD, back=2.01)).missed == "sound was back after 2.01 s"
    assert trial.judge(KILLED, replace(GOOD, back=None)).missed == "sound did not come back"


def series(*outcomes: trial.Outcome, trials: int = 2, wrong: tuple[str, ...] = ()) -> faulted.Series:
    return faulted.Series(BLACKHOLE, trials, list(outcomes), list(wrong))


def test_a_row_is_met_when_every_single_trial_is() -> None:
    assert faulted.row(series(GOOD, GOOD)).met is True
    assert faulted.row(series(GOOD)).met is False  # one was never made
    assert faulted.row(series(GOOD, replace(GOOD, missed="x"))).met is False
    assert faulted.row(series(GOOD, GOOD, wrong=("bob still talking",))).met is False


def test_a_row_tells_what_was_missed_and_how_often() -> None:
    missed = [replace(GOOD, missed=f"nothing was heard for 0.{number} s", udp=None) for number in (61, 72)]
    figures = faulted.row(series(*missed)).figures
    assert figures["met"] == "0 of 2"
    assert figures["missed"] == "2 × nothing was heard for #.## s"
    assert figures["on UDP again after s"] == "never"
    assert figures["gap s"] == "p50 0.30, p95 0.30, most 0.30"


def test_lateness_is_judged_by_the_worse_direction_and_shown_against_one_lane() -> None:
    run = Run(0.02, "all", "alice → bob", 1000, late=0.001, lost=0.0, p50=0.03, p99=0.05, line_late=1.0)
    back = replace(run, direction="bob → alice", late=0.002)
    alone = replace(run, lanes="one", late=0.01)
    met, against = rows([run, back, alone])
    assert (met.met, met.ratio, met.against) == (True, 0.2, "one lane")
    assert against.met is None
    assert rows([run, replace(back, late=0.0021), alone])[0].met is False


# ── what strangers' tools say ──────────────────────────────────────────────────────────────────────────────────────


def finding(name: str, severity: str, said: str = "") -> dict[str, str]:
    return {"id": name, "severity": severity, "finding": said}


def test_what_is_loud_and_not_expected_is_unexpected() -> None:
    calm = [finding("TLS1_3", "OK"), finding("cert_trust", "INFO"), finding("engine_problem", "WARN")]
    expected = [finding(name, "HIGH") for name in audit.EXPECTED]
    assert audit.unexpected([*calm, *expected, finding("overall_grade", "OK", "A+")]) == []
    assert len(audit.unexpected([finding("TLS1", "LOW"), finding("BEAST", "MEDIUM")])) == 2
    assert audit.unexpected([finding("grade_cap_reason_1", "INFO", "grade capped")])
    assert audit.unexpected([finding("overall_grade", "OK", "B")])


def test_findings_in_which_nothing_was_looked_at_are_no_success() -> None:
    assert audit.testssl_row([finding("TLS1_3", "OK")]).met is True
    assert audit.testssl_row([]).met is False


def test_what_does_not_comply_is_read() -> None:
    said = """
 COMPLIANCE AGAINST TLS CONFIGURATION
 ------------------------------------

    Checking results against Mozilla's "modern" configuration. See …

    127.0.0.1:1: FAILED - Not compliant.
        * tls_curves: TLS curves {'X448'} are supported, but should be rejected.
"""
    assert audit.shortcomings(said) == ["tls_curves: TLS curves {'X448'} are supported, but should be rejected."]
    with pytest.raises(RuntimeError):
        audit.shortcomings("something else")


def scan(**changes: object) -> dict:
    def one(result: object, status: str = "COMPLETED") -> dict:
        return {"status": status, "result": result}

    suites = [{"cipher_suite": {"name": "TLS_AES_256_GCM_SHA384"}}]
    curves = {"supported_curves": [{"name": "X25519"}, {"name": "secp256r1"}]}
    found = {
        "tls_1_2_cipher_suites": one({"accepted_cipher_suites": []}),
        "tls_1_3_cipher_suites": one({"accepted_cipher_suites": suites}),
        "elliptic_curves": one(curves),
    }
    return {"scan_result": found | {name: one(value) for name, value in changes.items()}}


def test_what_was_accepted_must_be_on_the_lists() -> None:
    assert all(row.met for row in audit.accepted_rows([], scan()))
    old = scan(tls_1_2_cipher_suites={"accepted_cipher_suites": [{"cipher_suite": {"name": "TLS_RSA_WITH_NULL_MD5"}}]})
    assert [row.met for row in audit.accepted_rows([], old)] == [False, False, True]
    other = [finding("PFS_ECDHE_curves", "OK", "prime256v1 X448")]
    assert [row.met for row in audit.accepted_rows(other, scan())] == [True, True, False]
    assert not any(row.met for row in audit.accepted_rows([], {"scan_result": {"elliptic_curves": {"result": None}}}))


# ── the networks themselves ────────────────────────────────────────────────────────────────────────────────────────

WHY_NOT = namespaces.missing()
networks = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "there are networks")
ECHO = """
import socket, sys
kind = socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM
peer = socket.socket(socket.AF_INET, kind)
peer.settimeout(float(sys.argv[3]))
peer.connect((sys.argv[2], 7000))
peer.send(b"?")
peer.recv(1)
"""
SERVE = """
import selectors, socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("0.0.0.0", 7000))
tcp = socket.create_server(("0.0.0.0", 7000))
print("ready", flush=True)
chosen = selectors.DefaultSelector()
chosen.register(udp, 1)
chosen.register(tcp, 1)
while True:
    for key, _ in chosen.select():
        if key.fileobj is udp:
            data, who = udp.recvfrom(9)
            udp.sendto(data, who)
        else:
            peer = tcp.accept()[0]
            peer.send(peer.recv(9))
            peer.close()
"""


class Echoes:
    """A place in which the relay's machine sends back what it gets."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._server = subprocess.Popen(
            place.inside("relay", [sys.executable, "-c", SERVE]), stdout=subprocess.PIPE, text=True
        )
        assert self._server.stdout.readline() == "ready\n"

    def reach(self, who: str, kind: str, within: float = 5.0) -> bool:
        """Whether it comes back to `who`."""
        command = [sys.executable, "-c", ECHO, kind, self.place.address("relay"), str(within)]
        return subprocess.run(self.place.inside(who, command), capture_output=True, check=False).returncode == 0

    def close(self) -> None:
        self._server.kill()
        self._server.communicate()


@pytest.fixture
def echoes():
    with Place({"bob": 0.01}) as place:
        made = Echoes(place)
        yield made
        made.close()


@networks
def test_udp_is_swallowed_and_tcp_is_not_and_only_meanwhile(echoes: Echoes) -> None:
    assert echoes.reach("alice", "udp")
    for way in ("both", "from", "to"):
        with echoes.place.faults.blackhole("alice", way):
            assert not echoes.reach("alice", "udp", within=0.3)
            assert echoes.reach("alice", "tcp")
            assert echoes.reach("bob", "udp")
    assert echoes.reach("alice", "udp")


@networks
def test_nearly_everything_can_be_lost(echoes: Echoes) -> None:
    with echoes.place.faults.loss("alice", 0.999):
        assert not echoes.reach("alice", "udp", within=0.2)
    assert echoes.reach("alice", "udp")


@networks
def test_a_machine_gets_another_address(echoes: Echoes) -> None:
    before = echoes.place.address("alice")
    echoes.place.unplug("alice")
    assert not echoes.reach("alice", "udp", within=0.2)
    assert echoes.place.renumber("alice") != before
    assert echoes.reach("alice", "udp")
    echoes.place.unplug("bob")
    echoes.place.renumber("bob")
    assert echoes.reach("bob", "tcp")


@networks
def test_nothing_is_left_whatever_happens() -> None:
    before = set(namespaces.names(namespaces.run("ip", "netns", "list")))
    with pytest.raises(ZeroDivisionError), Place() as place:
        Faults(place._at["router"])
        _ = 1 / 0
    assert set(namespaces.names(namespaces.run("ip", "netns", "list"))) <= before


@networks
def test_what_a_killed_run_left_is_cleared_and_what_another_uses_is_not() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    left = f"{namespaces.PREFIX}-{gone.pid}-1-alice"
    namespaces.run("ip", "netns", "add", left)
    with namespaces.Namespaces() as spaces, subprocess.Popen(namespaces.inside(left, ["sleep", "60"])) as sleeper:
        mine = spaces.add("mine")
        assert left in namespaces.clear()
        assert mine in namespaces.names(namespaces.run("ip", "netns", "list"))
        assert sleeper.wait(5) != 0


def test_what_is_missing_is_a_sentence(monkeypatch) -> None:
    monkeypatch.setattr("network.namespaces.shutil.which", lambda program: None if program == "nft" else program)
    assert namespaces.missing().startswith("Not installed: nft (")
    monkeypatch.setattr("network.namespaces.shutil.which", lambda program: program)
    monkeypatch.setattr("network.namespaces.os.geteuid", lambda: 1000)
    assert "root" in namespaces.missing()
