"""How long a call takes to begin: from `call()` to the ring, to a secure session, and from the pick-up to the voice.

    alice: call() ──→ relay ──→ bob: incoming            invite to ring
                  └── legs, handshake, words ──→ both    invite to secure (while it rings)
    bob: accept() ──→ first authentic voice played       answer to audio, each way

The relay is a process of its own; the two phones share this one, over real sockets, so that one clock times both.
Between two calls: a bare TCP exchange with an echo process, and a full TLS handshake with the same relay.
"""

import asyncio
import contextlib
import gc
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rows import Row, Table, paired, spread
from village import Village, ended, village, wait_until

from voip.client.desk import Equipment, Options
from voip.client.phone import Phone
from voip.client.waiting import wait_for
from voip.io.audio.opening import open_port
from voip.io.store import ClientStore
from voip.io.stream import connect
from voip.journal.observations import CallChanged, Entry, FirstAudio, LinkState, PersonSeen, WordsReady
from voip.journal.summary import last_call
from voip.session.tls import link_context

ECHO = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        with server.accept()[0] as peer:
            peer.sendall(peer.recv(64))
"""
WITHIN = 10.0
TALK = 0.3
"""Seconds of each call, once both have been heard."""
Step = dict[str, float]


async def _seen(phone: Phone, call: str, wanted: Callable[[Entry], bool], what: str) -> float:
    """When `phone` first saw what is `wanted` in `call`."""
    return (await wait_for(phone.journal, lambda e: e.call == call and wanted(e), WITHIN, what)).at


def _phase(*phases: str) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(entry.what, CallChanged) and entry.what.phase in phases


def _is(kind: type) -> Callable[[Entry], bool]:
    return lambda entry: isinstance(entry.what, kind)


async def one_call(alice: Phone, bob: Phone) -> Step:
    """One call; milliseconds of each part."""
    invited = time.monotonic()
    await alice.call(bob.name)
    call = last_call(alice.journal)
    rang = await _seen(bob, call, _phase("incoming"), "the ring")
    secure = [await _seen(phone, call, _is(WordsReady), "the words") for phone in (alice, bob)]
    accepted = time.monotonic()
    await bob.accept()
    heard = [await _seen(phone, call, _is(FirstAudio), "the first voice") for phone in (alice, bob)]
    await asyncio.sleep(TALK)
    await alice.hang_up()
    for phone in (alice, bob):
        await _seen(phone, call, _phase("ended"), "the end")
    return {
        "invite to ring": 1000 * (rang - invited),
        "invite to secure": 1000 * (max(secure) - invited),
        "answer to audio, caller hears": 1000 * (heard[0] - accepted),
        "answer to audio, callee hears": 1000 * (heard[1] - accepted),
    }


async def _free(phone: Phone, peer: str) -> None:
    """Wait until `phone` sees `peer` there and in no call."""
    async with asyncio.timeout(WITHIN):
        while True:
            told = [e.what for e in phone.journal if isinstance(e.what, PersonSeen) and e.what.name == peer]
            if told and told[-1].online and not told[-1].busy:
                return
            await asyncio.sleep(0.01)


async def _tcp(port: int) -> float:
    """Connect, one byte there and back: two round trips."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b".")
    await reader.readexactly(1)
    took = time.perf_counter() - began
    writer.close()
    await writer.wait_closed()
    return 1000 * took


async def _tls(place: Village, store: ClientStore) -> float:
    """A full handshake with the relay, TCP included."""
    identity = store.identity()
    context = link_context(identity.certificate, identity.key, store.authority())
    began = time.perf_counter()
    stream = await connect(place.host, place.port, context, server_name=store.account().relay_name)
    took = time.perf_counter() - began
    await stream.close()
    return 1000 * took


def _equip(sound: str) -> Equipment:
    """Speaks from a recording, and hears without a loudspeaker."""
    return Equipment(open_port(sound, "none"))


async def _calls(place: Village, echo_port: int, count: int) -> dict[str, list[float]]:
    voice = Path(__file__).resolve().parents[1] / "assets"
    found: dict[str, list[float]] = {}
    phones: list[Phone] = []
    async with asyncio.TaskGroup() as group:
        for name in ("alice", "bob"):
            sound = str(voice / f"{name}.wav")
            options = Options(equip=partial(_equip, sound))
            phones.append(Phone(ClientStore(place.home(name)), options))
            group.create_task(phones[-1].run())
        alice, bob = phones
        try:
            for phone in phones:
                await wait_for(
                    phone.journal,
                    lambda e: isinstance(e.what, LinkState) and e.what.state == "online",
                    WITHIN,
                    "the link",
                )
            for number in range(-1, count):  # the first warms up
                await _free(alice, "bob")
                await _free(bob, "alice")
                gc.collect()
                step = await one_call(alice, bob)
                step["bare TCP: connect and echo"] = await _tcp(echo_port)
                step["TLS handshake with the relay"] = await _tls(place, ClientStore(place.home("alice")))
                for name, value in step.items():
                    if number >= 0:
                        found.setdefault(name, []).append(value)
        finally:
            for phone in phones:
                await phone.stop()
    return found


def measure(*, quick: bool) -> Table:
    """All of it."""
    count = 8 if quick else 25
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(village("alice", "bob"))
        log = place.folder / "echo.log"
        echo = stack.enter_context(ended([sys.executable, "-c", ECHO], log))
        wait_until(lambda: log.read_text(encoding="ascii").endswith("\n"), WITHIN, "the echo", echo, log)
        found = asyncio.run(_calls(place, int(log.read_text(encoding="ascii")), count))
    tcp, tls = "bare TCP: connect and echo", "TLS handshake with the relay"
    rows = [
        Row(name, paired(values, found[tls]), tls, spread(values) | {"max ms": round(max(values), 1)})
        for name, values in found.items()
        if name not in {tcp, tls}
    ]
    rows.append(Row("invite to ring", paired(found["invite to ring"], found[tcp]), tcp))
    rows.append(Row(tls, paired(found[tls], found[tcp]), tcp, spread(found[tls], digits=2)))
    rows.append(Row(tcp, figures=spread(found[tcp], digits=2)))
    how = (
        f"{count} calls through a relay process, both phones in one process, speaking from recordings; after each call "
        f"one bare TCP exchange and one full TLS handshake with the same relay. Median TLS handshake: "
        f"{statistics.median(found[tls]):.1f} ms."
    )
    return Table("setup", "Beginning a call", how, tuple(rows))
