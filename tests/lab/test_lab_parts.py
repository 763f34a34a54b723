"""The lab's tools: the door that opens to this machine only, the proxy, the hellos, the stolen keys."""

import ast
import asyncio
from pathlib import Path

import pytest

import voip.lab
from voip.config import Limits
from voip.errors import LocalError, UsageError
from voip.io.store import RelayStore
from voip.lab.handshake_keys import StolenKeys, stolen
from voip.lab.hellos import ALPN, CLIENT_HELLO, KEY_SHARE, SUPPORTED_GROUPS, X25519MLKEM768, read_hello
from voip.lab.hostile import HostileRelay
from voip.lab.loopback import dial, listen, require_loopback
from voip.lab.mallory import between
from voip.lab.observing import tell
from voip.lab.scene import RELAY, scene
from voip.session.tls import TlsEngine, join_context
from voip.session.tls.events import Alert
from voip.wire.tls_records import RecordReader, WireRecord

ELSEWHERE = [
    "192.0.2.1",
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "fe80::1",
    "localhost",
    "example.org",
    "",
    "127.0.0.1.example.org",
]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_this_machine_is_let_through(host: str) -> None:
    assert require_loopback(host) == host


@pytest.mark.parametrize("host", ELSEWHERE)
async def test_nothing_else_is(host: str) -> None:
    with pytest.raises(UsageError, match="nothing but this machine"):
        require_loopback(host)
    with pytest.raises(UsageError):
        await dial(host, 9)
    with pytest.raises(UsageError):
        await listen(lambda _reader, _writer: asyncio.sleep(0), host)


async def test_neither_relay_nor_phone_nor_mallory_gets_out(tmp_path: Path) -> None:
    class Far:
        address = ("192.0.2.1", 7443)

    async with scene(tmp_path) as place:
        with pytest.raises(UsageError):
            await place.enrol("alice", via=Far())
        member = await place.enrol("bob")
        account = tmp_path / "bob" / "identity" / "account.json"
        account.write_text(account.read_text().replace("127.0.0.1", "192.0.2.1"))
        with pytest.raises(UsageError):
            place.start(member)
    with pytest.raises(UsageError):
        async with between(("192.0.2.1", 7443)):
            pass


def test_only_one_file_of_the_lab_opens_sockets_and_every_relay_is_led_past_it() -> None:
    folder = Path(voip.lab.__file__).parent
    openers = {"open_connection", "start_server", "create_server", "create_connection", "socket"}
    found, guarded = set(), 0
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in openers:
                found.add(file.name)
            # What opens sockets elsewhere in the house is given a host that has passed the door.
            if name == "connect" or (name == "start" and len(node.args) == 2):
                guarded += 1
                first = node.args[0]
                assert isinstance(first, ast.Call), f"{file.name}:{node.lineno}"
                assert isinstance(first.func, ast.Name)
                assert first.func.id == "require_loopback"
    assert found == {"loopback.py"}
    assert guarded >= 3


async def test_mallory_lets_go_when_the_relay_is_gone(tmp_path: Path) -> None:
    async with scene(tmp_path) as place:
        address = place.relay.address
    async with between(address) as mallory:
        reader, writer = await dial(*mallory.address)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


def hello() -> tuple[bytes, WireRecord]:
    """A real ClientHello."""
    engine = TlsEngine(join_context("00" * 32), clock=lambda: 0.0, server_name=RELAY)
    engine.start()
    data = engine.take_output()
    return data, next(iter(RecordReader().feed(data)))


def test_a_hello_taken_apart_and_put_together_is_the_same() -> None:
    data, record = hello()
    assert read_hello(record).record(record.version) == data
    assert read_hello(record).type == CLIENT_HELLO


def test_what_is_struck_out_of_a_hello_is_gone_and_nothing_else() -> None:
    data, record = hello()
    whole = read_hello(record)
    without = whole.without(ALPN)
    assert {one[0] for one in whole.extensions} - {one[0] for one in without.extensions} == {ALPN}
    classical = whole.without_group(X25519MLKEM768)
    name = X25519MLKEM768.to_bytes(2, "big")
    assert name in whole.extension(SUPPORTED_GROUPS)
    assert name not in classical.extension(SUPPORTED_GROUPS)
    assert len(classical.extension(KEY_SHARE)) < len(whole.extension(KEY_SHARE)) - 1000
    assert len(classical.record(0x0301)) < len(data)


def test_stolen_keys_open_what_they_sealed_and_nothing_else() -> None:
    keys = stolen(b"SERVER_HANDSHAKE_TRAFFIC_SECRET " + b"ab" * 32 + b" " + b"cd" * 48)
    assert isinstance(keys, StolenKeys)
    record = next(iter(RecordReader().feed(keys.seal(3, b"inner\x16"))))
    assert keys.open(3, record) == b"inner\x16"
    with pytest.raises(LocalError, match="do not open"):
        keys.open(4, record)
    assert stolen(b"CLIENT_RANDOM 00 00") is None


def test_alerts_are_told_with_their_direction() -> None:
    assert tell(Alert(0, "in", "fatal", "unknown_ca")) == "alert received: unknown_ca"
    assert tell(None) == ""


async def test_a_hostile_relay_that_does_nothing_is_a_relay(tmp_path: Path) -> None:
    def build(store: RelayStore, limits: Limits) -> HostileRelay:
        return HostileRelay(store, limits)

    async with scene(tmp_path, build) as place:
        alice, bob = await place.phone("alice"), await place.phone("bob")
        await place.talk(alice, bob)
        assert isinstance(place.relay, HostileRelay)
        assert [name for name, _ in place.relay.tokens] in (["alice", "bob"], ["bob", "alice"])
