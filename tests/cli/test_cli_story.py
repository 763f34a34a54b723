"""The commands as real processes: a call from the relay's first start to the last word, and what may go wrong."""

import json
import os
import resource
import signal
import socket
import wave
from datetime import timedelta
from pathlib import Path

import pytest
from programs import SPEECH, Program, Village, glasscall, refuses, until, village
from speech import quality

from voip.io import clock
from voip.io.store import RelayStore
from voip.pki.enrolment import Enrolment

LONG_AGO = clock.wall() - timedelta(days=9)
CLEAR = 4.0
"""WB-PESQ. Undisturbed it is 4.5."""
TAKES = 2
"""A machine that is taken away for a moment spoils a call; a defect of ours would show in every one."""
SILENT = ("--input", "none", "--output", "none")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    with village(tmp_path_factory.mktemp("village"), ("alice", "bob")) as built:
        yield built


def talk(place: Village, folder: Path) -> float:
    """One call, checked; how well bob heard alice (WB-PESQ)."""
    folder.mkdir()
    heard, said = folder / "bob-heard.wav", folder / "alice-said.wav"
    bob = place.start("answer", "--once", "--home", place.home("bob"), "--input", "none", "--output", str(heard),
                      "--json", str(folder / "bob.json"))  # fmt: skip
    bob.says("ready ")
    alice = glasscall("call", "bob", "--home", place.home("alice"), "--input", str(SPEECH / "alice.wav"),
                      "--output", "none", "--said", str(said), "--seconds", "6",
                      "--json", str(folder / "alice.json"))  # fmt: skip
    assert alice.status == 0, alice.err
    assert bob.ends() == 0
    reports = [json.loads((folder / f"{name}.json").read_text()) for name in ("alice", "bob")]
    assert reports[0]["session"]["words"] == reports[1]["session"]["words"]
    assert " ".join(reports[0]["session"]["words"]) in alice.err
    assert [report["ended"] for report in reports] == ["hung-up", "hung-up"]
    return quality(said, heard)[0]


def test_two_phones_talk(place: Village, tmp_path: Path, uncounted: None) -> None:
    scores: list[float] = []
    while max(scores, default=0.0) < CLEAR and len(scores) < TAKES:
        scores.append(talk(place, tmp_path / f"take{len(scores)}"))
    assert max(scores) >= CLEAR, scores


# ── invites ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_invite_is_good_once(place: Village, tmp_path: Path) -> None:
    url = place.invite("carol")
    assert glasscall("join", url, "--home", str(tmp_path / "one")).status == 0
    refuses(glasscall("join", url, "--home", str(tmp_path / "two")), 1, "used")
    assert not (tmp_path / "two" / "identity").exists(), "a refused join leaves nothing behind"


def test_an_invite_expires(place: Village, tmp_path: Path) -> None:
    store = RelayStore(Path(place.state))
    identity = store.load()
    token = Enrolment(identity.authority, "relay.test", store).invite("dora", LONG_AGO)
    url = place.invite("erik")
    old = url.replace("erik@", "dora@").rpartition("token=")[0] + f"token={token}"
    refuses(glasscall("join", old, "--home", str(tmp_path)), 1, "expired")


def test_a_wrong_ca_fingerprint_is_told(place: Village, tmp_path: Path) -> None:
    url = place.invite("frida")
    before, _, after = url.partition("ca=")
    wrong = f"{before}ca={'0' * 64}{after[64:]}"
    refuses(glasscall("join", wrong, "--home", str(tmp_path)), 1, "CA", "invite")


def test_a_wrong_relay_name_is_told(place: Village, tmp_path: Path) -> None:
    url = place.invite("gerd").replace("relay=relay.test", "relay=other.test")
    refuses(glasscall("join", url, "--home", str(tmp_path)), 1, "other.test", "relay.test")


def test_names_that_are_taken_or_odd(place: Village) -> None:
    refuses(glasscall("invite", "alice", "--state", place.state), 1, "alice", "taken")
    for name in ("Alice", "a b", "../x", "é", "-x", "x" * 33, ""):
        program = glasscall("invite", "--state", place.state, "--", name)
        refuses(program, program.status, "letter")
        assert program.status in {1, 2}


def test_one_home_is_one_person(place: Village) -> None:
    refuses(glasscall("join", place.invite("hans"), "--home", place.home("alice")), 1, place.home("alice"))


@pytest.mark.parametrize(
    "text", ["", "hello", "glasscall://", "https://example.org", "glasscall://bob@host:99999/?x=1"]
)
def test_what_is_no_invite(text: str, tmp_path: Path) -> None:
    program = glasscall("join", "--home", str(tmp_path), "--", text)
    refuses(program, program.status)
    assert program.status in {1, 2}


# ── calls that do not come to be ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "words"), [("bob", ("bob", "not there")), ("nobody", ("nobody", "not there")), ("alice", ("own name",))]
)
def test_calls_that_cannot_be(place: Village, name: str, words: tuple[str, ...]) -> None:
    refuses_last(glasscall("call", name, "--home", place.home("alice"), *SILENT), 1, *words)


def refuses_last(program: Program, status: int, *words: str) -> None:
    """As `refuses`, but earlier lines told how the call went."""
    said = " ".join(program.err.split()).rpartition("glasscall: ")[2]
    assert program.status == status, program.err
    for word in words:
        assert word in said, program.err


def test_without_an_account(tmp_path: Path) -> None:
    for command in (["call", "bob"], ["answer"]):
        refuses(glasscall(*command, "--home", str(tmp_path), *SILENT), 1, "join")


def test_a_relay_that_is_not_there(tmp_path: Path) -> None:
    with village(tmp_path, ("alice",)) as short:
        pass
    refuses_last(glasscall("call", "bob", "--home", short.home("alice"), *SILENT), 1, "Is the relay running")


