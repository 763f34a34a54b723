"""Listening: Mallory copies every byte that passes between alice and her relay. And the control: unprotected."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from voip.capture.canaries import Canary, text_canary
from voip.capture.inspect import inspect
from voip.capture.tap import Tap
from voip.demo.clear import free_port, send_in_the_clear
from voip.demo.evidence import text_canaries
from voip.lab.mallory import between
from voip.lab.observing import counted, link_state, words
from voip.lab.result import Finding, Scenario
from voip.lab.scene import RELAY, scene, speech

FRAMES = 60
"""Voice frames that alice sends before the capture is judged: 1.2 s."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a call had to hide."""

    texts: list[Canary]
    frames: list[Canary]


async def _call(folder: Path, capture: Tap) -> Secrets:
    """A call with speech in it, all of whose bytes on alice's side go into `capture`; what it had to hide."""
    frames: list[bytes] = []
    async with scene(folder) as place, between(place.relay.address, capture) as mallory:
        member = await place.enrol("alice", via=mallory)
        alice = place.start(member, voice=speech(folder / "voice.wav"), on_frame=frames.append)
        await link_state(alice, "online")
        bob = await place.phone("bob")
        await place.talk(alice, bob)
        compared = await words(alice)
        await counted(bob, lambda now: now.received >= FRAMES, "alice's voice")
    texts = [*text_canaries(RELAY, ("alice", "bob")), text_canary(compared, "the words")]
    unique = dict.fromkeys(frames)  # what is twice the same is looked for once
    return Secrets(texts, [Canary(f"opus frame {number}", data) for number, data in enumerate(unique)])


async def eavesdrop(folder: Path) -> Finding:
    """Mallory copies everything that passes, and looks for anything she can read.

    She stands where the café's WLAN, the provider or the landlord stands, and writes down each byte between alice and
    her relay while alice and bob talk. Then she looks for the names, for the words of the signals, for the four words,
    and for each single frame of the voice as the codec made it.

    What should stop it: encryption. Names and signals are inside TLS 1.3, the voice is encrypted twice, end to end and
    once more on the way to the relay. What is left looks like noise: close to eight bits of entropy in each byte. That
    somebody talks, for how long and with how many bytes, she does see; that is not hidden.
    """
    path = folder / "mallory.pcapng"
    with Tap(path) as capture:
        secrets = await _call(folder, capture)
    canaries = [*secrets.texts, *secrets.frames]
    report = await asyncio.to_thread(inspect, path, canaries)
    streams = [stream for stream in report.tls if stream.entropy.size]
    noise = bool(streams) and all(one.entropy.bits > one.entropy.ceiling - 0.1 for one in streams)
    figures = ", ".join(f"{one.entropy.bits:.3f} of {one.entropy.ceiling:.3f} bits per byte" for one in streams)
    return Finding(
        attempt=f"Copied {report.packets} packets ({report.bytes} bytes) and looked in them for {len(secrets.texts)} "
        f"texts and {len(secrets.frames)} voice frames.",
        stopped_by=" and ".join(sorted({f"{one.version}, {one.cipher}" for one in report.tls if one.version})),
        evidence=f"{report.found_total} found in {report.packets} packets; entropy {figures}. {report.verdict}",
        held=report.clear and noise and len(secrets.frames) >= FRAMES // 2 and not capture.problem,
    )


async def clear_control(folder: Path) -> Finding:
    """The control: the same texts and the same voice frames, sent without protection.

    A careless program would send just this. Mallory copies it and searches with the same search as in “eavesdrop”.

    Nothing should stop her, and nothing does: she finds every name, every signal and every frame, and could play the
    voice. This is the one scenario that must *not* hold. It proves that the search works: when the same search finds
    nothing in the real call, then because nothing is readable there.
    """
    with Tap(folder / "call.pcapng") as aside:
        secrets = await _call(folder, aside)
    path = folder / "mallory.pcapng"
    with Tap(path) as capture:
        await send_in_the_clear(secrets.texts, secrets.frames, free_port(), capture)
    canaries = [*secrets.texts, *secrets.frames]
    report = await asyncio.to_thread(inspect, path, canaries)
    found = {one.canary for one in report.found}
    missed = len(canaries) - len(found)
    readable = f"{len(found)} of {len(canaries)} were read"
    return Finding(
        attempt=f"Copied {report.packets} packets of the same call in the clear, and looked for the same "
        f"{len(secrets.texts)} texts and {len(secrets.frames)} voice frames.",
        stopped_by="" if found else report.verdict,
        evidence=f"{readable}, among them {', '.join(sorted(found)[:3])}. {report.verdict}" if not missed else "",
        held=not found,
    )


SCENARIOS = (Scenario("eavesdrop", eavesdrop), Scenario("clear-control", clear_control, must_hold=False))
