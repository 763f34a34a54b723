"""Mouth to ear in a real call: relay, `glasscall call` and `glasscall answer` as processes over virtual sound cards.

    round 1:  bare pass-through, closest, balanced      each round on null sinks of its own: their periods fall anew
    round 2:  closest, balanced, bare pass-through      whoever begins, is another one
    …

The truth is acoustic (`mouth_to_ear.py`); beside it stands what the listening phone itself says in its report, so that
its stages can be trusted or doubted. The floor is a bare pass-through over the same sound server in the same round.
"""

import functools
import json
import math
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import mouth_to_ear
from rig.virtual_sound import VirtualSoundCards, missing_programs
from rows import Figure, Row, Table
from standing import TURNS, Limits, Standing, row
from turn import Turn
from village import GLASSCALL, Village, village
from witness import capturing, playing, processor_time

SETTLE = 5.0
"""Seconds of talking that do not count: jitter buffers learn."""
UP_WITHIN = 30.0
TRIES = 2
FLOOR = "bare pass-through (sounddevice)"
FLOOR_SETTINGS = mouth_to_ear.FLOORS["sounddevice 0.010/240"]
OWN_FLOOR = "pass-through with the phone's own devices"
LIMITS = {"closest": Limits(p50=42), "balanced": Limits(p50=57, p99=80)}
AGREES_MS = 10.0
"""How far the sum that the phone shows may be from the truth."""