def test_usage(tmp_path: Path) -> None:
    for arguments in (
        [],
        ["fly"],
        ["call"],
        ["call", "bob", "--tls", "1.1"],
        ["call", "bob", "--seconds", "-1"],
        ["relay", "--listen", "nonsense"],
        ["inspect", str(tmp_path / "missing.pcapng")],
        ["demo", "--seconds", "0"],
    ):
        refuses(glasscall(*arguments), 2)


def test_help_says_what_there_is() -> None:
    program = glasscall("--help")
    assert program.status == 0
    for command in ("relay", "invite", "join", "phone", "answer", "call", "demo", "inspect", "forget"):
        assert f"\n    {command} " in program.out
        assert glasscall(command, "--help").status == 0


# ── the relay ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_port_in_use(place: Village, tmp_path: Path) -> None:
    program = glasscall("relay", "--listen", f"127.0.0.1:{place.port}", "--state", str(tmp_path), "--name", "x.test")
    refuses(program, 1, str(place.port), "in use")


def test_a_state_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    program = glasscall(
        "relay", "--listen", "127.0.0.1:0", "--state", str(tmp_path / "file" / "state"), "--name", "x.test"
    )
    refuses(program, 1, str(tmp_path / "file"))


# ── sound ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def deaf(tmp_path: Path) -> dict[str, str]:
    """An environment without any sound device."""
    return {"PULSE_SERVER": "unix:/nowhere", "XDG_RUNTIME_DIR": str(tmp_path)}


def test_without_a_sound_card_the_call_goes_on_silently(place: Village, tmp_path: Path, deaf: dict[str, str]) -> None:
    place.answer("bob")
    alice = glasscall("call", "bob", "--home", place.home("alice"), "--seconds", "1", env=deaf)
    assert alice.status == 0, alice.err
    assert "microphone" in alice.err or "loudspeaker" in alice.err
    report = tmp_path / "alice.json"
    by_file = glasscall("call", "bob", "--home", place.home("alice"), *SILENT, "--seconds", "1", "--json", str(report))
    assert by_file.status == 0, by_file.err


def test_a_device_that_is_not_there(place: Village, deaf: dict[str, str]) -> None:
    place.answer("bob")
    alice = glasscall("call", "bob", "--home", place.home("alice"), "--input", "Fancy Microphone 9", "--output", "none",
                      "--seconds", "1", env=deaf)  # fmt: skip
    assert "microphone" in alice.err


def test_a_full_disk_costs_the_recording_and_not_the_call(place: Village, tmp_path: Path) -> None:
    place.answer("bob", "--input", str(SPEECH / "bob.wav"), "--output", "none")
    heard = tmp_path / "heard.wav"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        alice = Program("call", "bob", "--home", place.home("alice"), "--input", "none", "--output", str(heard),
                        "--seconds", "4")  # fmt: skip
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert alice.ends() == 0, alice.err
    assert str(heard) in alice.err
    with wave.open(str(heard)) as wav:
        assert 40_000 < wav.getnframes() <= 50_000


# ── Ctrl-C at any moment ─────────────────────────────────────────────────────────────────────────────────────────


def test_ctrl_c_while_connecting(tmp_path: Path) -> None:
    with village(tmp_path, ("alice",)) as short:
        pass
    with socket.socket() as deaf:  # takes the connection and says nothing
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        deaf.bind(("127.0.0.1", short.port))
        deaf.listen()
        alice = Program("call", "bob", "--home", short.home("alice"), *SILENT)
        deaf.settimeout(20)
        connection, _ = deaf.accept()
        alice.interrupt()
        assert alice.ends(5) == 130
        connection.close()


def test_ctrl_c_while_it_rings(tmp_path: Path) -> None:
    with village(tmp_path, ("alice", "bob")) as place:
        bob = place.start("phone", "--home", place.home("bob"), *SILENT, env={"QT_QPA_PLATFORM": "offscreen"})
        place.relay.says("bob has come")
        alice = place.start("call", "bob", "--home", place.home("alice"), *SILENT)
        alice.says("bob's phone rings")
        alice.interrupt()
        assert alice.ends(5) == 130
        bob.interrupt()
        assert bob.ends(8) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_talking(place: Village, number: signal.Signals, tmp_path: Path) -> None:
    bob = place.answer("bob")
    report = tmp_path / "alice.json"
    alice = Program("call", "bob", "--home", place.home("alice"), *SILENT, "--json", str(report))
    alice.says("Talking with bob")
    bob.says("Talking with alice")
    alice.interrupt(number)
    assert alice.ends(5) == 130
    assert json.loads(report.read_text())["ended"] == "hung-up"
    bob.says("is over")
    bob.interrupt(number)
    assert bob.ends(5) == 0


def test_ctrl_c_in_the_demo(tmp_path: Path) -> None:
    demo = Program("demo", "--out", str(tmp_path / "out"), "--show", "no", "--seconds", "30")
    demo.says("alice calls bob")
    demo.interrupt()
    assert demo.ends(15) == 130
    until(lambda: not _left_over(tmp_path), 10)


def _left_over(folder: Path) -> list[int]:
    """Processes whose command line still names `folder`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in line:
                found.append(int(entry.name))
    return found


# ── trust ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_forget(place: Village) -> None:
    place.answer("bob")
    assert glasscall("call", "bob", "--home", place.home("alice"), *SILENT, "--seconds", "0.5").status == 0
    known = glasscall("forget", "bob", "--home", place.home("alice"))
    assert known.status == 0
    assert "bob@relay.test" in known.out
    refuses(glasscall("forget", "bob", "--home", place.home("alice")), 2, "bob@relay.test")
