"""The relay cannot read a call: it has not the code, and what passes through its hands is ciphertext."""

import asyncio
import subprocess
import sys

from relay_house import Connection, house

from voip.io import clock
from voip.pki.certificates import Identity, load_certificate_untrusted, make_csr, new_key
from voip.pki.enrolment import Enrolment
from voip.session.tls import TlsEngine, callee_context, caller_context
from voip.session.tls.events import Established, Received
from voip.wire import signals
from voip.wire.signals import LegJoined

CANARY = b"the canary sings at midnight"


def records(data: bytes) -> list[bytes]:
    """TLS records, apart (RFC 8446 §5.1)."""
    found = []
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        found.append(data[:end])
        data = data[end:]
    return found


async def until(connection: Connection, engine: TlsEngine, kind: type):
    """Carry records between leg and engine until an event of `kind` comes."""
    while True:
        packet = await connection.packet()
        assert packet is not None
        events = engine.receive(packet)
        for record in records(engine.take_output()):
            connection.send(record)
        for event in events:
            if isinstance(event, kind):
                return event


def identity(enrolment: Enrolment, name: str) -> Identity:
    key = new_key()
    request = signals.Enrol(name=name, token=enrolment.invite(name, clock.wall()), csr=make_csr(key, name))
    return Identity(load_certificate_untrusted(enrolment.enrol(request, clock.wall()).certificate), key)


async def test_every_byte_of_a_session_is_seen_and_none_is_readable(tmp_path) -> None:
    seen: list[bytes] = []
    async with house(tmp_path, witness=seen.append) as home:
        alice, _, token, bob, _, other = await home.ringing()
        first, second = await alice.leg(token), await bob.leg(other)
        await first.expect(LegJoined)
        await second.expect(LegJoined)

        ca = home.authority.certificate
        mine, theirs = identity(home.enrolment, "carol"), identity(home.enrolment, "dave")
        caller = TlsEngine(caller_context(mine.certificate, mine.key, ca), clock=clock.monotonic)
        callee = TlsEngine(callee_context(theirs.certificate, theirs.key, ca), clock=clock.monotonic)
        caller.start()
        for record in records(caller.take_output()):
            first.send(record)
        callee.start()
        await asyncio.gather(until(first, caller, Established), until(second, callee, Established))

        caller.send(CANARY)
        for record in records(caller.take_output()):
            first.send(record)
        received = await until(second, callee, Received)
        assert received.data == CANARY

    handled = b"".join(seen)
    assert CANARY not in handled
    assert len(handled) > 2000  # two certificates and an ML-KEM share passed, so it did look
    assert seen[0][5] == 1  # the ClientHello is among them


def test_the_relay_has_not_the_code() -> None:
    program = "import sys, voip.relay; print(*sorted(name for name in sys.modules if name.startswith('voip.')))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "voip.relay.patchbay" in loaded
    assert [name for name in loaded if name.startswith(("voip.media.", "voip.session.keys", "voip.client."))] == []
