"""One recording, said twice over the same kind of leg: as our phones say it, and as many others would.

    speech ──┬─→ media.Outbound (constant rate) ──→ SRTP ─┐
             └─→ VariableOutbound (DTX) ───────────→ SRTP ─┴→ TlsStream ══ TLS ══ Mallory ══ TLS ══ server
                                                                                     └ (time, size) of each record
Mallory has times and sizes, and nothing else. What they tell is judged by the loudness that she cannot see.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voip.config import FRAME_MS, FRAME_SAMPLES
from voip.demo.command import recording
from voip.io import clock
from voip.io.audio.wavfile import load_wav
from voip.io.serving import serve
from voip.io.stream import TlsStream, connect
from voip.lab.loopback import LOOPBACK, require_loopback
from voip.lab.mallory import Mallory, Passing, Wire, between
from voip.lab.result import Finding, Scenario
from voip.lab.scene import HASTE, RELAY
from voip.lab.sizes import CHANCE, Reading, read
from voip.lab.variable_rate import VariableOutbound
from voip.media.outbound import Outbound
from voip.media.pcm import Frame, level
from voip.media.plan import Plan
from voip.media.protector import KEY_SIZE
from voip.pki.ca import issue_client, issue_relay, make_authority
from voip.pki.certificates import load_csr_untrusted, make_csr, new_key
from voip.session.tls import link_context, relay_context
from voip.wire.tls_records import HEADER

SECONDS = 8.0
"""How much is said by default: some sentences, and the pauses between them."""
SECONDS_LEAST, SECONDS_MOST = 2.0, 14.0
TELLING = 0.75
"""From this accuracy on, sizes tell speech from pauses; without it the comparison would prove nothing."""

Point = tuple[float, int]
"""(seconds since the first packet, bytes on the wire)."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What Mallory copied, and the truth to hold it against."""

    cbr: list[Point] = field(repr=False)
    """Our packets: constant bit rate, no pauses."""
    vbr: list[Point] = field(repr=False)
    """The lab's: variable bit rate, silence left out."""
    energy: list[float] = field(repr=False)
    """dBFS of each 20 ms of the speech."""
    ours: Reading
    theirs: Reading

    @property
    def flat(self) -> bool:
        """Whether our sizes told nothing at all."""
        return self.ours.sizes == 1 and self.ours.bits == 0 and self.ours.accuracy == CHANCE

    @property
    def telling(self) -> bool:
        """Whether the same search succeeds where it should: with the variable rate."""
        return self.theirs.accuracy >= TELLING

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {"frame_ms": FRAME_MS, **asdict(self)}


async def traces(seconds: float = SECONDS, said: Callable[[int], None] | None = None) -> Leak:
    """Say `seconds` of speech, in real time, and watch; `said` is told each whole second."""
    frames = _speech(seconds)
    mallory: Mallory
    async with _legs() as (mallory, constant, variable):
        copied: dict[Wire, list[Point]] = {}

        async def watch(passing: Passing) -> tuple[bytes]:
            if passing.direction == "out":
                points = copied.setdefault(passing.wire, [])
                points.append((clock.monotonic(), HEADER + passing.record.length))
            return (passing.raw,)

        mallory.hand = watch
        sent = await _say(frames, constant.near, variable.near, said)
        await asyncio.gather(constant.heard(len(frames)), variable.heard(len(sent)))
        ours, theirs = (list(copied[wire]) for wire in mallory.wires)  # before the legs say goodbye
    began = min(points[0][0] for points in (ours, theirs))
    energy = [round(level(frame), 2) for frame in frames]
    seen = dict(zip(sent, (size for _, size in theirs), strict=True))
    return Leak(
        cbr=[(round(at - began, 4), size) for at, size in ours],
        vbr=[(round(at - began, 4), size) for at, size in theirs],
        energy=energy,
        ours=read([size for _, size in ours], energy),
        theirs=read([seen.get(number, 0) for number in range(len(frames))], energy),
    )


