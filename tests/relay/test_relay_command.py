"""`glasscall relay` as a real process, and `glasscall invite`."""

import argparse
import asyncio
import contextlib
import io
import os
import re
import signal
import socket
import stat
import sys
from contextlib import asynccontextmanager

import pytest

from voip.cli import invite, relay
from voip.config import PORT
from voip.errors import InviteError, RelayError, StoreError, UsageError
from voip.io import clock
from voip.io.store import RelayStore
from voip.io.stream import connect
from voip.pki.certificates import make_csr, new_key
from voip.pki.checks import check_relay
from voip.pki.invite import parse_invite_untrusted
from voip.session.tls import join_context
from voip.wire import signals

READY = re.compile(
    r"ready glasscall relay '(?P<name>[^']+)' on (?P<host>\S+):(?P<port>\d+), CA sha256 (?P<ca>[0-9a-f]{64})\n"
)


def arguments(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser()
    commands = top.add_subparsers(required=True)
    relay.add(commands)
    invite.add(commands)
    return top.parse_args(words)


@asynccontextmanager
async def process(*words: object):
    """A relay's process and the first line it printed."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "voip.cli", "relay", *map(str, words),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(20):
            line = (await running.stdout.readline()).decode()
        yield running, line
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.communicate()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_one_ready_line_then_a_clean_end(tmp_path, end: signal.Signals) -> None:
    state = tmp_path / "state"
    async with process("--listen", "127.0.0.1:0", "--state", state) as (running, line):
        ready = READY.fullmatch(line)
        assert ready, line
        assert (ready["name"], ready["host"]) == ("127.0.0.1", "127.0.0.1")
        assert RelayStore(state).announced() == ("127.0.0.1", int(ready["port"]))

        url = await asyncio.to_thread(_invite, state, "bob")
        wanted = parse_invite_untrusted(url)
        assert wanted.ca_fingerprint == ready["ca"]
        stream = await connect(
            wanted.host,
            wanted.port,
            join_context(wanted.ca_fingerprint),
            check_peer=lambda certificate: check_relay(certificate, wanted.relay_name, clock.wall()),
        )
        request = signals.Enrol(name="bob", token=wanted.token, csr=make_csr(new_key(), "bob"))
        stream.send_packet(signals.encode(request))
        answer = signals.decode_untrusted(await stream.receive_packet(), signals.join_decoder)
        assert isinstance(answer, signals.Enrolled)
        await stream.close()

        half_open = socket.create_connection((wanted.host, wanted.port))  # never shakes hands; holds nobody up
        running.send_signal(end)
        async with asyncio.timeout(5):
            rest, complaints = await running.communicate()
        assert (rest, running.returncode) == (b"", 0)
        half_open.close()
        assert wanted.token.encode() not in complaints
        assert b"bob has joined" in complaints
        assert b"Traceback" not in complaints
    assert all(stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 for file in (state / "identity").iterdir())


def _invite(state, name: str) -> str:
    """What `glasscall invite` prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert invite.run(arguments("invite", name, "--state", str(state))) == 0
    return printed.getvalue()


async def test_the_name_stays_when_the_address_changes(tmp_path) -> None:
    async with process("--listen", "127.0.0.1:0", "--state", tmp_path, "--name", "relay.test") as (_, line):
        assert READY.fullmatch(line)["name"] == "relay.test"
        ca = READY.fullmatch(line)["ca"]
    async with process("--listen", "[::1]:0", "--state", tmp_path, "--tls", "1.2") as (running, line):
        again = READY.fullmatch(line)
        if again is None and b"cannot-listen" in await running.stderr.read():
            pytest.skip("this machine has no IPv6")
        assert (again["name"], again["host"], again["ca"]) == ("relay.test", "[::1]", ca)
        running.terminate()
        _, complaints = await running.communicate()
        assert b"WARNING: TLS 1.2" in complaints
    async with process("--listen", "127.0.0.1:0", "--state", tmp_path, "--name", "other.test") as (running, line):
        assert line == ""
        complaint = (await running.stderr.read()).decode()
        assert complaint.startswith("glasscall: ")
        assert "belongs to the relay relay.test" in complaint
        assert "Traceback" not in complaint
        assert await running.wait() == 1


def test_a_signal_ends_it_with_status_0(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    """In this process: what is printed last, before it waits, sends the signal."""
    state = RelayStore(tmp_path)

    class Printed(io.StringIO):
        def flush(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    with contextlib.redirect_stdout(Printed()) as printed:
        assert relay.run(arguments("relay", "--listen", "0.0.0.0:0", "--state", str(tmp_path), "--tls", "1.2")) == 0
    ready = READY.fullmatch(printed.getvalue())
    assert ready
    assert state.announced() == (state.name, int(ready["port"]))
    assert "WARNING" in capsys.readouterr().err


def test_port_in_use(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RelayError) as caught:
            relay.run(arguments("relay", "--listen", f"127.0.0.1:{port}", "--state", str(tmp_path)))
    assert caught.value.code == "port-in-use"
    assert str(port) in caught.value.sentence


def test_state_not_writable(tmp_path) -> None:
    """A file stands where the folder should be: refused to everybody, also to root."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        relay.run(arguments("relay", "--listen", "127.0.0.1:0", "--state", str(tmp_path / "file" / "state")))
    assert str(tmp_path) in caught.value.sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_state_without_permission(tmp_path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError) as caught:
        relay.run(arguments("relay", "--listen", "127.0.0.1:0", "--state", str(tmp_path / "state")))
    assert caught.value.code == "not-writable"


@pytest.mark.parametrize("text", ["", "7443", "host:", "host:x", "host:65536", "ho st:1", "host:-1", "host:²", "::1"])
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="--listen"):
        relay.split_address(text, "--listen")


def test_addresses() -> None:
    assert relay.split_address("Relay.Example:1", "--listen") == ("relay.example", 1)
    assert relay.split_address("[::1]:0", "--listen") == ("::1", 0)
    assert arguments("relay").listen == f"0.0.0.0:{PORT}"


def test_the_name_of_a_relay_on_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Box.example")
    assert relay._own_name("0.0.0.0") == "box.example"
    assert relay._own_name("10.0.0.1") == "10.0.0.1"
    monkeypatch.setattr(socket, "gethostname", lambda: "my_box")
    with pytest.raises(UsageError, match="--name"):
        relay._own_name("::")


def test_invites(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StoreError) as caught:
        invite.run(arguments("invite", "bob", "--state", str(tmp_path)))
    assert caught.value.code == "not-a-relay"
    store = RelayStore(tmp_path)
    store.open("relay.test", clock.wall())
    with pytest.raises(UsageError, match="--address"):
        invite.run(arguments("invite", "bob", "--state", str(tmp_path)))
    for days in ("0", "366"):
        with pytest.raises(UsageError, match="--days"):
            invite.run(arguments("invite", "bob", "--state", str(tmp_path), "--days", days))
    with pytest.raises(InviteError) as refused:
        invite.run(arguments("invite", "Bob!", "--state", str(tmp_path), "--address", "host:1"))
    assert refused.value.code == "name-bad"
    capsys.readouterr()
    assert invite.run(arguments("invite", "bob", "--state", str(tmp_path), "--address", "[::1]:99")) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    assert printed.err == ""
    wanted = parse_invite_untrusted(printed.out)
    assert (wanted.name, wanted.host, wanted.port, wanted.relay_name) == ("bob", "::1", 99, "relay.test")


def test_a_qr_code_on_a_terminal(tmp_path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    store = RelayStore(tmp_path)
    store.open("relay.test", clock.wall())
    store.announce("relay.test", PORT)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert invite.run(arguments("invite", "bob", "--state", str(tmp_path))) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("glasscall://bob@relay.test:7443/?")
    assert printed.err.count("\n") > 20