Talking = Callable[[Turn], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Contestant:
    """Something that carries a voice from `mic_a` to `spk_b`."""

    name: str
    talking: Talking
    """Its programs are up, and connected, while the context lasts."""


@functools.cache
def known_options() -> str:
    """The help of `glasscall call`: which options there are."""
    done = subprocess.run([*GLASSCALL, "call", "--help"], check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


def modes() -> tuple[str, ...]:
    """The modes of the voice that are judged; one that is called as its targets where it cannot be chosen."""
    return tuple(LIMITS) if "--voice" in known_options() else ("balanced",)


def glasscall(mode: str) -> str:
    """What its row is called."""
    return f"Glasscall, {mode}" if "--voice" in known_options() else "Glasscall (its mode cannot be chosen)"


@contextmanager
def call(turn: Turn, place: Village, mode: str, reports: list[dict[str, Any]]) -> Iterator[None]:
    """A call from alice to bob. After it bob's report is the last of `reports`."""
    options = ["--voice", mode] if "--voice" in known_options() else []
    options += ["--path", "tls"] if "--path" in known_options() else []

    def command(who: str, *act: str) -> list[str]:
        return [*GLASSCALL, *act, "--home", str(place.home(who)), "--json", str(turn.folder / f"{who}.json"), *options]

    bob = turn.start("bob", command("bob", "answer", "--once"), "b")
    turn.wait_until(lambda: "ready " in turn.log("bob"), UP_WITHIN, "bob")
    alice = turn.start("alice", command("alice", "call", "bob"), "a")
    turn.wait_until(lambda: all("Talking with" in turn.log(name) for name in ("alice", "bob")), UP_WITHIN, "the call")
    yield
    alice.terminate()  # she hangs up, and bob ends by himself
    for process in (alice, bob):
        process.wait(15)
    reports.append(json.loads((turn.folder / "bob.json").read_text(encoding="utf-8")))


@contextmanager
def pass_through(turn: Turn, code: str, *arguments: str) -> Iterator[None]:
    """From microphone to loudspeaker with nothing between but the sound server and what reaches it."""
    process = turn.start("pass-through", [sys.executable, "-c", code, *arguments], "a", PULSE_SINK="spk_b")
    server = turn.env("a")["PULSE_SERVER"]
    turn.wait_until(
        lambda: capturing(server, process.pid, "mic_a.monitor") and playing(server, process.pid, "spk_b"),
        UP_WITHIN,
        "the pass-through",
    )
    yield


def floors() -> list[Contestant]:
    """No call can be faster than what it stands on."""
    return [
        Contestant(FLOOR, lambda turn: pass_through(turn, mouth_to_ear.PASS_THROUGH, *FLOOR_SETTINGS)),
        Contestant(OWN_FLOOR, lambda turn: pass_through(turn, mouth_to_ear.OWN_PORT)),
    ]


def take(contestant: Contestant, cards: VirtualSoundCards, chirps: int) -> tuple[list[float], float]:
    """One turn: milliseconds for each chirp, and how busy the machine was (%). Raises `RuntimeError` if it failed."""
    with Turn(cards, "".join(letter if letter.isalnum() else "-" for letter in contestant.name)) as turn:
        with contestant.talking(turn):
            before = processor_time()
            found = mouth_to_ear.listen(cards, count=chirps, settle=SETTLE)
            busy, altogether = (b - a for a, b in zip(before, processor_time(), strict=True))
            turn.check()
        if all(map(math.isnan, found)):
            raise RuntimeError("no chirp was heard")
        return found, 100 * busy / max(altogether, 1.0)


def rounds(contestants: Sequence[Contestant], *, turns: int, chirps: int) -> dict[str, Standing]:
    """Everybody's turns, by name. What fails is tried once more in the same round."""
    standings = {one.name: Standing(one.name) for one in contestants}
    for number in range(turns):
        with VirtualSoundCards() as cards:
            for one in [*contestants[number % len(contestants) :], *contestants[: number % len(contestants)]]:
                standings[one.name] = _one_more(standings[one.name], one, cards, chirps)
                _say(number + 1, standings[one.name])
    return standings


def _one_more(so_far: Standing, contestant: Contestant, cards: VirtualSoundCards, chirps: int) -> Standing:
    problem = ""
    for _ in range(TRIES):
        try:
            found, busy = take(contestant, cards, chirps)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            problem = str(error)
        else:
            return replace(so_far, turns=(*so_far.turns, tuple(found)), busy=(*so_far.busy, busy))
    return replace(so_far, failures=(*so_far.failures, problem))


def _say(number: int, standing: Standing) -> None:
    """Progress, for whoever waits."""
    said = " · ".join(f"{name} {value}" for name, value in standing.figures().items())
    print(f"  round {number}  {standing.what}: {said}", file=sys.stderr, flush=True)


def shown(reports: Sequence[dict[str, Any]], measured: float) -> Row:
    """What the phone says of its delay against what it was: medians over the calls."""
    said = [report["latency_ms"] for report in reports]
    total = statistics.median(float(one["mouth_to_ear"]["p50"] or math.nan) for one in said)
    stages: dict[str, Figure] = {
        f"{stage} ms": round(statistics.median(one["stages"][stage] or 0.0 for one in said), 1)
        for stage in said[0]["stages"]
    }
    return Row(
        "what the phone shows (sum of its stages)",
        round(total / measured, 3),
        "measured",
        {"p50 ms": round(total, 1), "shown − measured ms": round(total - measured, 1)} | stages,
        target=f"within {AGREES_MS:g} ms",
        met=abs(total - measured) <= AGREES_MS,
    )


def measure(*, quick: bool) -> Table:
    """All of it."""
    name, title = "mouth-to-ear", "From mouth to ear"
    if missing := missing_programs():
        return Table(name, title, "", skipped=f"Not installed: {', '.join(missing)} (Debian: pulseaudio).")
    turns, chirps = (1, 8) if quick else (TURNS, 20)
    reports: dict[str, list[dict[str, Any]]] = {mode: [] for mode in modes()}
    with village("alice", "bob") as place:
        callers = [
            Contestant(glasscall(mode), functools.partial(call, place=place, mode=mode, reports=reports[mode]))
            for mode in modes()
        ]
        standings = rounds([*floors(), *callers], turns=turns, chirps=chirps)
    ground, own = standings[FLOOR], standings[OWN_FLOOR]
    rows = []
    for mode in modes():
        heard = standings[glasscall(mode)]
        rows.append(row(heard, ground, None if quick else LIMITS[mode]))
        if reports[mode]:
            rows.append(shown(reports[mode], heard.p50))
    rows += [row(own, ground), row(ground, None)]
    latency, block = FLOOR_SETTINGS
    how = (
        f"{turns} × {chirps} chirps played into alice's microphone, found at bob's loudspeaker, in turns; PulseAudio "
        f"null sinks, a relay process on loopback, the path over TLS, no acoustic path. Floor: sounddevice, "
        f"latency={latency}, blocksize={block}."
    )
    return Table(name, title, how, tuple(rows), failed=any(not one.heard for one in standings.values()))