def _speech(seconds: float, path: Path | None = None) -> list[Frame]:
    sound = load_wav(path or recording("alice"))
    count = min(len(sound) // FRAME_SAMPLES, round(seconds * 1000 / FRAME_MS))
    return list(sound[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES))


async def _say(
    frames: list[Frame], constant: TlsStream, variable: TlsStream, said: Callable[[int], None] | None
) -> list[int]:
    """Send each frame twice, when its time has come; the numbers of those for which the variable rate sent one."""
    loop = asyncio.get_running_loop()
    ours = Outbound(plan=Plan(FRAME_MS), **_stream())
    theirs = VariableOutbound(**_stream())
    began, sent = loop.time(), []
    for number, frame in enumerate(frames):
        due = number * FRAME_MS / 1000
        await asyncio.sleep(began + due - loop.time())
        constant.send_packet(ours.push(frame, due))
        packet = theirs.push(frame)
        if packet is not None:
            variable.send_packet(packet)
            sent.append(number)
        if said is not None and (number + 1) * FRAME_MS % 1000 == 0:
            said((number + 1) * FRAME_MS // 1000)
    return sent


def _stream() -> dict[str, Any]:
    return {
        "key": secrets.token_bytes(KEY_SIZE),
        "ssrc": secrets.randbits(32),
        "sequence_number": secrets.randbits(15),
        "timestamp": secrets.randbits(32),
    }


class _Leg:
    """One TLS connection through Mallory, both ends ours."""

    def __init__(self, near: TlsStream, far: TlsStream) -> None:
        self.near = near
        self.far = far

    async def heard(self, count: int) -> None:
        """Wait until the far end has taken so many packets."""
        for _ in range(count):
            await self.far.receive_packet()


@asynccontextmanager
async def _legs() -> AsyncIterator[tuple[Mallory, _Leg, _Leg]]:
    """Two legs, as a phone's to its relay: the same contexts, ALPN and frames."""
    now, mine = clock.wall(), new_key()
    authority = make_authority(RELAY, now)
    relay = issue_relay(authority, RELAY, now)
    alice = issue_client(authority, load_csr_untrusted(make_csr(mine, "alice")), "alice", RELAY, now)
    arrived: asyncio.Queue[TlsStream] = asyncio.Queue()
    context = relay_context(relay.certificate, relay.key, authority.certificate)
    server = await serve(require_loopback(LOOPBACK), 0, context, arrived.put)
    legs: list[_Leg] = []
    try:
        async with between(server.sockets[0].getsockname()[:2]) as mallory:
            client = link_context(alice, mine, authority.certificate)
            for _ in range(2):
                host, port = mallory.address
                near = await connect(require_loopback(host), port, client, server_name=RELAY, limits=HASTE)
                # Only when the other end has the whole handshake is there nothing of it left on the wire.
                legs.append(_Leg(near, await asyncio.wait_for(arrived.get(), HASTE.handshake)))
            yield mallory, legs[0], legs[1]
            for leg in legs:
                await leg.near.close()
                await leg.far.close()
    finally:
        for leg in legs:
            leg.near.abort()
            leg.far.abort()
        server.close()


async def constant_rate(_folder: Path) -> Finding:
    """Mallory tells from the sizes of encrypted packets when somebody speaks.

    Encryption hides what a packet says, not how long it is. Most codecs spend more bytes on a vowel than on a pause,
    and send nothing at all while nobody speaks; from such sizes whole phrases have been recognised (RFC 6562). Mallory
    watches one recording pass twice as real SRTP in real TLS: from the codec as we set it, and from the same codec
    with a variable bit rate and silence left out, which no phone of ours can be told to use.

    What should stop it: a constant bit rate, and packets that go on in every pause. Then there is one size only, and
    the best guess from it is as good as a coin. The second recording shows that the guess is a good one elsewhere.
    """
    leak = await traces(6.0)
    ours, theirs = leak.ours, leak.theirs
    return Finding(
        attempt=f"Guessed for each of {len(leak.energy)} pieces of 20 ms from its size whether somebody spoke: "
        f"{ours.packets} packets of ours, {theirs.packets} with a variable rate.",
        stopped_by=f"constant bit rate: {ours.packets} packets, {ours.sizes} size" if leak.flat else "",
        evidence=f"Ours: {ours.sizes} size, {ours.bits:g} bits a packet, right in {ours.accuracy:.0%} (guessing: 50%). "
        f"Variable rate, in the lab only: {theirs.sizes} sizes, {theirs.bits:.1f} bits a packet, right in "
        f"{theirs.accuracy:.0%}, correlation with loudness {theirs.correlation or 0:.2f}.",
        held=leak.flat and leak.telling,
    )


SCENARIOS = (Scenario("constant-rate", constant_rate),)
